"""What the stack reports to, and what both sides of that need: no import of the library."""

import time
import traceback
from dataclasses import dataclass
from typing import Final, Protocol

from appliance.core.events import Offer, Reason
from appliance.core.words import ExtensionId, InstantMs, OrderId, PickupStep, RingId
from appliance.sip.addresses import Place

MOVED_TEMPORARILY: Final = 302
FORBIDDEN: Final = 403
TEMPORARILY_UNAVAILABLE: Final = 480
BUSY_HERE: Final = 486
"""The ways in which an INVITE ends here unanswered. Never 6xx: it would end every branch of the call."""

METHOD_NOT_ALLOWED: Final = 405
"""What is answered to whatever is no part of a call."""

SERVICE_UNAVAILABLE: Final = 503
"""What the library says of a connection that could not be made, or whose peer is not trusted."""


@dataclass(frozen=True, slots=True)
class Way:
    """How a registrar is reached."""

    domain: Place
    """The registrar itself, as the extension's address and the request name it."""
    route: str
    """A Route header's value for the first hop; empty where the domain itself says it."""
    own_address: str
    """Our own address on that way: the Contact is made of it."""


class Host(Protocol):
    """What the stack reports to and asks of: the engine."""

    def admits(self, text: str, source: str) -> ExtensionId | None:
        """Return whose INVITE this is, be it only to be refused in full by `invited`; None for nobody's."""
        ...

    def invited(self, text: str, source: str, now_ms: InstantMs) -> Offer | int:
        """Return what rings, or the status to refuse it with (never 6xx)."""
        ...

    def ended(self, ring: RingId, cancelled: bool, reasons: tuple[Reason, ...]) -> None:
        """A ring is over."""
        ...

    def moved(self, ring: RingId, step: PickupStep, why: str, order: OrderId) -> None:
        """The taking of a caller has come so far; this was the last order for it."""
        ...

    def answered(self, extension: ExtensionId, index: int, code: int, why: str, expires_s: int) -> None:
        """A registrar answered a REGISTER, or did not (408)."""
        ...

    def rejected(self, text: str, source: str, code: int) -> None:
        """The library itself refused an INVITE."""
        ...

    def disconnected(self, transport: str) -> None:
        """A connection of this kind (TCP, TLS) ended."""
        ...

    def overflowed(self) -> None:
        """A message on a connection was longer than the library takes; that connection is ended."""
        ...

    def fault(self, why: str) -> None:
        """Something failed that nobody else would tell."""
        ...


class Exchange(Protocol):
    """What the legs of pickups report to. A leg that nobody knows any more is no error."""

    def caller_connected(self, ring: RingId) -> None:
        """Our 200 was acknowledged."""
        ...

    def caller_over(self, ring: RingId, why: str) -> None:
        """The caller's leg ended."""
        ...

    def transfer_told(self, ring: RingId, code: int, final: bool) -> None:
        """The phone system said how the hand-over goes."""
        ...

    def sound_changed(self, ring: RingId) -> None:
        """A leg of this pickup has sound now, has it no longer, or has another one."""
        ...

    def second_rings(self, ring: RingId, leg: object) -> None:
        """A second leg rings."""
        ...

    def second_answered(self, ring: RingId, leg: object) -> None:
        """A second leg was answered."""
        ...

    def second_over(self, ring: RingId, leg: object, why: str) -> None:
        """A second leg ended."""
        ...

    def key_pressed(self, ring: RingId, leg: object, key: str) -> None:
        """A second leg sent a key."""
        ...

    def handset_gone(self) -> None:
        """The unit's own sound device fails, and moves no sound any more."""
        ...


def now_ms() -> InstantMs:
    """Return the monotonic instant."""
    return InstantMs(time.monotonic() * 1000)


def plain_error(error: BaseException) -> str:
    """Return what failed and where; never a value, for a value may be a caller's number."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f" ({frames[-1].filename.rpartition('/')[2]}:{frames[-1].lineno})" if frames else ""
    # The library's errors are empty as text; the reason is a fixed phrase of its own.
    reason = getattr(error, "reason", None)
    what = f": {reason}" if isinstance(reason, str) else ""
    return f"{type(error).__name__}{what}{where}"
