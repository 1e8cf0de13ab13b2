"""The staff of a practice and its callers, as `simulate --compare` takes them: every assumption is here.

No study of practices like these is behind the numbers. They are what the model's author takes to be ordinary,
and each says so: a site that knows better counts its own and reads the row of that assumption. Where a number
comes from somewhere, its source is named.

The model. People at the desk are in turn free there, with a patient at the desk, or away on an errand. People
in the back are always away from the desk. Whoever is free at the desk answers the phone. With a patient, they
let it ring for a while before they excuse themselves. Away, they notice a caller or miss them for good, and
can leave what they do or not; without the light they walk to the desk, with it they press the button of the
unit where they are and speak there. Whoever speaks on the phone answers nothing else, and nobody sets out for
a caller whom somebody goes for. Callers come at random, and hang up when their patience ends or the phone
system's voicemail takes the call.

The light changes two things only, and both are for people who are away from the desk: the chance that they
notice the caller, and the walk that they are spared. It makes nobody faster or friendlier, and gives nobody a
third hand.
"""

from dataclasses import dataclass, field, fields
from typing import Final

MORNING_S: Final = 4 * 3600
"""How long callers come."""

ASSUMED: Final = "assumed"


def _assumed(default: float, unit: str, what: str, source: str = ASSUMED, most: float | None = None) -> float:
    """Declare an assumption; `most` is what it can be at the most, so that doubling it stops there."""
    return field(default=default, metadata={"unit": unit, "what": what, "source": source, "most": most})


@dataclass(frozen=True, slots=True)
class Assumptions:
    """All of them. Lengths are means of exponential distributions where nothing else is said."""

    callers: float = _assumed(15.0, "an hour", "callers who come, at random")
    patience_s: float = _assumed(60.0, "s", "how long a caller is ready to wait")
    voicemail_s: float = _assumed(45.0, "s", "after which a voicemail takes the call, always the same")
    talk_s: float = _assumed(120.0, "s", "how long a call is, with what must be noted")
    at_desk: float = _assumed(1.0, "people", "who work at the desk, and answer its phone")
    in_back: float = _assumed(1.0, "people", "who work elsewhere, and could answer it")
    patients: float = _assumed(10.0, "an hour", "patients who come to each person at the desk")
    patient_s: float = _assumed(90.0, "s", "how long a patient at the desk takes")
    errands: float = _assumed(6.0, "an hour", "errands that take each person away from the desk")
    errand_s: float = _assumed(150.0, "s", "how long an errand takes, or work in the back")
    leaves_errand: float = _assumed(0.5, "chance", "that work away from the desk can be left", most=1.0)
    hears_phone: float = _assumed(0.3, "chance", "that somebody away hears the desk's phone ring", most=1.0)
    sees_light: float = _assumed(0.7, "chance", "that somebody away sees or hears the unit there", most=1.0)
    notices_s: float = _assumed(4.0, "s", "how long it takes them to notice either")
    excuses_s: float = _assumed(40.0, "s", "how long it rings for whoever has a patient there")
    reacts_s: float = _assumed(3.0, "s", "until the hand is on phone or button, always the same")
    walks_s: float = _assumed(
        8.0,
        "s",
        "back to the desk, always the same",
        "ten metres and a door at 1.4 m/s, both assumed",
    )
    speaks_s: float = _assumed(4.0, "s", "from the press until the phone there is lifted")


@dataclass(frozen=True, slots=True)
class Declared:
    """One assumption as it is declared."""

    name: str
    unit: str
    what: str
    source: str
    most: float | None
    default: float

    @property
    def halved(self) -> float:
        """Half of it; half a person is none."""
        return self.default / 2

    @property
    def doubled(self) -> float:
        """Twice of it, as far as that can be."""
        return 2 * self.default if self.most is None else min(self.most, 2 * self.default)


DECLARED: Final = tuple(
    Declared(one.name, default=float(getattr(Assumptions(), one.name)), **one.metadata)
    for one in fields(Assumptions)
)
"""All assumptions, in the order in which they stand above."""
