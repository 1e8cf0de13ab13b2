"""Notices: facts worth one plain sentence, to the log, to the terminal, and later to the bus and the ledger.

A notice names a call by its number on this board and a line by its id; never a caller.
"""

from dataclasses import dataclass
from enum import StrEnum

from appliance.core.pickup_notices import PickupNotice
from appliance.core.words import Button, CallId, DurationMs, ExtensionId, LineId, UnitId


class Outcome(StrEnum):
    """The one way a call ended. The ledger's words."""

    ANSWERED_HERE = "answered-here"
    """A person spoke with the caller whom a button brought."""
    ANSWERED_ELSEWHERE = "answered-elsewhere"
    REDIRECTED = "redirected"
    """The phone system was told to ring the desk phone instead; what became of that is not seen."""
    OVERFLOWED = "overflowed"
    """Nobody came, and the target of last resort has the caller."""
    DROPPED = "dropped"
    """Lost by our own failure while in our hands."""
    ABANDONED = "abandoned"
    UNKNOWN = "unknown"


class Urgency(StrEnum):
    """Why a caller is at stage 3."""

    WAITED = "waited past the line's limit"
    PRIORITY = "priority line"
    REPEAT = "called before within the hour and was not reached"


@dataclass(frozen=True, slots=True)
class CallArrived:
    """A caller began to wait on a line."""

    call: CallId
    line: LineId
    shown: bool
    """False for a caller beyond the 32 that are shown: counted, and shown when a place falls free."""


@dataclass(frozen=True, slots=True)
class CallShown:
    """A caller who was only counted took a place that fell free."""

    call: CallId
    line: LineId
    wait_ms: DurationMs


@dataclass(frozen=True, slots=True)
class StageReached:
    """A caller's stage rose; 1 is told by `CallArrived` and never here."""

    call: CallId
    line: LineId
    stage: int
    wait_ms: DurationMs
    urgency: Urgency | None


@dataclass(frozen=True, slots=True)
class CallHeld:
    """All rings of a queue's caller ended; the caller may ring again within the hold time."""

    call: CallId
    line: LineId
    wait_ms: DurationMs


@dataclass(frozen=True, slots=True)
class CallRangAgain:
    """A caller in the gap of a queue, or an unsure one, rang again: the wait went on unbroken. Or one who was
    taken by one of several rings rings on by the others: the taking came to nothing, or the talk is over."""

    call: CallId
    line: LineId
    wait_ms: DurationMs


@dataclass(frozen=True, slots=True)
class CallUnsure:
    """The engine that saw this caller is gone."""

    call: CallId
    line: LineId
    wait_ms: DurationMs


@dataclass(frozen=True, slots=True)
class CallEnded:
    """A call is over. Told once for each call, dated back to the end of its last ring."""

    call: CallId
    line: LineId
    outcome: Outcome
    wait_ms: DurationMs
    why: str


@dataclass(frozen=True, slots=True)
class RegistrationHeld:
    """An extension is registered (told when that changes, not at every refresh)."""

    extension: ExtensionId


@dataclass(frozen=True, slots=True)
class RegistrationLost:
    """An extension is not registered, and why."""

    extension: ExtensionId
    code: int
    why: str


@dataclass(frozen=True, slots=True)
class PhoneSystemLost:
    """No caller can reach us: no registration is held, or the engine is gone."""

    why: str


@dataclass(frozen=True, slots=True)
class PhoneSystemBack:
    """At least one registration is held again."""


@dataclass(frozen=True, slots=True)
class SendersRefused:
    """INVITEs from somebody who is not our PBX were refused."""

    address: str
    why: str
    count: int


@dataclass(frozen=True, slots=True)
class RingsRefused:
    """INVITEs of our own PBX found every leg in use."""

    count: int


@dataclass(frozen=True, slots=True)
class FaultBegan:
    """Something that a person must see went wrong."""

    fault: str
    why: str


@dataclass(frozen=True, slots=True)
class FaultOver:
    """The fault of that name is over."""

    fault: str


@dataclass(frozen=True, slots=True)
class NothingToDo:
    """A button was pressed and answered, and there was nothing for it to do."""

    button: Button


@dataclass(frozen=True, slots=True)
class PressTooLate:
    """A press reached the board so late that it was not acted on."""

    button: Button
    age_ms: DurationMs


@dataclass(frozen=True, slots=True)
class HandsetInUse:
    """A line's button was pressed while the unit's handset had a caller already: nobody was taken."""

    line: LineId


@dataclass(frozen=True, slots=True)
class Muted:
    """Somebody muted all who wait now."""

    count: int
    """How many of them had still been heard."""


@dataclass(frozen=True, slots=True)
class AwayBegan:
    """The people of this unit went elsewhere: no sound here."""

    for_ms: DurationMs
    """For how long at most."""


@dataclass(frozen=True, slots=True)
class AwayOver:
    """The people of this unit are back."""

    why: str


@dataclass(frozen=True, slots=True)
class HushAsked:
    """Another unit muted the callers of now: here they are heard at stage 3 only, for a while."""

    asker: UnitId
    for_ms: DurationMs


@dataclass(frozen=True, slots=True)
class OtherAway:
    """The people of another unit went elsewhere."""

    unit: UnitId
    for_ms: DurationMs
    """For how long at most."""


@dataclass(frozen=True, slots=True)
class OtherBack:
    """The people of another unit are back."""

    unit: UnitId
    why: str


@dataclass(frozen=True, slots=True)
class PartTested:
    """The lamp test is at this part of the tower."""

    part: str


@dataclass(frozen=True, slots=True)
class LampTestOver:
    """The lamp test ended."""

    why: str


Notice = (
    CallArrived
    | CallShown
    | StageReached
    | CallHeld
    | CallRangAgain
    | CallUnsure
    | CallEnded
    | PickupNotice
    | RegistrationHeld
    | RegistrationLost
    | PhoneSystemLost
    | PhoneSystemBack
    | SendersRefused
    | RingsRefused
    | FaultBegan
    | FaultOver
    | NothingToDo
    | PressTooLate
    | HandsetInUse
    | Muted
    | AwayBegan
    | AwayOver
    | HushAsked
    | OtherAway
    | OtherBack
    | PartTested
    | LampTestOver
)
