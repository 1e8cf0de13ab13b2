"""What to do: everything the board ever asks for. A closed union of frozen imperatives."""

from dataclasses import dataclass
from enum import StrEnum

from appliance.core.bus_events import NeighbourState, Verdict
from appliance.core.notices import Notice
from appliance.core.picture import Picture
from appliance.core.words import CallName, DurationMs, InstantMs, LineId, RingId, TransactionId, UnitId


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

Effect = ShowPicture | PlaySound | Tell | EndRing | BusEffect
