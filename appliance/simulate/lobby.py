"""The callers of a PBX: where they wait, in whose hands they are, and how they leave."""

from collections.abc import Callable, Sequence
from functools import partial

from appliance.core.words import ExtensionId, LineId, RingId
from appliance.simulate.agenda import Agenda
from appliance.simulate.binding import Phone
from appliance.simulate.callers import Caller, Fate, Leg
from appliance.simulate.dialects import Ending
from appliance.simulate.dice import Dice
from appliance.simulate.story import Story


class Lobby:
    """All of them."""

    def __init__(
        self,
        name: str,
        phone: Phone,
        agenda: Agenda,
        dice: Dice,
        story: Story,
        known: dict[RingId, Leg],
        lost: Callable[[Caller], None],
    ) -> None:
        """Serve callers.

        Args:
            name: names the PBX and its rings.
            phone: the unit.
            agenda: the practice's time.
            dice: the practice's chance.
            story: told what happens here.
            known: every ring there ever was; new ones are added.
            lost: told of each caller who was not answered, and may have him call again.
        """
        self._name = name
        self._phone = phone
        self._agenda = agenda
        self._dice = dice
        self._story = story
        self._known = known
        self._lost = lost
        self.up = True
        self.bindings: dict[ExtensionId, int] = {}
        """Which engine's contact is registered for each extension."""
        self.callers: dict[Caller, None] = {}
        """Everybody who waits, in the order of arrival."""
        self.waiting_count: dict[LineId, int] = {}
        """How many wait on each line."""
        self.ring_count = 0
        self.cut_off: list[Caller] = []
        """Whom the unit ended, though nobody had spoken with them."""

    def reach(self, caller: Caller, who: str) -> None:
        """A person speaks with the caller."""
        caller.people.add(who)
        caller.spoke_with.append(who)
        caller.fate = caller.fate or Fate.REACHED
        self._tell(f"{caller} speaks with {who}")

    def transferred(self, leg: Leg) -> None:
        """The caller speaks with the phone without us from now on."""
        if leg in leg.caller.between:
            leg.caller.between.remove(leg)
        elif leg.caller.hand is leg:
            self._leave(leg.caller, Fate.REACHED if leg.caller.people else Fate.MACHINE)

    def hung_up(self, leg: Leg) -> None:
        """The unit ends a caller's leg: for one whom nobody spoke with, that must never be."""
        if leg.caller.hand is leg:
            served = Fate.REACHED if leg.caller.people else Fate.MACHINE
            fate = served if leg.caller.is_served else Fate.CUT_OFF
            if fate is Fate.CUT_OFF:
                self.cut_off.append(leg.caller)
            self._leave(leg.caller, fate)
            leg.caller.people.clear()

    def hang_up_in_hand(self, caller: Caller) -> None:
        """A caller in a unit's hands hangs up."""
        if caller.hand is not None:
            leg = caller.hand
            served = Fate.REACHED if caller.people else Fate.MACHINE
            self._leave(caller, served if caller.is_served else Fate.GAVE_UP)
            caller.people.clear()
            self._phone.bye(leg)

    def drop(self, leg: Leg) -> None:
        """The engine that had the caller is gone."""
        caller, hand = leg.caller, leg.caller.hand
        if hand is not None and self.has(leg):
            caller.people.clear()
            self._leave(caller, Fate.DROPPED)
            if hand is not leg:
                self._phone.bye(hand)

    def has(self, leg: Leg) -> bool:
        """Return whether a caller is in a unit's hands by this leg, or another unit has them through it."""
        return leg.caller.hand is leg or leg in leg.caller.between

    def _cancel(self, caller: Caller, ending: Ending, those: Sequence[Leg] | None = None) -> None:
        """Cancel every ring of a caller, or those; the CANCELs of several rings come a little apart."""
        legs = caller.legs if those is None else those
        caller.legs = [leg for leg in caller.legs if leg not in legs]
        for leg in legs:
            leg.alive = False
            leg.ending = ending
            reasons = self._dice.pick(caller.habits.dialect.said(ending, caller.habits.line.queue).forms)
            delay_ms = self._dice.often_little(0, 60) if len(legs) > 1 else 0.0
            self._agenda.after(delay_ms, partial(self._phone.cancel, leg, reasons))

    def declined(self, leg: Leg) -> None:
        """The unit ended a ring by itself: the caller waits on, without us until the next round."""
        leg.alive = False
        if leg in leg.caller.legs:
            leg.caller.legs.remove(leg)

    def _leave(self, caller: Caller, fate: Fate) -> None:
        """A caller leaves the line, and our hands. What became of them first counts."""
        self._forget(caller)
        caller.fate = caller.fate or fate
        self._tell(f"{caller} {fate.value}")
        if caller.fate is not Fate.REACHED:
            self._lost(caller)

    def _forget(self, caller: Caller) -> None:
        caller.waits = False
        caller.hand = None
        between, caller.between = caller.between, []
        for leg in between:
            self._phone.bye(leg)
        del self.callers[caller]
        self.waiting_count[caller.habits.line.id] -= 1

    def _tell(self, sentence: str) -> None:
        if self._story.kept:
            self._story.tell(self._agenda.now_ms, sentence)
