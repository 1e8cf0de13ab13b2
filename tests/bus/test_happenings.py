"""Which notices are events of the bus, and how much of a caller each of them shows."""

import pytest

from appliance.bus.happenings import LAST_DIGITS, happening, shown
from appliance.bus.settings import CallerShown
from appliance.core.notices import (
    AwayBegan,
    AwayOver,
    CallArrived,
    CallEnded,
    CallHeld,
    FaultBegan,
    FaultOver,
    HandsetInUse,
    Muted,
    NothingToDo,
    Notice,
    Outcome,
    PressTooLate,
    RegistrationHeld,
    StageReached,
    Urgency,
)
from appliance.core.pickup_notices import PickupArmed, PickupBegan, PickupFailed
from appliance.core.words import Button
from tests.bus.site import OTHER_BOOT, UTC_NOW


def told(notice: Notice) -> dict[str, object]:
    """An event without what each has and without what is empty."""
    event = happening(notice, OTHER_BOOT, 7, UTC_NOW)
    if event is None:
        return {}
    found = event.model_dump(exclude={"v", "at"})
    assert found.pop("id") == "f0f0-7"
    return {name: value for name, value in found.items() if value}


@pytest.mark.parametrize(
    ("notice", "event"),
    [
        (CallArrived(3, "main", True), {"event_type": "ring", "call": "f0f0-3", "line": "main", "stage": 1}),
        (
            StageReached(3, "main", 3, 45_000, Urgency.WAITED),
            {"event_type": "stage", "call": "f0f0-3", "line": "main", "stage": 3, "wait_s": 45.0},
        ),
        (
            PickupBegan(3, "main", "back"),
            {"event_type": "taking", "call": "f0f0-3", "line": "main", "by": "back"},
        ),
        (
            PickupArmed(3, "main", "back"),
            {"event_type": "taking", "call": "f0f0-3", "line": "main", "by": "back"},
        ),
        (
            PickupFailed(3, "main", "486 Busy Here"),
            {"event_type": "taking-failed", "call": "f0f0-3", "line": "main"},
        ),
        (FaultBegan("tower usb", "0301234567 said so"), {"event_type": "fault", "detail": "tower usb"}),
        (FaultOver("tower usb"), {"event_type": "fault-over", "detail": "tower usb"}),
        (Muted(2), {"event_type": "mute"}),
        (AwayBegan(60_000), {"event_type": "away", "detail": "began"}),
        (AwayOver("pressed again"), {"event_type": "away", "detail": "over"}),
        (NothingToDo(Button.LINE_2), {"event_type": "button", "detail": "line-2"}),
        (PressTooLate(Button.MUTE, 5_000), {"event_type": "button", "detail": "mute"}),
        (HandsetInUse("main"), {"event_type": "taking-failed", "line": "main"}),
        (CallHeld(3, "main", 9_000), {}),
        (RegistrationHeld("ext-main"), {}),
    ],
)
def test_a_notice_is_the_event_that_it_is(notice: Notice, event: dict[str, object]) -> None:
    assert told(notice) == event


@pytest.mark.parametrize("outcome", Outcome)
def test_every_outcome_is_an_event_under_its_own_name(outcome: Outcome) -> None:
    assert told(CallEnded(3, "main", outcome, 12_340, "0301234567")) == {
        "event_type": outcome.value, "call": "f0f0-3", "line": "main", "wait_s": 12.3,
    }  # fmt: skip


def test_of_a_number_is_shown_what_the_configuration_allows() -> None:
    assert [shown("0301234567", how) for how in CallerShown] == ["", "4567", "0301234567"]
    assert [shown("", how) for how in CallerShown] == ["", "", ""]
    event = happening(
        CallArrived(3, "main", True), OTHER_BOOT, 1, UTC_NOW, shown("0301234567", CallerShown.LAST4)
    )
    assert event is not None
    assert len(event.caller) == LAST_DIGITS
