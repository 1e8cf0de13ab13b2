"""Stories of presses at a bad moment: the caller goes, a queue pauses, the engine is slow."""

from dataclasses import replace

import pytest

from appliance.core.calls import CallState
from appliance.core.effects import HangUp, TakeRing
from appliance.core.events import Reason, RingStarted
from appliance.core.notices import CallEnded, CallRangAgain, Outcome
from appliance.core.pickup import TAKING_MS_MAX
from appliance.core.pickup_notices import PickupFailed
from appliance.core.settings import PickupSettings
from appliance.core.words import (
    CALL_LOST_WHY,
    QUICKER_WHY,
    Button,
    CallId,
    DurationMs,
    LineId,
    PickupStep,
    Way,
)
from tests.core.desk import CALLER_GAVE_UP, COLLEAGUE_ANSWERED, NOBODY_SAYS, Desk, extension, line
from tests.core.pickups import (
    ANSWERED,
    BY_PHONE,
    FAILED,
    HANDED_OVER,
    JOINED,
    LEFT,
    desk_with_a_phone,
    endings,
    nobody_comes,
    states,
)


def test_a_caller_who_hangs_up_in_our_hands_has_given_up_and_the_lamp_blinks_once() -> None:
    desk = desk_with_a_phone()
    desk.taps(Button.LINE_1, at_s=11)
    desk.engine_says("a", ANSWERED)
    desk.engine_says("a", PickupStep.CALLER_GONE, at_s=14)
    assert desk.shows() == "dark"
    assert desk.board.picture.lamps[0].blinks == 2
    assert endings(desk) == [(Outcome.ABANDONED, 13)]


@pytest.mark.parametrize("reasons", [CALLER_GAVE_UP, COLLEAGUE_ANSWERED])
def test_a_press_as_the_caller_goes_is_answered_by_one_more_blink(reasons: tuple[Reason, ...]) -> None:
    desk = desk_with_a_phone()
    desk.taps(Button.LINE_1, at_s=11)
    desk.cancelled("a", reasons, at_s=11.4)
    desk.engine_says("a", PickupStep.CALLER_GONE, at_s=11.5)
    assert desk.board.picture.lamps[0].blinks == 2
    answered = reasons is COLLEAGUE_ANSWERED
    assert endings(desk) == [(Outcome.ANSWERED_ELSEWHERE if answered else Outcome.ABANDONED, 10.4)]
    assert desk.shows(at_s=13) == "dark"


def test_a_colleague_whose_answer_came_first_though_ours_was_sent_has_the_caller() -> None:
    desk = desk_with_a_phone()
    desk.taps(Button.LINE_1, at_s=11)
    desk.engine_says("a", ANSWERED)
    desk.engine_says("a", PickupStep.CALLER_GONE, at_s=11.5, why=QUICKER_WHY)
    assert desk.shows() == "Main: closing"
    assert endings(desk) == [(Outcome.ANSWERED_ELSEWHERE, 10.5)]


def test_a_caller_whom_the_phone_system_lost_in_our_hands_did_not_give_up() -> None:
    desk = desk_with_a_phone()
    desk.taps(Button.LINE_1, at_s=11)
    desk.engine_says("a", ANSWERED)
    desk.engine_says("a", PickupStep.FAILED, at_s=11.4, why="it is busy")
    desk.engine_says("a", PickupStep.CALLER_GONE, at_s=31, why=CALL_LOST_WHY)
    assert endings(desk) == [(Outcome.UNKNOWN, 30)]
    assert desk.shows(at_s=32) == "dark"


def test_a_colleague_who_is_given_the_caller_after_our_desk_phone_answered_has_them() -> None:
    desk = desk_with_a_phone()
    desk.taps(Button.LINE_1, at_s=11)
    desk.engine_says("a", ANSWERED)
    desk.engine_says("a", JOINED, at_s=11.4)
    desk.engine_says("a", PickupStep.CALLER_GONE, at_s=11.5, why=QUICKER_WHY)
    assert desk.shows() == "Main: closing"
    assert endings(desk) == [(Outcome.ANSWERED_ELSEWHERE, 10.4)]


