"""The notebook: what the board itself has said so far, by its notices, and what it was told of its standing.

A ledger or a second display would know exactly this much. The invariants hold the picture against it.
"""

from dataclasses import dataclass, replace
from typing import Final

from appliance.core.events import (
    EngineLost,
    EngineSilent,
    EngineStarted,
    Event,
    FaultCleared,
    FaultRaised,
    RegistrationChanged,
    StopAsked,
)
from appliance.core.notices import (
    AwayBegan,
    AwayOver,
    CallArrived,
    CallEnded,
    CallHeld,
    CallRangAgain,
    CallShown,
    CallUnsure,
    FaultBegan,
    FaultOver,
    HandsetInUse,
    LampTestOver,
    Muted,
    Notice,
    Outcome,
    PartTested,
    StageReached,
)
from appliance.core.pickup_notices import CallTaken, PickupArmed, PickupBegan, PickupFailed, ReturnBegan
from appliance.core.picture import Showing
from appliance.core.settings import BoardSettings
from appliance.core.words import STAGES, CallId, ExtensionId, InstantMs, LineId, UnitId

SILENCE_FACTOR: Final = 1.5
"""After how many times its expiry a registration without a refresh is lost (facts of SIP, rule 6)."""

SHOWN_MS: Final = {Showing.CLOSING: 1_000, Showing.FAILED: 1_000, Showing.TAKEN: 3_000}
"""For how long a segment shows that a colleague answered, that taking failed (product), or that it worked."""


FAULT_LIGHT: Final = "the fault light"
MORE_LIGHT: Final = "the light for callers who are only counted"
"""What the lamp test calls the lights that belong to no line."""


@dataclass(slots=True)
class Entry:
    """An open call, as its notices tell it."""

    call: CallId
    line: LineId
    shown: bool
    state: str = "ringing"
    """Where the caller is: ringing, held, unsure, kept (in our hands, and nobody came) or talking."""
    by: UnitId | None = None
    """Whose people take the caller, or have them."""
    is_armed: bool = False
    """True if the next ring is taken for them."""
    is_sent_on: bool = False
    """True if the target of last resort is called, or has the caller."""
    stage: int = 1
    muted: bool = False
    started_ms: float | None = None
    """When the wait began, as far as a notice told how long it was."""


