"""A morning at a practice with eight lines, as data: who dials what and when, who waits, who is taken."""

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

LINES: Final = MappingProxyType(
    {
        "appointments": "Appointments",
        "doctors": "Doctors' line",
        "prescriptions": "Prescriptions",
        "results": "Test results",
        "hospital": "Hospital",
        "pharmacy": "Pharmacy",
        "referrals": "Referrals",
        "billing": "Billing",
    }
)
"""The lines of the practice in the order of their segments, and what each is called."""
COLLEAGUE: Final = "21"


def place_of(line: str) -> int:
    """The place of a line on the tower."""
    return list(LINES).index(line)


def waiting_on(line: str) -> str:
    """The number of a line that rings at the light alone, so that its caller waits."""
    return f"7{place_of(line)}0"


def shared_on(line: str) -> str:
    """The number of a line that rings at a colleague's phone as well."""
    return f"7{place_of(line)}1"


def light_of(line: str) -> str:
    """The extension that the front's unit is on a line."""
    return f"60{place_of(line) + 1}"


GROUPS: Final = MappingProxyType(
    {waiting_on(line): (light_of(line),) for line in LINES}
    | {shared_on(line): (light_of(line), COLLEAGUE) for line in LINES}
)
"""Who rings for each number."""

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
        waiting_on("appointments"),
        14_500,
        "A patient calls for an appointment and waits past every stage.",
        TAKEN[BACK],
    ),
    Visit(
        2_500,
        shared_on("doctors"),
        9_000,
        "A laboratory calls the doctors; a colleague picks up.",
        Ending.ANSWERED,
    ),
    Visit(
        4_000,
        waiting_on("prescriptions"),
        9_000,
        "Somebody runs out of tablets, and in the end of patience.",
        Ending.GAVE_UP,
    ),
    Visit(6_300, waiting_on("hospital"), 6_000, "A hospital calls.", TAKEN[FRONT]),
    Visit(8_500, shared_on("pharmacy"), 9_000, "A pharmacy calls; a colleague picks up.", Ending.ANSWERED),
    Visit(
        10_000,
        shared_on("referrals"),
        9_000,
        "A surgery refers a patient; a colleague picks up.",
        Ending.ANSWERED,
    ),
    Visit(11_000, waiting_on("results"), 3_500, "Somebody wants to know, and gives up.", Ending.GAVE_UP),
    Visit(12_500, waiting_on("billing"), 3_800, "Somebody calls about a bill and gives up.", Ending.GAVE_UP),
    Visit(
        13_500,
        shared_on("appointments"),
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
    line: str
    story: str


PRESSES: Final = (
    Press(7_500, FRONT, "hospital", "One press at the front desk takes the hospital."),
    Press(
        9_900,
        BACK,
        "appointments",
        "Nobody is at the desk; one press in the back office takes the patient.",
    ),
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
    """The lines in the order of their segments."""
    thresholds = tuple(DurationMs(at_tempo(threshold, tempo)) for threshold in THRESHOLDS_MS)
    return tuple(
        JudgedLine(label, (waiting_on(line), shared_on(line)), thresholds) for line, label in LINES.items()
    )


def line_of(dialled: str) -> int:
    """The place on the tower of the line with this number."""
    return next(place for place, line in enumerate(judged_lines(1.0)) if dialled in line.numbers)
