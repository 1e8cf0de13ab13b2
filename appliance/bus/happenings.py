"""What the board told, as events of the bus. Pure; no notice names a caller, and of a number comes what may.

A notice that is of no use outside the unit (a registration's refresh, a part of the lamp test) is no event.
"""

from datetime import datetime
from typing import Final, assert_never

from appliance.bus.payloads import AGE_S_MAX, VERSION, EventType, Happening
from appliance.bus.settings import CallerShown
from appliance.core.notices import (
    AwayBegan,
    AwayOver,
    CallArrived,
    CallEnded,
    FaultBegan,
    FaultOver,
    HandsetInUse,
    Muted,
    NothingToDo,
    Notice,
    PressTooLate,
    StageReached,
)
from appliance.core.pickup_notices import PickupArmed, PickupBegan, PickupFailed
from appliance.core.words import CallId, DurationMs, LineId

LAST_DIGITS: Final = 4
"""As many as a bank shows of a card: enough to tell two callers of now apart, and too few to call one."""


def shown(number: str, how: CallerShown) -> str:
    """Return as much of a caller's number as may be shown."""
    match how:
        case CallerShown.NONE:
            return ""
        case CallerShown.LAST4:
            return number[-LAST_DIGITS:]
        case CallerShown.ALL:
            return number
        case _:
            assert_never(how)


def happening(notice: Notice, boot: str, count: int, now_utc: datetime, caller: str = "") -> Happening | None:
    """Return the event that tells this notice, or None if it is no event; `count` makes its id."""

    def told(
        event_type: EventType,
        call: CallId | None = None,
        line: LineId | None = None,
        wait_ms: DurationMs = DurationMs(0),
        stage: int = 0,
        detail: str = "",
        by: str = "",
    ) -> Happening:
        return Happening(
            v=VERSION,
            event_type=event_type,
            id=f"{boot}-{count}",
            at=now_utc,
            call="" if call is None else f"{boot}-{call}",
            line=line or "",
            by=by,
            stage=stage,
            wait_s=round(min(AGE_S_MAX, max(0.0, wait_ms / 1000)), 1),
            detail=detail,
            caller=caller,
        )

    match notice:
        case CallArrived(call, line):
            return told("ring", call, line, stage=1)
        case StageReached(call, line, stage, wait_ms):
            return told("stage", call, line, wait_ms, stage)
        case CallEnded(call, line, outcome, wait_ms):
            return told(outcome.value, call, line, wait_ms)
        case PickupBegan(call, line, by) | PickupArmed(call, line, by):
            return told("taking", call, line, by=by)
        case PickupFailed(call, line):
            return told("taking-failed", call, line)
        case HandsetInUse(line):
            return told("taking-failed", line=line)
        case FaultBegan(fault):
            # The reason may quote a phone system's own words, and stays here.
            return told("fault", detail=fault)
        case FaultOver(fault):
            return told("fault-over", detail=fault)
        case Muted():
            return told("mute")
        case AwayBegan():
            return told("away", detail="began")
        case AwayOver():
            return told("away", detail="over")
        case NothingToDo(button) | PressTooLate(button):
            return told("button", detail=button.value)
        case _:
            return None
