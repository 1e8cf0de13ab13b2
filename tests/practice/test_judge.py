"""The judge of the demonstration believes nothing: each way in which a tower could lie makes it say so."""

from dataclasses import replace

from appliance.core.picture import Overlay, Picture, Segment, Showing
from appliance.core.words import DurationMs, InstantMs
from tests.peers.trace import Ending, Placed
from tests.practice.expected import Excuse, JudgedLine, Taking, Witnessed
from tests.practice.judge import Shown, judge

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
        "Appointments, 2.00 s: shown dark, and was waiting at stage 1",
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
        "Appointments, 4.00 s: shown waiting at stage 1, and was waiting at stage 2",
    )


def test_a_stage_that_comes_late_is_found_and_one_within_the_tolerance_is_not() -> None:
    late = replace(TRUE[2], at_ms=InstantMs(4_001))
    assert judge([PATIENT], [*TRUE[:2], late, *TRUE[3:]], LINES).troubles == (
        "Appointments, 4.00 s: shown waiting at stage 1, and was waiting at stage 2",
    )
    just = replace(TRUE[2], at_ms=InstantMs(3_999))
    assert judge([PATIENT], [*TRUE[:2], just, *TRUE[3:]], LINES).troubles == ()


def test_a_stage_that_comes_early_is_found() -> None:
    early = replace(TRUE[2], at_ms=InstantMs(2_900))
    assert judge([PATIENT], [*TRUE[:2], early, *TRUE[3:]], LINES).troubles == (
        "Appointments, 2.90 s: shown waiting at stage 2, and was waiting at stage 1",
    )


