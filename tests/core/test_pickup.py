"""Stories of a caller who is taken by a press: whoever comes or does not, the caller is never lost by it."""

import pytest

from appliance.core.calls import CallState
from appliance.core.effects import ReturnCaller, TakeRing
from appliance.core.moments import SHOWN_MS
from appliance.core.notices import NothingToDo, Outcome
from appliance.core.picture import Showing
from appliance.core.settings import PickupSettings
from appliance.core.words import Button, DurationMs, InstantMs, Way
from tests.core.desk import COLLEAGUE_ANSWERED, Desk
from tests.core.pickups import (
    ANSWERED,
    BY_PHONE,
    FAILED,
    HANDED_OVER,
    JOINED,
    RINGING,
    desk_with_a_phone,
    endings,
    nobody_comes,
    states,
)


def test_a_press_takes_the_caller_for_the_desk_phone_and_the_lamps_say_how_far_it_is() -> None:
    desk = desk_with_a_phone()
    assert desk.shows() == "Main: waiting, stage 1 fill 1; line-1 takeable"
    desk.taps(Button.LINE_1, at_s=11)
    assert desk.orders == [TakeRing("a", Way.PHONE, "201")]
    assert desk.shows() == "Main: asked, stage 1 fill 1; line-1 asked"
    desk.engine_says("a", ANSWERED, at_s=11.2)
    desk.engine_says("a", RINGING, at_s=11.5)
    assert desk.shows(at_s=15) == "Main: asked, stage 1 fill 1; line-1 asked"
    desk.engine_says("a", JOINED, at_s=16)
    assert desk.shows() == "Main: taken; line-1 steady"
    desk.engine_says("a", HANDED_OVER, at_s=16.5)
    assert desk.shows() == "Main: taken; line-1 steady"
    assert desk.shows(at_s=16.5 + SHOWN_MS[Showing.TAKEN] / 1000) == "dark"
    assert endings(desk) == [(Outcome.ANSWERED_HERE, 15)]


def test_where_no_target_is_declared_a_press_is_answered_and_does_nothing() -> None:
    desk = desk_with_a_phone(pickup=PickupSettings())
    desk.taps(Button.LINE_1, at_s=11)
    assert desk.shows() == "Main: waiting, stage 1 fill 1"
    assert (desk.orders, desk.notices) == ([], [NothingToDo(Button.LINE_1)])


def test_the_longest_waiter_of_the_line_is_taken_and_the_other_one_is_shown_beside_him() -> None:
    desk = Desk.registered(pickup=BY_PHONE)
    desk.rings("young", on="main", at_s=5)
    desk.rings("old", on="main", at_s=6, age_s=5)
    desk.rings("oldest", on="lab", at_s=7, age_s=7)
    desk.taps(Button.LINE_1, at_s=10)
    assert desk.orders == [TakeRing("old", Way.PHONE, "201")]
    desk.engine_says("old", ANSWERED)
    desk.engine_says("old", JOINED, at_s=12)
    assert desk.shows() == (
        "Main: waiting, stage 1 fill 1, taken; Lab: waiting, stage 1 fill 1; line-1 takeable; line-2 takeable"
    )


def test_a_press_while_talking_takes_the_next_caller_only_if_one_waits_and_never_hangs_up() -> None:
    desk = desk_with_a_phone()
    desk.taps(Button.LINE_1, at_s=11)
    desk.engine_says("a", ANSWERED)
    desk.engine_says("a", JOINED, at_s=12)
    desk.taps(Button.LINE_1, at_s=13)
    assert desk.orders == [TakeRing("a", Way.PHONE, "201")]
    desk.rings("b", at_s=14)
    desk.taps(Button.LINE_1, at_s=15)
    assert desk.orders == [TakeRing("a", Way.PHONE, "201"), TakeRing("b", Way.PHONE, "201")]
    assert states(desk) == [CallState.TAKEN, CallState.TAKING]


def test_a_second_press_takes_nobody_while_the_first_one_is_not_decided() -> None:
    desk = desk_with_a_phone()
    desk.rings("b", at_s=11)
    for at_s in (12, 13, 14):
        desk.taps(Button.LINE_1, at_s=at_s)
    desk.engine_says("a", ANSWERED)
    desk.taps(Button.LINE_1, at_s=15)
    assert desk.orders == [TakeRing("a", Way.PHONE, "201")]
    assert desk.board.picture.lamps[0].blinks == 4


@pytest.mark.parametrize("why", ["nobody answered", "486 Busy Here", "403 Forbidden", "the leg was lost"])
def test_whom_nobody_takes_is_shown_again_with_the_whole_wait_and_anyone_may_take_him(why: str) -> None:
    desk = desk_with_a_phone()
    desk.taps(Button.LINE_1, at_s=11)
    desk.engine_says("a", ANSWERED)
    desk.forget()
    desk.engine_says("a", FAILED, at_s=26, why=why)
    assert desk.shows() == "Main: failed, stage 2 fill 2; line-1 failed"
    assert desk.shows(at_s=27) == "Main: waiting, stage 2 fill 2; line-1 takeable"
    assert desk.sounds == [(26.0, "waiting")]
    desk.taps(Button.LINE_1, at_s=30)
    assert desk.orders == [TakeRing("a", Way.PHONE, "201")]
    assert desk.shows() == "Main: asked, stage 2 fill 2; line-1 asked"
    desk.engine_says("a", JOINED, at_s=33)
    desk.engine_says("a", HANDED_OVER, at_s=33.5)
    assert endings(desk) == [(Outcome.ANSWERED_HERE, 32)]


