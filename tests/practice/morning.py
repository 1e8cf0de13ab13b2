"""A morning at a practice with two lines, as data: who dials what, when, how long they wait, who is taken."""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from appliance.core.words import DurationMs
from tests.peers.callers import Caller
from tests.peers.trace import Ending
from tests.practice.expected import JudgedLine

LENGTH_MS: Final = 16_700
"""From the beginning of a morning to the end of its last caller."""
DARK_AFTER_MS: Final = 2_000
"""After the last caller's end: a segment closes for a second at any tempo, and may begin late."""
THRESHOLDS_MS: Final = (0, 4_000, 8_000)
"""A desk waits 20 and 45 s before it worries; a spectator would be gone."""
COLLEAGUE_ANSWERS_MS: Final = 3_000
DESK_PHONE_ANSWERS_MS: Final = 700
TALKS_MS: Final = 3_000
"""From the answer to the caller's goodbye, at any tempo: time to be heard at the desk phone."""

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

FRONT: Final = "front"
BACK: Final = "back"
TAKEN: Final = MappingProxyType({FRONT: "taken at the front", BACK: "taken in the back"})
"""How a caller ends whom the button of this unit took."""


@dataclass(frozen=True, slots=True)
class Visit:
    """A caller, or a burst of them, at an instant of the morning."""

    at_ms: int
    dials: str
    waits_ms: int
    """After so long the caller gives up; one who is answered never comes to that."""
    story: str
    """For the people who watch, before it happens."""
    ends: str
    """What becomes of them if nobody but the morning's own people presses a button."""
    count: int = 1


VISITS: Final = (
    Visit(
        500,
        APPOINTMENTS,
        14_500,
        "A patient calls for an appointment and waits past every stage.",
        TAKEN[BACK],
    ),
    Visit(
        2_500, DOCTORS_SHARED, 9_000, "A laboratory calls the doctors; a colleague picks up.", Ending.ANSWERED
    ),
    Visit(6_300, DOCTORS, 6_000, "A hospital calls the doctors.", TAKEN[FRONT]),
    Visit(13_700, DOCTORS, 2_600, "Somebody calls the doctors and gives up.", Ending.GAVE_UP),
    Visit(
        13_500,
        APPOINTMENTS_SHARED,
        9_000,
        "Five patients call at once; colleagues answer them all.",
        Ending.ANSWERED,
        5,
    ),
)


@dataclass(frozen=True, slots=True)
class Press:
    """A line's button, pressed in a morning by script; a person at the keys presses for themselves."""

    at_ms: int
    unit: str
    line: int
    """The place of the line on the tower."""
    story: str


PRESSES: Final = (
    Press(7_500, FRONT, 1, "One press at the front desk takes the hospital."),
    Press(9_900, BACK, 0, "Nobody is at the desk; one press in the back office takes the patient."),
)


def at_tempo(milliseconds: int, tempo: float) -> int:
    """A time of the morning, played at this tempo: 0.5 takes half as long."""
    return round(milliseconds * tempo)


def caller(visit: Visit, morning: int, tempo: float) -> Caller:
    """The caller of a visit. No number ever calls twice: one that comes back within the hour is urgent."""
    number = f"030{morning:03}{VISITS.index(visit)}" + ("[call_number]" if visit.count > 1 else "")
    return Caller(
        visit.dials,
        number,
        gives_up_after_ms=at_tempo(visit.waits_ms, tempo),
        talks_ms=TALKS_MS,
    )


def visit_of(number: str) -> Visit:
    """The visit of the caller with this number."""
    return VISITS[int(number[6])]


def judged_lines(tempo: float) -> tuple[JudgedLine, ...]:
    """The two lines in the order of their segments."""
    thresholds = tuple(DurationMs(at_tempo(threshold, tempo)) for threshold in THRESHOLDS_MS)
    return (
        JudgedLine("Appointments", (APPOINTMENTS, APPOINTMENTS_SHARED), thresholds),
        JudgedLine("Doctors' line", (DOCTORS, DOCTORS_SHARED), thresholds),
    )


def line_of(dialled: str) -> int:
    """The place on the tower of the line with this number."""
    return next(place for place, line in enumerate(judged_lines(1.0)) if dialled in line.numbers)
