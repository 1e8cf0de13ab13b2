"""What a person may ask the board at any time: a frozen copy, free of callers' numbers."""

from dataclasses import dataclass

from appliance.core.bus_events import NeighbourState
from appliance.core.calls import CallState
from appliance.core.notices import Urgency
from appliance.core.picture import Showing
from appliance.core.registrations import Registration
from appliance.core.words import CallId, CallName, DurationMs, LineId, UnitId


@dataclass(frozen=True, slots=True)
class CallView:
    """One open call."""

    call: CallId
    line: LineId
    state: CallState
    stage: int
    urgency: Urgency | None
    wait_ms: DurationMs
    shown: bool
    ring_count: int
    also_at: tuple[UnitId, ...] = ()
    """The other units that see the same caller."""


@dataclass(frozen=True, slots=True)
class ElsewhereView:
    """One caller whom only other units see."""

    call: CallName
    """What the first of these units calls the caller."""
    units: tuple[UnitId, ...]
    """Whose caller it is."""
    line: LineId
    state: NeighbourState
    stage: int
    """The stage by our own thresholds."""
    wait_ms: DurationMs
    by: UnitId
    """Which unit takes the caller, or has; empty if none does."""


@dataclass(frozen=True, slots=True)
class UnitView:
    """Another unit of the site."""

    unit: UnitId
    online: bool
    away: bool
    """True while its people are elsewhere."""


@dataclass(frozen=True, slots=True)
class LineView:
    """One line and what its segment shows."""

    line: LineId
    label: str
    showing: Showing
    lost: bool
    """True if no extension that serves this line is registered."""


@dataclass(frozen=True, slots=True)
class RefusedSender:
    """Somebody whose INVITEs were refused."""

    address: str
    why: str
    count: int


@dataclass(frozen=True, slots=True)
class BoardView:
    """The whole board at one instant."""

    phone_lost: str | None
    """Why no caller can reach us, or None while one can."""
    lines: tuple[LineView, ...]
    calls: tuple[CallView, ...]
    registrations: tuple[Registration, ...]
    refused_senders: tuple[RefusedSender, ...]
    refused_ring_count: int
    """INVITEs of our own PBX that found every leg in use."""
    faults: tuple[tuple[str, str], ...]
    """Name and reason of each fault that holds."""
    muted: bool
    """True while somebody waits, and everybody who waits is muted."""
    away: bool
    """True while this unit plays no sound because its people are elsewhere."""
    elsewhere: tuple[ElsewhereView, ...]
    """Callers whom only other units see."""
    units: tuple[UnitView, ...]
    """The other units that were heard of."""
    hushed_by: UnitId | None
    """Which unit muted the callers of now, while that holds here."""
    lamp_test: str | None
    """What the lamp test is at, or None while there is none."""
