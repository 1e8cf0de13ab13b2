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
from appliance.core.words import CallId, DurationMs, InstantMs, RingId


class CallState(StrEnum):
    """Where a call stands."""

    RINGING = "ringing"
    """At least one ring is alive."""
    HELD = "held"
    """In the gap between two rings of a queue: the caller is believed to wait."""
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
    },
    CallState.HELD: {
        CallStep.RANG: CallState.RINGING,
        CallStep.ANSWERED: CallState.ENDED,
        CallStep.HOLD_OVER: CallState.ENDED,
        CallStep.WITNESS_LOST: CallState.UNSURE,
        CallStep.BOARD_FULL: CallState.ENDED,
    },
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
        return self.state in (CallState.RINGING, CallState.HELD)

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
        """Return how long the caller has waited at this instant."""
        return DurationMs(now_ms - self.started_ms)


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
