"""The judge of the demonstration believes nothing: each way in which a tower could lie makes it say so."""

from dataclasses import replace

from appliance.core.picture import Overlay, Picture, Segment, Showing
from appliance.core.words import DurationMs, InstantMs
from tests.peers.trace import Ending, Placed
from tests.practice.judge import JudgedLine, Shown, judge

THRESHOLDS_MS = (DurationMs(0), DurationMs(2_000), DurationMs(4_000))
LINES = (
    JudgedLine("Appointments", ("700", "701"), THRESHOLDS_MS),
    JudgedLine("Doctors' line", ("710",), THRESHOLDS_MS),
)
PATIENT = Placed("a", "0301", "700", InstantMs(1_000), Ending.GAVE_UP, InstantMs(7_000))
DARK = Segment("")


def waiting(stage: int, since_ms: float, marks: int = 0) -> Segment:
    showing = Showing.URGENT if stage == 3 else Showing.WAITING
    return Segment("", showing, stage, stage, marks, waiting_since_ms=InstantMs(since_ms))


def at(at_ms: float, first: Segment = DARK, second: Segment = DARK) -> Shown:
    return Shown(InstantMs(at_ms), Picture((first, second)))


TRUE = (
    at(0),
    at(1_003, waiting(1, 1_002)),
    at(3_003, waiting(2, 1_002)),
    at(5_003, waiting(3, 1_002)),
    at(7_004),
)


def test_a_tower_that_tells_the_truth_is_believed_and_the_way_from_invite_to_picture_is_measured() -> None:
    verdict = judge([PATIENT], TRUE, LINES)
    assert verdict.troubles == ()
    assert (verdict.placed_count, verdict.latencies_ms) == (1, (3.0,))


def test_a_caller_on_the_wrong_line_is_found_on_both_lines() -> None:
    swapped = [Shown(s.at_ms, Picture(s.picture.segments[::-1])) for s in TRUE]
    assert judge([PATIENT], swapped, LINES).troubles == (
        "Appointments, 1.50 s: shown dark, and was waiting at stage 1",
        "Appointments, 3.00 s: shown dark, and was waiting at stage 2",
        "Appointments, 5.00 s: shown dark, and was urgent at stage 3",
        "Appointments: the caller of 1.00 s was never shown",
        "Doctors' line, 1.00 s: shown waiting at stage 1, and was dark",
        "Doctors' line, 3.00 s: shown waiting at stage 2, and was dark",
        "Doctors' line, 5.00 s: shown urgent at stage 3, and was dark",
    )


def test_a_missing_stage_is_found() -> None:
    without = [shown for shown in TRUE if shown.picture.segments[0].stage != 2]
    assert judge([PATIENT], without, LINES).troubles == (
        "Appointments, 3.50 s: shown waiting at stage 1, and was waiting at stage 2",
    )


def test_a_stage_that_comes_late_is_found_and_one_within_the_tolerance_is_not() -> None:
    late = replace(TRUE[2], at_ms=InstantMs(3_501))
    assert judge([PATIENT], [*TRUE[:2], late, *TRUE[3:]], LINES).troubles == (
        "Appointments, 3.50 s: shown waiting at stage 1, and was waiting at stage 2",
    )
    just = replace(TRUE[2], at_ms=InstantMs(3_499))
    assert judge([PATIENT], [*TRUE[:2], just, *TRUE[3:]], LINES).troubles == ()


def test_a_stage_that_comes_early_is_found() -> None:
    early = replace(TRUE[2], at_ms=InstantMs(2_900))
    assert judge([PATIENT], [*TRUE[:2], early, *TRUE[3:]], LINES).troubles == (
        "Appointments, 2.90 s: shown waiting at stage 2, and was waiting at stage 1",
    )


def test_a_tower_that_is_not_dark_after_the_end_is_found() -> None:
    assert judge([PATIENT], TRUE[:-1], LINES).troubles == (
        "Appointments, 7.50 s: shown urgent at stage 3, and was dark",
    )


