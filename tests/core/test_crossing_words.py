"""Stories of a word that crosses an order: the engine speaks of what was over before it heard the next."""

from appliance.core.effects import DialPickup, ReturnCaller, TakeRing
from appliance.core.events import StopAsked
from appliance.core.notices import Outcome
from appliance.core.pickup import TAKING_MS_MAX
from appliance.core.settings import PickupSettings
from appliance.core.words import Button, ExtensionId, Way
from tests.core.desk import Desk
from tests.core.pickups import (
    ANSWERED,
    FAILED,
    HANDED_OVER,
    JOINED,
    RINGING,
    desk_with_a_phone,
    endings,
    nobody_comes,
)

TO_DESK_PHONE, TO_RETURN_TARGET = TakeRing("a", Way.PHONE, "201"), ReturnCaller("a", "600")


def desk_told_to_stop() -> Desk:
    """The desk phone rings for a caller in our hands as the unit is told to end: they are sent on."""
    desk = desk_with_a_phone()
    desk.taps(Button.LINE_1, at_s=11)
    desk.engine_says("a", ANSWERED)
    desk.tell(StopAsked(), at_s=14)
    assert desk.orders == [TO_DESK_PHONE, TO_RETURN_TARGET]
    return desk


def desk_that_sends_on() -> Desk:
    """The desk phone did not answer, and a minute later the return target is called; it is second 90."""
    desk = desk_with_a_phone()
    nobody_comes(desk)
    desk.wait_until(90)
    assert desk.orders == [TO_DESK_PHONE, TO_RETURN_TARGET]
    return desk


def test_a_desk_phone_that_declines_as_its_caller_is_sent_on_speaks_not_for_the_return_target() -> None:
    desk = desk_told_to_stop()
    desk.engine_says("a", FAILED, at_s=14.01, why="486 Busy Here", crossed=1)
    assert desk.board.holds_callers
    assert desk.shows(at_s=15) == "Main: waiting, stage 1 fill 1"
    desk.engine_says("a", RINGING, at_s=15)
    desk.engine_says("a", JOINED, at_s=16)
    desk.engine_says("a", HANDED_OVER, at_s=17)
    assert endings(desk) == [(Outcome.OVERFLOWED, 15)]
    assert not desk.board.holds_callers


def test_a_desk_phone_that_answers_as_its_caller_is_sent_on_has_the_caller() -> None:
    desk = desk_told_to_stop()
    desk.engine_says("a", JOINED, at_s=14.01, crossed=1)
    assert desk.shows(at_s=15) == "Main: taken; line-1 steady"
    assert desk.board.holds_callers
    desk.engine_says("a", HANDED_OVER, at_s=15, crossed=1)
    assert endings(desk) == [(Outcome.ANSWERED_HERE, 13.01)]
    assert not desk.board.holds_callers


def test_a_caller_whom_the_hand_over_lost_while_the_unit_ends_is_sent_on_after_all() -> None:
    desk = desk_told_to_stop()
    desk.engine_says("a", JOINED, at_s=14.01, crossed=1)
    desk.engine_says("a", FAILED, at_s=16, why="the phone system lost it in the hand-over", crossed=1)
    assert desk.orders == [TO_DESK_PHONE, TO_RETURN_TARGET, TO_RETURN_TARGET]
    assert desk.board.holds_callers
    desk.engine_says("a", FAILED, at_s=17)
    assert not desk.board.holds_callers, "the return target itself did not take them"


def test_a_return_target_that_declines_as_the_caller_is_taken_back_leaves_the_press_undecided() -> None:
    desk = desk_that_sends_on()
    desk.taps(Button.LINE_1, at_s=90)
    desk.engine_says("a", FAILED, at_s=90.1, why="486 Busy Here", crossed=1)
    assert desk.orders[2:] == [TO_DESK_PHONE]
    assert desk.shows() == "Main: asked, stage 3 fill 3; line-1 asked"
    desk.engine_says("a", JOINED, at_s=92)
    desk.engine_says("a", HANDED_OVER, at_s=93)
    assert endings(desk) == [(Outcome.ANSWERED_HERE, 91)]


def test_a_return_target_that_answers_as_the_caller_is_taken_back_has_the_caller() -> None:
    desk = desk_that_sends_on()
    desk.taps(Button.LINE_1, at_s=90)
    desk.engine_says("a", JOINED, at_s=90.1, crossed=1)
    assert desk.shows() == "Main: closing"
    desk.engine_says("a", HANDED_OVER, at_s=91, crossed=1)
    assert endings(desk) == [(Outcome.OVERFLOWED, 89.1)]


def test_an_engine_that_refuses_the_first_press_as_the_second_comes_leaves_that_one_undecided() -> None:
    desk = desk_with_a_phone()
    desk.taps(Button.LINE_1, at_s=11)
    given_up_s = 11 + TAKING_MS_MAX / 1000
    assert desk.shows(at_s=given_up_s) == "Main: failed, stage 1 fill 1; line-1 failed"
    desk.taps(Button.LINE_1, at_s=17)
    desk.engine_says("a", FAILED, at_s=17.1, why="its sound is not encrypted", crossed=1)
    assert desk.shows() == "Main: asked, stage 1 fill 1; line-1 asked"
    desk.engine_says("a", FAILED, at_s=17.2, why="its sound is not encrypted")
    assert desk.shows() == "Main: failed, stage 1 fill 1; line-1 failed"


def test_a_desk_phone_that_refuses_to_dial_late_says_nothing_of_the_press_after() -> None:
    desk = desk_with_a_phone(pickup=PickupSettings(Way.DIAL))
    desk.taps(Button.LINE_1, at_s=11)
    desk.taps(Button.LINE_1, at_s=17)
    assert desk.orders == [DialPickup("a", ExtensionId("ext-main"))] * 2
    desk.engine_says("a", FAILED, at_s=17.1, why="the desk phone answered 404", crossed=1)
    assert desk.shows() == "Main: asked, stage 1 fill 1; line-1 asked"
