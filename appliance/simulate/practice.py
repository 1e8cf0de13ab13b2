"""One practice: a site, its callers, its PBX and a unit, in virtual time from a seed.

The same seed makes the same practice on every machine and every Python from 3.11 on. Everything is checked
after every step of the unit; what breaks is told with its story.
"""

import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from appliance.core.board import Board
from appliance.core.effects import DialPickup, EndRing, HangUp, ReturnCaller, TakeRing
from appliance.core.events import FaultCleared, FaultRaised, RingsListed, SenderRefused
from appliance.core.notices import Outcome
from appliance.core.settings import BoardSettings
from appliance.core.words import DurationMs, InstantMs, LineId, RingId
from appliance.simulate.agenda import Agenda
from appliance.simulate.broken import Broken
from appliance.simulate.callers import Fate, Leg
from appliance.simulate.crowd import PATIENCE_MS_MAX, Crowd
from appliance.simulate.desk_phone import DeskPhone
from appliance.simulate.dice import Dice
from appliance.simulate.engine import Engine
from appliance.simulate.faults import Faults
from appliance.simulate.flashes import FlashMeter
from appliance.simulate.judge import Judge
from appliance.simulate.moment import Truth
from appliance.simulate.pbx import Pbx
from appliance.simulate.phones import Phones
from appliance.simulate.shell import AnyBoard, Shell, Step
from appliance.simulate.site import furnish, random_settings
from appliance.simulate.staff import Staff
from appliance.simulate.story import Story
from appliance.simulate.telling import effect_words, event_words
from appliance.simulate.witness import Witness

LENGTH_MS_MAX: Final = 200_000.0
"""The longest morning. What goes wrong does so within minutes; more seeds find more than longer ones."""

UNCLEAR_MORE_MS: Final = 3_000.0
"""How much longer than its limit a ring may stay lit whose end nobody will ever tell: its beginning may be
told late."""

METERED_ONE_IN: Final = 8
"""Flashing is metered in each eighth practice: drawing frames costs more than all the rest."""


RAISES: Final = "No event makes the board raise."


@dataclass(slots=True)
class Report:
    """What came of one practice."""

    seed: int
    units: int = 1
    callers: int = 0
    rings: int = 0
    steps: int = 0
    frames: int = 0
    virtual_ms: float = 0.0
    outcomes: dict[Outcome, int] = field(default_factory=dict)
    fates: dict[Fate, int] = field(default_factory=dict)
    """What became of how many callers, in truth."""
    pickup_faults: int = 0
    """How often a phone did not come to speak with a caller, or a phone system did not do a hand-over."""
    races: tuple[int, ...] = ()
    """For each caller for whom two units pressed at once, with how many people they spoke in the end."""
    faults: tuple[str, ...] = ()
    promise: str = ""
    """The promise that was broken; empty if all was well."""
    broken: str = ""
    story: str = ""

    def follow(self, play: Callable[[], None], story: Story, agenda: Agenda) -> None:
        """Have the practice played, and note the promise that it broke, if it broke one."""
        try:
            play()
        except Broken as broken:
            self.promise, self.broken = broken.promise, str(broken)
        except Exception as error:
            self.promise, self.broken = RAISES, f"{RAISES} But {type(error).__name__}: {error}"
            story.tell(agenda.now_ms, traceback.format_exc())