def test_a_tower_that_goes_dark_while_the_caller_waits_is_found() -> None:
    gap = [*TRUE[:2], at(2_000), at(2_600, waiting(1, 1_002)), *TRUE[2:]]
    assert judge([PATIENT], gap, LINES).troubles == (
        "Appointments, 2.00 s: shown dark, and was waiting at stage 1",
    )


def test_a_caller_too_quick_to_be_seen_late_must_still_have_been_shown() -> None:
    quick = replace(PATIENT, ended_at_ms=InstantMs(1_300))
    assert judge([quick], [at(0)], LINES).troubles == ("Appointments: the caller of 1.00 s was never shown",)
    assert judge([quick], [at(0), at(1_200, waiting(1, 1_100)), at(1_310)], LINES).troubles == ()


def test_two_callers_need_a_mark_and_each_has_a_way_of_its_own() -> None:
    second = Placed("b", "0302", "700", InstantMs(2_000), Ending.ANSWERED, InstantMs(2_900))
    closed = Segment("", Showing.CLOSING)
    shown = [*TRUE[:2], at(2_010, waiting(1, 1_002, 1)), at(2_905, waiting(1, 1_002)), *TRUE[2:]]
    verdict = judge([PATIENT, second], shown, LINES)
    assert (verdict.troubles, verdict.latencies_ms) == ((), (3.0, 10.0))
    unmarked = judge([PATIENT, second], TRUE, LINES)
    assert unmarked.troubles == (
        "Appointments, 2.50 s: shown waiting at stage 1, and was waiting at stage 1 and 1 more",
        "Appointments: the caller of 2.00 s was never shown",
    )
    # A segment closes only after a colleague answered.
    assert judge([PATIENT], [*TRUE, at(7_300, closed), at(7_900)], LINES).troubles == (
        "Appointments, 7.30 s: shown closing at stage 0, and was dark",
    )
    answered = replace(PATIENT, ending=Ending.ANSWERED)
    assert judge([answered], [*TRUE[:-1], at(7_004, closed), at(8_004)], LINES).troubles == ()


def test_a_wait_that_starts_anew_is_found() -> None:
    anew = at(3_003, waiting(2, 3_002))
    assert judge([PATIENT], [*TRUE[:2], anew, *TRUE[3:]], LINES).troubles == (
        "Appointments, 3.00 s: the wait does not begin with a caller",
    )


def test_a_caller_who_still_waits_is_judged_until_the_end_of_the_record() -> None:
    waits_on = replace(PATIENT, dialled="701", ending=None, ended_at_ms=None)
    assert judge([waits_on], TRUE[:3], LINES, until_ms=5_400).troubles == ()
    assert judge([waits_on], TRUE[:3], LINES, until_ms=5_600).troubles == (
        "Appointments, 5.50 s: shown waiting at stage 2, and was urgent at stage 3",
    )


def test_nothing_is_asked_of_a_caller_placed_when_a_picture_had_no_time_left() -> None:
    waits_on = replace(PATIENT, ending=None, ended_at_ms=None)
    assert judge([waits_on], [at(0)], LINES, until_ms=1_499).troubles == ()
    assert judge([waits_on], [at(0)], LINES, until_ms=1_501).troubles == (
        "Appointments, 1.50 s: shown dark, and was waiting at stage 1",
        "Appointments: the caller of 1.00 s was never shown",
    )
    # One who was lit in time is counted all the same.
    assert judge([waits_on], TRUE[:2], LINES, until_ms=1_400).latencies_ms == (3.0,)


def test_a_phone_system_shown_as_lost_a_number_of_no_line_and_an_empty_record_are_found() -> None:
    lost = Shown(InstantMs(8_000), replace(TRUE[0].picture, overlay=Overlay.LOST))
    assert judge([PATIENT], [*TRUE, lost], LINES).troubles == ("8.00 s: the tower said lost",)
    astray = replace(PATIENT, dialled="799")
    assert judge([astray], [at(0)], LINES).troubles == ("799 is no line's number",)
    assert judge([PATIENT], [], LINES).troubles == ("the tower showed nothing at all",)
