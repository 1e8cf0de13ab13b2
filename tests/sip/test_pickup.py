"""One caller in our hands, step by step: what is done to legs and sound, and what the unit is told."""

import pytest

from appliance.core.words import CALL_LOST_WHY, OrderId
from appliance.sip.hands import Dial
from appliance.sip.pickup import HAND_OVER_MS, KEY, SETTLE_MS
from tests.sip.pickup_story import GUARDED, PHONE, Story, at, calling, handing_over


def test_a_desk_phone_answers_and_the_phone_system_takes_over() -> None:
    story = Story()
    assert story.did() == []
    story.pickup.caller_connected(at(0))
    assert story.did() == ["answered", "ringback", "call 21"]
    story.pickup.second_rings()
    assert story.did() == ["ringing"]
    story.pickup.second_answered(at(3_000))
    assert story.did() == ["join", "joined"]
    story.pickup.pass_time(at(2_999 + SETTLE_MS))
    assert story.did() == []
    story.pickup.pass_time(at(3_000 + SETTLE_MS))
    assert story.did() == ["hand over"]
    story.pickup.transfer_told(100, False)
    story.pickup.transfer_told(200, True)
    assert story.did() == []
    story.pickup.second_over("it hung up")
    assert story.did() == ["let go", "hang up", "handed-over"]
    assert story.pickup.over


@pytest.mark.parametrize("why", ["it is busy", "it was declined", "it cannot be reached"])
def test_a_desk_phone_that_does_not_answer_leaves_the_caller_with_us(why: str) -> None:
    story = calling()
    story.pickup.second_over(why)
    assert story.did() == ["let go", "ringback", f"failed: {why}"]
    assert not story.pickup.over
    story.pickup.pass_time(at(10**9))
    assert story.did() == []


def test_a_silent_desk_phone_is_given_up_after_its_time_and_not_before() -> None:
    story = calling()
    story.pickup.second_rings()
    story.did()
    story.pickup.pass_time(at(14_999))
    assert story.did() == []
    story.pickup.pass_time(at(15_000))
    assert story.did() == ["let go", "ringback", "failed: nobody answered"]
    story.pickup.second_answered(at(15_001))
    assert story.did() == []


def test_a_caller_who_was_kept_is_taken_again() -> None:
    story = calling()
    story.pickup.second_over("it is busy")
    story.did()
    story.pickup.take(Dial("22"), at(20_000))
    assert story.did() == ["let go", "ringback", "call 22"]
    story.pickup.second_answered(at(21_000))
    assert story.did() == ["join", "joined"]


def test_the_last_word_counts_while_nobody_speaks_and_none_after_it() -> None:
    story = calling()
    story.pickup.take(Dial("22"), at(5_000))
    assert story.did() == ["let go", "ringback", "call 22"]
    story.pickup.pass_time(at(15_000))
    assert story.did() == []
    story.pickup.second_answered(at(16_000))
    story.did()
    story.pickup.take(Dial("23"), at(17_000))
    assert story.did() == []


def test_every_step_is_told_as_one_of_the_order_that_was_taken_up_last() -> None:
    story = Story(Dial("21", order=OrderId(1)))
    assert story.pickup.order == 1
    story.pickup.take(Dial("22", order=OrderId(2)), at(0))
    assert story.pickup.order == 2
    story.pickup.caller_connected(at(1))
    story.pickup.take(Dial("23", order=OrderId(3)), at(2))
    assert story.pickup.order == 3
    story.pickup.second_answered(at(3))
    story.pickup.take(Dial("24", order=OrderId(4)), at(4))
    assert story.pickup.order == 3, "a person speaks with the caller already"


def test_a_word_before_the_leg_stands_replaces_the_first() -> None:
    story = Story()
    story.pickup.take(Dial("22"), at(0))
    story.pickup.caller_connected(at(1))
    assert story.did() == ["answered", "ringback", "call 22"]


def test_a_voicemail_presses_no_key() -> None:
    story = calling(GUARDED)
    story.pickup.second_answered(at(2_000))
    assert story.did() == ["ask for key"]
    story.pickup.key_pressed("5", at(3_000))
    story.pickup.pass_time(at(15_000))
    assert story.did() == ["let go", "ringback", f"failed: nobody pressed {KEY}"]


def test_a_person_presses_the_key() -> None:
    story = calling(GUARDED)
    story.pickup.key_pressed(KEY, at(1_000))
    story.pickup.second_answered(at(2_000))
    assert story.did() == ["ask for key"]
    story.pickup.key_pressed(KEY, at(3_000))
    assert story.did() == ["join", "joined"]


def test_a_voicemail_that_hangs_up_by_itself_leaves_the_caller_with_us() -> None:
    story = calling(GUARDED)
    story.pickup.second_answered(at(2_000))
    story.pickup.second_over("it hung up")
    assert story.did()[-2:] == ["ringback", "failed: it hung up"]


