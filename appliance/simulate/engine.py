"""The unit's SIP engine, as far as the board can see it, with all that can go wrong.

What it keeps and repeats is the engine's own code (`sip/witness.py`), without its process.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Final

from appliance.core.effects import EndRing, HangUp, ReturnCaller, TakeRing
from appliance.core.events import ButtonReleased, EngineLost, Event, PickupMoved, Reason, RegistrationChanged
from appliance.core.words import Button, DurationMs, ExtensionId, InstantMs, LineId, PickupStep, RingId, Way
from appliance.simulate.agenda import Agenda
from appliance.simulate.callers import Leg
from appliance.simulate.dice import Dice
from appliance.simulate.faults import Faults
from appliance.simulate.held import HeldCallers
from appliance.simulate.link import Link
from appliance.simulate.pbx import Pbx
from appliance.simulate.phones import Phones
from appliance.simulate.story import Story
from appliance.sip.hands import Dial
from appliance.sip.protocol import ToUnit
from appliance.sip.watch import SILENCE_IN_HAND_MS, SILENCE_MS
from appliance.sip.witness import Witness

BEAT_MS: Final = DurationMs(1_000)
"""How often the engine lists its rings."""

QUIET_BEATS: Final = 15
"""Of the lists that name no ring, while the unit knows of none, only each 15th is told: the others would
cost most of a practice's time and change nothing."""

EXPIRY_MS: Final = DurationMs(120_000)
"""For how long a registration holds (facts of SIP, rule 6)."""

RETRY_MS: Final = DurationMs(15_000)
"""When a refused or unanswered REGISTER is sent again."""

RETURN_WITHIN_MS: Final = DurationMs(120_000)
"""How long the target of last resort may ring, as the protocol has it."""

INSTANTS_APART_MS: Final = 0.001
"""Two steps of one pickup never have the same instant: the machine's clock sees to that."""


