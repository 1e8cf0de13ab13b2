"""A call: one caller's attempt on one line, over all its rings.

Two rules of this file. Everything that moves a call from one state to another is a cell of `TRANSITIONS`,
and stands here. A missing cell raises `IllegalStep` and nothing moves: a step that cannot happen is a defect
of ours, and a wrong lamp is worse than an honest failure. The diagram in the documentation is drawn from the
table (`state_diagram`).
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from appliance.core.errors import IllegalStep
from appliance.core.events import Offer
from appliance.core.notices import Urgency
from appliance.core.settings import LineSettings
from appliance.core.words import NEVER_MS, CallId, DurationMs, InstantMs, OrderId, RingId, UnitId


class CallState(StrEnum):
    """Where a call stands."""

    RINGING = "ringing"
    """At least one ring is alive."""
    HELD = "held"
    """In the gap between two rings of a queue: the caller is believed to wait."""
    ARMED = "armed"
    """In such a gap, and somebody wants the caller: the next ring is taken for them."""
    TAKING = "taking"
    """The engine was asked to answer; the caller's leg does not stand yet."""
    ANSWERED = "answered"
    """In our hands: the caller hears ringback, and a person is called for them."""
    TAKEN = "taken"
    """In our hands, and speaks with a person."""
    KEPT = "kept"
    """In our hands, and nobody came: shown again with the full wait, and anyone may take them."""
    RETURNING = "returning"
    """As kept, while the target of last resort is called."""
    UNSURE = "unsure"
    """The engine that saw the caller is gone."""
    ENDED = "ended"
    """Over. A dead state: a later ring of the same caller is a new call."""


class CallStep(StrEnum):
    """What happened to a call, as far as its state cares."""

    RANG = "rang"
    """A ring of this caller began."""
    ONE_RING_ENDED = "one ring ended"
    """A ring ended, and another one is alive."""
    ANSWERED = "answered elsewhere"
    """The last ring ended, and the PBX said that a colleague answered; or another unit's people did."""
    ENDED_ELSEWHERE = "ended elsewhere"
    """Another unit saw the end of a caller whom nobody sees here."""
    GAVE_UP = "gave up"
    """The last ring ended, and the PBX said that the caller hung up."""
    WITHDRAWN = "withdrawn"
    """The last ring ended without a word about why, on a line that has no queue."""
    MAY_RETURN = "may return"
    """The last ring ended on a line that has a queue, where no CANCEL proves that the caller left."""
    HOLD_OVER = "hold time over"
    """The queue did not ring again within the hold time."""
    WITNESS_LOST = "witness lost"
    """The engine died or fell silent."""
    LIMIT_REACHED = "ring limit reached"
    """The last ring, or the memory of it, is older than the line's ring limit."""
    BOARD_FULL = "board full"
    """The room of a caller who does not ring was needed for one who does."""
    WANTED = "wanted"
    """Somebody pressed the line's button, here or at another unit."""
    IN_OUR_HANDS = "in our hands"
    """The caller's leg stands."""
    JOINED = "joined"
    """A person speaks with the caller."""
    FAILED = "taking failed"
    """Nobody came; the caller is still here."""
    SENT_ON = "sent on"
    """The time of a kept caller is over: the target of last resort is called."""
    PASSED_ON = "passed on"
    """A person had the caller, or the phone system was given them."""
    LOST = "lost in our hands"
    """Our own failure ended it."""


_IN_OUR_HANDS: Final = {
    CallStep.ANSWERED: CallState.ENDED,
    CallStep.GAVE_UP: CallState.ENDED,
    CallStep.WITHDRAWN: CallState.ENDED,
    CallStep.ONE_RING_ENDED: CallState.RINGING,
    CallStep.JOINED: CallState.TAKEN,
    CallStep.FAILED: CallState.KEPT,
    CallStep.PASSED_ON: CallState.ENDED,
    CallStep.LOST: CallState.ENDED,
}
"""What may become of every caller in our hands. It is the end of the leg in our hands that lets another ring
of the caller count again; the end of such a ring changes nothing meanwhile."""

_KEPT: Final = {**_IN_OUR_HANDS, CallStep.WANTED: CallState.ANSWERED, CallStep.MAY_RETURN: CallState.HELD}

