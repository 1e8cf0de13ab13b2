"""SET: the whole picture as one message, byte by byte as in firmware/README.md."""

import struct
from dataclasses import dataclass
from typing import ClassVar, Self

from appliance.core.words import LINES_MAX
from appliance.tower.wire.words import (
    GRID_MS,
    KEYS,
    LONG_AGO,
    Age,
    Chirp,
    Cover,
    LampLook,
    Shown,
    Type,
    within,
)


@dataclass(frozen=True, slots=True)
class SetLine:
    """One line of a SET."""

    shown: Shown = Shown.NOTHING
    stage: int = 0
    """0 to 3."""
    fill: int = 0
    """0 to 3."""
    marks: int = 0
    """0 to 2."""
    more: bool = False
    taken: bool = False
    entered: int = LONG_AGO
    """Half steps from the instant of sending, -128 to 127."""

    def pack(self) -> bytes:
        """Return the three bytes of a line."""
        within(self.stage, 0, 3)
        within(self.fill, 0, 3)
        within(self.marks, 0, 2)
        looks = self.shown | self.stage << 4 | self.fill << 6
        return struct.pack("<BBb", looks, self.marks | self.more << 2 | self.taken << 3, self.entered)

    @classmethod
    def unpack(cls, packed: bytes) -> Self:
        """Return the line of these three bytes; raises `MalformedBody` or `ValueError`."""
        looks, adds, entered = struct.unpack("<BBb", packed)
        within(adds, 0, 0x0F)
        within(adds & 3, 0, 2)
        shown = Shown(looks & 0x0F)
        return cls(shown, looks >> 4 & 3, looks >> 6, adds & 3, bool(adds & 4), bool(adds & 8), entered)


@dataclass(frozen=True, slots=True)
class SetLamp:
    """The lamp of one button in a SET."""

    look: LampLook = LampLook.OFF
    blinks: int = 0
    """A counter, 0 to 3: where it differs from that of the SET before, a dark lamp answers with one blink."""
    entered: int = LONG_AGO
    """Half steps from the instant of sending, -128 to 127."""

    def pack(self) -> bytes:
        """Return the two bytes of a lamp."""
        within(self.blinks, 0, 3)
        return struct.pack("<Bb", self.look | self.blinks << 3, self.entered)

    @classmethod
    def unpack(cls, packed: bytes) -> Self:
        """Return the lamp of these two bytes; raises `MalformedBody` or `ValueError`."""
        looks, entered = struct.unpack("<Bb", packed)
        within(looks, 0, 0x1F)
        return cls(LampLook(looks & 7), looks >> 3, entered)


@dataclass(frozen=True, slots=True)
class Set:
    """The whole picture, and the heartbeat."""

    TYPE: ClassVar = Type.SET
    HEAD: ClassVar = struct.Struct("<HBBbbbBBB")

    phase_ms: int
    """Milliseconds since the epoch of the picture at the instant of sending, 0 to 9,999."""
    lines: tuple[SetLine, ...]
    """1 to 8."""
    lamps: tuple[SetLamp, ...]
    """One for the button of each line, then those of `KEYS`."""
    cover: Cover = Cover.NONE
    alive: bool = True
    fault: bool = False
    more: bool = False
    owed: Age = Age.NONE
    voicemail: Age = Age.NONE
    cover_entered: int = LONG_AGO
    """This and the next two in half steps from the instant of sending, -128 to 127."""
    fault_entered: int = LONG_AGO
    more_entered: int = LONG_AGO
    brightness: int = 255
    """1 to 255; 255 is day."""
    volume: int = 3
    """0 (silent) to 3."""
    chirp: Chirp = Chirp.NONE
    chirps: int = 0
    """A counter, 0 to 7: where it differs from that of the SET before, the chirp is played once."""

    def pack(self) -> bytes:
        """Return the body of the frame."""
        within(self.phase_ms, 0, GRID_MS - 1)
        within(self.brightness, 1, 255)
        within(self.volume, 0, 3)
        within(self.chirps, 0, 7)
        within(len(self.lines), 1, LINES_MAX)
        within(len(self.lamps) - len(self.lines), len(KEYS), len(KEYS))
        head = self.HEAD.pack(
            self.phase_ms,
            self.cover | self.alive << 3 | self.fault << 4 | self.more << 5,
            self.owed | self.voicemail << 2,
            self.cover_entered,
            self.fault_entered,
            self.more_entered,
            self.brightness,
            self.volume | self.chirp << 2 | self.chirps << 5,
            len(self.lines),
        )
        return b"".join((head, *(line.pack() for line in self.lines), *(lamp.pack() for lamp in self.lamps)))

    @classmethod
    def unpack(cls, body: bytes) -> Self:
        """Return the message of this body; raises `MalformedBody` or `ValueError`."""
        within(len(body), cls.HEAD.size, len(body))
        phase_ms, over, ages, cover_in, fault_in, more_in, light, sound, count = cls.HEAD.unpack_from(body)
        within(phase_ms, 0, GRID_MS - 1)
        within(over, 0, 0x3F)
        within(ages, 0, 0x0F)
        within(light, 1, 255)
        within(count, 1, LINES_MAX)
        lamps_at = cls.HEAD.size + 3 * count
        length = lamps_at + 2 * (count + len(KEYS))
        within(len(body), length, length)
        return cls(
            phase_ms,
            tuple(SetLine.unpack(body[at : at + 3]) for at in range(cls.HEAD.size, lamps_at, 3)),
            tuple(SetLamp.unpack(body[at : at + 2]) for at in range(lamps_at, length, 2)),
            Cover(over & 7),
            bool(over & 8),
            bool(over & 16),
            bool(over & 32),
            Age(ages & 3),
            Age(ages >> 2),
            cover_in,
            fault_in,
            more_in,
            light,
            sound & 3,
            Chirp(sound >> 2 & 7),
            sound >> 5,
        )
