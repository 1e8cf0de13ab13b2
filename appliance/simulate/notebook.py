"""The notebook: what the board itself has said so far, by its notices, and what it was told of its standing.

A ledger or a second display would know exactly this much. The invariants hold the picture against it.
"""

from dataclasses import dataclass
from typing import Final

from appliance.core.events import (
    EngineLost,
    EngineStarted,
    Event,
    FaultCleared,
    FaultRaised,
    RegistrationChanged,
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
    LampTestOver,
    Muted,
    Notice,
    Outcome,
    PartTested,
    StageReached,
)
from appliance.core.picture import Showing
from appliance.core.settings import BoardSettings
from appliance.core.words import STAGES, CallId, ExtensionId, InstantMs, LineId

SILENCE_FACTOR: Final = 1.5
"""After how many times its expiry a registration without a refresh is lost (facts of SIP, rule 6)."""

CLOSING_MS: Final = 1_000
"""For how long a segment closes after a colleague answered (product)."""


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
        self.closing_until_ms: dict[LineId, float] = {}
        self.engine_lives = False
        self.held: dict[ExtensionId, float] = {}
        """Extensions that are registered, each with the instant at which silence makes it lost."""
        self.faults: set[str] = set()
        self.away = False
        self.tested: str | None = None
        """What the lamp test is at; None while there is none."""
        self.extension_count = len(settings.extensions)
        self.outcome_counts = dict.fromkeys(Outcome, 0)
        self.twice: list[str] = []
        """What was said of a call that is not open, or of one that already is."""
        self.waits_moved: list[str] = []
        """Waits that do not fit what was said of them before."""

    def write(self, event: Event, notices: list[Notice], now_ms: InstantMs) -> None:
        """Write down one step."""
        self._stand(event, now_ms)
        self.arrived.clear()
        self.ended.clear()
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
                    if self.open.pop(call, None) is None:
                        self.twice.append(f"call {call} has the outcome '{outcome.value}' and was not open")
                    self.outcome_counts[outcome] += 1
                    self.ended.append(notice)
                    if outcome is Outcome.ANSWERED_ELSEWHERE:
                        self.closing_until_ms[line] = now_ms + CLOSING_MS
                case CallShown() | CallHeld() | CallRangAgain() | CallUnsure() | StageReached():
                    self._change(notice, now_ms)
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

    def _change(
        self, notice: CallShown | CallHeld | CallRangAgain | CallUnsure | StageReached, now_ms: InstantMs
    ) -> None:
        entry = self.open.get(notice.call)
        if entry is None:
            self.twice.append(f"{type(notice).__name__} tells of call {notice.call}, which is not open")
            return
        started_ms = now_ms - notice.wait_ms
        if entry.started_ms is not None and abs(entry.started_ms - started_ms) > 0.01:
            moved_ms = entry.started_ms - started_ms
            self.waits_moved.append(f"the wait of call {notice.call} moved by {moved_ms:+.1f} ms")
        entry.started_ms = started_ms
        match notice:
            case CallShown():
                entry.shown = True
            case CallHeld():
                entry.state = "held"
            case CallRangAgain():
                entry.state = "ringing"
            case CallUnsure():
                entry.state = "unsure"
            case StageReached(stage=stage):
                if stage <= entry.stage or stage > STAGES:
                    self.waits_moved.append(f"call {notice.call} went from stage {entry.stage} to {stage}")
                entry.stage = stage

    def _stand(self, event: Event, now_ms: InstantMs) -> None:
        for extension in [one for one, until_ms in self.held.items() if until_ms <= now_ms]:
            del self.held[extension]
        for line in [line for line, until_ms in self.closing_until_ms.items() if until_ms <= now_ms]:
            del self.closing_until_ms[line]
        match event:
            case EngineStarted():
                self.engine_lives = True
                self.held.clear()
            case EngineLost():
                self.engine_lives = False
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

    def wanted(
        self, line: LineId, shown: list[Entry], serving: tuple[ExtensionId, ...]
    ) -> tuple[Showing, list[Entry]]:
        """Return what a line must show for these calls, and which of them its stage speaks of."""
        seen = [entry for entry in shown if entry.state != "unsure"]
        ringing = [entry for entry in seen if entry.state == "ringing"]
        if any(entry.stage == STAGES for entry in ringing):
            return Showing.URGENT, seen
        if ringing:
            return Showing.WAITING, seen
        if seen:
            return Showing.HELD, seen
        if shown:
            return Showing.UNSURE, shown
        if self.tested == f"line {self._lines[line].label}":
            return Showing.TESTED, []
        if line in self.closing_until_ms:
            return Showing.CLOSING, []
        lost = serving and not self.phone_lost and not any(one in self.held for one in serving)
        return (Showing.LINE_LOST if lost else Showing.NOTHING), []

    @property
    def phone_lost(self) -> bool:
        """True if no caller can reach the unit."""
        return not self.engine_lives or not self.held