TRANSITIONS: Final[dict[CallState, dict[CallStep, CallState]]] = {
    CallState.RINGING: {
        CallStep.RANG: CallState.RINGING,
        CallStep.ONE_RING_ENDED: CallState.RINGING,
        CallStep.ANSWERED: CallState.ENDED,
        CallStep.GAVE_UP: CallState.ENDED,
        CallStep.WITHDRAWN: CallState.ENDED,
        CallStep.MAY_RETURN: CallState.HELD,
        CallStep.WITNESS_LOST: CallState.UNSURE,
        CallStep.LIMIT_REACHED: CallState.ENDED,
        CallStep.WANTED: CallState.TAKING,
        # The word that it failed, or its time, may be over before our answer reached the caller.
        CallStep.IN_OUR_HANDS: CallState.ANSWERED,
        CallStep.FAILED: CallState.RINGING,
        CallStep.PASSED_ON: CallState.ENDED,
    },
    CallState.HELD: {
        CallStep.RANG: CallState.RINGING,
        CallStep.ANSWERED: CallState.ENDED,
        CallStep.HOLD_OVER: CallState.ENDED,
        CallStep.WITNESS_LOST: CallState.UNSURE,
        CallStep.BOARD_FULL: CallState.ENDED,
        CallStep.WANTED: CallState.ARMED,
    },
    CallState.ARMED: {
        CallStep.RANG: CallState.RINGING,
        CallStep.ANSWERED: CallState.ENDED,
        CallStep.HOLD_OVER: CallState.ENDED,
        CallStep.WITNESS_LOST: CallState.UNSURE,
        CallStep.BOARD_FULL: CallState.ENDED,
    },
    CallState.TAKING: {
        CallStep.RANG: CallState.TAKING,
        CallStep.ONE_RING_ENDED: CallState.TAKING,
        CallStep.ANSWERED: CallState.ENDED,
        CallStep.GAVE_UP: CallState.ENDED,
        CallStep.WITHDRAWN: CallState.ENDED,
        CallStep.MAY_RETURN: CallState.ARMED,
        CallStep.WITNESS_LOST: CallState.UNSURE,
        CallStep.IN_OUR_HANDS: CallState.ANSWERED,
        CallStep.FAILED: CallState.RINGING,
        CallStep.PASSED_ON: CallState.ENDED,
    },
    CallState.ANSWERED: {**_IN_OUR_HANDS, CallStep.MAY_RETURN: CallState.ARMED},
    CallState.TAKEN: _IN_OUR_HANDS,
    CallState.KEPT: {**_KEPT, CallStep.SENT_ON: CallState.RETURNING},
    CallState.RETURNING: _KEPT,
    CallState.UNSURE: {
        CallStep.RANG: CallState.RINGING,
        CallStep.ANSWERED: CallState.ENDED,
        CallStep.ENDED_ELSEWHERE: CallState.ENDED,
        CallStep.WITNESS_LOST: CallState.UNSURE,
        CallStep.LIMIT_REACHED: CallState.ENDED,
        CallStep.BOARD_FULL: CallState.ENDED,
    },
    CallState.ENDED: {},
}

_SEEN: Final = frozenset({CallState.RINGING, CallState.HELD, CallState.KEPT, CallState.RETURNING})
_ASKED: Final = frozenset({CallState.ARMED, CallState.TAKING, CallState.ANSWERED})
_IN_QUEUE: Final = frozenset({CallState.HELD, CallState.ARMED})


@dataclass(slots=True)
class Ring:
    """One live INVITE of a call."""

    offer: Offer
    started_ms: InstantMs


