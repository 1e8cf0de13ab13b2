"""One morning of a practice with its staff, with the light and without it: the same people and callers.

Chance comes in before anybody acts: when each caller comes and how patient they are, what each person does
when, and whether they would notice. So both mornings differ in nothing but the light, and a morning with
another assumption in nothing but that.
"""

from dataclasses import dataclass
from enum import Enum
from itertools import pairwise
from typing import Final

from appliance.simulate.dice import Dice
from appliance.simulate.people import MORNING_S, Assumptions

STREAMS: Final = 16
"""Sequences of chance for each seed: one for the callers, one for each person."""

PEOPLE_MAX: Final = 8
"""For whom each caller's chances are thrown, whether they are there or not, so that others keep theirs."""

IN_BACK: Final = 4
"""The number of the first person in the back."""


class Place(Enum):
    """Where somebody is."""

    DESK = "free at the desk"
    PATIENT = "with a patient at the desk"
    AWAY = "away, and can come"
    TIED = "away, and cannot come"


@dataclass(frozen=True, slots=True)
class Stretch:
    """For how long somebody is where."""

    until_s: float
    place: Place
    since_s: float


@dataclass(eq=False, slots=True)
class Waiting:
    """A caller, and what each person would make of the call."""

    comes_s: float
    gone_s: float
    """When patience ends, or the voicemail takes the call."""
    talk_s: float
    notices: tuple[float, ...]
    """For each person, what they notice: whatever is noticed by a greater chance than this."""
    notices_after_s: tuple[float, ...]
    excuses_after_s: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Going:
    """Somebody is about to answer a caller."""

    caller: Waiting
    there_s: float
    is_away: bool
    """True if they leave work away from the desk for it."""


class Person:
    """Somebody who answers the phone beside other work."""

    def __init__(self, seed: int, number: int, assumed: Assumptions, *, in_back: bool) -> None:
        """Plan the whole morning of this person; `number` is theirs alone."""
        self.number = number
        self.busy_until_s = 0.0
        self.goes_for: Going | None = None
        dice = Dice(seed * STREAMS + 1 + number)
        self._stretches = _in_back(dice, assumed) if in_back else _at_desk(dice, assumed)
        self._at = 0

    def where(self, now_s: float) -> Stretch:
        """Return where they are at this second, never before one that was asked for."""
        while self._stretches[self._at].until_s <= now_s:
            self._at += 1
        return self._stretches[self._at]


def _at_desk(dice: Dice, assumed: Assumptions) -> list[Stretch]:
    """Return what somebody at the desk does, from the beginning until well after the last caller."""
    stretches: list[Stretch] = []
    now_s, an_hour = 0.0, assumed.patients + assumed.errands
    while now_s < 2 * MORNING_S:
        free, kind = dice.exponential(), dice.between(0, an_hour)
        leaves, length = dice.between(0, 1), dice.exponential()
        until_s = now_s + free * 3600 / an_hour if an_hour else float("inf")
        stretches.append(Stretch(until_s, Place.DESK, now_s))
        if kind < assumed.patients:
            now_s = until_s + length * assumed.patient_s
            stretches.append(Stretch(now_s, Place.PATIENT, until_s))
        else:
            now_s = until_s + length * assumed.errand_s
            stretches.append(Stretch(now_s, _away(leaves, assumed), until_s))
    return stretches


def _in_back(dice: Dice, assumed: Assumptions) -> list[Stretch]:
    """Return what somebody in the back does."""
    stretches: list[Stretch] = []
    now_s = 0.0
    while now_s < 2 * MORNING_S:
        leaves, length = dice.between(0, 1), dice.exponential()
        since_s, now_s = now_s, now_s + length * assumed.errand_s
        stretches.append(Stretch(now_s, _away(leaves, assumed), since_s))
    return stretches


def _away(leaves: float, assumed: Assumptions) -> Place:
    return Place.AWAY if leaves < assumed.leaves_errand else Place.TIED


