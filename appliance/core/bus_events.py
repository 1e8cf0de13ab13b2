"""What the bus tells: the part of the events that other units and the broker bring about.

The bus has validated and counted all of it already. Whatever says since when something holds says an age:
the clocks of two units may disagree by hours.
"""

from dataclasses import dataclass
from enum import StrEnum

from appliance.core.words import CallName, DurationMs, LineId, TransactionId, UnitId


class NeighbourState(StrEnum):
    """Where a call of another unit stands, in the words of the bus."""

    RINGING = "ringing"
    HELD = "held"
    UNSURE = "unsure"
    ASKED = "asked"
    """Being taken: asked, not yet decided."""
    TAKEN = "taken"
    """Connected to a person."""
    KEPT = "kept"
    """The taking failed: the caller is with the unit, hears ringback, and anyone may take them."""


class Verdict(StrEnum):
    """What the owner of a call says to a unit that wants to take it."""

    TAKEN_BY_YOU = "ok"
    GONE = "gone"
    TAKEN = "taken"
    NOT_RINGING = "not-ringing"
    SIP_DOWN = "sip-down"
    STALE = "stale"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class NeighbourCall:
    """A caller as another unit knows them."""

    call: CallName
    key: str
    """Keyed hash by which two units know that they speak of one caller; empty if there is none."""
    state: NeighbourState
    stage: int
    """The stage at that unit. Each unit goes by thresholds of its own, so that it is for people who read."""
    urgent: bool
    """True if the caller is urgent for another reason than the wait."""
    age_ms: DurationMs
    """How long the caller has waited, at the instant of the event."""
    by: UnitId
    """Which unit takes the caller, or has; empty if none does."""


@dataclass(frozen=True, slots=True)
class BusBack:
    """The broker answers."""


@dataclass(frozen=True, slots=True)
class BusLost:
    """The broker does not answer: what the neighbours see is not known any more."""

    why: str


@dataclass(frozen=True, slots=True)
class NeighbourOnline:
    """Another unit is on the bus. Each of its starts has a boot of its own."""

    unit: UnitId
    boot: str


@dataclass(frozen=True, slots=True)
class NeighbourSilent:
    """Another unit is gone, or has stopped to repeat what it knows."""

    unit: UnitId


@dataclass(frozen=True, slots=True)
class NeighbourRetired:
    """Another unit was taken out of the site on purpose: nothing of it is to be missed."""

    unit: UnitId


@dataclass(frozen=True, slots=True)
class NeighbourLine:
    """All callers that another unit knows on a line."""

    unit: UnitId
    boot: str
    line: LineId
    rev: int
    """Grows with each word of a boot on this line."""
    calls: tuple[NeighbourCall, ...]


@dataclass(frozen=True, slots=True)
class PickupAsked:
    """Another unit wants to take this caller of ours."""

    asker: UnitId
    transaction: TransactionId
    call: CallName
    age_ms: DurationMs


@dataclass(frozen=True, slots=True)
class PickupAnswered:
    """The owner of a caller answered our request."""

    owner: UnitId
    transaction: TransactionId
    verdict: Verdict
    winner: UnitId


@dataclass(frozen=True, slots=True)
class MuteAsked:
    """Somebody on the bus wants no sound for the callers who wait now."""

    asker: UnitId
    age_ms: DurationMs


@dataclass(frozen=True, slots=True)
class AwayAsked:
    """The people of another unit go elsewhere, or are back."""

    asker: UnitId
    on: bool
    for_ms: DurationMs


BusEvent = (
    BusBack
    | BusLost
    | NeighbourOnline
    | NeighbourSilent
    | NeighbourRetired
    | NeighbourLine
    | PickupAsked
    | PickupAnswered
    | MuteAsked
    | AwayAsked
)
"""What the bus tells."""