@dataclass(slots=True)
class Call:
    """One caller on one line. The board owns it; only `step` changes its state."""

    id: CallId
    line: LineSettings
    number: str = field(repr=False)
    tag: str = field(repr=False)
    call_ids: set[str] = field(repr=False)
    """Call-IDs of all rings so far: as many as the queue has rung, and the ring limit bounds that."""
    started_ms: InstantMs
    shown: bool
    state: CallState = CallState.RINGING
    rings: dict[RingId, Ring] = field(default_factory=dict)
    last_ring_started_ms: InstantMs = InstantMs(0)
    last_ring_ended_ms: InstantMs = InstantMs(0)
    answered: bool = False
    """True once any ring's end said that a colleague answered."""
    gave_up: bool = False
    """True once a ring's end said that the caller hung up; what a lost message leaves open, another ring's
    end may have said. It speaks of the rings since the last gap, as `withdrawn` does."""
    withdrawn: bool = False
    """True once the PBX itself ended a ring, in words that may be believed: a queue that then does not ring
    again has lost its caller."""
    by: UnitId | None = None
    """Which unit's people take the caller, or have them; None if nobody's do."""
    orders: dict[OrderId, UnitId | None] = field(default_factory=dict)
    """For whose people each order was given to have the caller taken; None for the target of last resort."""
    hand: RingId | None = None
    in_hand_ms: InstantMs = InstantMs(0)
    """The ring by which the engine knows a caller in our hands, and since when that leg stands."""
    proves_answers: bool = True
    """False if the phone system of that leg says of every end that somebody else answered."""
    wanted_ms: InstantMs = InstantMs(0)
    """When the caller was last wanted, or the taking last failed."""
    dialled: bool = False
    """True while the desk phone was told to dial for the caller, and has not refused."""
    joined_ms: InstantMs | None = None
    """When a person began to speak with the caller: the wait is over."""
    muted: bool = False
    """True if somebody wants no more sound for this caller."""
    hushed_until_ms: InstantMs = InstantMs(float("-inf"))
    """Until when another unit wants no sound for this caller; stage 3 sounds nevertheless."""
    sounded: int = 0
    """The stage for which a sound was last wanted here."""
    staged_ms: InstantMs = InstantMs(0)
    """When the stage was reached."""
    key: str = ""
    """By what other units know this caller; empty without a bus, or where nothing tells callers apart."""
    fill: int = 1
    """How many of the line's thresholds the wait has passed; it stands still while nobody sees the wait."""
    stage: int = 0
    urgency: Urgency | None = None
    due_ms: InstantMs = InstantMs(0)
    """When time alone next changes something about this call."""

    @property
    def is_seen(self) -> bool:
        """True while somebody sees the caller wait; the tower sounds for nobody else."""
        return self.state in _SEEN

    @property
    def is_takeable(self) -> bool:
        """True while somebody may take the caller."""
        # A ring that ended said that somebody answered: the others are about to end, unless it was us.
        return self.is_seen and (self.is_ours or not self.answered)

    @property
    def is_asked(self) -> bool:
        """True while somebody takes the caller, and it is not yet decided."""
        return self.state in _ASKED

    @property
    def is_ours(self) -> bool:
        """True while the caller is in our hands: whatever becomes of their rings."""
        return self.hand is not None

    @property
    def lasts_until_ms(self) -> InstantMs:
        """Until when the call stands as it does if nothing happens but that time passes."""
        if self.state is CallState.RINGING:
            oldest_ms = min([ring.started_ms for ring in self.rings.values()])
            return InstantMs(oldest_ms + self.line.ring_limit_ms)
        if self.state in _IN_QUEUE:
            return InstantMs(self.last_ring_ended_ms + self.line.hold_ms)
        if self.state is CallState.UNSURE:
            return InstantMs(self.last_ring_started_ms + self.line.ring_limit_ms)
        return NEVER_MS

    @property
    def is_unsure(self) -> bool:
        """True if whoever saw the caller is gone."""
        return self.state is CallState.UNSURE

    def step(self, step: CallStep) -> CallState:
        """Move by one cell of the table and return the new state.

        Raises:
            IllegalStep: the table has no such cell; the state did not move.
        """
        try:
            self.state = TRANSITIONS[self.state][step]
        except KeyError as error:
            raise IllegalStep(
                f"call {self.id} is {self.state.value} and cannot take '{step.value}'"
            ) from error
        return self.state

    def wait_ms(self, now_ms: InstantMs) -> DurationMs:
        """Return how long the caller has waited at this instant, or did until a person spoke with them."""
        until_ms = now_ms if self.joined_ms is None else self.joined_ms
        return DurationMs(until_ms - self.started_ms)


def state_diagram() -> str:
    """Return the table as a Mermaid state diagram, one arrow a cell, in the order of the table."""
    arrows = [
        f"    {state.value} --> {after.value}: {step.value}"
        for state, row in TRANSITIONS.items()
        for step, after in row.items()
    ]
    return "\n".join(
        [
            "stateDiagram-v2",
            f"    [*] --> {CallState.RINGING.value}: a caller rings",
            *arrows,
            f"    {CallState.ENDED.value} --> [*]",
        ]
    )
