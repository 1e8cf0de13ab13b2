"""The lamps of buttons: their looks on the beat, and one blink at once for a press."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.core.beats import HALF_STEP_MS, SHOWN_LATE_MS_MAX, STEP_MS
from appliance.core.lamps import ButtonLamp, LampLook, buttons_of, may_answer
from appliance.core.picture import Picture, Segment, Showing, is_rested, settle
from appliance.core.words import LINE_BUTTONS, LINES_MAX, Button, InstantMs
from tests.core.lights import Watcher, button_beat, watch

MAIN = (Segment("Main"),)
WAITS = (Segment("Main", Showing.WAITING, 1, 1),)


def begin(look: LampLook = LampLook.OFF, segments: tuple[Segment, ...] = MAIN) -> Picture:
    """A tower with one line on a beat that begins at 0, and the lamp of its button."""
    dark = Picture(MAIN, lamps=(ButtonLamp(),) * 4)
    return settle(dark, Picture(segments, lamps=(ButtonLamp(look), *dark.lamps[1:])), InstantMs(0))


def press(picture: Picture, at_ms: float, look: LampLook | None = None) -> Picture:
    """The line's button is pressed, and its lamp may have another look for it."""
    lamp = picture.lamps[0]
    after = ButtonLamp(lamp.look if look is None else look, blinks=lamp.blinks + 1)
    return settle(picture, replace(picture, lamps=(after, *picture.lamps[1:])), InstantMs(at_ms))


def watched(pictures: Sequence[tuple[float, Picture]], until_ms: float) -> Watcher:
    return Watcher().see(watch([(InstantMs(at_ms), one) for at_ms, one in pictures], InstantMs(until_ms)))


def lit_ms(picture: Picture, from_ms: float, until_ms: float) -> list[tuple[int, bool]]:
    """When the lamp changes, in whole milliseconds, and to what."""
    seen: list[tuple[int, bool]] = []
    for at_ms, _, lamps in watch([(InstantMs(from_ms), picture)], InstantMs(until_ms)):
        if not seen or seen[-1][1] != lamps.buttons[0]:
            seen.append((round(at_ms), lamps.buttons[0]))
    return seen


@pytest.mark.parametrize(
    ("look", "beat"),
    [
        (LampLook.FAILED, "##.." * 7),
        (LampLook.ASKED, "##########...." * 2),
        (LampLook.TAKEABLE, "#######......." * 2),
        (LampLook.STEADY, "#" * 28),
        (LampLook.OFF, "." * 28),
    ],
)
def test_every_look_has_its_beat_and_no_two_the_same(look: LampLook, beat: str) -> None:
    assert button_beat(begin(look, WAITS), 0, 28 * HALF_STEP_MS, HALF_STEP_MS) == beat


def test_the_order_of_the_looks_is_that_of_what_lines_show() -> None:
    assert tuple(LampLook) == (
        LampLook.FAILED, LampLook.ASKED, LampLook.TAKEABLE, LampLook.STEADY, LampLook.OFF,
    )  # fmt: skip


def test_a_lamp_for_each_line_in_their_order_and_then_mute_away_and_owed() -> None:
    assert buttons_of(2) == (Button.LINE_1, Button.LINE_2, Button.MUTE, Button.AWAY, Button.OWED)
    assert len(LINE_BUTTONS) == LINES_MAX
    assert set(Button) - set(buttons_of(LINES_MAX)) == {Button.HOOK}


def test_a_dark_lamp_answers_a_press_at_that_instant_with_one_step_of_light() -> None:
    answered = press(begin(), 1_234.5)
    assert lit_ms(answered, 1_234.5, 5_000) == [(1_234, True), (1_413, False)]


def test_a_lit_lamp_answers_by_going_dark_at_that_instant_and_then_goes_on() -> None:
    answered = press(begin(LampLook.STEADY), 5_010)
    (dark_ms, dark), (lit_again_ms, lit) = lit_ms(answered, 5_010, 9_000)
    assert (dark_ms, dark, lit) == (5_010, False, True)
    assert STEP_MS <= lit_again_ms - dark_ms <= 2 * STEP_MS + 1


def test_a_lamp_that_flashes_answers_in_both_halves_of_its_beat() -> None:
    flashes = begin(LampLook.TAKEABLE, WAITS)
    # Lit from 0 to 625 ms, dark to 1,250; each answer is seen at once, and the beat is taken up again.
    assert lit_ms(press(flashes, 450), 450, 2_600)[0] == (450, False)
    assert lit_ms(press(flashes, 700), 700, 2_600)[:2] == [(700, True), (879, False)]
    assert lit_ms(press(flashes, 700), 700, 2_600)[-2:] == [(1_875, False), (2_500, True)]


def test_a_press_that_changes_the_look_is_answered_at_once_and_the_look_follows_on_the_beat() -> None:
    muted = press(begin(), 1_000, LampLook.STEADY)
    assert lit_ms(muted, 1_000, 9_000) == [(1_000, True), (1_179, False), (1_429, True)]
    over = press(muted, 6_000, LampLook.OFF)
    assert lit_ms(over, 6_000, 9_000) == [(6_000, False)]


def test_a_press_while_one_is_answered_is_answered_by_the_same_blink() -> None:
    answered = press(begin(), 1_000)
    assert not may_answer(answered.lamps[0], InstantMs(1_357))
    assert may_answer(answered.lamps[0], InstantMs(1_358 + STEP_MS))
    drummed = press(answered, 1_100)
    assert lit_ms(drummed, 1_100, 3_000) == lit_ms(answered, 1_100, 3_000)


def test_settling_the_same_lamps_again_changes_nothing() -> None:
    answered = press(begin(), 1_000, LampLook.STEADY)
    for later_ms in (1_000, 1_050, 1_300, 60_000):
        assert settle(answered, answered, InstantMs(later_ms)) == answered