def test_whom_nobody_takes_may_be_taken_again_though_our_other_ring_was_told_of_an_answer() -> None:
    desk = Desk.registered(pickup=BY_PHONE)
    desk.rings("a", caller="0301", tag="one", at_s=1)
    desk.rings("beside it", caller="0301", tag="one", at_s=1)
    desk.taps(Button.LINE_1, at_s=11)
    desk.engine_says("a", ANSWERED)
    # It was ours: the phone system says it to all other phones of the group.
    desk.cancelled("beside it", COLLEAGUE_ANSWERED, at_s=11.1)
    desk.engine_says("a", FAILED, at_s=26)
    desk.forget()
    desk.taps(Button.LINE_1, at_s=30)
    assert desk.orders == [TakeRing("a", Way.PHONE, "201")]


def test_whom_nobody_takes_is_heard_again_though_the_stage_is_the_same() -> None:
    desk = desk_with_a_phone()
    desk.taps(Button.LINE_1, at_s=11)
    desk.engine_says("a", ANSWERED)
    desk.engine_says("a", FAILED, at_s=15, why="486 Busy Here")
    assert desk.sounds == [(15.0, "arrived")]


def test_after_the_set_time_the_caller_goes_to_the_return_target_and_again_if_nobody_comes() -> None:
    desk = desk_with_a_phone()
    nobody_comes(desk)
    desk.forget()
    desk.wait_until(85.9)
    assert desk.orders == []
    desk.wait_until(86)
    assert desk.orders == [ReturnCaller("a", "600")]
    assert desk.shows() == "Main: urgent, stage 3 fill 3; line-1 takeable"
    desk.engine_says("a", FAILED, at_s=100)
    desk.wait_until(160)
    assert desk.orders == [ReturnCaller("a", "600")] * 2
    desk.engine_says("a", JOINED, at_s=170)
    assert desk.shows() == "Main: closing"
    desk.engine_says("a", HANDED_OVER, at_s=170.5)
    assert desk.shows(at_s=172) == "dark"
    assert endings(desk) == [(Outcome.OVERFLOWED, 169)]


def test_a_caller_on_the_way_to_the_return_target_is_taken_back_by_a_press() -> None:
    desk = desk_with_a_phone()
    nobody_comes(desk)
    desk.wait_until(90)
    desk.forget()
    desk.taps(Button.LINE_1, at_s=90)
    assert desk.orders == [TakeRing("a", Way.PHONE, "201")]
    desk.engine_says("a", JOINED, at_s=91)
    desk.engine_says("a", HANDED_OVER, at_s=92)
    assert endings(desk) == [(Outcome.ANSWERED_HERE, 90)]


def test_a_return_target_that_rings_us_again_brings_the_same_caller_and_the_wait_is_unbroken() -> None:
    desk = desk_with_a_phone()
    nobody_comes(desk)
    desk.wait_until(86)
    desk.rings("again", caller="a", at_s=87)
    assert desk.shows(at_s=88) == "Main: urgent, stage 3 fill 3; line-1 takeable"
    [call] = desk.board.view(InstantMs(88_000)).calls
    assert call.ring_count == 1
    assert call.wait_ms == DurationMs(87_000)
    desk.engine_says("a", JOINED, at_s=90)
    desk.cancelled("again", COLLEAGUE_ANSWERED, at_s=90.1)
    desk.engine_says("a", HANDED_OVER, at_s=90.5)
    assert endings(desk) == [(Outcome.OVERFLOWED, 89)]


def test_whoever_is_sent_on_to_ring_here_again_is_one_caller_though_the_phone_system_tags_them_anew() -> None:
    desk = Desk.registered(pickup=BY_PHONE)
    desk.rings("a", caller="0301", tag="first", at_s=1)
    nobody_comes(desk)
    desk.wait_until(86)
    # To a group of two extensions of ours, and somebody else at the same number calls a moment later.
    desk.rings("again", caller="0301", tag="second", at_s=87)
    desk.rings("again, beside it", caller="0301", tag="second", at_s=87)
    desk.rings("b", caller="0301", tag="third", at_s=90)
    sent_on, other = desk.board.view(InstantMs(90_000)).calls
    assert (sent_on.state, sent_on.ring_count, sent_on.wait_ms) == (
        CallState.RETURNING,
        2,
        DurationMs(89_000),
    )
    assert (other.state, other.ring_count, other.wait_ms) == (CallState.RINGING, 1, DurationMs(0))


def test_whoever_is_kept_and_not_sent_on_does_not_ring_under_another_tag() -> None:
    desk = Desk.registered(pickup=BY_PHONE)
    desk.rings("a", caller="0301", tag="first", at_s=1)
    nobody_comes(desk)
    desk.rings("b", caller="0301", tag="second", at_s=30)
    assert states(desk) == [CallState.KEPT, CallState.RINGING]


def test_two_anonymous_callers_stay_two_while_one_is_sent_on() -> None:
    desk = Desk.registered(pickup=BY_PHONE)
    desk.rings("a", caller="", tag="first", at_s=1)
    nobody_comes(desk)
    desk.wait_until(86)
    desk.rings("b", caller="", tag="second", at_s=87)
    assert states(desk) == [CallState.RETURNING, CallState.RINGING]
