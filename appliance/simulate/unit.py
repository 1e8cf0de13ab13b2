"""One unit of a simulated site: a clock, an engine, a shell and a board, and the bus's own code, no threads.

The bus is the real one (`appliance/bus`): only its client is another, and its thread is the agenda.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Final, Protocol

from appliance.bus.link import BusLink
from appliance.bus.message import Message, News
from appliance.bus.settings import BusSettings
from appliance.bus.speech import About
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
from appliance.core.events import RingsListed
from appliance.core.notices import CallEnded
from appliance.core.settings import BoardSettings
from appliance.core.view import BoardView
from appliance.core.words import DurationMs, ExtensionId, InstantMs, LineId
from appliance.simulate.agenda import UnitTime
from appliance.simulate.agreement import LIT, ON_EACH_BOARD, OWN_RINGS, Look
from appliance.simulate.broken import Broken
from appliance.simulate.broker import SimulatedClient
from appliance.simulate.desk_phone import DeskPhone
from appliance.simulate.engine import Engine
from appliance.simulate.faults import Faults
from appliance.simulate.judge import Judge
from appliance.simulate.moment import Truth
from appliance.simulate.practice import UNCLEAR_MORE_MS
from appliance.simulate.shell import AnyBoard, Shell, Step
from appliance.simulate.surroundings import StrictLog, Surroundings, Time, UnitStory
from appliance.simulate.telling import effect_words, event_words
from appliance.simulate.visits import Standing
from appliance.simulate.witness import Witness
from appliance.site.copy import SiteCopy

SITE: Final = "practice"

WALL_ZERO: Final = datetime(2026, 1, 5, 8, tzinfo=UTC)
"""What the wall clock of a unit says when its own clock says zero."""

NO_FILE: Final = Path("/dev/null/site.toml")
"""A site file that is not there and never will be."""


class SiteBoard(AnyBoard, Protocol):
    """A board that can be asked what it knows."""

    def view(self, now_ms: InstantMs) -> BoardView:
        """Return a copy of everything a person may ask."""
        ...


class Unit:
    """One unit, from its start to the end of the practice."""

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
        """Until when it is frozen, in the practice's time."""
        self.board = make_board(settings)
        self._around = around
        self._wall_zero = WALL_ZERO + timedelta(hours=dice.between(-30_000, 30_000))
        self.story = UnitStory(around.story, self.time, settings.unit)
        self.shell = Shell(self.board, faults, self.time, dice, self._stepped)
        lines = [line.id for line in settings.lines]
        self.engine = Engine(
            lines, pbx_of, faults, self.time, dice, self.story, self.shell.post, around.phones
        )
        self._desk_phone = DeskPhone(
            f"phone of {self.name}",
            faults,
            self.time,
            dice,
            lambda extension: self.engine.pbxes[pbx_of[extension]],
            self.shell.post,
        )
        self.engine.told_unclear = self._unclear
        self.witness = Witness({line.id: line for line in settings.lines}, around.legs)
        self.engine.somebody_waits = lambda: bool(self.witness.rings or self.witness.hands)
        self._truth = Truth(self.engine, around.crowd, dict.fromkeys(lines, 0.0), {})
        self.judge = Judge(
            settings, serving, self.board, self.witness, self._truth, None, promises=ON_EACH_BOARD
        )
        self.changed_ms = dict.fromkeys(lines, InstantMs(0))
        """When each line last looked different here, or had another caller, in the practice's time."""
        self._segments = self.board.picture.segments
        self._turn_ms = float("inf")
        self._link = BusLink(
            BusSettings("broker", 8883, "", SITE, self.name, ""),
            self._about(),
            self.shell.post,
            lambda take: None,  # noqa: ARG005 (nobody reads the health of a practice's units)
            StrictLog(),
            Time(self.time),
            wall=self._wall,
            make_client=self._make_client,
        )

    def start(self) -> None:
        """Start the engine and the bus."""
        self.engine.start()
        self._wake()

    def freeze(self, for_ms: float) -> None:
        """Stop everything but the engine, which is a process of its own."""
        self.thaws_ms = InstantMs(self._around.agenda.now_ms + for_ms)
        self.shell.stall(DurationMs(for_ms))
        self.story.tell(self.time.now_ms, f"the unit freezes for {for_ms / 1000:.1f} s")

    @property
    def wake_ms(self) -> InstantMs | None:
        """When the shell has something to do, in the practice's time."""
        wake_ms = self.shell.wake_ms
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

    def _about(self) -> About:
        return About(
            site=SITE,
            unit=self.name,
            boot=self.settings.boot,
            software="0",
            site_copy=SiteCopy(NO_FILE, None, (), lambda: None),
            lines=self.settings.lines,
            towers=(),
            started_ms=self.time.now_ms,
        )

    def _wall(self) -> datetime:
        return self._wall_zero + timedelta(milliseconds=self.time.now_ms)

    def _make_client(
        self, settings: BusSettings, will: Message, hear: Callable[[News], None]
    ) -> SimulatedClient:
        return SimulatedClient(self._around.broker, settings.unit, will, hear, self._wake)

    def _wake(self) -> None:
        """Let the bus's thread come round now."""
        self._plan_turn(self._around.agenda.now_ms)

    def _plan_turn(self, at_ms: float) -> None:
        at_ms = max(at_ms, self.thaws_ms)
        if at_ms < self._turn_ms:
            self._turn_ms = at_ms
            self._around.agenda.at(at_ms, partial(self._turn, at_ms))

    def _turn(self, planned_ms: float) -> None:
        if planned_ms != self._turn_ms:
            return
        self._turn_ms = float("inf")
        due_ms = self._link.turn(self.time.now_ms)
        if due_ms is not None and due_ms < float("inf"):
            self._plan_turn(max(self.time.shared_ms(due_ms), self._around.agenda.now_ms + 1))

    def _unclear(self, line: LineId) -> None:
        self._truth.unclear_until_ms[line] = self.time.now_ms + self.witness.limit_ms(line) + UNCLEAR_MORE_MS

    def _stepped(self, step: Step) -> None:
        if self.story.kept:
            self._tell(step)
        for effect in step.effects:
            match effect:
                case EndRing() | TakeRing() | ReturnCaller() | HangUp():
                    self.time.after(self._around.dice.between(0.1, 5), partial(self.engine.do, effect))
                case DialPickup():
                    self._desk_phone.dial(effect)
                case PublishLine(line):
                    self.changed_ms[line] = self._around.agenda.now_ms
                    self._link.perform(effect)
                    self._wake()
                case AskPickup() | AnswerPickup() | AskMute() | AskAway():
                    self._link.perform(effect)
                    self._wake()
        if isinstance(step.event, BusEvent):
            self._look_after_own_rings(step)
        self.judge.look(step)
        self._note_changes()

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
