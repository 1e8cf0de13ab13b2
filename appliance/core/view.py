"""What a person may ask the board at any time: a frozen copy, free of callers' numbers."""

from dataclasses import dataclass

from appliance.core.calls import CallState
from appliance.core.notices import Urgency
from appliance.core.picture import Showing
from appliance.core.registrations import Registration
from appliance.core.words import CallId, DurationMs, LineId


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
    lamp_test: str | None
    """What the lamp test is at, or None while there is none."""
