"""What is told of callers whom a person takes: a part of the notices."""

from dataclasses import dataclass

from appliance.core.words import CallId, DurationMs, LineId, UnitId


@dataclass(frozen=True, slots=True)
class PickupBegan:
    """A caller is being taken."""

    call: CallId
    line: LineId
    by: UnitId
    """For the people of which unit."""


@dataclass(frozen=True, slots=True)
class PickupArmed:
    """A caller between two rings is wanted: the next ring is taken."""

    call: CallId
    line: LineId
    by: UnitId


@dataclass(frozen=True, slots=True)
class PickupFailed:
    """Nobody took the caller, who is still here."""

    call: CallId
    line: LineId
    why: str


@dataclass(frozen=True, slots=True)
class CallTaken:
    """A person speaks with the caller."""

    call: CallId
    line: LineId
    by: UnitId | None
    """At which unit; None for the target of last resort."""
    wait_ms: DurationMs


@dataclass(frozen=True, slots=True)
class ReturnBegan:
    """A caller whom nobody took is sent to the target of last resort."""

    call: CallId
    line: LineId
    wait_ms: DurationMs


@dataclass(frozen=True, slots=True)
class PickupRefused:
    """Another unit, which has the caller, did not give them to us."""

    line: LineId
    owner: UnitId
    why: str


PickupNotice = PickupBegan | PickupArmed | PickupFailed | PickupRefused | CallTaken | ReturnBegan
"""All of them."""