@pytest.mark.parametrize("code", [403, 405, 500, 603])
def test_a_hand_over_that_is_refused_leaves_us_in_between(code: int) -> None:
    story = handing_over()
    story.pickup.transfer_told(code, True)
    assert story.did() == []
    story.pickup.second_over("it hung up")
    assert story.did() == ["let go", "hang up", "left"]


def test_a_lost_notify_leaves_us_in_between() -> None:
    story = handing_over()
    story.pickup.pass_time(at(1_000 + HAND_OVER_MS))
    story.pickup.caller_over("")
    assert story.did() == ["let go", "left"]


def test_a_phone_system_that_lies_about_the_hand_over_ends_nothing() -> None:
    story = handing_over()
    story.pickup.transfer_told(200, True)
    story.pickup.pass_time(at(1_000 + HAND_OVER_MS))
    assert story.did() == []
    story.pickup.second_over("it hung up")
    assert story.did() == ["let go", "hang up", "left"]


def test_a_desk_phone_that_hangs_up_before_the_phone_system_has_answered_ends_the_conversation() -> None:
    story = handing_over()
    story.pickup.second_over("it hung up")
    assert story.did() == ["let go", "hang up", "left"]


def test_a_second_leg_may_be_taken_off_us_before_the_phone_system_says_so() -> None:
    story = handing_over()
    story.pickup.transfer_told(100, False)
    story.pickup.second_over("it hung up")
    assert story.did() == []
    story.pickup.transfer_told(200, True)
    assert story.did() == ["let go", "hang up", "handed-over"]


def test_a_second_leg_that_was_taken_off_us_and_a_lost_notify_are_a_hand_over() -> None:
    story = handing_over()
    story.pickup.transfer_told(100, False)
    story.pickup.second_over("it hung up")
    story.pickup.pass_time(at(999 + HAND_OVER_MS))
    assert story.did() == []
    story.pickup.pass_time(at(1_000 + HAND_OVER_MS))
    assert story.did() == ["let go", "hang up", "handed-over"]


def test_a_second_leg_that_is_lost_in_a_hand_over_that_failed_leaves_the_caller_with_us() -> None:
    story = handing_over()
    story.pickup.transfer_told(100, False)
    story.pickup.second_over("it hung up")
    story.pickup.transfer_told(503, True)
    assert story.did() == ["let go", "ringback", "failed: the phone system lost it in the hand-over"]
    story.pickup.take(PHONE, at(9_000))
    assert story.did() == ["let go", "ringback", "call 21"]


def test_a_caller_whom_the_phone_system_takes_first_was_handed_over_too() -> None:
    story = handing_over()
    story.pickup.transfer_told(200, True)
    story.pickup.caller_over("")
    assert story.did() == ["let go", "handed-over"]


def test_a_caller_who_hangs_up_during_ringback_ends_the_second_leg() -> None:
    story = calling()
    story.pickup.caller_over("")
    assert story.did() == ["let go", "caller-gone"]


def test_a_caller_who_was_answered_elsewhere_meanwhile_is_gone() -> None:
    story = calling()
    story.pickup.caller_over("somebody else was quicker")
    assert story.did() == ["let go", "caller-gone: somebody else was quicker"]


def test_a_caller_whom_the_phone_system_has_lost_is_gone_or_has_spoken_with_somebody() -> None:
    waits, speaks = calling(), calling()
    speaks.pickup.second_answered(at(1_000))
    for story in (waits, speaks):
        story.did()
        story.pickup.caller_over(CALL_LOST_WHY)
    assert waits.did() == ["let go", f"caller-gone: {CALL_LOST_WHY}"]
    assert speaks.did() == ["let go", "left"]


def test_a_caller_whom_the_phone_system_gives_to_a_colleague_after_all_did_not_speak_here() -> None:
    story = calling()
    story.pickup.second_answered(at(1_000))
    story.did()
    story.pickup.caller_over("somebody else was quicker")
    assert story.did() == ["let go", "caller-gone: somebody else was quicker"]


def test_a_leg_that_ends_before_it_stands_is_only_a_ring_that_ended() -> None:
    story = Story()
    story.pickup.caller_over("")
    assert story.did() == ["let go"]
    assert story.pickup.over


def test_a_hook_ends_an_attempt_but_never_a_caller_who_waits() -> None:
    story = calling()
    story.pickup.hang_up()
    assert story.did() == ["let go", "ringback", "failed: it was hung up here"]
    story.pickup.hang_up()
    assert story.did() == []


def test_a_hook_before_the_leg_stands_calls_nobody() -> None:
    story = Story()
    story.pickup.hang_up()
    story.pickup.caller_connected(at(0))
    assert story.did() == ["answered", "ringback", "let go", "ringback", "failed: it was hung up here"]


def test_an_engine_that_stops_drops_who_waits_and_ends_who_talks() -> None:
    story = calling()
    story.pickup.stop()
    assert story.did() == ["let go", "hang up", "dropped: the unit was told to stop"]
    story = handing_over()
    story.pickup.stop()
    assert story.did() == ["let go", "hang up", "left: the unit was told to stop"]
