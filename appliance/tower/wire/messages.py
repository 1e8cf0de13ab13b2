"""What the unit and a tower's controller say to each other beside SET, byte by byte as in firmware/README.md.

Each message is frozen, packs itself into the body of a frame, and is made from a body only if every rule of
the table holds: a body that breaks one raises `MalformedBody`, and nothing of it is used.
"""

import struct
from dataclasses import dataclass
from typing import ClassVar, Final, Self

from appliance.tower.wire.set import Set
from appliance.tower.wire.words import HOOK, PROTOCOL, Type, within


@dataclass(frozen=True, slots=True)
class Heard:
    """An EVENT was heard and need not be repeated."""

    TYPE: ClassVar = Type.HEARD
    BODY: ClassVar = struct.Struct("<B")

    event: int
    """The sequence of that event, 0 to 255."""

    def pack(self) -> bytes:
        """Return the body of the frame."""
        return self.BODY.pack(self.event)

    @classmethod
    def unpack(cls, body: bytes) -> Self:
        """Return the message of this body; raises `MalformedBody`."""
        return cls(*_fields(cls.BODY, body))


@dataclass(frozen=True, slots=True)
class Who:
    """Asks for HELLO."""

    TYPE: ClassVar = Type.WHO

    def pack(self) -> bytes:
        """Return the body of the frame, which is empty."""
        return b""

    @classmethod
    def unpack(cls, body: bytes) -> Self:
        """Return the message of this body; raises `MalformedBody`."""
        within(len(body), 0, 0)
        return cls()


@dataclass(frozen=True, slots=True)
class Status:
    """The answer to a good SET."""

    TYPE: ClassVar = Type.STATUS
    BODY: ClassVar = struct.Struct("<BBHHHI")

    answers: int
    """The sequence of the SET that it answers."""
    was_lost: bool
    """True if the controller showed its own picture until this SET."""
    dims: bool
    """True while the current limit keeps the tower darker than it was asked to be."""
    hushed: bool
    """True while the controller's cap on continuous sound holds."""
    pressed: int
    """Bit n is the level of button n after debouncing, 1 while it is pressed."""
    damaged_count: int
    """Frames that were damaged since the reset, 65,535 at most."""
    overrun_count: int
    """Bytes that the USART lost since the reset, 65,535 at most."""
    uptime_ms: int
    """Since the reset, modulo 2**32."""

    def pack(self) -> bytes:
        """Return the body of the frame."""
        within(self.pressed, 0, (1 << HOOK + 1) - 1)
        flags = self.was_lost | self.dims << 1 | self.hushed << 2
        counts = self.damaged_count, self.overrun_count, self.uptime_ms
        return self.BODY.pack(self.answers, flags, self.pressed, *counts)

    @classmethod
    def unpack(cls, body: bytes) -> Self:
        """Return the message of this body; raises `MalformedBody`."""
        answers, flags, pressed, *counts = _fields(cls.BODY, body)
        within(flags, 0, 7)
        within(pressed, 0, (1 << HOOK + 1) - 1)
        return cls(answers, bool(flags & 1), bool(flags & 2), bool(flags & 4), pressed, *counts)


@dataclass(frozen=True, slots=True)
class ButtonEvent:
    """A button was pressed or let go."""

    TYPE: ClassVar = Type.EVENT
    BODY: ClassVar = struct.Struct("<BBH")

    event: int
    """Counted up, 255 is followed by 0; repeated until `Heard` names it."""
    button: int
    """0 to 7 the buttons of the lines, then those of `KEYS`, then `HOOK`."""
    pressed: bool
    """True for pressed (the hook switch: lifted)."""
    age_ms: int
    """Since the edge, 65,535 at most and latched there."""

    def pack(self) -> bytes:
        """Return the body of the frame."""
        within(self.button, 0, HOOK)
        return self.BODY.pack(self.event, self.button | self.pressed << 7, self.age_ms)

    @classmethod
    def unpack(cls, body: bytes) -> Self:
        """Return the message of this body; raises `MalformedBody`."""
        event, edge, age_ms = _fields(cls.BODY, body)
        within(edge & 0x7F, 0, HOOK)
        return cls(event, edge & 0x7F, bool(edge & 0x80), age_ms)


@dataclass(frozen=True, slots=True)
class Hello:
    """The controller was reset, or was asked who it is."""

    TYPE: ClassVar = Type.HELLO
    BODY: ClassVar = struct.Struct("<B3BHBB")

    protocol: int
    """A controller of another protocol than `PROTOCOL` needs other firmware; of it only the version is known,
    and the rest is 0."""
    version: tuple[int, int, int]
    """Of the firmware: major, minor, patch."""
    boot_count: int
    """Resets since power-on, modulo 65,536: with the sequence it makes an event unique."""
    reset_cause: int
    """Bits as in MCUSR: 1 power-on, 2 external, 4 brown-out, 8 watchdog; 0 if the bootloader kept it."""
    lines: int
    """Lines that it can draw."""

    def pack(self) -> bytes:
        """Return the body of the frame."""
        return self.BODY.pack(self.protocol, *self.version, self.boot_count, self.reset_cause, self.lines)

    @classmethod
    def unpack(cls, body: bytes) -> Self:
        """Return the message of this body; raises `MalformedBody`."""
        if len(body) >= 4 and body[0] != PROTOCOL:
            # Of another protocol only the first four bytes are known: enough to say which firmware it is.
            return cls(body[0], (body[1], body[2], body[3]), 0, 0, 0)
        protocol, major, minor, patch, boot_count, reset_cause, lines = _fields(cls.BODY, body)
        return cls(protocol, (major, minor, patch), boot_count, reset_cause, lines)


Message = Set | Heard | Who | Status | ButtonEvent | Hello

MESSAGES: Final[dict[int, type[Message]]] = {
    kind.TYPE: kind for kind in (Set, Heard, Who, Status, ButtonEvent, Hello)
}
"""The messages by the type of their frame."""


def _fields(layout: struct.Struct, body: bytes) -> tuple[int, ...]:
    within(len(body), layout.size, layout.size)
    return layout.unpack(body)
