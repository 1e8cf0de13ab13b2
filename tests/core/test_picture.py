"""What wins where several things hold at once, and how a picture settles on the beat of the one before it."""

from itertools import combinations

import pytest

from appliance.core.beats import STEP_MS
from appliance.core.picture import (
    LIVE,
    SWEEP_MS,
    SWEEPS_APART_MIN_MS,
    Overlay,
    Picture,
    Segment,
    Showing,
    is_rested,
    settle,
    winner,
)
from appliance.core.words import InstantMs
from tests.core.lights import Watcher, at_step, watch

ORDER = (
    Showing.FAILED,
    Showing.ASKED,
    Showing.URGENT,
    Showing.WAITING,
    Showing.HELD,
    Showing.TAKEN,
    Showing.UNSURE,
    Showing.TESTED,
    Showing.CLOSING,
    Showing.LINE_LOST,
    Showing.NOTHING,
)
"""The table as product.md has it, from what matters most to darkness."""

DARK = Picture((Segment("Main"), Segment("Lab")))
WAITS = Segment("Main", Showing.WAITING, 1, 1)
LAB_WAITS = Segment("Lab", Showing.WAITING, 1, 1)
LAB_URGENT = Segment("Lab", Showing.URGENT, 3, 3)
NOBODY, LAB_NOBODY = Segment("Main"), Segment("Lab")


def tower(main: Segment = NOBODY, lab: Segment = LAB_NOBODY, overlay: Overlay = Overlay.NONE) -> Picture:
    return Picture((main, lab), overlay=overlay)


def entered(picture: Picture) -> list[float]:
    """When each segment enters, in steps of the grid after the epoch."""
    return [round((segment.entered_ms - picture.epoch_ms) / STEP_MS, 6) for segment in picture.segments]


def test_the_order_of_what_a_line_shows_is_the_table_of_what_wins() -> None:
    assert tuple(Showing) == ORDER


@pytest.mark.parametrize(("first", "second"), list(combinations(ORDER, 2)))
def test_of_every_pair_the_one_higher_in_the_table_is_shown(first: Showing, second: Showing) -> None:
    assert winner([first, second]) is first
    assert winner([second, first]) is first


def test_of_all_at_once_the_highest_is_shown_and_of_none_nothing() -> None:
    assert winner(reversed(ORDER)) is Showing.FAILED
    assert winner([]) is Showing.NOTHING


def test_whatever_a_person_must_act_on_comes_before_what_is_merely_so() -> None:
    assert max(LIVE) < min(set(Showing) - LIVE)


def test_the_first_caller_of_a_quiet_tower_is_lit_at_once_whenever_that_is() -> None:
    picture = settle(DARK, tower(WAITS), InstantMs(1234.5))
    assert picture.epoch_ms == InstantMs(1234.5)
    assert picture.segments[0].entered_ms == InstantMs(1234.5)
    assert at_step(picture, 0) == "BB...... ........"


def test_a_second_line_comes_on_with_the_next_step_and_falls_into_the_beat_of_the_first() -> None:
    picture = settle(DARK, tower(WAITS), InstantMs(0))
    picture = settle(picture, tower(WAITS, LAB_WAITS), InstantMs(5.2 * STEP_MS))
    assert entered(picture) == [0, 6]
    # The first is dark until step 7; the second comes on at 6 and stays until both go dark together.
    assert [at_step(picture, step) for step in (5.5, 6, 7, 10, 10.5, 13.5, 14)] == [
        "........ ........",
        "........ BB......",
        "BB...... BB......",
        "BB...... BB......",
        "........ ........",
        "........ ........",
        "BB...... BB......",
    ]


def test_a_light_that_comes_on_late_in_the_lit_half_is_lit_for_a_whole_half_and_more() -> None:
    picture = settle(DARK, tower(WAITS), InstantMs(0))
    picture = settle(picture, tower(WAITS, LAB_WAITS), InstantMs(2.9 * STEP_MS))
    lit = [at_step(picture, half / 2)[9] == "B" for half in range(6, 28)]
    assert lit == [True] * 15 + [False] * 7


def test_a_segment_whose_look_changes_is_dark_until_two_steps_after_it_last_can_have_come_on() -> None:
    picture = settle(DARK, tower(WAITS), InstantMs(0))
    picture = settle(picture, tower(Segment("Main", Showing.WAITING, 2, 2)), InstantMs(2.3 * STEP_MS))
    assert entered(picture)[0] == 4
    assert [at_step(picture, step)[:8] for step in (2.5, 3.5, 4)] == ["........", "........", "AAAA...."]


def test_a_change_that_nobody_can_see_leaves_the_beat_alone() -> None:
    picture = settle(DARK, tower(WAITS), InstantMs(0))
    since = Segment("Main", Showing.WAITING, 1, 1, waiting_since_ms=InstantMs(-5_000))
    assert entered(settle(picture, tower(since), InstantMs(900)))[0] == 0


