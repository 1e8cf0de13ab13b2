"""What a unit says of itself to `call-light status`: a frozen, versioned report, free of callers' numbers.

`report_of` fills it from the board's view; `encode` and `decode` are its JSON. Everything here is pure.
"""

import json
import math
import typing
from dataclasses import asdict, dataclass
from typing import Any, Final

from appliance.core.view import BoardView
from appliance.core.words import InstantMs

FORMAT: Final = 1
"""The version of the report's JSON. It rises when a field goes or changes its meaning; a new field is no
change, for readers ignore what they do not know."""


@dataclass(frozen=True, slots=True)
class LineStatus:
    """One line."""

    line: str
    label: str
    showing: str
    """What its segment shows, in words of `core.picture.Showing`."""
    lost: bool
    """True if no extension that serves this line is registered."""


@dataclass(frozen=True, slots=True)
class CallStatus:
    """One caller who waits, by the call's number on this board."""

    call: int
    line: str
    state: str
    stage: int
    urgent: str | None
    """Why the caller is at stage 3, or None below it."""
    wait_s: float
    shown: bool
    """False for a caller beyond those that the tower shows: counted only."""
    ring_count: int
    also_at: str = ""
    """The other units that see the same caller, with commas between them."""


@dataclass(frozen=True, slots=True)
class ElsewhereStatus:
    """One caller whom only other units see."""

    units: str
    """Whose caller it is, with commas between several units."""
    line: str
    state: str
    stage: int
    """The stage by this unit's own thresholds."""
    wait_s: float
    by: str
    """Which unit takes the caller, or has; empty if none does."""


@dataclass(frozen=True, slots=True)
class RegistrationStatus:
    """One extension's standing with its PBX."""

    extension: str
    held: bool
    code: int
    """The last SIP status; 0 before the first answer."""
    why: str
    for_s: float | None
    """For how long it has stood so; None before the first answer."""


@dataclass(frozen=True, slots=True)
class RefusedStatus:
    """Somebody who is not our PBX and sent INVITEs."""

    address: str
    why: str
    count: int


@dataclass(frozen=True, slots=True)
class TowerStatus:
    """One tower."""

    driver: str
    fault: str | None
    """What is wrong with it, or None."""


@dataclass(frozen=True, slots=True)
class FaultStatus:
    """Something that a person must see."""

    fault: str
    why: str


@dataclass(frozen=True, slots=True)
class NeighbourStatus:
    """Another unit of the site."""

    unit: str
    online: bool
    site_revision: int | None
    """The revision of its site file; None if it has not said."""


@dataclass(frozen=True, slots=True)
class BusStatus:
    """How this unit stands with the others."""

    broker: str
    lost: str | None
    """Why the broker does not answer, or None while it does."""
    neighbours: tuple[NeighbourStatus, ...]
    refused_count: int
    """Messages that were not what the bus allows, since the start."""
    dropped_count: int
    """Messages that came faster than they are read."""
    site_revision: int = 0
    """The revision of our own site file; 0 without one."""
    events_lost_count: int = 0
    """Events that were told to nobody: the broker was away until they were over, or there were too many."""

    @property
    def site_difference(self) -> str:
        """Which units on the bus have another site file than we, in words; empty if none has."""
        others = [
            f"{one.unit} has {one.site_revision}"
            for one in self.neighbours
            if one.online and one.site_revision not in (None, self.site_revision)
        ]
        return f"ours has revision {self.site_revision}, {', '.join(others)}" if others else ""


@dataclass(frozen=True, slots=True)
class StatusReport:
    """The whole unit at one instant."""

    unit: str
    software: str
    """The version of the call light."""
    uptime_s: float
    phone_lost: str | None
    """Why no caller can reach the unit, or None while one can."""
    lines: tuple[LineStatus, ...]
    calls: tuple[CallStatus, ...]
    registrations: tuple[RegistrationStatus, ...]
    refused_senders: tuple[RefusedStatus, ...]
    refused_ring_count: int
    towers: tuple[TowerStatus, ...]
    faults: tuple[FaultStatus, ...]
    log_lines_lost_count: int = 0
    """Log lines that could not be written since the start."""
    muted: bool = False
    """True while somebody waits, and everybody who waits is muted."""
    away: bool = False
    """True while the unit plays no sound because its people are elsewhere."""
    lamp_test: str | None = None
    """What the lamp test is at, or None while there is none."""
    elsewhere: tuple[ElsewhereStatus, ...] = ()
    """Callers whom only other units see."""
    away_units: str = ""
    """The other units whose people are elsewhere, with commas between them."""
    hushed_by: str | None = None
    """Which unit muted the callers of now, so that only urgent ones sound here, or None."""
    bus: BusStatus | None = None
    """The bus, or None for a unit that works alone."""
    format: int = FORMAT