class Notebook:
    """Writes down notices and standing; `broken` holds what no reader could make sense of."""

    def __init__(self, settings: BoardSettings) -> None:
        """Begin with nobody waiting and nothing registered."""
        self._lines = {line.id: line for line in settings.lines}
        self.open: dict[CallId, Entry] = {}
        self.arrived: list[Entry] = []
        self.ended: list[CallEnded] = []
        self.last_id = 0
        self._unit = settings.unit
        self._until_ms: dict[tuple[LineId, Showing], float] = {}
        """What lines show for a moment."""
        self.engine_speaks = False
        self.held: dict[ExtensionId, float] = {}
        """Extensions that are registered, each with the instant at which silence makes it lost."""
        self.faults: set[str] = set()
        self.away = False
        self.is_stopping = False
        """True once the unit was told to end: nobody is taken any more."""
        self.tested: str | None = None
        """What the lamp test is at; None while there is none."""
        self.extension_count = len(settings.extensions)
        self.outcome_counts = dict.fromkeys(Outcome, 0)
        self.wanted: list[tuple[Entry, Entry]] = []
        """Whom somebody wants since the last step, as they are and as they were before."""
        self.twice: list[str] = []
        """What was said of a call that is not open, or of one that already is."""
        self.waits_moved: list[str] = []
        """Waits that do not fit what was said of them before."""

    def write(self, event: Event, notices: list[Notice], now_ms: InstantMs) -> None:
        """Write down one step."""
        self._stand(event, now_ms)
        self.is_stopping = self.is_stopping or isinstance(event, StopAsked)
        self.arrived.clear()
        self.ended.clear()
        self.wanted.clear()
        self.twice.clear()
        self.waits_moved.clear()
        for notice in notices:
            match notice:
                case CallArrived(call, line, shown):
                    if call <= self.last_id:
                        self.twice.append(f"call {call} arrived a second time")
                    self.last_id = max(call, self.last_id)
                    self.open[call] = Entry(call, line, shown)
                    self.arrived.append(self.open[call])
                case CallEnded(call, line, outcome):
                    entry = self.open.pop(call, None)
                    if entry is None:
                        self.twice.append(f"call {call} has the outcome '{outcome.value}' and was not open")
                    self.outcome_counts[outcome] += 1
                    self.ended.append(notice)
                    if outcome in (Outcome.ANSWERED_ELSEWHERE, Outcome.REDIRECTED):
                        self._begin(line, Showing.CLOSING, now_ms)
                    elif outcome is Outcome.ANSWERED_HERE and entry is not None and entry.by == self._unit:
                        self._begin(line, Showing.TAKEN, now_ms)
                case PickupBegan() | PickupArmed() | PickupFailed() | CallTaken() | ReturnBegan():
                    self._take(notice, now_ms)
                case CallShown() | CallHeld() | CallRangAgain() | CallUnsure() | StageReached():
                    self._change(notice, now_ms)
                case HandsetInUse(line):
                    self._begin(line, Showing.FAILED, now_ms)
                case Muted():
                    for entry in self.open.values():
                        entry.muted = True
                case AwayBegan() | AwayOver():
                    self.away = isinstance(notice, AwayBegan)
                case PartTested(part):
                    self.tested = part
                case LampTestOver():
                    self.tested = None
                case FaultBegan(fault):
                    self.faults.add(fault)
                case FaultOver(fault):
                    self.faults.discard(fault)
                case _:
                    pass

    def _begin(self, line: LineId, showing: Showing, now_ms: InstantMs) -> None:
        self._until_ms[line, showing] = now_ms + SHOWN_MS[showing]

    def _take(
        self, notice: PickupBegan | PickupArmed | PickupFailed | CallTaken | ReturnBegan, now_ms: InstantMs
    ) -> None:
        entry = self.open.get(notice.call)
        if entry is None:
            self.twice.append(f"{type(notice).__name__} tells of call {notice.call}, which is not open")
            return
        match notice:
            case PickupBegan(by=by) | PickupArmed(by=by):
                self.wanted.append((entry, replace(entry)))
                entry.by, entry.is_sent_on = by, False
                entry.is_armed = isinstance(notice, PickupArmed)
            case PickupFailed():
                if entry.by == self._unit:
                    self._begin(entry.line, Showing.FAILED, now_ms)
                entry.state, entry.by, entry.is_sent_on = "kept", None, False
            case CallTaken(by=by, wait_ms=wait_ms):
                entry.state, entry.by, entry.is_sent_on = "talking", by, by is None
                if entry.started_ms is None:
                    entry.started_ms = now_ms - wait_ms
                if by != self._unit:
                    self._begin(entry.line, Showing.CLOSING, now_ms)
            case ReturnBegan():
                entry.state, entry.is_sent_on = "kept", True

    def _change(
        self, notice: CallShown | CallHeld | CallRangAgain | CallUnsure | StageReached, now_ms: InstantMs
    ) -> None:
        entry = self.open.get(notice.call)
        if entry is None:
            self.twice.append(f"{type(notice).__name__} tells of call {notice.call}, which is not open")
            return
        started_ms = now_ms - notice.wait_ms
        if entry.state == "talking":
            # The wait was over when they were joined: what is told of it now grows no more.
            started_ms = entry.started_ms or started_ms
        if entry.started_ms is not None and abs(entry.started_ms - started_ms) > 0.01:
            moved_ms = entry.started_ms - started_ms
            self.waits_moved.append(f"the wait of call {notice.call} moved by {moved_ms:+.1f} ms")
        entry.started_ms = started_ms
        match notice:
            case CallShown():
                entry.shown = True
            case CallHeld():
                entry.state, entry.is_armed = "held", entry.by is not None
            case CallRangAgain():
                if entry.state not in ("held", "unsure"):
                    entry.by = None
                entry.state = "ringing"
            case CallUnsure():
                if entry.by == self._unit:
                    self._begin(entry.line, Showing.FAILED, now_ms)
                entry.state, entry.by = "unsure", None
            case StageReached(stage=stage):
                if stage <= entry.stage or stage > STAGES:
                    self.waits_moved.append(f"call {notice.call} went from stage {entry.stage} to {stage}")
                entry.stage = stage

    def _stand(self, event: Event, now_ms: InstantMs) -> None:
        for extension in [one for one, until_ms in self.held.items() if until_ms <= now_ms]:
            del self.held[extension]
        for key in [key for key, until_ms in self._until_ms.items() if until_ms <= now_ms]:
            del self._until_ms[key]
        match event:
            case EngineStarted():
                self.engine_speaks = True
                self.held.clear()
            case EngineSilent():
                self.engine_speaks = False
            case EngineLost():
                self.engine_speaks = False
                self.held.clear()
            case RegistrationChanged(extension, held, _, _, expires_ms):
                self.held.pop(extension, None)
                if held:
                    self.held[extension] = now_ms + SILENCE_FACTOR * expires_ms
            case FaultRaised(fault):
                self.faults.add(fault)
            case FaultCleared(fault):
                self.faults.discard(fault)
            case _:
                pass

    def expected(
        self, line: LineId, shown: list[Entry], serving: tuple[ExtensionId, ...]
    ) -> tuple[Showing, int, int]:
        """Return what a line must show for these calls, with the stage and the marks."""
        lost = serving and not self.phone_lost and not any(one in self.held for one in serving)
        if not shown and not self._until_ms and self.tested is None:
            return (Showing.LINE_LOST if lost else Showing.NOTHING), 0, 0
        waiting = [entry for entry in shown if entry.state != "talking"]
        seen = [entry for entry in waiting if entry.state != "unsure"] or waiting
        showings = [showing for one, showing in self._until_ms if one == line]
        showings += [_showing_of(entry) for entry in seen]
        if any(entry.state == "talking" and entry.by == self._unit for entry in shown):
            showings.append(Showing.TAKEN)
        if self.tested == f"line {self._lines[line].label}":
            showings.append(Showing.TESTED)
        if lost:
            showings.append(Showing.LINE_LOST)
        stage = max((entry.stage for entry in seen), default=0)
        return min(showings, default=Showing.NOTHING), stage, min(2, max(0, len(waiting) - 1))

    @property
    def phone_lost(self) -> bool:
        """True if no caller can reach the unit."""
        return not self.engine_speaks or not self.held


def _showing_of(entry: Entry) -> Showing:
    """Return what one caller shows who speaks with nobody."""
    if entry.state == "unsure":
        return Showing.UNSURE
    if entry.by is not None and entry.state != "talking":
        return Showing.ASKED
    if entry.state == "held":
        return Showing.HELD
    return Showing.URGENT if entry.stage == STAGES else Showing.WAITING
