"""When to register where, told in instants."""

from appliance.core.words import DurationMs, InstantMs
from appliance.sip.registering import Registering, Standing

EXPIRY = DurationMs(120_000)


def steady() -> float:
    """Chance that neither stretches nor shortens a pause."""
    return 0.5


def at(ms: float) -> InstantMs:
    return InstantMs(ms)


def test_the_first_attempt_is_due_at_once_and_only_once() -> None:
    one = Registering(1, steady)
    assert one.attempt(at(0)) == 0
    assert one.attempt(at(0)) is None
    assert one.accepted(0, EXPIRY, at(5)) == Standing(True, 200, "", EXPIRY)
    assert one.held
    assert one.attempt(at(100_000)) is None


def test_a_registrar_that_is_down_is_asked_after_2_s_and_then_every_15_s() -> None:
    one = Registering(1, steady)
    assert one.attempt(at(0)) == 0
    assert one.failed(0, 503, "Service Unavailable", at(10)) == Standing(False, 503, "Service Unavailable")
    assert one.attempt(at(2_009)) is None
    assert one.attempt(at(2_010)) == 0
    one.failed(0, 503, "", at(2_020))
    assert one.attempt(at(17_019)) is None
    assert one.attempt(at(17_020)) == 0
    one.failed(0, 503, "", at(17_030))
    assert one.attempt(at(32_029)) is None
    assert one.attempt(at(32_030)) == 0


def test_a_wrong_password_is_asked_again_slowly_and_said_as_such() -> None:
    one = Registering(1, steady)
    one.attempt(at(0))
    assert one.failed(0, 401, "Unauthorized", at(10)) == Standing(
        False, 401, "wrong user or password; the next attempt is in 150 s"
    )
    assert one.attempt(at(150_009)) is None
    assert one.attempt(at(150_010)) == 0


def test_a_registrar_that_refuses_the_password_is_spared_though_another_one_of_the_list_is_only_down() -> (
    None
):
    one = Registering(2, steady)
    assert one.attempt(at(0)) == 0
    assert one.failed(0, 401, "Unauthorized", at(0)) == Standing(False, 401, "wrong user or password")
    assert one.attempt(at(250)) == 1
    assert one.failed(1, 503, "no route", at(250)) == Standing(
        False, 503, "no route; the next attempt is in 150 s"
    )
    assert one.attempt(at(150_249)) is None
    assert one.attempt(at(150_250)) == 0
    # It says nothing of the password this time, so the list goes round as it does else.
    one.failed(0, 503, "", at(150_250))
    assert one.attempt(at(150_500)) == 1
    one.failed(1, 503, "", at(150_500))
    assert one.attempt(at(165_499)) is None
    assert one.attempt(at(165_500)) == 0


def test_a_registrar_that_accepts_us_makes_a_wrong_password_elsewhere_a_thing_of_the_past() -> None:
    one = Registering(2, steady)
    one.attempt(at(0))
    one.failed(0, 401, "Unauthorized", at(0))
    assert one.attempt(at(250)) == 1
    one.accepted(1, EXPIRY, at(260))
    assert one.failed(1, 503, "", at(100_000)) == Standing(False, 503, "")
    assert one.attempt(at(101_999)) is None
    assert one.attempt(at(102_000)) == 0


def test_the_registrars_are_tried_in_order_and_then_all_over_again() -> None:
    one = Registering(3, steady)
    assert one.attempt(at(0)) == 0
    one.failed(0, 503, "", at(0))
    assert one.attempt(at(249)) is None
    assert one.attempt(at(250)) == 1
    one.failed(1, 503, "", at(250))
    assert one.attempt(at(500)) == 2
    one.failed(2, 503, "", at(500))
    assert one.attempt(at(2_499)) is None
    assert one.attempt(at(2_500)) == 0


def test_one_that_was_held_elsewhere_goes_on_from_there() -> None:
    one = Registering(2, steady)
    one.attempt(at(0))
    one.failed(0, 408, "", at(0))
    one.attempt(at(250))
    one.accepted(1, EXPIRY, at(260))
    # The refresh fails: the list goes round from here.
    assert one.failed(1, 503, "gone", at(100_000)) == Standing(False, 503, "gone")
    assert one.attempt(at(102_000)) == 0


def test_no_answer_within_8_s_counts_as_lost_and_a_late_one_still_counts() -> None:
    one = Registering(1, steady)
    one.attempt(at(0))
    assert one.pass_time(at(7_999)) is None
    assert one.pass_time(at(8_000)) == Standing(False, 408, "no answer")
    # The library gives up on the same question later: nothing new.
    assert one.failed(0, 408, "Request Timeout", at(9_000)) is None
    assert one.accepted(0, EXPIRY, at(9_500)) == Standing(True, 200, "", EXPIRY)
    assert one.attempt(at(60_000)) is None


def test_a_late_answer_of_a_registrar_that_was_given_up_changes_nothing() -> None:
    one = Registering(2, steady)
    one.attempt(at(0))
    one.pass_time(at(8_000))
    assert one.attempt(at(8_250)) == 1
    assert one.failed(0, 408, "Request Timeout", at(8_300)) is None
    one.accepted(1, EXPIRY, at(8_400))
    assert one.failed(0, 408, "Request Timeout", at(32_000)) is None
    assert one.held


def test_a_registration_without_a_refresh_for_one_and_a_half_times_its_expiry_is_lost() -> None:
    one = Registering(1, steady)
    one.attempt(at(0))
    one.accepted(0, EXPIRY, at(0))
    one.accepted(0, EXPIRY, at(115_000))
    assert one.pass_time(at(294_999)) is None
    assert one.pass_time(at(295_000)) == Standing(False, 408, "no refresh for 1.5 times the expiry")
    assert one.pass_time(at(296_000)) is None
    assert one.attempt(at(297_000)) == 0


def test_a_doubt_asks_again_within_a_quarter_of_a_second_and_loses_nothing_by_itself() -> None:
    one = Registering(1, steady)
    one.attempt(at(0))
    one.accepted(0, EXPIRY, at(0))
    one.doubt(at(1_000))
    assert one.held
    assert one.attempt(at(1_124)) is None
    assert one.attempt(at(1_125)) == 0
    one.doubt(at(1_130))
    assert one.attempt(at(3_000)) is None, "an answer is awaited already"
    assert one.pass_time(at(9_125)) == Standing(False, 408, "no answer")
    assert not one.held


def test_pauses_differ_by_a_tenth_from_unit_to_unit() -> None:
    for chance, first_ms in ((0.0, 1_800), (1.0, 2_200)):
        one = Registering(1, lambda chance=chance: chance)  # type: ignore[misc]
        one.attempt(at(0))
        one.failed(0, 503, "", at(0))
        assert one.attempt(at(first_ms - 1)) is None
        assert one.attempt(at(first_ms)) == 0
