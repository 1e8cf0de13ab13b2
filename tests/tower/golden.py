"""The frames of tests/vectors/wire.txt in words, and the file itself, which the C tests read too."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from appliance.tower.wire import (
    HOOK,
    Age,
    ButtonEvent,
    Chirp,
    Cover,
    Frame,
    Heard,
    Hello,
    LampLook,
    Set,
    SetLamp,
    SetLine,
    Shown,
    Status,
    Who,
)

VECTORS: Final = Path(__file__).parents[1] / "vectors/wire.txt"

OFF: Final = SetLamp()

QUIET: Final = Set(0, (SetLine(),), (OFF,) * 4)

FULL: Final = Set(
    phase_ms=9_999,
    lines=(
        SetLine(Shown.FAILED, 1, 1, 0, False, False, 2),
        SetLine(Shown.ASKED, 1, 1, 1, False, False, 0),
        SetLine(Shown.URGENT, 3, 3, 2, True, True, -1),
        SetLine(Shown.WAITING, 2, 2, 1, False, True, -56),
        SetLine(Shown.HELD, 2, 2, 0, True, False, -127),
        SetLine(Shown.UNSURE, 1, 1, 2, False, False, -128),
        SetLine(Shown.CLOSING, 0, 0, 0, False, False, -3),
        SetLine(Shown.LINE_LOST, 0, 0, 0, False, False, 127),
    ),
    lamps=(
        SetLamp(LampLook.FAILED, 0, 1),
        SetLamp(LampLook.ASKED, 1, 0),
        SetLamp(LampLook.TAKEABLE, 2, -14),
        SetLamp(LampLook.STEADY, 3, -128),
        *(OFF,) * 4,
        SetLamp(LampLook.STEADY, 0, -127),
        SetLamp(LampLook.OFF, 1, 2),
        SetLamp(LampLook.STEADY, 2, 127),
    ),
    cover=Cover.SWEEP,
    alive=True,
    fault=True,
    more=True,
    owed=Age.OVERDUE,
    voicemail=Age.OLD,
    cover_entered=1,
    fault_entered=-20,
    more_entered=-128,
    brightness=90,
    volume=2,
    chirp=Chirp.URGENT,
    chirps=5,
)

FRAMES: Final[dict[str, Frame]] = {
    "quiet": Frame(0, QUIET),
    "first-caller": Frame(
        1,
        replace(
            QUIET,
            phase_ms=4,
            lines=(SetLine(Shown.WAITING, 1, 1, entered=0), SetLine()),
            lamps=(SetLamp(LampLook.TAKEABLE, entered=0), *(OFF,) * 4),
            cover=Cover.SWEEP,
            cover_entered=0,
            chirp=Chirp.ARRIVED,
            chirps=1,
        ),
    ),
    "full": Frame(255, FULL),
    "tested": Frame(7, replace(QUIET, lines=(SetLine(Shown.TESTED, entered=0),), chirp=Chirp.TEST, chirps=7)),
    "taken-at-night": Frame(
        8, replace(QUIET, lines=(SetLine(Shown.TAKEN, entered=-9),), brightness=1, volume=0)
    ),
    "phone-system-lost": Frame(2, replace(QUIET, cover=Cover.LOST, fault=True, voicemail=Age.FRESH)),
    "board-silent": Frame(3, replace(QUIET, cover=Cover.HOST_LOST, fault=True, alive=False)),
    "shutdown": Frame(4, replace(QUIET, alive=False)),
    "heard-0": Frame(5, Heard(0)),
    "heard-255": Frame(6, Heard(255)),
    "who": Frame(0, Who()),
    "status": Frame(200, Status(255, True, False, True, 0x0801, 65_535, 0, 2**32 - 1)),
    "status-of-nothing": Frame(0, Status(0, False, False, False, 0, 0, 0, 0)),
    "line-1-pressed": Frame(9, ButtonEvent(0, 0, True, 16)),
    "hook-down-long-ago": Frame(10, ButtonEvent(255, HOOK, False, 65_535)),
    "hello": Frame(0, Hello(1, (1, 0, 0), 3, 8, 8)),
}


@dataclass(frozen=True)
class Vector:
    """A row of the file."""

    kind: str
    """``good`` or ``damaged``."""
    name: str
    packed: bytes
    """What lies between two zero bytes."""


def vectors(kind: str) -> list[Vector]:
    """The rows of this kind, in the order of the file."""
    rows = [line.split() for line in VECTORS.read_text(encoding="utf-8").splitlines()]
    return [Vector(row[0], row[1], bytes.fromhex(row[2])) for row in rows if row and row[0] == kind]
