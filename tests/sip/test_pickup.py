"""One caller in our hands, step by step: what is done to legs and sound, and what the unit is told."""

import pytest

from appliance.core.words import DurationMs, InstantMs, PickupStep
from appliance.sip.pickup import HAND_OVER_MS, KEY, SETTLE_MS, Dial, Pickup

PHONE = Dial("21", answer_within_ms=DurationMs(15_000))
GUARDED = Dial("21", confirm_key=True, answer_within_ms=DurationMs(15_000))
HANDSET = Dial("")


def at(ms: float) -> InstantMs:
    return InstantMs(ms)


class Recorder:
    """The hands: keeps all that was asked of them, in order."""

    def __init__(self) -> None:
        self.done: list[str] = []

    def call(self, dial: Dial) -> None:
        self.done.append(f"call {dial.target}")

    def let_go(self) -> None:
        self.done.append("let go")

    def ring_back(self) -> None:
        self.done.append("ringback")

    def ask_for_key(self) -> None:
        self.done.append("ask for key")

    def join(self) -> None:
        self.done.append("join")

    def hand_over(self) -> None:
        self.done.append("hand over")

    def hang_up(self) -> None:
        self.done.append("hang up")

    def tell(self, step: PickupStep, why: str) -> None:
        self.done.append(f"{step}: {why}" if why else step.value)


class Story:
    """A pickup and its hands; what was done since it was last asked."""

    def __init__(self, dial: Dial = PHONE) -> None:
        self._hands = Recorder()
        self.pickup = Pickup(self._hands, dial)

    def did(self) -> list[str]:
        done, self._hands.done = self._hands.done, []
        return done


def calling(dial: Dial = PHONE) -> Story:
    """The second leg is being called, since instant 0."""
    story = Story(dial)
    story.pickup.caller_connected(at(0))
    story.did()
    return story


def handing_over() -> Story:
    """A person speaks with the caller, and at instant 1000 the phone system was asked to take over."""
    story = calling()
    story.pickup.second_answered(at(1_000 - SETTLE_MS))
    story.pickup.pass_time(at(1_000))
    assert story.did() == ["join", "joined", "hand over"]
    return story


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


def test_a_handset_is_joined_at_once_and_its_hook_ends_the_conversation() -> None:
    story = Story(HANDSET)
    story.pickup.caller_connected(at(0))
    assert story.did() == ["answered", "ringback", "join", "joined"]
    story.pickup.hang_up()
    assert story.did() == ["let go", "hang up", "left"]


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
