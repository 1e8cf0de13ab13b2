"""The people of a practice: callers with patience, and the crowd that they come in."""

from dataclasses import dataclass, field
from typing import Final

from appliance.core.events import Offer
from appliance.core.words import ExtensionId, InstantMs, RingId
from appliance.simulate.agenda import Agenda
from appliance.simulate.dialects import Ending
from appliance.simulate.dice import Dice
from appliance.simulate.faults import Faults
from appliance.simulate.site import Evidence, Habits

BURST_CALLERS: Final = (33, 45)
"""How many callers a burst has: more than a tower shows."""

FLOOD_CALLERS: Final = (129, 150)
"""How many callers a flood has: more than there are legs, even if each rings once."""

PATIENCE_MS_MAX: Final = 180_000.0
"""The longest that anybody waits."""

CLINIC: Final = "5550042"
"""A number that several people call from."""


@dataclass(eq=False, slots=True)
class Leg:
    """One INVITE to the unit, as the PBX knows it."""

    ring: RingId
    caller: "Caller"
    extension: ExtensionId
    offer: Offer
    alive: bool = True
    """True while the PBX rings it."""
    ending: Ending | None = None
    """Why the PBX cancelled it; None while it rings, and if it ended in any other way."""


@dataclass(eq=False, slots=True)
class Caller:
    """Somebody who calls a line and waits until a colleague answers, patience ends or the PBX gives up."""

    number_in_story: int
    habits: Habits
    number: str
    """What From says; empty for an anonymous caller."""
    patience_ms: float
    answer_after_ms: float | None
    """When a colleague would answer; None for never."""
    calls_again: int
    """How often this person calls again if not answered."""
    round: int = 0
    """How often the PBX has rung for this caller."""
    waits: bool = True
    """True until the caller is answered, gives up, or is lost by the PBX."""
    legs: list[Leg] = field(default_factory=list)
    """The rings that the PBX believes alive."""

    @property
    def tag(self) -> str:
        """The PBX's tag header, the same on every ring; empty if it sends none."""
        return f"tag-{self.number_in_story}" if self.habits.evidence is Evidence.TAG else ""

    def call_id(self, door: int) -> str:
        """Return the Call-ID of this round's ring at that door."""
        branch = 0 if self.habits.evidence is Evidence.CALL_ID else door
        return f"call-{self.number_in_story}-{self.round}-{branch}"

    def __str__(self) -> str:
        """Return how the story names this caller."""
        return f"caller {self.number_in_story}{'' if self.number else ' (anonymous)'}"


class Crowd:
    """Makes callers: now and then one, now and then many at once, some of them known already."""

    def __init__(self, habits: tuple[Habits, ...], faults: Faults, agenda: Agenda, dice: Dice) -> None:
        """Be ready to make callers for these lines."""
        self._habits = habits
        self._faults = faults
        self._agenda = agenda
        self._dice = dice
        self.made_count = 0

    def arrivals(self, until_ms: InstantMs) -> list[InstantMs]:
        """Return when callers come: a morning's rhythm of its own for each seed, and its bursts."""
        dice = self._dice
        gap_ms = dice.pick((3_000.0, 12_000.0, 40_000.0))
        instants, at_ms = [], dice.between(0, 5_000)
        while at_ms < until_ms:
            instants.append(InstantMs(at_ms))
            at_ms += dice.often_little(1, 4 * gap_ms)
        for kind, (least, most) in (("bursts", BURST_CALLERS), ("floods", FLOOD_CALLERS)):
            if getattr(self._faults, kind):
                begins_ms, within_ms = dice.between(2_000, until_ms), dice.pick((1.0, 500.0, 5_000.0))
                burst = range(dice.count(least, most))
                instants += [InstantMs(begins_ms + dice.between(0, within_ms)) for _ in burst]
        return sorted(instants)

    def somebody(self) -> Caller:
        """Return a new caller for one of the lines."""
        dice = self._dice
        self.made_count += 1
        kind = dice.between(0, 1)
        if kind < 0.12:
            number = ""
        elif kind < 0.22:
            number = CLINIC
        else:
            number = f"555{1000 + self.made_count}"
        return Caller(
            number_in_story=self.made_count,
            habits=dice.pick(self._habits),
            number=number,
            patience_ms=dice.pick((dice.between(50, 5_000), dice.between(5_000, 60_000), PATIENCE_MS_MAX)),
            answer_after_ms=dice.between(500, 70_000) if dice.chance(0.6) else None,
            calls_again=dice.pick((0, 0, 1, 3)),
        )

    def same_again(self, caller: Caller) -> Caller:
        """Return the call that a lost caller makes later, from the same number to the same line."""
        self.made_count += 1
        dice = self._dice
        return Caller(
            number_in_story=self.made_count,
            habits=caller.habits,
            number=caller.number,
            patience_ms=dice.between(1_000, 60_000),
            answer_after_ms=dice.between(500, 40_000) if dice.chance(0.6) else None,
            calls_again=caller.calls_again - 1,
        )
