"""What the witness keeps of a caller, of a line, and of what follows from one event."""

from dataclasses import dataclass, field
from enum import Enum

from appliance.core.events import Offer
from appliance.core.notices import Outcome
from appliance.core.settings import LineSettings
from appliance.core.words import CallId, InstantMs, LineId, RingId
from appliance.simulate.callers import Caller


class Standing(Enum):
    """Where a caller stands for the witness."""

    RINGS = "rings"
    IN_GAP = "is between two rings"
    UNSEEN = "was seen by an engine that is gone"
    IN_HAND = "is in our hands"
    TALKS = "speaks with a person"


@dataclass(eq=False, slots=True)
class Visit:
    """One caller's attempt, over all rings."""

    caller: Caller
    line: LineSettings
    started_ms: InstantMs
    standing: Standing = Standing.RINGS
    rings: dict[RingId, InstantMs] = field(default_factory=dict)
    """The rings that the board was told of and that are not over, each with its beginning."""
    answered: bool = False
    gave_up: bool = False
    cancelled: bool = False
    """What the ends of rings said since the last gap; `cancelled`, that the PBX itself ended any."""
    call_ids: set[str] = field(default_factory=set)
    tag: str = ""
    """That of the last ring: whoever is sent on to ring here again has a new one."""
    last_started_ms: InstantMs = InstantMs(0)
    last_over_ms: InstantMs = InstantMs(0)
    thresholds_passed: int = 1
    next_threshold_ms: float = 0.0
    call: CallId | None = None
    """The board's number for it, once a notice gave it away."""
    is_wanted: bool = False
    """True while the board says that somebody takes the caller: fill and stage stand still meanwhile."""
    resumes: bool = False
    """True if that was so since the last look at its stage."""
    is_dialled_for: bool = False
    """True while the desk phone is told to dial for the caller, and has not refused."""
    is_sent_on: bool = False
    """True if the board says that the target of last resort has the caller, or is about to."""

    def may_be(self, offer: Offer) -> bool:
        """Return whether this ring of the caller is not taken for somebody else's.

        Whoever is sent on is known by the number. If a press takes them back as they begin to ring here, that
        ring is about to end.
        """
        if self.standing is Standing.IN_HAND and self.is_wanted:
            return False
        is_sent_on = self.standing is Standing.IN_HAND and not self.rings
        return offer.tag == self.tag or (is_sent_on and bool(offer.number))

    def answered_by(self) -> Outcome:
        """Return what an answer means that nobody gave through us."""
        return Outcome.ANSWERED_HERE if self.is_dialled_for else Outcome.ANSWERED_ELSEWHERE

    def proved(self) -> Outcome:
        """Return what the ends of the rings prove, where no queue may ring again."""
        if self.answered:
            return Outcome.ANSWERED_ELSEWHERE
        return Outcome.ABANDONED if self.gave_up and not self.line.queue else Outcome.UNKNOWN

    def due_ms(self) -> float:
        """When time alone ends the visit."""
        if self.standing is Standing.IN_GAP:
            return self.last_over_ms + self.line.hold_ms
        if self.standing is Standing.UNSEEN:
            return self.last_started_ms + self.line.ring_limit_ms
        if self.is_wanted or self.standing is not Standing.RINGS:
            return float("inf")
        return min(self.rings.values()) + self.line.ring_limit_ms


@dataclass(eq=False, slots=True)
class Hand:
    """A caller in our hands."""

    line: LineSettings
    visit: Visit | None
    """None for one who cannot be told from another."""
    began_ms: InstantMs
    """Since when their leg stands, as far as was heard."""
    joined_ms: InstantMs | None = None
    """Since when they speak with a person, as far as was heard."""


@dataclass(slots=True)
class Heard:
    """What follows from one event: what the board must have concluded."""

    changed: bool = False
    """True if anything followed at all."""

    arrived: list[Visit] = field(default_factory=list)
    returned: list[Visit] = field(default_factory=list)
    again: list[Visit] = field(default_factory=list)
    """Visits of callers in our hands who ring here, too: they were sent on."""
    held: list[Visit] = field(default_factory=list)
    ended: list[tuple[Visit, Outcome, InstantMs]] = field(default_factory=list)
    """Visits that are over, how, and to which instant the end is dated."""
    vague_lines: set[LineId] = field(default_factory=set)
    """Lines on which a vague caller's ring began or was over: their notices cannot be told apart."""
    past_limit: set[RingId] = field(default_factory=set)
    refused: set[RingId] = field(default_factory=set)
    lingering: set[RingId] = field(default_factory=set)
    """Rings that are over, and listed all the same: our word to end one may have been lost."""


@dataclass(slots=True)
class LineTruth:
    """What is known of a line without telling its callers apart."""

    ring_count: int = 0
    hand_count: int = 0
    """How many of its callers are in our hands."""
    may_wait_until_ms: InstantMs = InstantMs(0)
    """Until when somebody may wait though nothing rings: hold time, or an engine that is gone."""
    last_started_ms: InstantMs = InstantMs(float("-inf"))
    """When the last ring of the line began: a caller whom nobody sees any more is remembered from then on."""