class Engine:
    """One engine after another: a new one is started when the link has lost the one before."""

    def __init__(
        self,
        lines: Sequence[LineId],
        pbx_of: Mapping[ExtensionId, int],
        faults: Faults,
        agenda: Agenda,
        dice: Dice,
        story: Story,
        post: Callable[[Event], None],
        phones: Phones,
    ) -> None:
        """Be ready to start; `post` puts an event into the unit's inbox, `phones` are those it can call."""
        self._lines = lines
        self._pbx_of = pbx_of
        self._faults = faults
        self._agenda = agenda
        self._dice = dice
        self._story = story
        self._post = post
        self.pbxes: Sequence[Pbx] = ()
        self.generation = 0
        self.healthy = False
        """True while an engine lives and speaks."""
        self._lives = False
        self.legs: dict[RingId, tuple[Leg, InstantMs]] = {}
        """The rings that this engine believes alive, each with the instant of its INVITE."""
        self.held: Final = HeldCallers(self, phones, faults, agenda, dice)
        """The callers in its hands, and those whose ring it has just answered."""
        self._link: Final = Link(faults, agenda, dice, self.say, post)
        self._witness = Witness(0, self._send)
        self._moved_ms = InstantMs(0)
        self._refused_until_ms: dict[ExtensionId, float] = {}
        self._unanswered_until_ms: dict[ExtensionId, float] = {}
        self.told_unclear: Callable[[LineId], None] = lambda _: None
        """Told of each line of which a ring's end will never be heard."""
        self.somebody_waits: Callable[[], bool] = lambda: True
        """Asks whether the unit believes that somebody rings: else most lists would tell nothing."""
        self._beat_count = 0
        self.took_a_step: Callable[[], None] = lambda: None
        """Told of each step of the taking of a caller."""

    def start(self) -> None:
        """A new engine process answers and begins to register."""
        self.generation += 1
        self.healthy = self._lives = True
        self.legs = {}
        self._witness = Witness(self.generation, self._send)
        self._link.begin()
        generation = self.generation
        for extension in self._pbx_of:
            self._agenda.after(self._dice.between(30, 400), partial(self._register, extension, generation))
        self._agenda.after(BEAT_MS, lambda: self._beat(generation))

    def invite(self, leg: Leg, generation: int) -> bool:
        """Take an INVITE; one for an engine that is gone, or to a deaf one, is heard by nobody."""
        if generation != self.generation or not self._lives:
            self.unclear(leg.caller.habits.line.id)
            return True
        if self._witness.full:
            self.say(f"every leg is in use: {leg.ring} is answered 486")
            self._witness.legs_full()
            return False
        self.legs[leg.ring] = (leg, self._agenda.now_ms)
        self._witness.rang(leg.offer, InstantMs(self._agenda.now_ms - self._dice.often_little(0, 5)))
        if self._faults.failed_rings and self._dice.chance(0.05):
            self._agenda.after(self._dice.between(10, 9_000), lambda: self._fail(leg))
        return True

    def unclear(self, line: LineId) -> None:
        """Take note that nobody will ever tell the end of a ring of this line."""
        self.told_unclear(line)

    def cancel(self, leg: Leg, reasons: tuple[Reason, ...]) -> None:
        """Take a CANCEL; one for a ring that is not known, or was answered, changes nothing."""
        if leg.ring not in self.legs or leg.ring in self.held.all or not self._lives:
            return
        if self._faults.stuck_rings and self._dice.chance(0.05):
            self.say(f"the engine never notices that {leg.ring} was cancelled")
            self.unclear(leg.caller.habits.line.id)
            return
        del self.legs[leg.ring]
        self._over(leg.ring, cancelled=True, reasons=reasons)

    def bye(self, leg: Leg) -> None:
        """Take the end of a caller's leg that was answered."""
        if leg.ring in self.held.all:
            self.held.all[leg.ring].caller_over("")

    def do(self, effect: TakeRing | ReturnCaller | HangUp | EndRing) -> None:
        """Do what the board wants done with a ring or with a caller in our hands."""
        ring = effect.ring
        held = self.held.all.get(ring)
        leg = self.legs[ring][0] if ring in self.legs else None if held is None else held.leg
        if not self.healthy:
            return
        match effect:
            case EndRing():
                if leg is not None and held is None:
                    self.say(f"the unit answers {ring} 480")
                    self._lose(leg)
            case HangUp():
                self.held.hang_up(ring)
            case _ if leg is None:
                self.moved(PickupMoved(ring, PickupStep.CALLER_GONE, order=effect.order))
            case TakeRing(_, way, target, headers, confirm_key, within_ms, order):
                target = "" if way is Way.HANDSET else target
                self.held.take(leg, way, Dial(target, headers, confirm_key, within_ms, order))
            case ReturnCaller(_, target, order):
                self.held.take(leg, Way.PHONE, Dial(target, answer_within_ms=RETURN_WITHIN_MS, order=order))

    def moved(self, event: PickupMoved) -> None:
        """The taking of a caller has come so far."""
        if event.step is PickupStep.ANSWERED:
            self.legs.pop(event.ring, None)
        self._moved_ms = InstantMs(max(self._agenda.now_ms, self._moved_ms + INSTANTS_APART_MS))
        self._witness.moved(event.ring, event.step, event.why, event.order, self._moved_ms)
        self.took_a_step()
        if self._faults.deaths_in_hand and self._dice.chance(0.1):
            self._agenda.after(self._dice.often_little(0, 2_000), self.die)

    def left(self, leg: Leg) -> None:
        """A caller is no longer in our hands; a ring that was never acknowledged is over with that."""
        if self.legs.pop(leg.ring, None) is not None:
            self._over(leg.ring)

    def redirect(self, leg: Leg) -> None:
        """Answer 302."""
        del self.legs[leg.ring]
        self.pbx_of(leg).redirected(leg)
        self._over(leg.ring)

    def put_back(self) -> None:
        """The person at the handset puts it back."""
        self._post(ButtonReleased(Button.HOOK))

    def pbx_of(self, leg: Leg) -> Pbx:
        """Return the phone system at which a leg is."""
        return self.pbxes[self._pbx_of[leg.extension]]

    def _fail(self, leg: Leg) -> None:
        if leg.ring in self.legs and leg.ring not in self.held.all and leg.alive and self._lives:
            self._lose(leg)

    def _lose(self, leg: Leg) -> None:
        del self.legs[leg.ring]
        self.pbx_of(leg).declined(leg)
        self._over(leg.ring)

    def _over(self, ring: RingId, *, cancelled: bool = False, reasons: tuple[Reason, ...] = ()) -> None:
        self._witness.over(ring, self._agenda.now_ms, cancelled=cancelled, reasons=reasons)

    def die(self) -> None:
        """The engine process is killed; the link sees the end of the socket at once."""
        if self._lives:
            self.say("the engine is killed")
            self._end(self._dice.between(1, 40), "killed by signal 9")

    def fall_silent(self) -> None:
        """The engine hangs; the link kills it when it has been silent for too long."""
        if self.healthy:
            self.say("the engine hangs and says nothing more")
            if self.held.all:
                self._agenda.after(SILENCE_MS, self._doubt)
            self._end(SILENCE_IN_HAND_MS if self.held.all else SILENCE_MS, "silent")

    def _doubt(self) -> None:
        if self._lives and not self.healthy:
            self._link.doubt()

    def _end(self, noticed_after_ms: float, why: str) -> None:
        was_silent = not self.healthy
        self.healthy = False
        if was_silent or why.startswith("killed"):
            self._lives = False
        generation = self.generation

        def notice() -> None:
            if generation == self.generation and not (self._lives and self.healthy):
                self._lives = False
                self.generation += 1
                for line in self._lines:
                    self.unclear(line)
                self.legs = {}
                self.held.drop_all()
                self._link.tell(EngineLost(why), f"the engine is lost: {why}")
                after, lost = self._dice.often_little(150, 4_000), self.generation
                self._agenda.after(after, lambda: self.start() if lost == self.generation else None)

        self._agenda.after(noticed_after_ms, notice)

    def cut(self) -> None:
        """The power of the whole unit is gone, and every caller in its hands with it."""
        self.generation += 1
        self.healthy = self._lives = False
        self.held.drop_all()

    def unregister(self) -> None:
        """Take leave of the phone systems, as far as they hear it."""
        for extension, pbx in self._pbx_of.items() if self.healthy else ():
            self.pbxes[pbx].unbind(extension)

    def refuse(self, extension: ExtensionId, for_ms: float, answered: bool) -> None:
        """Have the PBX refuse this extension for a while, or not answer it."""
        until = self._refused_until_ms if answered else self._unanswered_until_ms
        until[extension] = self._agenda.now_ms + for_ms
        self._register(extension, self.generation)

    def _register(self, extension: ExtensionId, generation: int) -> None:
        """Send a REGISTER and tell how it went; a peer that keeps silent may give no event at all."""
        if generation != self.generation or not self.healthy:
            return
        pbx, now_ms = self.pbxes[self._pbx_of[extension]], self._agenda.now_ms
        if not pbx.up or now_ms < self._unanswered_until_ms.get(extension, 0):
            if self._dice.chance(0.5):
                event = RegistrationChanged(extension, False, 408, "Request Timeout")
                self._tell(event, f"{extension} gets no answer to its REGISTER")
            next_ms: float = RETRY_MS
        elif now_ms < self._refused_until_ms.get(extension, 0):
            pbx.unbind(extension)
            event = RegistrationChanged(extension, False, 403, "Forbidden")
            self._tell(event, f"{extension} is refused")
            next_ms = RETRY_MS
        else:
            pbx.bindings[extension] = generation
            event = RegistrationChanged(extension, True, 200, "OK", EXPIRY_MS)
            self._tell(event, f"{extension} is registered")
            next_ms = EXPIRY_MS * self._dice.between(0.8, 0.95)
        self._agenda.after(next_ms, lambda: self._register(extension, generation))

    def _beat(self, generation: int) -> None:
        if generation != self.generation or not self.healthy:
            return
        self._beat_count += 1
        busy = self.legs or self.held.all or self.somebody_waits()
        if busy or self._beat_count % QUIET_BEATS == 0:
            self._witness.beat(self._agenda.now_ms)
        self._agenda.after(BEAT_MS, lambda: self._beat(generation))

    def _send(self, message: ToUnit) -> bool:
        return self.healthy and self._link.send(message)

    def _tell(self, event: Event, sentence: str) -> None:
        if self.healthy:
            self._link.tell(event, sentence)

    def say(self, sentence: str) -> None:
        """Add a sentence to the story."""
        if self._story.kept:
            self._story.tell(self._agenda.now_ms, sentence)
