"""The PBX of a practice: rings groups, runs queues, cancels in its dialect, and sometimes goes away.

It knows the truth: who waits, and why each ring ended. The engine hears only what a PBX would send.
"""

from collections.abc import Callable
from functools import partial
from typing import Protocol

from appliance.core.events import Offer, Reason
from appliance.core.words import DurationMs, ExtensionId, LineId, RingId
from appliance.simulate.agenda import Agenda
from appliance.simulate.callers import Caller, Leg
from appliance.simulate.dialects import Ending
from appliance.simulate.dice import Dice
from appliance.simulate.site import Door
from appliance.simulate.story import Story


class Phone(Protocol):
    """What the PBX sees of the unit: a phone at the end of a binding."""

    def invite(self, leg: Leg, generation: int) -> bool:
        """Take an INVITE that was sent to the contact of this engine; return False if it is declined."""
        ...

    def unclear(self, line: LineId) -> None:
        """Take note that nobody will ever tell the end of a ring of this line."""
        ...

    def cancel(self, leg: Leg, reasons: tuple[Reason, ...]) -> None:
        """Take a CANCEL."""
        ...


class Pbx:
    """One PBX with the callers of its lines."""

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

    def arrive(self, caller: Caller) -> None:
        """Somebody calls. A PBX that is down takes no calls."""
        if not self.up:
            self._tell(f"{caller} finds the phone system dead")
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
        if not caller.waits:
            return
        caller.round += 1
        this_round = caller.round
        for number, door in enumerate(caller.habits.doors):
            generation = self.bindings.get(door.extension)
            if generation is not None:
                self._invite(caller, number, door, generation)
        self._agenda.after(caller.habits.ring_ms, lambda: self._round_over(caller, this_round))

    def _invite(self, caller: Caller, number: int, door: Door, generation: int) -> None:
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
        self._known[ring] = leg = Leg(ring, caller, door.extension, offer)
        self._tell(f"{caller} rings at {door.extension} as {ring}")
        if self._phone.invite(leg, generation):
            caller.legs.append(leg)

    def _round_over(self, caller: Caller, this_round: int) -> None:
        if not caller.waits or caller.round != this_round:
            return
        self._cancel(caller, Ending.RANG_OUT)
        if caller.habits.line.queue:
            self._tell(f"{caller} stays in the queue between two rings")
            self._agenda.after(caller.habits.retry_ms, lambda: self._ring(caller))
        else:
            self._leave(caller, "goes to voicemail")

    def _give_up(self, caller: Caller) -> None:
        if caller.waits:
            self._cancel(caller, Ending.GAVE_UP)
            self._leave(caller, "gives up")

    def _answer(self, caller: Caller) -> None:
        """A colleague answers; where nothing rings (the gap of a queue), as soon as it rings again."""
        if not caller.waits:
            return
        if caller.habits.line.queue and not caller.legs:
            self._agenda.after(self._dice.between(500, 3_000), lambda: self._answer(caller))
            return
        self._cancel(caller, Ending.ANSWERED)
        self._forget(caller)
        self._tell(f"a colleague answers {caller}")

    def _leave(self, caller: Caller, how: str) -> None:
        self._forget(caller)
        self._tell(f"{caller} {how}")
        self._lost(caller)

    def _forget(self, caller: Caller) -> None:
        caller.waits = False
        del self.callers[caller]
        self.waiting_count[caller.habits.line.id] -= 1

    def _cancel(self, caller: Caller, ending: Ending) -> None:
        """Cancel every ring of a caller; the CANCELs of several rings come a little apart."""
        legs, caller.legs = caller.legs, []
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

    def unbind(self, extension: ExtensionId) -> None:
        """Forget the contact of an extension."""
        self.bindings.pop(extension, None)

    def restart(self, away_ms: DurationMs) -> None:
        """Cancel everything in an orderly way, go away and come back."""
        self._tell(f"{self._name} restarts")
        for caller in list(self.callers):
            self._cancel(caller, Ending.RESTARTED)
        self._go(away_ms)

    def kill(self, away_ms: DurationMs) -> None:
        """Be gone without a word: no ring is ever cancelled."""
        self._tell(f"{self._name} is killed")
        for caller in self.callers:
            self._phone.unclear(caller.habits.line.id)
            for leg in caller.legs:
                leg.alive = False
            caller.legs = []
        self._go(away_ms)

    def _go(self, away_ms: DurationMs) -> None:
        self.up = False
        self.bindings.clear()
        for caller in list(self.callers):
            self._forget(caller)
        self._agenda.after(away_ms, self._come_back)

    def _come_back(self) -> None:
        self.up = True
        self._tell(f"{self._name} is back")

    def _tell(self, sentence: str) -> None:
        if self._story.kept:
            self._story.tell(self._agenda.now_ms, sentence)
