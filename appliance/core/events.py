"""What happened: everything the board is ever told. A closed union of frozen facts in the past tense.

Nothing here carries an instant: the board is told the instant beside the event.
"""

from dataclasses import dataclass, field

from appliance.core.bus_events import BusEvent
from appliance.core.words import NO_ORDER, Button, DurationMs, ExtensionId, OrderId, PickupStep, RingId


@dataclass(frozen=True, slots=True)
class Reason:
    """One Reason header field value (RFC 3326): who speaks (``SIP``, ``Q.850``), the cause, the text."""

    protocol: str
    cause: int
    text: str = ""


@dataclass(frozen=True, slots=True)
class Offer:
    """What one INVITE said, cleaned (no control characters) and cut to the limits by the engine.

    Fields that identify a caller stay out of ``repr`` so that no traceback and no log can show them.
    """

    ring: RingId
    extension: ExtensionId
    call_id: str = field(repr=False)
    """The SIP Call-ID; branches of one caller may share it (Kamailio) or not (Asterisk)."""
    number: str = field(default="", repr=False)
    """The user part of From; empty for an anonymous caller."""
    name: str = field(default="", repr=False)
    """The display name of From. Shown nowhere near a log, and never used to match two rings."""
    tag: str = field(default="", repr=False)
    """The PBX's tag header, the same on every ring of a caller; empty if none is declared or sent."""
    dialled: str = ""
    """The user part of To: the number that was dialled, where the PBX keeps it."""
    line_header: str = ""
    """The value of the header that the configuration declares as naming the line; empty if none."""


@dataclass(frozen=True, slots=True)
class RingStarted:
    """An INVITE arrived and 180 went out."""

    offer: Offer
    age_ms: DurationMs = DurationMs(0)
    """How long ago the engine received it, at the instant of this event."""


@dataclass(frozen=True, slots=True)
class RingEnded:
    """A ring is over: the PBX cancelled it (with the Reason headers it gave), or the leg was lost."""

    ring: RingId
    cancelled: bool
    """True for a CANCEL; False when the leg ended in any other way (lost, refused, failed)."""
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class RingsListed:
    """The engine's whole list of live rings, repeated every second, so that a lost message heals."""

    rings: tuple[RingStarted, ...]


@dataclass(frozen=True, slots=True)
class PickupMoved:
    """The taking of a caller has come so far."""

    ring: RingId
    step: PickupStep
    why: str = ""
    """A short text for people; empty where the step says it all."""
    order: OrderId = NO_ORDER
    """The last order for this caller that had come when this happened."""


@dataclass(frozen=True, slots=True)
class EngineStarted:
    """A new engine process answers. Whatever rang at an earlier one is now without a witness."""


@dataclass(frozen=True, slots=True)
class EngineSilent:
    """The engine says nothing, and is not given up yet: who is in its hands would be lost with it."""

    why: str


@dataclass(frozen=True, slots=True)
class EngineSpoke:
    """The engine that was silent says something again."""


@dataclass(frozen=True, slots=True)
class EngineLost:
    """The engine process died or fell silent."""

    why: str


@dataclass(frozen=True, slots=True)
class RegistrationChanged:
    """The PBX answered a REGISTER, or did not. Repeated at every refresh, so that silence can be seen."""

    extension: ExtensionId
    held: bool
    code: int
    """The SIP status of the answer; 408 for none, 503 for a refused connection, 0 before the first."""
    why: str = ""
    """A short text for people: the PBX's own reason phrase or ours."""
    expires_ms: DurationMs = DurationMs(0)
    """For how long the registration holds, if it is held."""


@dataclass(frozen=True, slots=True)
class SenderRefused:
    """Somebody who is not our PBX sent an INVITE; it was answered 403 and lit nothing."""

    address: str
    why: str
    count: int
    """How many refusals this one report stands for: the engine gathers them, at most one report a second
    and address."""


@dataclass(frozen=True, slots=True)
class RingRefused:
    """An INVITE of our own PBX found every leg in use and was answered 486."""

    count: int


@dataclass(frozen=True, slots=True)
class FaultRaised:
    """An adapter met something that a person must see (a tower gone, an exception in a callback)."""

    fault: str
    """Names the fault, the same word each time, so that it can be cleared."""
    why: str


@dataclass(frozen=True, slots=True)
class FaultCleared:
    """The fault of that name is over."""

    fault: str


@dataclass(frozen=True, slots=True)
class ButtonPressed:
    """A button went down, or the handset was lifted; told once for each edge, after debouncing."""

    button: Button
    age_ms: DurationMs = DurationMs(0)
    """How long ago that was, at the instant of this event: a cable may hold it up, or a frozen unit."""


@dataclass(frozen=True, slots=True)
class ButtonReleased:
    """A button came up, or the handset was put back. A driver that lets go of its tower tells it too."""

    button: Button
    age_ms: DurationMs = DurationMs(0)


@dataclass(frozen=True, slots=True)
class LampTestAsked:
    """Somebody at the command line wants every light shown."""


@dataclass(frozen=True, slots=True)
class CallersFound:
    """An earlier run of the unit ended with callers in its hands."""

    count: int


@dataclass(frozen=True, slots=True)
class StopAsked:
    """The unit is to end: whoever is in our hands and speaks with nobody must be sent on first."""


@dataclass(frozen=True, slots=True)
class TimePassed:
    """The deadline came; nothing else happened."""


Event = (
    RingStarted
    | RingEnded
    | RingsListed
    | PickupMoved
    | EngineStarted
    | EngineSilent
    | EngineSpoke
    | EngineLost
    | RegistrationChanged
    | SenderRefused
    | RingRefused
    | FaultRaised
    | FaultCleared
    | ButtonPressed
    | ButtonReleased
    | BusEvent
    | LampTestAsked
    | CallersFound
    | StopAsked
    | TimePassed
)