def test_a_tower_that_is_not_dark_after_the_end_is_found() -> None:
    assert judge([PATIENT], TRUE[:-1], LINES).troubles == (
        "Appointments, 8.00 s: shown urgent at stage 3, and was dark",
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
    second = Placed("b", "0302", "700", InstantMs(1_500), Ending.ANSWERED, InstantMs(2_900))
    closed = Segment("", Showing.CLOSING)
    shown = [*TRUE[:2], at(1_510, waiting(1, 1_002, 1)), at(2_905, waiting(1, 1_002)), *TRUE[2:]]
    verdict = judge([PATIENT, second], shown, LINES)
    assert (verdict.troubles, verdict.latencies_ms) == ((), (3.0, 10.0))
    unmarked = judge([PATIENT, second], TRUE, LINES)
    assert unmarked.troubles == (
        "Appointments, 2.50 s: shown waiting at stage 1, and was waiting at stage 1 and 1 more",
        "Appointments: the caller of 1.50 s was never shown",
    )
    # A segment closes only after a colleague answered.
    assert judge([PATIENT], [*TRUE, at(7_300, closed), at(7_900)], LINES).troubles == (
        "Appointments, 7.30 s: shown closing, and was dark",
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
    assert judge([waits_on], TRUE[:3], LINES, Witnessed(until_ms=5_950)).troubles == ()
    assert judge([waits_on], TRUE[:3], LINES, Witnessed(until_ms=6_050)).troubles == (
        "Appointments, 6.00 s: shown waiting at stage 2, and was urgent at stage 3",
    )


def test_nothing_is_asked_of_a_caller_placed_when_a_picture_had_no_time_left() -> None:
    waits_on = replace(PATIENT, ending=None, ended_at_ms=None)
    assert judge([waits_on], [at(0)], LINES, Witnessed(until_ms=1_999)).troubles == ()
    assert judge([waits_on], [at(0)], LINES, Witnessed(until_ms=2_001)).troubles == (
        "Appointments, 2.00 s: shown dark, and was waiting at stage 1",
        "Appointments: the caller of 1.00 s was never shown",
    )
    # One who was lit in time is counted all the same.
    assert judge([waits_on], TRUE[:2], LINES, Witnessed(until_ms=1_400)).latencies_ms == (3.0,)


def test_what_a_unit_shows_while_another_ends_after_the_last_instant_is_not_judged() -> None:
    unsure = Segment("", Showing.UNSURE, 2, 2, waiting_since_ms=InstantMs(1_002))
    later = [*TRUE[:3], at(4_000, unsure), at(4_100, unsure, unsure)]
    assert judge([PATIENT], later, LINES, Witnessed(until_ms=3_900)).troubles == ()
    assert judge([PATIENT], later, LINES, Witnessed(until_ms=4_200)).troubles != ()


TAKEN = replace(
    PATIENT,
    ending=Ending.ANSWERED,
    ended_at_ms=InstantMs(3_510),
    answered_by="light",
    left_at_ms=InstantMs(6_000),
)
"""The patient, whom somebody took by a press in the back office, and who spoke for two seconds there."""
PRESSED = {"a": Taking("back", pressed_at_ms=3_500, connected_at_ms=4_000)}
ASKED = Segment("", Showing.ASKED, 2, 2, waiting_since_ms=InstantMs(1_002))
OURS = Segment("", Showing.TAKEN)


def test_a_caller_taken_at_the_back_is_steady_there_and_closes_at_the_front() -> None:
    asked = [*TRUE[:3], at(3_502, ASKED)]
    back = [*asked, at(4_003, OURS), at(6_004)]
    front = [*asked, at(4_003, Segment("", Showing.CLOSING)), at(5_004)]
    assert judge([TAKEN], back, LINES, Witnessed("back", PRESSED)).troubles == ()
    assert judge([TAKEN], front, LINES, Witnessed("front", PRESSED)).troubles == ()
    assert judge([TAKEN], front, LINES, Witnessed("back", PRESSED)).troubles == (
        "Appointments, 4.00 s: shown closing, and was taken",
        "Appointments, 5.00 s: shown dark, and was taken",
    )
    assert judge([TAKEN], back, LINES, Witnessed("front", PRESSED)).troubles == (
        "Appointments, 4.00 s: shown taken, and was dark",
    )


def test_a_press_that_nobody_made_and_one_that_is_not_shown_are_found() -> None:
    unasked = [*TRUE[:2], at(2_000, replace(ASKED, stage=1)), *TRUE[2:]]
    assert judge([PATIENT], unasked, LINES).troubles == (
        "Appointments, 2.00 s: shown asked at stage 1, and was waiting at stage 1",
    )
    later = {"a": replace(PRESSED["a"], connected_at_ms=5_000)}
    unseen = [*TRUE[:3], at(5_003, OURS), at(6_004)]
    assert judge([TAKEN], unseen, LINES, Witnessed("back", later)).troubles == (
        "Appointments, 4.50 s: shown waiting at stage 2, and was asked at stage 2",
    )


def test_a_conversation_may_be_shown_for_three_seconds_after_its_end_and_beside_a_new_caller() -> None:
    second = Placed("b", "0302", "700", InstantMs(7_000), Ending.GAVE_UP, InstantMs(8_000))
    beside = replace(waiting(1, 7_002), taken=True)
    shown = [*TRUE[:3], at(3_502, ASKED), at(4_003, OURS), at(7_003, beside), at(8_004, OURS)]
    assert judge([TAKEN, second], [*shown, at(9_004)], LINES, Witnessed("back", PRESSED)).troubles == ()
    assert judge([TAKEN, second], [*shown, at(10_050)], LINES, Witnessed("back", PRESSED)).troubles == (
        "Appointments, 10.00 s: shown taken, and was dark",
    )


def test_what_somebody_has_spoiled_is_not_judged_and_only_that() -> None:
    lost = Shown(InstantMs(2_000), replace(TRUE[0].picture, overlay=Overlay.LOST))
    unsure = at(2_500, Segment("", Showing.UNSURE, 1, 1, waiting_since_ms=InstantMs(1_002)))
    shown = [*TRUE[:2], lost, unsure, *TRUE[2:]]
    assert len(judge([PATIENT], shown, LINES).troubles) == 3
    assert judge([PATIENT], shown, LINES, Witnessed(excuses=[Excuse(1_990, 3_000)])).troubles == ()
    one_line = Witnessed(excuses=[Excuse(1_990, 3_000, "Appointments")])
    assert judge([PATIENT], shown, LINES, one_line).troubles == ("2.00 s: the tower said lost",)
    other_line = Witnessed(excuses=[Excuse(1_990, 3_000, "Doctors' line")])
    assert len(judge([PATIENT], shown, LINES, other_line).troubles) == 3


def test_a_phone_system_shown_as_lost_a_number_of_no_line_and_an_empty_record_are_found() -> None:
    lost = Shown(InstantMs(8_000), replace(TRUE[0].picture, overlay=Overlay.LOST))
    assert judge([PATIENT], [*TRUE, lost], LINES).troubles == ("8.00 s: the tower said lost",)
    astray = replace(PATIENT, dialled="799")
    assert judge([astray], [at(0)], LINES).troubles == ("799 is no line's number",)
    assert judge([PATIENT], [], LINES).troubles == ("the tower showed nothing at all",)