def test_settling_the_same_picture_again_changes_nothing() -> None:
    picture = settle(DARK, tower(WAITS, LAB_URGENT, Overlay.LOST), InstantMs(10))
    assert settle(picture, tower(WAITS, LAB_URGENT, Overlay.LOST), InstantMs(777.7)) == picture
    dark = settle(picture, tower(), InstantMs(800))
    assert settle(dark, tower(), InstantMs(9_999)) == dark


def test_a_caller_who_leaves_and_comes_back_at_once_waits_for_the_lamp_and_not_for_the_picture() -> None:
    picture = settle(DARK, tower(WAITS), InstantMs(0))
    picture = settle(picture, tower(), InstantMs(20))
    assert not is_rested(picture, InstantMs(20))
    picture = settle(picture, tower(WAITS), InstantMs(40))
    assert picture.segments[0].showing is Showing.WAITING
    assert picture.segments[0].entered_ms >= 2 * STEP_MS
    assert picture.segments[0].entered_ms - 40 <= 2 * STEP_MS


def test_calls_that_flap_twenty_times_a_second_never_make_a_segment_flash_more_than_three_times() -> None:
    picture, shown = DARK, []
    for number in range(100):
        at_ms = InstantMs(50 * number)
        picture = settle(picture, tower(WAITS if number % 2 == 0 else NOBODY), at_ms)
        shown.append((at_ms, picture))
    watcher = Watcher().see(watch(shown, InstantMs(5_000)))
    assert watcher.too_often() == []
    assert len(watcher.came_on["segment 0"]) > 7


def test_the_loss_of_the_phone_system_begins_on_all_segments_at_one_instant() -> None:
    picture = settle(DARK, tower(WAITS), InstantMs(0))
    picture = settle(picture, tower(overlay=Overlay.LOST), InstantMs(4.5 * STEP_MS))
    assert entered(picture) == [6, 6]


def test_a_caller_who_is_there_stays_visible_while_the_phone_system_is_lost() -> None:
    picture = settle(DARK, tower(WAITS, overlay=Overlay.LOST), InstantMs(0))
    assert at_step(picture, 0).startswith("BB......")
    assert at_step(picture, 0)[9:] != "........"


def test_two_sweeps_begin_at_least_a_second_apart() -> None:
    first = settle(DARK, tower(overlay=Overlay.SWEEP), InstantMs(0))
    between = settle(first, tower(), InstantMs(500))
    second = settle(between, tower(overlay=Overlay.SWEEP), InstantMs(600))
    assert second.overlay_entered_ms - first.overlay_entered_ms >= SWEEPS_APART_MIN_MS
    far = settle(between, tower(overlay=Overlay.SWEEP), InstantMs(5_000))
    assert far.overlay_entered_ms == InstantMs(5_000)


def test_a_sweep_that_meets_the_beat_as_late_as_can_be_still_ends_within_its_picture() -> None:
    picture = settle(DARK, tower(WAITS), InstantMs(0))
    asked_ms = InstantMs(0.001 * STEP_MS)
    picture = settle(picture, tower(WAITS, overlay=Overlay.SWEEP), asked_ms)
    assert picture.overlay_entered_ms + 3 * STEP_MS <= asked_ms + SWEEP_MS


def test_a_fault_that_comes_and_goes_does_not_flash_its_light() -> None:
    picture, shown = DARK, []
    for number in range(60):
        at_ms = InstantMs(70 * number)
        fault = Picture(DARK.segments, fault=number % 2 == 0, more_count=number % 3)
        picture = settle(picture, fault, at_ms)
        shown.append((at_ms, picture))
    assert Watcher().see(watch(shown, InstantMs(4_200))).too_often() == []


def test_a_line_under_test_stands_out_of_a_lost_phone_system_so_that_a_tower_can_be_tried_before_it() -> None:
    picture = settle(DARK, tower(Segment("Main", Showing.TESTED), overlay=Overlay.LOST), InstantMs(0))
    assert [at_step(picture, step) for step in (0, 1)] == ["WWWWWWWW ..V...V.", "WWWWWWWW .V...V.."]


def test_a_line_with_callers_who_are_only_counted_is_never_dark() -> None:
    picture = settle(DARK, tower(Segment("Main", more=True)), InstantMs(0))
    assert at_step(picture, 0) == "......WW ........"
    lost = settle(picture, tower(Segment("Main", more=True), overlay=Overlay.LOST), InstantMs(2_000))
    assert at_step(lost, 30).startswith("......WW")


def test_a_tower_that_gains_or_loses_a_line_settles_too() -> None:
    three = Picture((NOBODY, LAB_NOBODY, Segment("Doctors", Showing.URGENT, 3, 3)))
    assert entered(settle(DARK, three, InstantMs(50)))[2] == 0
    assert len(settle(three, DARK, InstantMs(60)).segments) == 2
