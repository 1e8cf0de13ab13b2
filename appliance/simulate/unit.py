"""One unit of a simulated site: a clock, an engine, a shell and a board, and the bus's own code, no threads.

The bus is the real one (`appliance/bus`): only its client is another, and its thread is the agenda.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

from appliance.core.bus_events import BusEvent
from appliance.core.effects import (
    AnswerPickup,
    AskAway,
    AskMute,
    AskPickup,
    DialPickup,
    EndRing,
    HangUp,
    PublishLine,
    ReturnCaller,
    TakeRing,
    Tell,
)
from appliance.core.events import Event, RingsListed, StopAsked
from appliance.core.notices import CallEnded, Outcome
from appliance.core.orders import SEND_ON_MS
from appliance.core.settings import BoardSettings
from appliance.core.words import DurationMs, ExtensionId, InstantMs, LineId, OrderId, RingId
from appliance.simulate.agenda import UnitTime
from appliance.simulate.agreement import ALL_DARK, LIT, ON_EACH_BOARD, OWN_RINGS, SENT_ON_FIRST, Look
from appliance.simulate.broken import Broken
from appliance.simulate.desk_phone import DeskPhone
from appliance.simulate.engine import Engine
from appliance.simulate.faults import Faults
from appliance.simulate.judge import Judge
from appliance.simulate.moment import Truth
from appliance.simulate.practice import UNCLEAR_MORE_MS
from appliance.simulate.shell import Shell, SiteBoard, Step
from appliance.simulate.surroundings import Surroundings, UnitStory
from appliance.simulate.telling import effect_words, event_words
from appliance.simulate.unit_bus import UnitBus
from appliance.simulate.visits import Standing
from appliance.simulate.witness import Witness


class Unit:
    """One unit, through all its starts: each has a board of its own, and knows nothing of the one before."""

    def __init__(
        self,
        around: Surroundings,
        settings: BoardSettings,
        faults: Faults,
        serving: Mapping[LineId, tuple[ExtensionId, ...]],
        pbx_of: Mapping[ExtensionId, int],
        make_board: Callable[[BoardSettings], SiteBoard],
    ) -> None:
        """Make a unit of these settings; its clock is ahead of the practice's by as much as the dice say."""
        dice = around.dice
        self.name = settings.unit
        self.settings = settings
        self.time = UnitTime(around.agenda, DurationMs(dice.between(0, 86_400_000)))
        self.thaws_ms = InstantMs(0)
        """Until when it is frozen or off, in the practice's time."""
        self.is_on = True
        self.is_stopping = False
        self._is_told_to_stop = False
        """True once the board has heard that the unit is to end."""
        self.outcome_counts = dict.fromkeys(Outcome, 0)
        """How the calls of all its starts ended."""
        self.step_count = 0
        self._around = around
        self._faults = faults
        self._serving = serving
        self._make_board = make_board
        self._start_count = 0
        self._sent_on: dict[RingId, OrderId] = {}
        """By which order whom was sent on last."""
        self._gone: Callable[[], None] = lambda: None
        """Told when the unit has ended that was told to stop."""
        self.story = UnitStory(around.story, self.time, settings.unit)
        self._lines = [line.id for line in settings.lines]
        self.engine = Engine(
            self._lines, pbx_of, faults, self.time, dice, self.story, self.post, around.phones
        )
        self._desk_phone = DeskPhone(
            f"phone of {self.name}",
            faults,
            self.time,
            dice,
            lambda extension: self.engine.pbxes[pbx_of[extension]],
            self.post,
        )
        self.engine.told_unclear = self._unclear
        self.engine.somebody_waits = lambda: bool(self.witness.rings or self.witness.hands)
        self._prepare()

    def _prepare(self) -> None:
        """Make what one start of the unit has."""
        self._start_count += 1
        settings = replace(self.settings, boot=f"boot-{self.name}-{self._start_count}")
        self.board = self._make_board(settings)
        self.shell = Shell(self.board, self._faults, self.time, self._around.dice, self._stepped)
        self.witness = Witness({line.id: line for line in settings.lines}, self._around.legs)
        self._truth = Truth(self.engine, self._around.crowd, dict.fromkeys(self._lines, 0.0), {})
        self.judge = Judge(
            settings, self._serving, self.board, self.witness, self._truth, None, promises=ON_EACH_BOARD
        )
        self.changed_ms = dict.fromkeys(self._lines, self._around.agenda.now_ms)
        """When each line last looked different here, or had another caller, in the practice's time."""
        self._segments = self.board.picture.segments
        self._bus = UnitBus(self._around, settings, self.time, self.post)

    def start(self) -> None:
        """Start the engine and the bus."""
        self.engine.start()
        self._bus.wake()

    def post(self, event: Event) -> None:
        """Put an event into the inbox; of a unit that is off nobody hears it."""
        if self.is_on:
            self.shell.post(event)

    def go_off(self, for_ms: float, why: str) -> None:
        """Be without power for so long: whoever is in its hands is lost, and no other unit is told."""
        self.story.tell(self.time.now_ms, f"{why}, for {for_ms / 1000:.1f} s")
        self.is_on = self.is_stopping = False
        self.thaws_ms = InstantMs(self._around.agenda.now_ms + for_ms)
        self.engine.cut()
        self._bus.cut()
        self._count()
        self._around.agenda.after(for_ms, self._come_back)

    def stop(self, gone: Callable[[], None]) -> None:
        """Be told to end: whoever is in its hands is sent on first. `gone` is called when it has ended."""
        self.story.tell(self.time.now_ms, "the unit is told to stop")
        self._gone = gone
        self.is_stopping = True
        self.post(StopAsked())
        this_start = self._start_count
        self._around.agenda.after(SEND_ON_MS, lambda: self._end(this_start, in_time=False))

    def _end(self, start: int, *, in_time: bool) -> None:
        if start != self._start_count or not self.is_stopping:
            return
        if in_time and self.engine.healthy:
            self._look_after_callers()
        self.engine.unregister()
        self._bus.leave()
        self._gone()

    def _look_after_callers(self) -> None:
        """Whoever is in its hands speaks with nobody, and was not taken where they were to be sent either."""
        for ring, held in self.engine.held.all.items():
            is_refused = held.second is None and held.pickup.order == self._sent_on.get(ring)
            is_left = self.settings.pickup.return_target and held.is_acknowledged and not is_refused
            if is_left or held.leg.caller.people:
                raise Broken(SENT_ON_FIRST, f"{self.name} ends with {held.leg.caller} in its hands")

    def _come_back(self) -> None:
        self.story.tell(self.time.now_ms, "the unit starts again")
        self.is_on = True
        self.engine.legs = {}
        self._prepare()
        self.start()

    def _count(self) -> None:
        self.step_count += self.shell.step_count
        for outcome, count in self.judge.notebook.outcome_counts.items():
            self.outcome_counts[outcome] += count

    def close(self) -> None:
        """Look at the unit once more, when everybody has gone.

        Raises:
            Broken: somebody is still there, or shown.
        """
        self._count()
        self.judge.close(self.time.now_ms)
        if not self.is_at_rest:
            raise Broken(ALL_DARK, f"{self.name} still shows {self.shown_words}")

    def freeze(self, for_ms: float) -> None:
        """Stop everything but the engine, which is a process of its own."""
        self.thaws_ms = InstantMs(self._around.agenda.now_ms + for_ms)
        self._bus.thaws_ms = self.thaws_ms
        self.shell.stall(DurationMs(for_ms))
        self.story.tell(self.time.now_ms, f"the unit freezes for {for_ms / 1000:.1f} s")

    @property
    def wake_ms(self) -> InstantMs | None:
        """When the shell has something to do, in the practice's time."""
        wake_ms = self.shell.wake_ms if self.is_on else None
        return None if wake_ms is None else self.time.shared_ms(wake_ms)

    @property
    def is_at_rest(self) -> bool:
        """True if nothing rings, waits or is lit here."""
        busy = (
            self.engine.legs
            or self.engine.held.all
            or self.witness.rings
            or self.judge.notebook.open
            or self.shown_words
        )
        return not busy and self._around.agenda.now_ms >= self.thaws_ms

    @property
    def shown_words(self) -> str:
        """What lines show of callers, own ones and others; empty if all are dark."""
        lit = [one for one in self.board.picture.segments if one.showing in LIT]
        return ", ".join(f"{one.label}: {one.showing.name.lower()}" for one in lit)

    def look(self, in_touch_ms: float) -> Look:
        """Return how the unit stands, with all instants in the practice's time."""
        segments = dict(zip(self.changed_ms, self.board.picture.segments, strict=True))
        visits = tuple(one for one in self.witness.visits.values() if one.standing is not Standing.TALKS)
        told = self.judge.notebook.open.values()
        entries = Counter(entry.line for entry in told if entry.state != "talking")
        return Look(
            self.name,
            self.board.view(self.time.now_ms),
            segments,
            visits,
            {line: entries[line] for line in segments},
            {line: self._shared_ms(segment.waiting_since_ms) for line, segment in segments.items()},
            {visit: self.time.shared_ms(visit.started_ms) for visit in visits},
            self.changed_ms.copy(),
            in_touch_ms,
        )

    def _shared_ms(self, instant_ms: InstantMs | None) -> InstantMs:
        return InstantMs(float("inf")) if instant_ms is None else self.time.shared_ms(instant_ms)

    def _unclear(self, line: LineId) -> None:
        self._truth.unclear_until_ms[line] = self.time.now_ms + self.witness.limit_ms(line) + UNCLEAR_MORE_MS

    def _stepped(self, step: Step) -> None:
        if self.story.kept:
            self._tell(step)
        for effect in step.effects:
            match effect:
                case EndRing() | TakeRing() | ReturnCaller() | HangUp():
                    self.time.after(self._around.dice.between(0.1, 5), partial(self.engine.do, effect))
                    if isinstance(effect, ReturnCaller):
                        self._sent_on[effect.ring] = effect.order
                case DialPickup():
                    self._desk_phone.dial(effect)
                case PublishLine(line):
                    self.changed_ms[line] = self._around.agenda.now_ms
                    self._bus.perform(effect)
                case AskPickup() | AnswerPickup() | AskMute() | AskAway():
                    self._bus.perform(effect)
        if isinstance(step.event, BusEvent):
            self._look_after_own_rings(step)
        self.judge.look(step)
        self._note_changes()
        told = self.is_stopping and (self._is_told_to_stop or isinstance(step.event, StopAsked))
        self._is_told_to_stop = told
        if told and not self.board.holds_callers:
            self._end(self._start_count, in_time=True)

    def _look_after_own_rings(self, step: Step) -> None:
        if any(isinstance(effect, EndRing) for effect in step.effects):
            # A ring limit passed in the same step, and that may end a call.
            return
        for effect in step.effects:
            if isinstance(effect, Tell) and isinstance(effect.notice, CallEnded):
                notice, entries = effect.notice, self.judge.notebook.open
                rings = notice.call in entries and entries[notice.call].state == "ringing"
                if rings:
                    raise Broken(OWN_RINGS, f"{self.name} ends call {notice.call} ({notice.why})")

    def _note_changes(self) -> None:
        before, self._segments = self._segments, self.board.picture.segments
        if before is not self._segments:
            for line, old, new in zip(self.changed_ms, before, self._segments, strict=True):
                if old != new:
                    self.changed_ms[line] = self._around.agenda.now_ms

    def _tell(self, step: Step) -> None:
        words = event_words(step.event)
        if words is not None and (step.effects or not isinstance(step.event, RingsListed)):
            self.story.tell(step.clock_ms, words)
        for effect in step.effects:
            self.story.tell(step.clock_ms, effect_words(effect))
