"""The words and numbers of the wire (firmware/README.md): what a byte can mean."""

from enum import IntEnum
from typing import Final

from appliance.core.words import LINES_MAX

PROTOCOL: Final = 1
"""The version of the wire that this file speaks, as HELLO names it."""

GRID_MS: Final = 10_000
"""After how many milliseconds every pattern of a tower has repeated: 56 steps of the grid."""

LONG_AGO: Final = -128
"""Half steps: entered so long ago, or longer, that it makes no difference any more."""

ENTERED_MAX: Final = 127
"""Half steps ahead at most, 11.3 s: the core puts nothing off by more than two steps or one sweep. What were
to enter later is said to enter then, and the next SET, 250 ms on, says it anew."""

KEYS: Final = ("mute", "away", "owed")
"""The buttons that belong to no line, in the order of their lamps, which stand behind those of the lines."""

HOOK: Final = LINES_MAX + len(KEYS)
"""The hook switch, among the buttons of EVENT and STATUS: 0 to 7 are the lines', then come `KEYS`."""


class MalformedBody(ValueError):
    """A body that breaks a rule of the wire. The frame around it is dropped and counted as damaged."""


class Type(IntEnum):
    """What a frame is."""

    SET = 0x01
    HEARD = 0x02
    WHO = 0x03
    STATUS = 0x81
    EVENT = 0x82
    HELLO = 0x83


class Cover(IntEnum):
    """What the whole tower does, over the segments (`picture.Overlay`)."""

    NONE = 0
    SWEEP = 1
    LOST = 2
    HOST_LOST = 3


class Shown(IntEnum):
    """What one line shows (`picture.Showing`)."""

    NOTHING = 0
    FAILED = 1
    ASKED = 2
    URGENT = 3
    WAITING = 4
    HELD = 5
    TAKEN = 6
    UNSURE = 7
    CLOSING = 8
    LINE_LOST = 9
    TESTED = 10


class LampLook(IntEnum):
    """What the lamp of a button shows."""

    OFF = 0
    TAKEABLE = 1
    ASKED = 2
    STEADY = 3
    FAILED = 4


class Age(IntEnum):
    """How long something has been owed, or a voicemail unheard: as many status pixels are lit."""

    NONE = 0
    FRESH = 1
    OLD = 2
    OVERDUE = 3


class Chirp(IntEnum):
    """The sounds of the tower."""

    NONE = 0
    ARRIVED = 1
    WAITING = 2
    URGENT = 3
    TEST = 4


def within(value: int, least: int, most: int) -> None:
    """Refuse a value beyond its range; raises `MalformedBody`."""
    if not least <= value <= most:
        raise MalformedBody(f"{value} is not within {least} to {most}")
