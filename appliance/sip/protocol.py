"""What the unit and the engine say to each other: typed, versioned, one JSON message to a packet.

They speak over a socketpair that keeps packets whole (AF_UNIX, SOCK_SEQPACKET). Nothing is acknowledged:
the engine repeats all that it knows in a `Beat` each second, so that whatever was lost heals by itself.
Instants are readings of CLOCK_MONOTONIC in milliseconds, which is one clock for all processes of a machine.
"""

import json
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final, get_args

from appliance.core.events import Offer, Reason
from appliance.core.words import (
    NO_ORDER,
    DurationMs,
    ExtensionId,
    InstantMs,
    OrderId,
    PickupStep,
    RingId,
    Way,
)
from appliance.sip.codec import MalformedPacket, from_plain, to_plain
from appliance.sip.settings import EngineSettings

VERSION: Final = 3
"""Raised with every change. Unit and engine come from one installation, so a difference is a broken one."""

PACKET_MAX: Final = 384 * 1024
"""Bytes in a packet. 128 rings at their worst (six texts of 64 characters of four bytes each) are 230 KB;
the pickups beside them are a few hundred bytes each.
Linux carries 416 KB in one packet with the send buffer below. A longer one is malformed."""

SEND_BUFFER: Final = 212_992
"""What is asked of the kernel (its default ceiling, which it doubles): room for one packet at its worst, and
for hours of ordinary ones."""


IN_OUR_HANDS: Final = frozenset(
    {PickupStep.ANSWERED, PickupStep.RINGING, PickupStep.JOINED, PickupStep.FAILED}
)
"""The steps at which a caller is ours; the others are ends."""


@dataclass(frozen=True, slots=True)
class Configure:
    """The first message: who we are. The engine answers `Ready` or ends."""

    generation: int
    """Counts the engines of this unit from 1, so that no ring's name is ever used twice."""
    settings: EngineSettings
    udp_port: int = 0
    """The port that the engine before had, so that our Contact stays the same; 0 for any."""


@dataclass(frozen=True, slots=True)
class EndRing:
    """Answer this ring 480. A ring that is over already is no error."""

    ring: RingId


@dataclass(frozen=True, slots=True)
class Take:
    """Take the caller of this ring for a person; `Moved` tells how far that came.

    A caller whom nobody reached yet may be taken again: the second leg of before is given up. Once a person
    speaks with them, the word comes too late and changes nothing.
    """

    ring: RingId
    way: Way
    target: str = ""
    """What the phone system is asked to dial: a number, a feature code or a whole SIP URI; nothing for
    `Way.HANDSET`. It comes from the unit's own settings, never from the bus."""
    headers: tuple[str, ...] = ()
    """Whole header lines of the second leg's INVITE, such as ``Call-Info: <sip:light>;answer-after=0``."""
    confirm_key: bool = False
    """Whether who answers must press 1: a voicemail never does."""
    answer_within_ms: DurationMs = DurationMs(15_000)
    """How long the person at the target may take, the key included."""
    order: OrderId = NO_ORDER
    """Every later `Moved` of this caller names it, until another order comes."""


@dataclass(frozen=True, slots=True)
class Return:
    """Send the caller of this pickup to a target of last resort: as `Take` with `Way.PHONE`."""

    ring: RingId
    target: str
    answer_within_ms: DurationMs = DurationMs(120_000)
    order: OrderId = NO_ORDER


@dataclass(frozen=True, slots=True)
class Hangup:
    """End this pickup: the hook is on. One that is over already is no error."""

    ring: RingId


@dataclass(frozen=True, slots=True)
class Stop:
    """End all rings with 480, take the registrations back, say `Stopped`, and end."""


@dataclass(frozen=True, slots=True)
class Ready:
    """The engine's SIP stack is up; registrations follow."""

    generation: int
    udp_port: int
    """Where UDP comes in; 0 if no phone system is reached by it."""


@dataclass(frozen=True, slots=True)
class Registration:
    """How one extension stands with its phone system, as of the last answer."""

    extension: ExtensionId
    held: bool
    code: int
    why: str
    expires_ms: DurationMs
    at_ms: InstantMs


@dataclass(frozen=True, slots=True)
class Rang:
    """An INVITE of our phone system was answered 180."""

    offer: Offer
    received_ms: InstantMs


@dataclass(frozen=True, slots=True)
class RingOver:
    """A ring is over."""

    ring: RingId
    cancelled: bool
    reasons: tuple[Reason, ...]
    at_ms: InstantMs