def test_an_engine_that_does_not_answer_in_time_has_failed_and_a_late_answer_still_counts() -> None:
    desk = desk_with_a_phone()
    desk.presses(Button.LINE_1, at_s=11)
    desk.releases(Button.LINE_1, at_s=11.1)
    late_s = 11 + TAKING_MS_MAX / 1000
    assert desk.shows(at_s=late_s - 0.001) == "Main: asked, stage 1 fill 1; line-1 asked"
    assert desk.shows(at_s=late_s) == "Main: failed, stage 1 fill 1; line-1 failed"
    desk.engine_says("a", ANSWERED, at_s=late_s + 0.5)
    desk.engine_says("a", JOINED, at_s=late_s + 3)
    assert desk.shows() == "Main: taken; line-1 steady"


def test_a_taking_that_fails_before_the_answer_leaves_the_ring_as_it_was() -> None:
    desk = desk_with_a_phone()
    desk.taps(Button.LINE_1, at_s=11)
    desk.engine_says("a", FAILED, at_s=11.3, why="there is no sound device")
    assert desk.shows() == "Main: failed, stage 1 fill 1; line-1 failed"
    assert states(desk) == [CallState.RINGING]
    desk.cancelled("a", COLLEAGUE_ANSWERED, at_s=14)
    assert endings(desk) == [(Outcome.ANSWERED_ELSEWHERE, 13)]


def test_neither_the_engines_list_nor_what_other_phones_hear_ends_a_caller_in_our_hands() -> None:
    extensions = (extension("e1", "main"), extension("e2", "main"))
    desk = Desk.registered(line("main"), extensions=extensions, pickup=BY_PHONE)
    desk.rings("a1", on="e1", caller="ann", tag="t", at_s=1)
    desk.rings("a2", on="e2", caller="ann", tag="t", at_s=1)
    desk.taps(Button.LINE_1, at_s=5)
    desk.cancelled("a2", COLLEAGUE_ANSWERED, at_s=5.2)
    desk.engine_says("a1", ANSWERED)
    desk.lists(at_s=6)
    assert states(desk) == [CallState.ANSWERED]
    desk.engine_says("a1", FAILED, at_s=20)
    desk.lists(at_s=21)
    assert desk.shows() == "Main: waiting, stage 2 fill 2; line-1 takeable"


def test_a_press_in_a_queues_gap_is_armed_and_the_next_ring_is_taken() -> None:
    desk = desk_with_a_phone(line("main", queue=True, hold_s=8))
    desk.cancelled("a", NOBODY_SAYS, at_s=12)
    assert desk.shows() == "Main: held, stage 1 fill 1; line-1 takeable"
    desk.taps(Button.LINE_1, at_s=13)
    assert desk.shows() == "Main: asked, stage 1 fill 1; line-1 asked"
    assert desk.orders == []
    desk.rings("a-again", caller="a", at_s=17)
    assert desk.orders == [TakeRing("a-again", Way.PHONE, "201")]
    desk.engine_says("a-again", ANSWERED)
    desk.engine_says("a-again", JOINED, at_s=19)
    assert desk.shows() == "Main: taken; line-1 steady"


def test_an_armed_press_whose_hold_time_is_over_finds_the_caller_gone() -> None:
    desk = desk_with_a_phone(line("main", queue=True, hold_s=8))
    desk.cancelled("a", NOBODY_SAYS, at_s=12)
    desk.taps(Button.LINE_1, at_s=13)
    assert desk.shows(at_s=19.9) == "Main: asked, stage 1 fill 1; line-1 asked"
    assert desk.shows(at_s=20) == "dark"
    assert desk.board.picture.lamps[0].blinks == 2
    desk.rings("b", at_s=25)
    assert desk.orders == []


def test_a_press_in_the_last_instant_of_a_queues_ring_is_armed_by_it() -> None:
    desk = desk_with_a_phone(line("main", queue=True, hold_s=8))
    desk.taps(Button.LINE_1, at_s=11)
    desk.cancelled("a", NOBODY_SAYS, at_s=11.2)
    desk.engine_says("a", PickupStep.CALLER_GONE)
    assert desk.shows() == "Main: asked, stage 1 fill 1; line-1 asked"
    desk.rings("a-again", caller="a", at_s=16)
    assert desk.orders == [TakeRing("a", Way.PHONE, "201"), TakeRing("a-again", Way.PHONE, "201")]


def test_a_press_that_comes_too_late_takes_nobody() -> None:
    desk = desk_with_a_phone()
    desk.presses(Button.LINE_1, at_s=20, age_s=4.1)
    assert (desk.orders, states(desk)) == ([], [CallState.RINGING])