class Practice:
    """A practice that can be run once."""

    def __init__(
        self,
        seed: int,
        settings: BoardSettings | None = None,
        make_board: Callable[[BoardSettings], AnyBoard] = Board,
        sentences_max: int | None = 0,
        faults: Faults | None = None,
    ) -> None:
        """Prepare the practice of this seed.

        Args:
            seed: decides everything else.
            settings: the site; without it the seed makes one.
            make_board: makes the board under test.
            sentences_max: how many sentences of the story are kept; None for all, 0 for none.
            faults: what may go wrong; without it the seed chooses.

        Raises:
            ValueError: the site has no extension that brings a caller to a line.
        """
        dice = Dice(seed)
        self._dice = dice
        self._seed = seed
        self._story = Story(sentences_max)
        self._agenda = Agenda()
        self._faults = Faults.swarm(dice) if faults is None else faults
        settings = random_settings(dice) if settings is None else settings
        self._site = furnish(settings, dice)
        self._legs: dict[RingId, Leg] = {}
        self._board = make_board(settings)
        self._shell = Shell(self._board, self._faults, self._agenda, dice, self._stepped)
        lines = [line.id for line in settings.lines]
        phones = Phones(self._faults, self._agenda, dice)
        self._engine = Engine(
            lines, self._site.pbx_of, self._faults, self._agenda, dice, self._story, self._shell.post, phones
        )
        self._crowd = Crowd(self._site.habits, self._faults, self._agenda, dice)
        self._engine.pbxes = self._crowd.pbxes = self._pbxes = tuple(
            Pbx(f"pbx-{number}", self._engine, self._agenda, dice, self._story, self._legs, self._crowd.lose)
            for number in range(1 + max(self._site.pbx_of.values()))
        )
        self._desk_phone = DeskPhone(
            "the desk phone",
            self._faults,
            self._agenda,
            dice,
            lambda extension: self._pbxes[self._site.pbx_of[extension]],
            self._shell.post,
        )
        self._staff = Staff(lines, self._agenda, dice, self._shell.post)
        if self._faults.impatient_staff:
            self._crowd.watched = self._staff.watch
        self._truth = Truth(self._engine, self._crowd, dict.fromkeys(lines, 0.0), {})
        self._engine.told_unclear = self._unclear
        self._witness = Witness({line.id: line for line in settings.lines}, self._legs)
        self._engine.somebody_waits = lambda: bool(self._witness.rings or self._witness.hands)
        self._meter = FlashMeter(len(settings.lines)) if seed % METERED_ONE_IN == 0 else None
        self._judge = Judge(
            settings, self._site.serving, self._board, self._witness, self._truth, self._meter
        )

    def run(self) -> Report:
        """Run it from the unit's start until every caller has gone, and report."""
        report = Report(self._seed, faults=self._faults.names())
        report.follow(self._play, self._story, self._agenda)
        report.callers = len(self._crowd.made)
        report.fates = self._crowd.fates
        report.rings = len(self._legs)
        report.pickup_faults = self._engine.held.fault_count
        report.steps = self._shell.step_count
        report.virtual_ms = self._agenda.now_ms
        report.outcomes = self._judge.notebook.outcome_counts
        report.frames = self._meter.frame_count if self._meter else 0
        report.story = str(self._story)
        return report

    def _play(self) -> None:
        length_ms = InstantMs(self._dice.between(20_000, LENGTH_MS_MAX))
        self._agenda.at(0, self._engine.start)
        self._crowd.come(self._crowd.arrivals(length_ms))
        if self._faults.pressed_buttons:
            self._staff.work(length_ms)
        self._plan_faults(length_ms)
        limit_ms = max(line.ring_limit_ms for line in self._site.settings.lines)
        latest_ms = length_ms + 3 * limit_ms + PATIENCE_MS_MAX + 300_000
        while self._agenda.now_ms < latest_ms and not (self._agenda.now_ms > length_ms and self._all_gone()):
            wake_ms, next_ms = self._shell.wake_ms, self._agenda.next_ms
            if wake_ms is not None and (next_ms is None or wake_ms <= next_ms):
                self._agenda.move_to(wake_ms)
                self._shell.step()
            elif next_ms is not None:
                self._agenda.run_next()
            else:
                break
        self._judge.close(self._agenda.now_ms)
        self._crowd.close()

    def _all_gone(self) -> bool:
        nobody = not self._witness.rings and not self._judge.notebook.open and not self._engine.legs
        return nobody and not self._engine.held.all and self._crowd.is_gone

    def _plan_faults(self, length_ms: InstantMs) -> None:
        dice, faults = self._dice, self._faults
        plans: list[tuple[bool, int, Callable[[], None]]] = [
            (faults.engine_deaths, 4, self._engine.die),
            (faults.silent_engines, 2, self._engine.fall_silent),
            (faults.pbx_restarts, 2, lambda: dice.pick(self._pbxes).restart(self._away_ms())),
            (faults.pbx_kills, 1, lambda: dice.pick(self._pbxes).kill(self._away_ms())),
            (faults.lost_registrations, 3, self._lose_registration),
            (faults.refused_senders, 6, self._disturb),
        ]
        for is_on, times_max, action in plans:
            for _ in range(dice.count(1, times_max) if is_on else 0):
                self._agenda.at(dice.between(1_000, length_ms), action)

    def _away_ms(self) -> DurationMs:
        return DurationMs(self._dice.between(500, 60_000))

    def _lose_registration(self) -> None:
        extension = self._dice.pick(tuple(self._site.pbx_of))
        self._engine.refuse(extension, self._dice.between(1_000, 200_000), self._dice.chance(0.6))

    def _disturb(self) -> None:
        """A stranger sends INVITEs, or an adapter has a fault for a while."""
        if self._dice.chance(0.5):
            address = f"192.0.2.{self._dice.count(1, 254)}"
            self._shell.post(SenderRefused(address, "no mark", self._dice.count(1, 500)))
            return
        self._shell.post(FaultRaised("tower", "unplugged"))
        self._agenda.after(self._dice.between(10, 20_000), lambda: self._shell.post(FaultCleared("tower")))

    def _unclear(self, line: LineId) -> None:
        limit_ms = self._witness.limit_ms(line)
        self._truth.unclear_until_ms[line] = self._agenda.now_ms + limit_ms + UNCLEAR_MORE_MS

    def _stepped(self, step: Step) -> None:
        if self._story.kept:
            self._tell(step)
        for effect in step.effects:
            match effect:
                case EndRing() | TakeRing() | ReturnCaller() | HangUp():
                    self._agenda.after(self._dice.between(0.1, 5), partial(self._engine.do, effect))
                case DialPickup():
                    self._desk_phone.dial(effect)
        self._judge.look(step)

    def _tell(self, step: Step) -> None:
        words = event_words(step.event)
        if words is not None and (step.effects or not isinstance(step.event, RingsListed)):
            self._story.tell(step.clock_ms, words)
        for effect in step.effects:
            self._story.tell(step.clock_ms, effect_words(effect))
