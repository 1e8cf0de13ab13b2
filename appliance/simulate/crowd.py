"""The crowd: who calls a site, when, and who calls again."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Final

from appliance.core.words import InstantMs, LineId
from appliance.simulate.agenda import Agenda
from appliance.simulate.broken import Broken
from appliance.simulate.callers import Caller, Fate
from appliance.simulate.dice import Dice
from appliance.simulate.faults import Faults
from appliance.simulate.pbx import Pbx
from appliance.simulate.site import Habits

BURST_CALLERS: Final = (33, 45)
"""How many callers a burst has: more than a tower shows."""

FLOOD_CALLERS: Final = (129, 150)
"""How many callers a flood has: more than there are legs, even if each rings once."""

PATIENCE_MS_MAX: Final = 180_000.0
"""The longest that anybody waits."""

CLINIC: Final = "5550042"
"""A number that several people call from."""

ACCOUNTED_FOR: Final = (
    "Everyone is reached, gave up, was lost by the phone system, or is dropped with a cause."
)
"""The promise that is checked when all callers have gone."""


class Crowd:
    """Makes callers: now and then one, now and then many at once, some of them known already."""

    def __init__(self, habits: tuple[Habits, ...], faults: Faults, agenda: Agenda, dice: Dice) -> None:
        """Be ready to make callers for these lines."""
        self._habits = habits
        self._faults = faults
        self._agenda = agenda
        self._dice = dice
        self.pbxes: Sequence[Pbx] = ()
        self.watched: Callable[[Caller], object] = lambda _: None
        """Told of each caller who begins to wait."""
        self.made: list[Caller] = []

    @property
    def is_gone(self) -> bool:
        """True if nobody is on a line, or in a unit's hands."""
        return not any(pbx.callers for pbx in self.pbxes)

    @property
    def fates(self) -> dict[Fate, int]:
        """What became of how many callers, in truth."""
        return dict(Counter(caller.fate for caller in self.made if caller.fate))

    def waits_on(self, line: LineId) -> bool:
        """Return whether somebody is on a line, or in a unit's hands."""
        return any(pbx.waiting_count.get(line, 0) for pbx in self.pbxes)

    def come(self, instants: Iterable[InstantMs]) -> None:
        """Have somebody call at each of these instants."""
        for at_ms in instants:
            self._agenda.at(at_ms, lambda: self.arrive(self._somebody()))

    def arrive(self, caller: Caller) -> None:
        """Somebody calls."""
        self.pbxes[caller.habits.pbx].arrive(caller)
        self.watched(caller)

    def lose(self, caller: Caller) -> None:
        """Somebody was not answered; some call again soon."""
        if caller.calls_again > 0:
            after_ms = self._dice.often_little(1_000, 90_000)
            self._agenda.after(after_ms, lambda: self.arrive(self._same_again(caller)))

    def close(self) -> None:
        """Look at everybody once more, when all have gone.

        Raises:
            Broken: nobody knows what became of somebody.
        """
        for caller in self.made:
            if caller.fate is None:
                raise Broken(ACCOUNTED_FOR, f"nobody knows what became of {caller}")

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

    def _somebody(self) -> Caller:
        dice = self._dice
        kind = dice.between(0, 1)
        if kind < 0.12:
            number = ""
        elif kind < 0.22:
            number = CLINIC
        else:
            number = f"555{1001 + len(self.made)}"
        return self._note(
            Caller(
                number_in_story=1 + len(self.made),
                habits=dice.pick(self._habits),
                number=number,
                patience_ms=dice.pick(
                    (dice.between(50, 5_000), dice.between(5_000, 60_000), PATIENCE_MS_MAX)
                ),
                answer_after_ms=dice.between(500, 70_000) if dice.chance(0.6) else None,
                calls_again=dice.pick((0, 0, 1, 3)),
            )
        )

    def _same_again(self, caller: Caller) -> Caller:
        """Return the call that a lost caller makes later, from the same number to the same line."""
        dice = self._dice
        return self._note(
            Caller(
                number_in_story=1 + len(self.made),
                habits=caller.habits,
                number=caller.number,
                patience_ms=dice.between(1_000, 60_000),
                answer_after_ms=dice.between(500, 40_000) if dice.chance(0.6) else None,
                calls_again=caller.calls_again - 1,
            )
        )

    def _note(self, caller: Caller) -> Caller:
        self.made.append(caller)
        return caller