def test_a_redirected_caller_is_the_phone_systems_and_the_outcome_says_so() -> None:
    desk = desk_with_a_phone(pickup=replace(BY_PHONE, way=Way.REDIRECT))
    desk.taps(Button.LINE_1, at_s=11)
    assert desk.orders == [TakeRing("a", Way.REDIRECT, "201")]
    desk.engine_says("a", HANDED_OVER, at_s=11.1)
    desk.cancelled("a", at_s=11.2)
    assert desk.shows() == "Main: closing"
    assert endings(desk) == [(Outcome.REDIRECTED, 10.1)]


def test_the_handset_put_back_ends_the_conversation_on_it_and_no_other() -> None:
    desk = desk_with_a_phone(pickup=replace(BY_PHONE, way=Way.HANDSET))
    desk.releases(Button.HOOK, at_s=11)
    desk.taps(Button.LINE_1, at_s=11)
    desk.engine_says("a", ANSWERED)
    desk.engine_says("a", JOINED)
    assert desk.orders == [TakeRing("a", Way.HANDSET)]
    desk.releases(Button.HOOK, at_s=60)
    assert desk.orders[1:] == [HangUp("a")]
    desk.engine_says("a", LEFT, at_s=60.1)
    assert endings(desk) == [(Outcome.ANSWERED_HERE, 10.1)]


def test_the_settings_of_the_desk_phone_go_with_the_order() -> None:
    headers = ("Call-Info: <sip:light>;answer-after=0",)
    pickup = PickupSettings(Way.PHONE, "*80201", headers, True, DurationMs(9_000))
    desk = desk_with_a_phone(pickup=pickup)
    desk.taps(Button.LINE_1, at_s=11)
    assert desk.orders == [TakeRing("a", Way.PHONE, "*80201", headers, True, DurationMs(9_000))]


def test_a_kept_caller_and_one_who_just_comes_are_two_and_each_is_taken_by_a_press() -> None:
    desk = desk_with_a_phone()
    nobody_comes(desk)
    desk.tell(RingStarted(desk.offer("b", "main")), at_s=28)
    assert desk.shows() == "Main: waiting, stage 2 fill 2, marks 1; line-1 takeable"
    desk.taps(Button.LINE_1, at_s=29)
    desk.engine_says("a", JOINED, at_s=30)
    desk.taps(Button.LINE_1, at_s=31)
    assert desk.orders[1:] == [TakeRing("a", Way.PHONE, "201"), TakeRing("b", Way.PHONE, "201")]


def test_the_handset_put_back_before_the_word_of_the_conversation_came_ends_it_all_the_same() -> None:
    desk = desk_with_a_phone(pickup=replace(BY_PHONE, way=Way.HANDSET))
    desk.taps(Button.LINE_1, at_s=11)
    desk.releases(Button.HOOK, at_s=11.2)
    assert desk.orders[1:] == [HangUp("a")]
    desk.engine_says("a", ANSWERED)
    desk.releases(Button.HOOK, at_s=11.3)
    assert desk.orders[2:] == [HangUp("a")]
    desk.engine_says("a", FAILED, why="it was hung up here")
    desk.releases(Button.HOOK, at_s=20)
    assert (len(desk.orders), states(desk)) == (3, [CallState.KEPT])


def test_of_a_caller_with_two_rings_one_is_redirected_and_it_is_told_that_the_other_rings_on() -> None:
    desk = desk_with_a_phone(line("main"), pickup=replace(BY_PHONE, way=Way.REDIRECT))
    desk.tell(RingStarted(desk.offer("b", caller="a", call_id="call-id-a")), at_s=11)
    desk.taps(Button.LINE_1, at_s=12)
    desk.forget()
    desk.engine_says("a", HANDED_OVER, at_s=12.1)
    assert desk.notices == [CallRangAgain(CallId(1), LineId("main"), DurationMs(11_100))]
    assert desk.shows() == "Main: waiting, stage 1 fill 1; line-1 takeable"


def test_that_taking_failed_is_told_before_the_end_of_the_caller_who_rang_for_too_long_meanwhile() -> None:
    desk = desk_with_a_phone(line("main", ring_limit_s=12))
    desk.taps(Button.LINE_1, at_s=11)
    desk.forget()
    desk.wait_until(15.1)
    assert [type(one) for one in desk.notices] == [PickupFailed, CallEnded]
