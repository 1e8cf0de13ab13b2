"""The PBX of a practice: rings groups, runs queues, cancels in its dialect, and sometimes goes away.

It knows the truth: who waits, and why each ring ended. The engine hears only what a PBX would send.
"""

from collections.abc import Callable
from functools import partial
from typing import Final

from appliance.core.events import Offer
from appliance.core.words import DurationMs, ExtensionId, RingId
from appliance.simulate.callers import Caller, Fate, Leg
from appliance.simulate.dialects import Ending
from appliance.simulate.lobby import Lobby
from appliance.simulate.site import Door

FOUND_GONE_MS_MAX: Final = DurationMs(20_000)
"""After how long a leg to a phone system that is gone without a word ends by itself."""


class Pbx(Lobby):
    """One PBX with the callers of its lines."""

    def arrive(self, caller: Caller) -> None:
        """Somebody calls. A PBX that is down takes no calls."""
        if not self.up:
            self._tell(f"{caller} finds the phone system dead")
            caller.fate = Fate.PHONE_SYSTEM_LOST
            return
        self.callers[caller] = None
        line = caller.habits.line.id
        self.waiting_count[line] = self.waiting_count.get(line, 0) + 1
        kind = "queue" if caller.habits.line.queue else "group"
        self._tell(f"{caller} calls {caller.habits.line.label} ({kind}, {caller.habits.dialect.name})")
        self._agenda.after(caller.patience_ms, lambda: self._give_up(caller))
        if caller.answer_after_ms is not None:
            self._agenda.after(caller.answer_after_ms, lambda: self._answer(caller))
        self._ring(caller)

    def _ring(self, caller: Caller) -> None:
        if not caller.waits or caller.hand is not None:
            return
        caller.round += 1
        this_round = caller.round
        for number, door in enumerate(caller.habits.doors):
            generation = self.bindings.get(door.extension)
            if generation is not None:
                self._invite(caller, number, door, generation)
        self._agenda.after(caller.habits.ring_ms, lambda: self._round_over(caller, this_round))

    def ring_again(self, caller: Caller, taken: Callable[[], None]) -> None:
        """A unit that has the caller calls the group for them; `taken` is told if a unit answers."""
        caller.round += 1
        caller.sent_on_count += 1
        for number, door in enumerate(caller.habits.doors):
            generation = self.bindings.get(door.extension)
            if generation is not None:
                self._invite(caller, number, door, generation, taken)

    def ring_no_more(self, caller: Caller, taken: Callable[[], None], ending: Ending) -> None:
        """The call to the group is over, or was answered."""
        self._cancel(caller, ending, [leg for leg in caller.legs if leg.taken == taken])

    def _invite(
        self,
        caller: Caller,
        number: int,
        door: Door,
        generation: int,
        taken: Callable[[], None] | None = None,
    ) -> None:
        self.ring_count += 1
        ring = RingId(f"{self._name}-{self.ring_count}")
        offer = Offer(
            ring,
            door.extension,
            call_id=caller.call_id(number),
            number=caller.number,
            tag=caller.tag,
            dialled=door.dialled,
            line_header=door.line_header,
        )
        self._known[ring] = leg = Leg(ring, caller, door.extension, offer, taken=taken)
        self._tell(f"{caller} rings at {door.extension} as {ring}")
        if self._phone.invite(leg, generation):
            caller.legs.append(leg)

    def _round_over(self, caller: Caller, this_round: int) -> None:
        if not caller.waits or caller.hand is not None or caller.round != this_round:
            return
        self._cancel(caller, Ending.RANG_OUT)
        if caller.habits.line.queue:
            self._tell(f"{caller} stays in the queue between two rings")
            self._agenda.after(caller.habits.retry_ms, lambda: self._ring(caller))
        else:
            self._leave(caller, Fate.NOT_ANSWERED)

    def _give_up(self, caller: Caller) -> None:
        if caller.waits and caller.hand is None:
            self._cancel(caller, Ending.GAVE_UP)
            self._leave(caller, Fate.GAVE_UP)
        elif caller.waits and not caller.is_served:
            self.hang_up_in_hand(caller)

    def _answer(self, caller: Caller) -> None:
        """A colleague answers; where nothing rings (the gap of a queue), as soon as it rings again."""
        if not caller.waits or caller.hand is not None:
            return
        if caller.habits.line.queue and not caller.legs:
            self._agenda.after(self._dice.between(500, 3_000), lambda: self._answer(caller))
            return
        self._give(caller, "a colleague")

    def pick_up(self, extension: ExtensionId, who: str) -> None:
        """Somebody dials the pickup code of an extension, and has whoever rings there."""
        ringing = [
            caller
            for caller in self.callers
            if caller.hand is None and any(leg.extension == extension for leg in caller.legs)
        ]
        if ringing:
            self._give(self._dice.pick(ringing), who)

    def _give(self, caller: Caller, who: str) -> None:
        """A person answers a caller who rings."""
        self._cancel(caller, Ending.ANSWERED)
        self._tell(f"{who} answers {caller}")
        self.reach(caller, who)
        self._leave(caller, Fate.REACHED)

    def reaches(self, extension: ExtensionId) -> bool:
        """Return whether a call may be made by this extension."""
        return self.up and extension in self.bindings

    def answered(self, leg: Leg) -> bool | None:
        """The unit answers a ring: it has the caller, unless somebody else was quicker.

        Returns None if nobody is there to acknowledge it.
        """
        caller = leg.caller
        if not self.up:
            return None
        if not leg.alive:
            return False
        leg.alive = False
        caller.legs.remove(leg)
        if caller.hand is not None:
            caller.between.append(caller.hand)
        caller.hand = leg
        self._tell(f"{leg.ring} is answered: {caller} is in the unit's hands")
        self._cancel(caller, Ending.ANSWERED)
        if leg.taken is not None:
            leg.taken()
        return True

    def redirected(self, leg: Leg) -> None:
        """The unit answers a ring with 302: a phone rings in its place, and the unit hears no more of it."""
        self.declined(leg)
        caller, dice = leg.caller, self._dice
        self._tell(f"{leg.ring} is redirected")
        if dice.chance(0.6):
            self._agenda.after(dice.between(500, 8_000), lambda: self._answer(caller))

    def unbind(self, extension: ExtensionId) -> None:
        """Forget the contact of an extension."""
        self.bindings.pop(extension, None)

    def restart(self, away_ms: DurationMs) -> None:
        """Cancel everything in an orderly way, go away and come back."""
        self._tell(f"{self._name} restarts")
        for caller in list(self.callers):
            self._cancel(caller, Ending.RESTARTED)
            if caller.hand is not None:
                self._phone.bye(caller.hand)
        self._go(away_ms)

    def kill(self, away_ms: DurationMs) -> None:
        """Be gone without a word: no ring is ever cancelled."""
        self._tell(f"{self._name} is killed")
        for caller in self.callers:
            self._phone.unclear(caller.habits.line.id)
            for leg in caller.legs:
                leg.alive = False
            caller.legs = []
            if caller.hand is not None:
                # The library finds after a while that nobody is at the other end.
                found = partial(self._phone.bye, caller.hand)
                self._agenda.after(self._dice.between(1_000, FOUND_GONE_MS_MAX), found)
        self._go(away_ms)

    def _go(self, away_ms: DurationMs) -> None:
        self.up = False
        self.bindings.clear()
        for caller in list(self.callers):
            caller.people.clear()
            caller.fate = caller.fate or Fate.PHONE_SYSTEM_LOST
            self._forget(caller)
        self._agenda.after(away_ms, self._come_back)

    def _come_back(self) -> None:
        self.up = True
        self._tell(f"{self._name} is back")
