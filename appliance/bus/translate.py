"""Between the core's words and the bus's payloads. Pure: instants and wall times are arguments.

The core reckons in its own monotonic milliseconds, which mean nothing to anybody else; the bus carries ages.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from appliance.bus.message import Message
from appliance.bus.payloads import (
    AGE_S_MAX,
    VERSION,
    CallOnLine,
    LineState,
    PickupRequest,
    Refusal,
    Response,
    ResponseData,
    Waiting,
)
from appliance.core.bus_events import (
    NeighbourCall,
    NeighbourLine,
    NeighbourState,
    PickupAnswered,
    PickupAsked,
    Verdict,
)
from appliance.core.effects import AnswerPickup, PublishedCall
from appliance.core.words import CallName, DurationMs, InstantMs, LineId, TransactionId, UnitId

WAITING_STATES: Final = frozenset(state for state in NeighbourState if state is not NeighbourState.TAKEN)
"""States of a caller whom nobody speaks with yet."""


def line_state(
    calls: Iterable[PublishedCall], boot: str, rev: int, now_ms: InstantMs, now_utc: datetime
) -> LineState:
    """Say which callers this unit knows on a line."""
    return LineState(
        v=VERSION,
        boot=boot,
        rev=rev,
        calls=tuple(
            CallOnLine(
                call=one.call,
                key=one.key,
                state=one.state.value,
                stage=one.stage,
                urgent=one.urgent,
                since=_since(one.started_ms, now_ms, now_utc),
                age_s=_age_s(one.started_ms, now_ms),
                by=one.by,
            )
            for one in calls
        ),
    )


def waiting(calls: Iterable[PublishedCall], boot: str, now_ms: InstantMs, now_utc: datetime) -> Waiting:
    """Say how many wait at this unit, over all its lines, and who has waited longest."""
    found = sorted(
        (one for one in calls if one.state in WAITING_STATES), key=lambda one: (one.started_ms, one.call)
    )
    oldest = found[0] if found else None
    return Waiting(
        v=VERSION,
        boot=boot,
        count=len(found),
        oldest_since=None if oldest is None else _since(oldest.started_ms, now_ms, now_utc),
        oldest_age_s=None if oldest is None else _age_s(oldest.started_ms, now_ms),
        call="" if oldest is None else oldest.call,
    )


def neighbour_line(unit: UnitId, line: LineId, state: LineState, passed_ms: DurationMs) -> NeighbourLine:
    """Return what another unit knows on a line; `passed_ms` is how old its message is by now."""
    return NeighbourLine(
        unit=unit,
        boot=state.boot,
        line=line,
        rev=state.rev,
        calls=tuple(
            NeighbourCall(
                call=CallName(one.call),
                key=one.key,
                state=NeighbourState(one.state),
                stage=one.stage,
                urgent=one.urgent,
                age_ms=DurationMs(one.age_s * 1000 + passed_ms),
                by=UnitId(one.by),
            )
            for one in state.calls
        ),
    )


def passed_ms(message: Message, expiry_s: int) -> DurationMs:
    """Return how long ago a message was made, from what is left of its expiry.

    Brokers count whole seconds: one that is gone of a message that was not retained is no more than a second
    that turned on the way.
    """
    if message.expiry_s is None:
        return DurationMs(0)
    passed_s = max(0, expiry_s - message.expiry_s)
    if not message.retain and passed_s <= 1:
        passed_s = 0
    return DurationMs(passed_s * 1000)


def pickup_asked(asker: UnitId, request: PickupRequest, age_ms: DurationMs) -> PickupAsked:
    """Return somebody's request for a caller of ours."""
    return PickupAsked(asker, TransactionId(request.transaction), CallName(request.call), age_ms)


def response(answer: AnswerPickup) -> Response:
    """Say what became of a request for a caller of ours."""
    taken = answer.verdict is Verdict.TAKEN_BY_YOU
    return Response(
        v=VERSION,
        status="ok" if taken else "error",
        error="" if taken else _REFUSALS[answer.verdict],
        transaction=answer.transaction,
        data=ResponseData(winner=answer.winner),
    )


_REFUSALS: Final[dict[Verdict, Refusal]] = {
    Verdict.GONE: "gone",
    Verdict.TAKEN: "taken",
    Verdict.NOT_RINGING: "not-ringing",
    Verdict.SIP_DOWN: "sip-down",
    Verdict.STALE: "stale",
    Verdict.REFUSED: "refused",
}


def pickup_answered(owner: UnitId, response: Response) -> PickupAnswered:
    """Return what a caller's owner said to our request."""
    verdict = Verdict.TAKEN_BY_YOU if response.status == "ok" else Verdict(response.error or "refused")
    return PickupAnswered(owner, TransactionId(response.transaction), verdict, UnitId(response.data.winner))


def _age_s(started_ms: InstantMs, now_ms: InstantMs) -> float:
    return round(min(AGE_S_MAX, max(0.0, (now_ms - started_ms) / 1000)), 3)


def _since(started_ms: InstantMs, now_ms: InstantMs, now_utc: datetime) -> datetime:
    return now_utc - timedelta(seconds=_age_s(started_ms, now_ms))
