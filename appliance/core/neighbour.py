"""One other unit of the site, and the callers whom it sees."""

from dataclasses import dataclass, field
from typing import Final

from appliance.core.bus_events import NeighbourState
from appliance.core.escalation import fill_of, next_threshold_ms, stage_of
from appliance.core.notices import Urgency
from appliance.core.settings import LineSettings
from appliance.core.words import NEVER_MS, CallName, InstantMs, LineId, UnitId

_WAITS: Final = frozenset({NeighbourState.RINGING, NeighbourState.HELD, NeighbourState.KEPT})


@dataclass(slots=True)
class NeighbourCaller:
    """A caller whom another unit sees."""

    unit: UnitId
    call: CallName
    line: LineSettings
    key: str
    started_ms: InstantMs
    state: NeighbourState
    urgency: Urgency | None
    by: UnitId
    fill: int = 1
    stage: int = 0
    silent_since_ms: InstantMs | None = None
    """Since when its unit is silent; None while it speaks."""
    retold_by_ms: InstantMs | None = None
    """By when its unit, which is back, must have spoken of it again."""
    muted: bool = False
    hushed_until_ms: InstantMs = InstantMs(float("-inf"))
    sounded: int = 0
    staged_ms: InstantMs = InstantMs(0)

    @property
    def is_unsure(self) -> bool:
        """True if nobody sees the caller: the unit is silent, or has lost its own engine."""
        return self.silent_since_ms is not None or self.state is NeighbourState.UNSURE

    @property
    def is_seen(self) -> bool:
        """True while somebody sees the caller wait; the tower sounds for nobody else."""
        return self.silent_since_ms is None and self.state in _WAITS

    @property
    def believed_until_ms(self) -> InstantMs:
        """When the caller of a unit that does not speak of them is taken for gone; never while it does."""
        if self.retold_by_ms is not None:
            return self.retold_by_ms
        if self.silent_since_ms is None:
            return NEVER_MS
        return InstantMs(self.silent_since_ms + self.line.ring_limit_ms)

    @property
    def due_ms(self) -> InstantMs:
        """When time alone next changes something about this caller."""
        return min(self.believed_until_ms, next_threshold_ms(self))

    def advance(self, now_ms: InstantMs) -> None:
        """Let fill and stage follow the wait by our own thresholds, unless nobody sees the caller wait.

        They begin where the first word on the caller says, whoever it comes from.
        """
        if self.stage and not self.is_seen:
            return
        self.fill = fill_of(self, now_ms)
        stage = stage_of(self)
        if stage > self.stage:
            self.staged_ms = now_ms
        self.stage = stage


@dataclass(slots=True)
class Neighbour:
    """One other unit."""

    unit: UnitId
    boot: str
    is_online: bool = True
    """False once the bus said that it is gone; one of which nothing but callers was heard is alive."""
    revs: dict[LineId, int] = field(default_factory=dict)
    callers: dict[CallName, NeighbourCaller] = field(default_factory=dict)
    boots: list[str] = field(default_factory=list)
    """Its earlier starts."""