def test_where_no_lamps_were_shown_a_count_of_blinks_is_taken_over_and_not_played() -> None:
    """A tower that comes back after a loss must not answer presses of long ago."""
    many = tuple(ButtonLamp(blinks=7) for _ in range(4))
    back = settle(Picture(MAIN), Picture(MAIN, lamps=many), InstantMs(1_000))
    assert button_beat(back, 0, 3_000) == "." * 60
    assert [lamp.blinks for lamp in back.lamps] == [7] * 4
    gone = settle(back, Picture(MAIN), InstantMs(2_000))
    assert settle(gone, Picture(MAIN, lamps=many), InstantMs(3_000)) == gone


def test_a_tower_is_not_at_rest_while_a_lamp_is_lit_or_answers() -> None:
    assert is_rested(begin(), InstantMs(500))
    assert not is_rested(begin(LampLook.STEADY), InstantMs(500))
    assert not is_rested(press(begin(), 500), InstantMs(600))
    assert is_rested(press(begin(), 500), InstantMs(1_500))


def test_a_flashing_lamp_keeps_the_beat_of_the_tower_though_every_segment_is_dark() -> None:
    flashes = begin(LampLook.TAKEABLE)
    joined = settle(flashes, replace(flashes, segments=WAITS), InstantMs(1_111))
    assert joined.epoch_ms == flashes.epoch_ms


GAPS_MS = st.one_of(st.floats(1, 200), st.integers(1, 20).map(lambda halves: halves * HALF_STEP_MS))


@settings(max_examples=400)
@given(st.lists(st.tuples(GAPS_MS, st.sampled_from(LampLook), st.booleans()), min_size=1, max_size=30))
def test_no_sequence_of_presses_and_looks_makes_a_lamp_come_on_more_than_three_times_in_a_second(
    steps: list[tuple[float, LampLook, bool]],
) -> None:
    picture, now_ms = begin(segments=WAITS), 0.0
    shown = [(now_ms, picture)]
    for gap_ms, look, pressed in steps:
        now_ms += gap_ms
        lamp = picture.lamps[0]
        after = ButtonLamp(look, blinks=lamp.blinks + (pressed and may_answer(lamp, InstantMs(now_ms))))
        picture = settle(picture, replace(picture, lamps=(after, *picture.lamps[1:])), InstantMs(now_ms))
        shown.append((now_ms, picture))
        assert picture.lamps[0].entered_ms <= now_ms + 5 * STEP_MS
    assert watched(shown, now_ms + 3_000).too_often() == []


def test_a_look_that_came_on_because_its_end_was_shown_late_counts_for_the_next_blink() -> None:
    """A simulated practice told of this one: somebody drummed on away, and its lamp came on in between."""
    muted = press(begin(), 1_000, LampLook.STEADY)
    enters_ms = muted.lamps[0].entered_ms
    over = settle(muted, begin(), InstantMs(enters_ms - 20))
    again = press(over, enters_ms + 90)
    shown = [(1_000.0, muted), (enters_ms + 40, over), (enters_ms + 90, again)]
    came_on = watched(shown, 4_000).came_on["button 0"]
    assert came_on[:2] == [1_000, enters_ms]
    assert all(second - first >= 2 * STEP_MS - SHOWN_LATE_MS_MAX for first, second in pairwise(came_on))


@settings(max_examples=400)
@given(
    st.lists(
        st.tuples(GAPS_MS, st.sampled_from(LampLook), st.booleans(), st.floats(0, SHOWN_LATE_MS_MAX)),
        min_size=1,
        max_size=30,
    )
)
def test_a_tower_that_shows_its_pictures_a_little_late_lights_no_lamp_more_often_for_it(
    steps: list[tuple[float, LampLook, bool, float]],
) -> None:
    picture, now_ms, last_ms = begin(segments=WAITS), 0.0, 0.0
    shown = [(now_ms, picture)]
    for gap_ms, look, pressed, late_ms in steps:
        now_ms += gap_ms
        lamp = picture.lamps[0]
        after = ButtonLamp(look, blinks=lamp.blinks + (pressed and may_answer(lamp, InstantMs(now_ms))))
        picture = settle(picture, replace(picture, lamps=(after, *picture.lamps[1:])), InstantMs(now_ms))
        last_ms = max(last_ms, now_ms + late_ms)
        shown.append((last_ms, picture))
    came_on = watched(shown, last_ms + 3_000).came_on.get("button 0", [])
    assert all(fourth - first > 1_000 for first, fourth in zip(came_on, came_on[3:], strict=False))


@settings(max_examples=200)
@given(st.lists(st.floats(1, 500), min_size=2, max_size=40), st.sampled_from(LampLook))
def test_however_fast_somebody_drums_each_press_is_seen_within_two_steps(
    gaps_ms: list[float], look: LampLook
) -> None:
    """By a blink of its own, or by the blink or the edge that was under way."""
    picture, now_ms = begin(look, WAITS), 5_000.0
    shown, presses = [(now_ms, picture)], []
    for gap_ms in gaps_ms:
        now_ms += gap_ms
        picture = press(picture, now_ms)
        shown.append((now_ms, picture))
        presses.append(now_ms)
    lit = [
        (at_ms, lamps.buttons[0])
        for at_ms, _, lamps in watch(
            [(InstantMs(at_ms), one) for at_ms, one in shown], InstantMs(now_ms + 3_000)
        )
    ]
    edges = [at_ms for (_, before), (at_ms, after) in pairwise(lit) if before != after]
    for at_ms in presses:
        assert any(at_ms - 2 * STEP_MS <= edge_ms <= at_ms + 2 * STEP_MS + 1 for edge_ms in edges)
