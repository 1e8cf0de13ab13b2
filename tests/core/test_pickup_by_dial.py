"""Stories of a desk phone that is told to dial for the caller: the caller rings on until it has them."""

from appliance.core.effects import DialPickup
from appliance.core.notices import Outcome
from appliance.core.pickup import TAKING_MS_MAX
from appliance.core.pickup_notices import PickupFailed
from appliance.core.settings import PickupSettings
from appliance.core.words import Button, CallId, ExtensionId, LineId, Way
from tests.core.desk import CALLER_GAVE_UP, COLLEAGUE_ANSWERED, NOBODY_SAYS, Desk, line
from tests.core.pickups import FAILED, desk_with_a_phone, endings

BY_DIAL = PickupSettings(Way.DIAL)
DIAL_FOR_A = DialPickup("a", ExtensionId("ext-main"))


def desk_that_dials() -> Desk:
    """A press, and the desk phone was told to dial for the caller."""
    desk = desk_with_a_phone(pickup=BY_DIAL)
    desk.taps(Button.LINE_1, at_s=11)
    assert desk.orders == [DIAL_FOR_A]
    return desk


def test_the_desk_phone_dials_and_has_the_caller() -> None:
    desk = desk_that_dials()
    assert desk.shows() == "Main: asked, stage 1 fill 1; line-1 asked"
    desk.cancelled("a", COLLEAGUE_ANSWERED, at_s=11.4)
    assert desk.shows() == "Main: taken; line-1 steady"
    assert endings(desk) == [(Outcome.ANSWERED_HERE, 10.4)]
    assert desk.shows(at_s=15) == "dark"


def test_a_phone_that_will_not_dial_leaves_the_caller_ringing_with_the_wait_unbroken() -> None:
    desk = desk_that_dials()
    desk.engine_says("a", FAILED, at_s=11.2, why="the desk phone answered 404")
    assert desk.shows() == "Main: failed, stage 1 fill 1; line-1 failed"
    assert PickupFailed(CallId(1), LineId("main"), "the desk phone answered 404") in desk.notices
    assert desk.shows(at_s=21) == "Main: waiting, stage 2 fill 2; line-1 takeable"
    desk.cancelled("a", COLLEAGUE_ANSWERED, at_s=22)
    assert endings(desk) == [(Outcome.ANSWERED_ELSEWHERE, 21)]


def test_a_phone_that_says_yes_and_does_not_get_the_caller_has_failed_after_a_while() -> None:
    desk = desk_that_dials()
    late_s = 11 + TAKING_MS_MAX / 1000
    assert desk.shows(at_s=late_s - 0.1) == "Main: asked, stage 1 fill 1; line-1 asked"
    assert desk.shows(at_s=late_s) == "Main: failed, stage 1 fill 1; line-1 failed"
    assert PickupFailed(CallId(1), LineId("main"), "the desk phone did not get the caller") in desk.notices
    desk.taps(Button.LINE_1, at_s=20)
    assert desk.orders == [DIAL_FOR_A, DIAL_FOR_A]


def test_a_caller_who_hangs_up_while_the_phone_dials_has_given_up() -> None:
    desk = desk_that_dials()
    desk.cancelled("a", CALLER_GAVE_UP, at_s=11.4)
    assert endings(desk) == [(Outcome.ABANDONED, 10.4)]


def test_a_press_in_a_queues_gap_has_the_phone_dial_at_the_next_ring() -> None:
    desk = desk_with_a_phone(line("main", queue=True), pickup=BY_DIAL)
    desk.cancelled("a", NOBODY_SAYS, at_s=12)
    desk.taps(Button.LINE_1, at_s=13)
    assert desk.orders == []
    desk.rings("b", caller="a", at_s=17)
    assert desk.orders == [DialPickup("b", ExtensionId("ext-main"))]


def test_a_press_while_the_phone_dials_dials_for_nobody_else() -> None:
    desk = desk_that_dials()
    desk.rings("b", at_s=11.1)
    desk.taps(Button.LINE_1, at_s=11.2)
    assert desk.orders == [DIAL_FOR_A]