def report_of(
    view: BoardView,
    now_ms: InstantMs,
    *,
    unit: str,
    software: str,
    started_ms: InstantMs,
    towers: tuple[TowerStatus, ...],
    log_lines_lost_count: int = 0,
    bus: BusStatus | None = None,
) -> StatusReport:
    """Fill the report from the board's view at this instant; the rest is what only the shell knows."""
    return StatusReport(
        unit=unit,
        software=software,
        uptime_s=_seconds(now_ms - started_ms),
        phone_lost=view.phone_lost,
        lines=tuple(
            LineStatus(one.line, one.label, one.showing.name.lower().replace("_", " "), one.lost)
            for one in view.lines
        ),
        calls=tuple(
            CallStatus(
                call=one.call,
                line=one.line,
                state=one.state.value,
                stage=one.stage,
                urgent=None if one.urgency is None else one.urgency.value,
                wait_s=_seconds(one.wait_ms),
                shown=one.shown,
                ring_count=one.ring_count,
                also_at=", ".join(one.also_at),
            )
            for one in view.calls
        ),
        registrations=tuple(
            RegistrationStatus(
                extension=one.extension,
                held=one.held,
                code=one.code,
                why=one.why,
                for_s=None if one.since_ms is None else _seconds(now_ms - one.since_ms),
            )
            for one in view.registrations
        ),
        refused_senders=tuple(RefusedStatus(one.address, one.why, one.count) for one in view.refused_senders),
        refused_ring_count=view.refused_ring_count,
        towers=towers,
        faults=tuple(FaultStatus(fault, why) for fault, why in view.faults),
        log_lines_lost_count=log_lines_lost_count,
        muted=view.muted,
        away=view.away,
        lamp_test=view.lamp_test,
        elsewhere=tuple(
            ElsewhereStatus(
                ", ".join(one.units), one.line, one.state.value, one.stage, _seconds(one.wait_ms), one.by
            )
            for one in view.elsewhere
        ),
        away_units=", ".join(one.unit for one in view.units if one.away),
        hushed_by=view.hushed_by,
        bus=bus,
    )


def _seconds(duration_ms: float) -> float:
    return round(duration_ms / 1000, 1)


def encode(report: StatusReport) -> bytes:
    """Return the report as one line of JSON, ASCII only, so that no text in it can drive a terminal."""
    return json.dumps(asdict(report)).encode() + b"\n"


_PARTS: Final[dict[str, type[Any]]] = {
    "lines": LineStatus,
    "calls": CallStatus,
    "elsewhere": ElsewhereStatus,
    "registrations": RegistrationStatus,
    "refused_senders": RefusedStatus,
    "towers": TowerStatus,
    "faults": FaultStatus,
}


def decode(text: bytes) -> StatusReport:
    """Read `encode`'s JSON back; fields that this version does not know are left out.

    Raises:
        ValueError: it is no report, or one of another format.
    """
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        raise ValueError("not JSON") from None
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise ValueError(f"not a status report of format {FORMAT}")
    try:
        for name, kind in _PARTS.items():
            if name in found:
                found[name] = tuple(_known(kind, one) for one in found[name])
        if isinstance(bus := found.get("bus"), dict):
            bus["neighbours"] = tuple(_known(NeighbourStatus, one) for one in bus["neighbours"])
            found["bus"] = _known(BusStatus, bus)
        report: StatusReport = _known(StatusReport, found)
        return report
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError("not a whole status report") from error


def _known(kind: type[Any], found: dict[str, Any]) -> Any:
    hints = typing.get_type_hints(kind)
    known = {name: value for name, value in found.items() if name in hints}
    for name, value in known.items():
        _expect(value, hints[name])
    return kind(**known)


def _expect(value: object, hint: Any) -> None:
    """Raise TypeError unless the value is of this type: a text is made of them without looking again."""
    kind = typing.get_origin(hint) if typing.get_origin(hint) is tuple else hint
    if not isinstance(value, kind) or (isinstance(value, float) and not math.isfinite(value)):
        raise TypeError(f"{type(value).__name__} instead of {hint}")
