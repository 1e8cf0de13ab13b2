"""The unit's SIP engine and the link to it, as far as the board can see them, with all that can go wrong.

Messages arrive in order (they come over one socket), may be late, may come twice, and two kinds may be lost.
The list of rings each second is never lost while the engine lives: it is what heals the rest.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Final

from appliance.core.events import (
    EngineLost,
    EngineStarted,
    Event,
    Reason,
    RegistrationChanged,
    RingEnded,
    RingRefused,
    RingsListed,
    RingStarted,
)
from appliance.core.words import LEGS_MAX, DurationMs, ExtensionId, InstantMs, LineId, RingId
from appliance.simulate.agenda import Agenda
from appliance.simulate.callers import Leg
from appliance.simulate.dice import Dice
from appliance.simulate.faults import Faults
from appliance.simulate.pbx import Pbx
from appliance.simulate.story import Story

BEAT_MS: Final = DurationMs(1_000)
"""How often the engine lists its rings."""

QUIET_BEATS: Final = 15
"""Of the lists that name no ring, while the unit knows of none, only each 15th is told: the others would
cost most of a practice's time and change nothing."""

SILENCE_MS: Final = DurationMs(2_500)
"""After how much silence the link takes the engine for lost."""

LATE_MS_MAX: Final = DurationMs(300)
"""How late a message of the engine comes at most."""

EXPIRY_MS: Final = DurationMs(120_000)
"""For how long a registration holds (facts of SIP, rule 6)."""

RETRY_MS: Final = DurationMs(15_000)
"""When a refused or unanswered REGISTER is sent again."""

ONE_IN_SIX: Final = 1 / 6
"""How often a message meets the fault that its practice has switched on."""


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
    ) -> None:
        """Be ready to start; `post` puts an event into the unit's inbox."""
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
        self._socket_free_ms = InstantMs(0)
        self._refused_until_ms: dict[ExtensionId, float] = {}
        self._unanswered_until_ms: dict[ExtensionId, float] = {}
        self.told_unclear: Callable[[LineId], None] = lambda _: None
        """Told of each line of which a ring's end will never be heard."""
        self.somebody_waits: Callable[[], bool] = lambda: True
        """Asks whether the unit believes that somebody rings: else most lists would tell nothing."""
        self._beat_count = 0

    def start(self) -> None:
        """A new engine process answers and begins to register."""
        self.generation += 1
        self.healthy = self._lives = True
        self.legs = {}
        self._tell(EngineStarted(), "a new engine answers")
        generation = self.generation
        for extension in self._pbx_of:
            self._agenda.after(self._dice.between(30, 400), partial(self._register, extension, generation))
        self._agenda.after(BEAT_MS, lambda: self._beat(generation))

    def invite(self, leg: Leg, generation: int) -> bool:
        """Take an INVITE; one for an engine that is gone, or to a deaf one, is heard by nobody."""
        if generation != self.generation or not self._lives:
            self.unclear(leg.caller.habits.line.id)
            return True
        if len(self.legs) >= LEGS_MAX:
            self._tell(RingRefused(1), f"every leg is in use: {leg.ring} is answered 486")
            return False
        self.legs[leg.ring] = (leg, self._agenda.now_ms)
        event = RingStarted(leg.offer, DurationMs(self._dice.often_little(0, 5)))
        self._tell(event, f"ring {leg.ring} started", self._faults.lost_starts)
        if self._faults.failed_rings and self._dice.chance(0.05):
            self._agenda.after(self._dice.between(10, 9_000), lambda: self._fail(leg))
        return True

    def unclear(self, line: LineId) -> None:
        """Take note that nobody will ever tell the end of a ring of this line."""
        self.told_unclear(line)

    def cancel(self, leg: Leg, reasons: tuple[Reason, ...]) -> None:
        """Take a CANCEL; one for a ring that this engine does not know changes nothing."""
        if leg.ring not in self.legs or not self._lives:
            return
        if self._faults.stuck_rings and self._dice.chance(0.05):
            self._say(f"the engine never notices that {leg.ring} was cancelled")
            self.unclear(leg.caller.habits.line.id)
            return
        del self.legs[leg.ring]
        said = ", ".join(f"{reason.protocol} {reason.cause}" for reason in reasons) or "no reason"
        event = RingEnded(leg.ring, True, reasons)
        self._tell(event, f"ring {leg.ring} was cancelled ({said})", self._faults.lost_ends)

    def end_ring(self, ring: RingId) -> None:
        """The board wants this ring answered 480."""
        known = self.legs.get(ring)
        if known is not None and self.healthy:
            self._say(f"the unit answers {ring} 480")
            self._lose(known[0])

    def _fail(self, leg: Leg) -> None:
        if leg.ring in self.legs and leg.alive and self._lives:
            self._lose(leg)

    def _lose(self, leg: Leg) -> None:
        del self.legs[leg.ring]
        self.pbxes[self._pbx_of[leg.extension]].declined(leg)
        self._tell(RingEnded(leg.ring, False), f"ring {leg.ring} was lost", self._faults.lost_ends)

    def die(self) -> None:
        """The engine process is killed; the link sees the end of the socket at once."""
        if self._lives:
            self._say("the engine is killed")
            self._end(self._dice.between(1, 40), "killed by signal 9")

    def fall_silent(self) -> None:
        """The engine hangs; the link kills it when it has been silent for too long."""
        if self.healthy:
            self._say("the engine hangs and says nothing more")
            self._end(SILENCE_MS, "silent for 2.5 s")

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
                self._tell(EngineLost(why), f"the engine is lost: {why}", reliable=True)
                self._agenda.after(self._dice.often_little(150, 4_000), self.start)

        self._agenda.after(noticed_after_ms, notice)

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
        if self.legs or self.somebody_waits() or self._beat_count % QUIET_BEATS == 0:
            now_ms = self._agenda.now_ms
            rings = [
                RingStarted(leg.offer, DurationMs(now_ms - since_ms)) for leg, since_ms in self.legs.values()
            ]
            self._tell(RingsListed(tuple(rings)), "")
        self._agenda.after(BEAT_MS, lambda: self._beat(generation))

    def _tell(self, event: Event, sentence: str, may_be_lost: bool = False, reliable: bool = False) -> None:
        """Send an event to the unit: later than the one before, perhaps twice, perhaps never."""
        if not self.healthy and not reliable:
            return
        dice = self._dice
        if may_be_lost and dice.chance(ONE_IN_SIX):
            self._say(f"{sentence}, and the message is lost")
            return
        late_ms = dice.often_little(0, LATE_MS_MAX) if self._faults.late_messages else dice.between(0, 1)
        arrives_ms = InstantMs(max(self._agenda.now_ms + late_ms, self._socket_free_ms))
        twice = isinstance(event, RingStarted | RingEnded | RingsListed) and self._faults.doubled_messages
        for _ in range(1 + (twice and dice.chance(ONE_IN_SIX))):
            self._agenda.at(arrives_ms, lambda: self._post(event))
            arrives_ms = InstantMs(arrives_ms + dice.often_little(0, 5))
        self._socket_free_ms = arrives_ms
        if sentence:
            self._say(sentence)

    def _say(self, sentence: str) -> None:
        if self._story.kept:
            self._story.tell(self._agenda.now_ms, sentence)