def callers_of(seed: int, assumed: Assumptions) -> list[Waiting]:
    """Return who calls in the morning of this seed."""
    dice, now_s = Dice(seed * STREAMS), 0.0
    callers: list[Waiting] = []
    while True:
        now_s += dice.exponential() * 3600 / assumed.callers
        patience_s, talk_s = dice.exponential() * assumed.patience_s, dice.exponential() * assumed.talk_s
        chances = [(dice.between(0, 1), dice.exponential(), dice.exponential()) for _ in range(PEOPLE_MAX)]
        if now_s >= MORNING_S:
            return callers
        callers.append(
            Waiting(
                now_s,
                now_s + min(patience_s, assumed.voicemail_s),
                talk_s,
                tuple(chance for chance, _, _ in chances),
                tuple(after * assumed.notices_s for _, after, _ in chances),
                tuple(after * assumed.excuses_s for _, _, after in chances),
            )
        )


@dataclass(slots=True)
class Morning:
    """What came of one."""

    callers: int
    reached: int = 0
    left_work: int = 0
    """How many of those were taken by somebody who left work away from the desk for them."""


def morning(seed: int, assumed: Assumptions, *, light: bool) -> Morning:
    """Return what comes of this morning."""
    people = [Person(seed, number, assumed, in_back=False) for number in range(round(assumed.at_desk))]
    people += [
        Person(seed, IN_BACK + number, assumed, in_back=True) for number in range(round(assumed.in_back))
    ]
    callers = callers_of(seed, assumed)
    waiting: list[Waiting] = []
    told, now_s = Morning(len(callers)), 0.0
    for caller, following in pairwise([*callers, None]):
        assert caller is not None
        now_s = max(now_s, float(int(caller.comes_s)))
        waiting.append(caller)
        until_s = float("inf") if following is None else following.comes_s
        # A second is short beside everything that is counted here.
        while waiting and now_s < until_s:
            waiting[:] = [caller for caller in waiting if now_s < caller.gone_s]
            for person in people:
                if now_s >= person.busy_until_s:
                    _act(person, now_s, waiting, people, assumed, light, told)
            now_s += 1.0
    return told


def _act(
    person: Person,
    now_s: float,
    waiting: list[Waiting],
    people: list[Person],
    assumed: Assumptions,
    light: bool,
    told: Morning,
) -> None:
    """Let somebody who does not speak on the phone set out for a caller, or answer whom they set out for."""
    if person.goes_for is None:
        # Two people who see each other do not run for the same phone.
        sought = [other.goes_for.caller for other in people if other.goes_for is not None]
        for caller in waiting:
            after_s = None if caller in sought else _comes_after_s(person, caller, now_s, assumed, light)
            if after_s is not None:
                is_away = person.where(now_s).place is Place.AWAY
                person.goes_for = Going(caller, now_s + after_s, is_away)
                break
    going = person.goes_for
    if going is not None and going.there_s <= now_s:
        person.goes_for = None
        if going.caller in waiting:
            waiting.remove(going.caller)
            person.busy_until_s = now_s + going.caller.talk_s
            told.reached += 1
            told.left_work += going.is_away


def _comes_after_s(
    person: Person, caller: Waiting, now_s: float, assumed: Assumptions, light: bool
) -> float | None:
    """Return how soon this person would be with the caller, setting out now; None if they do not."""
    stretch, number = person.where(now_s), person.number
    rings_s = now_s - max(caller.comes_s, stretch.since_s, person.busy_until_s)
    match stretch.place:
        case Place.DESK:
            return assumed.reacts_s
        case Place.PATIENT if rings_s >= caller.excuses_after_s[number]:
            return assumed.reacts_s
        case Place.AWAY if rings_s >= caller.notices_after_s[number]:
            if light and caller.notices[number] < assumed.sees_light:
                return assumed.reacts_s + assumed.speaks_s
            if caller.notices[number] < assumed.hears_phone:
                return assumed.walks_s + assumed.reacts_s
    return None
