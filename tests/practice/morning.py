"""A morning at a practice with two lines, as data: who dials what, when, and how long they wait."""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from appliance.core.words import DurationMs
from tests.peers.callers import Caller
from tests.practice.judge import JudgedLine

LENGTH_MS: Final = 16_200
"""From the beginning of a morning to the end of its last caller."""
DARK_AFTER_MS: Final = 1_600
"""After the last caller's end: a segment closes for a second at any tempo, and half a second is allowed."""
THRESHOLDS_MS: Final = (0, 4_000, 8_000)
"""A desk waits 20 and 45 s before it worries; a spectator would be gone."""
COLLEAGUE_ANSWERS_MS: Final = 3_000

APPOINTMENTS: Final = "700"
APPOINTMENTS_SHARED: Final = "701"
DOCTORS: Final = "710"
DOCTORS_SHARED: Final = "711"
LIGHT_APPOINTMENTS: Final = "601"
LIGHT_DOCTORS: Final = "602"
COLLEAGUE: Final = "21"

GROUPS: Final = MappingProxyType(
    {
        APPOINTMENTS: (LIGHT_APPOINTMENTS,),
        APPOINTMENTS_SHARED: (LIGHT_APPOINTMENTS, COLLEAGUE),
        DOCTORS: (LIGHT_DOCTORS,),
        DOCTORS_SHARED: (LIGHT_DOCTORS, COLLEAGUE),
    }
)
"""Who rings for each number. A line has a number that rings at the light alone, so that its caller waits, and
one that rings at a colleague's phone as well."""


@dataclass(frozen=True, slots=True)
class Visit:
    """A caller, or a burst of them, at an instant of the morning."""

    at_ms: int
    dials: str
    waits_ms: int
    """After so long the caller gives up; one whom a colleague answers never comes to that."""
    story: str
    """For the people who watch, before it happens."""
    count: int = 1


VISITS: Final = (
    Visit(500, APPOINTMENTS, 10_500, "A patient calls for an appointment and waits past every stage."),
    Visit(2_500, DOCTORS_SHARED, 9_000, "A laboratory calls the doctors; a colleague picks up in the back."),
    Visit(8_000, DOCTORS, 3_000, "Somebody calls the doctors and gives up."),
    Visit(13_000, APPOINTMENTS_SHARED, 9_000, "Five patients call at once; colleagues answer them all.", 5),
)


def at_tempo(milliseconds: int, tempo: float) -> int:
    """A time of the morning, played at this tempo: 0.5 takes half as long."""
    return round(milliseconds * tempo)


def caller(visit: Visit, place: int, morning: int, tempo: float) -> Caller:
    """The caller of a visit. No number ever calls twice: one that comes back within the hour is urgent."""
    number = f"030{morning:03}{place}" + ("[call_number]" if visit.count > 1 else "")
    return Caller(visit.dials, number, gives_up_after_ms=at_tempo(visit.waits_ms, tempo))


def judged_lines(tempo: float) -> tuple[JudgedLine, ...]:
    """The two lines in the order of their segments."""
    thresholds = tuple(DurationMs(at_tempo(threshold, tempo)) for threshold in THRESHOLDS_MS)
    return (
        JudgedLine("Appointments", (APPOINTMENTS, APPOINTMENTS_SHARED), thresholds),
        JudgedLine("Doctors' line", (DOCTORS, DOCTORS_SHARED), thresholds),
    )
