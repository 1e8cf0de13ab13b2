"""The judge: looks at every step of the shell, and raises `Broken` at the first broken promise."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from appliance.core.bus_events import BusEvent
from appliance.core.effects import EndRing, PlaySound, ShowPicture, Tell
from appliance.core.notices import CallEnded, HandsetInUse, Notice, Outcome
from appliance.core.pickup_notices import PickupFailed
from appliance.core.settings import BoardSettings
from appliance.core.words import LEGS_MAX, ExtensionId, InstantMs, LineId, Way
from appliance.simulate.belief import MOMENT_MS
from appliance.simulate.broken import Broken
from appliance.simulate.flashes import FlashMeter
from appliance.simulate.invariants import AT_EVERY_CHANGE, AT_EVERY_STEP, Invariant, promise_of
from appliance.simulate.moment import Moment, Truth
from appliance.simulate.notebook import Notebook
from appliance.simulate.shell import AnyBoard, Step
from appliance.simulate.visits import Heard, Standing
from appliance.simulate.witness import Witness

FLASHES: Final = (
    "No segment, no button's lamp, and nothing that the whole tower does, lights more than three times in any"
    " second."
)
"""The promise that the flash meter checks."""

SOLVED: Final = "At the end of the day nobody waits: every ring and every call has ended."
"""The promise that is checked when all callers have gone."""


@dataclass(frozen=True, slots=True)
class Promises:
    """What a board is held to."""

    at_every_step: tuple[Invariant, ...]
    at_every_change: tuple[Invariant, ...]


OF_A_UNIT_ALONE: Final = Promises(AT_EVERY_STEP, AT_EVERY_CHANGE)


class Judge:
    """Holds what the board answers against what the witness believes and the PBX knows."""

    def __init__(
        self,
        settings: BoardSettings,
        serving: Mapping[LineId, tuple[ExtensionId, ...]],
        board: AnyBoard,
        witness: Witness,
        truth: Truth,
        meter: FlashMeter | None,
        promises: Promises = OF_A_UNIT_ALONE,
    ) -> None:
        """Judge this board; without a meter its flashing is not looked at."""
        self._promises = promises
        self._settings = settings
        self._serving = serving
        self._board = board
        self._witness = witness
        self._truth = truth
        self._meter = meter
        self.notebook = Notebook(settings)
        self._takes = settings.pickup.way is not None or settings.site is not None
        self._sounded_at_ms: list[InstantMs] = []
        self._lines = [line.id for line in settings.lines]

    def look(self, step: Step) -> Heard:
        """Look at one step.

        Raises:
            Broken: a promise does not hold.
        """
        open_before = len(self.notebook.open)
        notices = [effect.notice for effect in step.effects if isinstance(effect, Tell)]
        self._note_who_is_given_up(notices)
        heard = self._witness.hear(step.event, step.now_ms)
        for effect in step.effects:
            if isinstance(effect, EndRing):
                self._witness.ended_late(effect.ring, step.now_ms, heard)
        self.notebook.write(step.event, notices, step.now_ms)
        self._introduce(heard)
        for notice in notices:
            if isinstance(notice, HandsetInUse | PickupFailed):
                self._witness.may_wait(notice.line, step.now_ms + MOMENT_MS)
        if self._takes:
            self._note_who_is_wanted()
        if open_before + len(self.notebook.arrived) > LEGS_MAX:
            self._lose_for_room(heard)
        if isinstance(step.event, BusEvent):
            self._forget_who_ended_elsewhere(heard)
        self._sounded_at_ms += [step.now_ms for effect in step.effects if isinstance(effect, PlaySound)]
        del self._sounded_at_ms[:-2]
        moment = Moment(
            step,
            heard.changed or bool(step.effects),
            heard,
            self._witness,
            self.notebook,
            self._truth,
            self._settings,
            self._serving,
            self._board.picture,
            dict(zip(self._lines, self._board.picture.segments, strict=True)),
            self._board.deadline_ms,
            {effect.ring for effect in step.effects if isinstance(effect, EndRing)},
            self._sounded_at_ms,
        )
        for invariant in self._promises.at_every_change if moment.changed else self._promises.at_every_step:
            what = invariant(moment)
            if what is not None:
                raise Broken(promise_of(invariant), what)
        self._meter_flashes(step)
        return heard

    def _introduce(self, heard: Heard) -> None:
        """Learn the board's numbers for the callers who just arrived, where the notices give them away."""
        for line in {visit.line.id: None for visit in heard.arrived}:
            visits = [visit for visit in heard.arrived if visit.line.id == line]
            entries = [entry for entry in self.notebook.arrived if entry.line == line]
            if line not in heard.vague_lines and len(visits) == len(entries):
                for visit, entry in zip(visits, entries, strict=True):
                    visit.call = entry.call

    def _note_who_is_wanted(self) -> None:
        """Learn from the board's word whom somebody takes, and who was sent on."""
        entries = self.notebook.open
        self._witness.wanted_on = {entry.line for entry in entries.values() if entry.by is not None}
        for visit in self._witness.visits.values():
            entry = None if visit.call is None else entries.get(visit.call)
            if entry is None:
                visit.is_wanted = visit.line.id in self._witness.wanted_on
            else:
                visit.is_wanted = entry.by is not None and entry.state != "talking"
                dials = self._settings.pickup.way is Way.DIAL and entry.by == self._settings.unit
                visit.is_dialled_for = visit.is_wanted and dials and not entry.is_armed
                visit.is_sent_on = entry.is_sent_on

    def _note_who_is_given_up(self, notices: list[Notice]) -> None:
        """Learn first whom the desk phone did not get in time: what follows in this step is not its doing."""
        failed = {notice.call for notice in notices if isinstance(notice, PickupFailed)}
        for visit in self._witness.visits.values() if failed else ():
            visit.is_dialled_for = visit.is_dialled_for and visit.call not in failed

    def _lose_for_room(self, heard: Heard) -> None:
        """A full board may end a caller who does not ring, to make room: whom, only the board knows."""
        expected = {visit.call for visit, _, _ in heard.ended}
        ended = {notice.call for notice in self.notebook.ended if _for_room(notice)} - expected
        for visit in list(self._witness.visits.values()):
            quiet = visit.standing is not Standing.RINGS or visit in heard.returned
            if quiet and (visit.call is None or visit.call in ended):
                self._witness.forget(visit)
                heard.vague_lines.add(visit.line.id)

    def _forget_who_ended_elsewhere(self, heard: Heard) -> None:
        """Another unit may see the end of a caller who does not ring here: this one need not have seen it."""
        ended = {notice.call: notice.line for notice in self.notebook.ended}
        for visit in list(self._witness.visits.values()):
            unknown = visit.call is None and visit.line.id in ended.values()
            if visit.standing is not Standing.RINGS and (visit.call in ended or unknown):
                self._witness.forget(visit)
                heard.vague_lines.add(visit.line.id)

    def _meter_flashes(self, step: Step) -> None:
        if self._meter is None:
            return
        for effect in step.effects:
            if isinstance(effect, ShowPicture):
                what = self._meter.show(effect.picture, step.shown_ms)
                if what is not None:
                    raise Broken(FLASHES, what)

    def close(self, now_ms: InstantMs) -> None:
        """Look at the board once more, when everybody has gone.

        Raises:
            Broken: somebody is still there.
        """
        if self._witness.rings or self.notebook.open:
            raise Broken(
                SOLVED, f"{len(self._witness.rings)} rings and calls {list(self.notebook.open)} are left"
            )
        if self._meter is not None:
            what = self._meter.show(self._board.picture, now_ms)
            if what is not None:
                raise Broken(FLASHES, what)


def _for_room(notice: CallEnded) -> bool:
    return notice.outcome is Outcome.UNKNOWN