@dataclass(frozen=True, slots=True)
class Moved:
    """How far a pickup has come."""

    ring: RingId
    step: PickupStep
    why: str
    """A short text for people; empty where the step says it all."""
    at_ms: InstantMs
    order: OrderId = NO_ORDER
    """Whose step it is: the last order for this caller that had come when it was taken."""


@dataclass(frozen=True, slots=True)
class Refused:
    """INVITEs of one address that our phone system cannot have sent, gathered since the last beat."""

    address: str
    why: str
    count: int


@dataclass(frozen=True, slots=True)
class Fault:
    """What the library would have swallowed: an exception in a callback, a message it could not take."""

    why: str
    count: int


@dataclass(frozen=True, slots=True)
class Beat:
    """All that the engine knows, each second; a sign of life in itself."""

    at_ms: InstantMs
    rings: tuple[Rang, ...] = ()
    pickups: tuple[Moved, ...] = ()
    """The last step of every caller in our hands, and the ends of those whose end could not be sent."""
    registrations: tuple[Registration, ...] = ()
    refused: tuple[Refused, ...] = ()
    legs_full_count: int = 0
    """INVITEs of our own phone system that found every leg in use since the last beat that was sent."""
    unsent_count: int = 0
    """Messages that a full socket swallowed since the last beat that was sent."""
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True)
class Stopped:
    """The last message: everything is taken back, the process ends."""

    in_time: bool = field(default=True)
    """False if a phone system did not answer while the registrations were taken back."""


ToEngine = Configure | EndRing | Take | Return | Hangup | Stop
ToUnit = Ready | Registration | Rang | RingOver | Moved | Beat | Stopped

_KINDS: Final[Mapping[str, type[ToEngine | ToUnit]]] = MappingProxyType(
    {kind.__name__: kind for kind in (*get_args(ToEngine), *get_args(ToUnit))}
)


def encode(message: ToEngine | ToUnit) -> bytes:
    """Return the packet of a message."""
    plain = [VERSION, type(message).__name__, to_plain(message)]
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":")).encode()


def decode(packet: bytes | bytearray | memoryview) -> ToEngine | ToUnit:
    """Return the message of a packet.

    Raises:
        MalformedPacket: not JSON, another version, an unknown kind, or fields that do not fit it.
    """
    try:
        plain = json.loads(bytes(packet).decode())
    except (ValueError, RecursionError) as error:
        raise MalformedPacket(f"not JSON ({type(error).__name__})") from None
    if not isinstance(plain, list) or len(plain) != 3:
        raise MalformedPacket("not [version, kind, fields]")
    version, name, fields = plain
    if version != VERSION or isinstance(version, bool):
        raise MalformedPacket(f"another version than {VERSION}")
    kind = _KINDS.get(name) if isinstance(name, str) else None
    if kind is None:
        raise MalformedPacket("an unknown kind of message")
    message: ToEngine | ToUnit = from_plain(kind, fields)
    return message


class Channel:
    """One end of the socketpair."""

    def __init__(self, end: socket.socket) -> None:
        """Take over this end; it never blocks."""
        end.setblocking(False)
        end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
        self._end = end
        self._buffer = bytearray(PACKET_MAX)

    def fileno(self) -> int:
        """Return the descriptor, for a selector."""
        return self._end.fileno()

    def send(self, message: ToEngine | ToUnit) -> bool:
        """Send, or return False if the other side does not read or is gone: sending never waits."""
        try:
            self._end.send(encode(message))
        except OSError:
            return False
        return True

    def receive(self) -> ToEngine | ToUnit | None:
        """Return the next message, or None if there is none now.

        Raises:
            EOFError: the other side is gone.
            MalformedPacket: the packet is not of this protocol, or too long; the next one can be read.
        """
        try:
            length = self._take()
        except (BlockingIOError, InterruptedError):
            return None
        except OSError as error:
            raise EOFError("the other side is gone") from error
        if length == 0:
            raise EOFError("the other side is gone")
        if length > PACKET_MAX:
            raise MalformedPacket(f"a packet of {length} bytes")
        return decode(memoryview(self._buffer)[:length])

    def _take(self) -> int:
        try:
            return self._end.recv_into(self._buffer, flags=socket.MSG_TRUNC)
        except ConnectionResetError:
            # Linux says, once, that the other side went without reading all; its last words come after that.
            return self._end.recv_into(self._buffer, flags=socket.MSG_TRUNC)

    def close(self) -> None:
        """Let the other side see the end."""
        self._end.close()
