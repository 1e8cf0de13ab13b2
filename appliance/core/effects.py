"""What to do: everything the board ever asks for. A closed union of frozen imperatives."""

from dataclasses import dataclass, field
from enum import StrEnum

from appliance.core.bus_events import NeighbourState, Verdict
from appliance.core.notices import Notice
from appliance.core.picture import Picture
from appliance.core.words import (
    NO_ORDER,
    CallId,
    CallName,
    DurationMs,
    ExtensionId,
    InstantMs,
    LineId,
    OrderId,
    RingId,
    TransactionId,
    UnitId,
    Way,
)


class Sound(StrEnum):
    """The chirps of the tower. Each is shorter than a second; the driver knows how it plays them."""

    ARRIVED = "arrived"
    WAITING = "waiting"
    URGENT = "urgent"


@dataclass(frozen=True, slots=True)
class ShowPicture:
    """Show this from now on; it replaces the one before, whole."""

    picture: Picture


@dataclass(frozen=True, slots=True)
class PlaySound:
    """Play this chirp once, now or never: a sound that comes late is worse than none."""

    sound: Sound


@dataclass(frozen=True, slots=True)
class Tell:
    """Tell this notice to the log and to whoever listens."""

    notice: Notice


@dataclass(frozen=True, slots=True)
class EndRing:
    """Let the engine answer this ring 480 (never 6xx): it rang past the line's limit."""

    ring: RingId


@dataclass(frozen=True, slots=True)
class TakeRing:
    """Let the engine take this caller for a person; `PickupMoved` tells how far that comes.

    A caller in our hands whom nobody reached yet is taken in the same way, by the ring that brought them.
    """

    ring: RingId
    way: Way
    target: str = ""
    """What the phone system is asked to dial; nothing for `Way.HANDSET`. Only ever from our own settings."""
    headers: tuple[str, ...] = ()
    """Whole header lines for the second leg's INVITE."""
    confirm_key: bool = False
    """Whether who answers must press a key: a voicemail never does."""
    answer_within_ms: DurationMs = DurationMs(15_000)
    order: OrderId = NO_ORDER


@dataclass(frozen=True, slots=True)
class DialPickup:
    """Let the desk phone dial the pickup code for this caller, who rings.

    `PickupMoved` tells if it could not be told to; whether it got the caller, the ring's own end says.
    """

    ring: RingId
    extension: ExtensionId
    """Where the caller rings: the code may name it."""
    order: OrderId = NO_ORDER


@dataclass(frozen=True, slots=True)
class ReturnCaller:
    """Let the engine send a caller in our hands, whom nobody took, to the target of last resort."""

    ring: RingId
    target: str
    order: OrderId = NO_ORDER


@dataclass(frozen=True, slots=True)
class HangUp:
    """Let the engine end the conversation with this caller: the handset was put back."""

    ring: RingId


@dataclass(frozen=True, slots=True)
class NotedCaller:
    """Somebody who must be called back if we fail them."""

    call: CallId
    line: LineId
    number: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class NoteCallers:
    """Write down who is in our hands from now on, in place of who was, and whom we lost just now."""

    in_hand: tuple[NotedCaller, ...]
    lost: tuple[NotedCaller, ...]


PickupEffect = TakeRing | DialPickup | ReturnCaller | HangUp
"""What the engine does with the callers whom a person takes, or the desk phone."""


@dataclass(frozen=True, slots=True)
class PublishedCall:
    """A caller of ours as the other units are to know them."""

    call: CallName
    key: str
    """As in `NeighbourCall`, and so are all that have no words here."""
    state: NeighbourState
    stage: int
    urgent: bool
    started_ms: InstantMs
    """Since when the caller waits, by our own clock: the bus makes an age of it."""
    by: UnitId


@dataclass(frozen=True, slots=True)
class PublishLine:
    """Let the site know all callers of ours on this line; it replaces what was said before."""

    line: LineId
    calls: tuple[PublishedCall, ...]


@dataclass(frozen=True, slots=True)
class AskPickup:
    """Ask the owner of a caller whether we may take them."""

    owner: UnitId
    transaction: TransactionId
    call: CallName


@dataclass(frozen=True, slots=True)
class AnswerPickup:
    """Tell a unit what becomes of its request."""

    asker: UnitId
    transaction: TransactionId
    verdict: Verdict
    winner: UnitId


@dataclass(frozen=True, slots=True)
class AskMute:
    """Ask all other units for silence for the callers of now."""


@dataclass(frozen=True, slots=True)
class AskAway:
    """Tell all other units that our people go elsewhere, or are back."""

    on: bool
    for_ms: DurationMs


SaidOnce = AskPickup | AnswerPickup | AskMute | AskAway
"""What the bus says once; a line is said again and again."""

BusEffect = PublishLine | SaidOnce
"""What the bus carries out."""

Effect = ShowPicture | PlaySound | Tell | EndRing | PickupEffect | NoteCallers | BusEffect
