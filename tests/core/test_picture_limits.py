"""The flash limits, for every look there is and across any sequence of pictures."""

from dataclasses import replace
from itertools import pairwise, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.core.beats import SHOWN_LATE_MS_MAX, STEP_MS
from appliance.core.picture import Overlay, Picture, Segment, Showing, settle
from appliance.core.words import InstantMs
from tests.core.lights import Watcher, watch

WITH_CALLER = (Showing.FAILED, Showing.ASKED, Showing.URGENT, Showing.WAITING, Showing.HELD, Showing.UNSURE)

EVERY_SEGMENT = [
    Segment("Main", showing, stage, fill, marks, more, taken)
    for showing in WITH_CALLER
    for stage, fill in ((1, 1), (2, 2), (3, 1), (3, 2), (3, 3))
    for marks, more, taken in product((0, 1, 2), (False, True), (False, True))
] + [
    Segment("Main", showing, more=more, taken=taken)
    for showing in (Showing.TAKEN, Showing.TESTED, Showing.CLOSING, Showing.LINE_LOST, Showing.NOTHING)
    for more, taken in product((False, True), repeat=2)
]
"""Everything that a segment can be asked to show."""

ONE_OF_EACH = [
    Segment("Main", Showing.WAITING, 1, 1),
    Segment("Main", Showing.WAITING, 2, 2, marks=2),
    Segment("Main", Showing.URGENT, 3, 1, marks=1, taken=True),
    Segment("Main", Showing.HELD, 3, 3),
    Segment("Main", Showing.UNSURE, 2, 2, more=True),
    *(Segment("Main", showing) for showing in Showing),
]

SEGMENTS = st.one_of(st.sampled_from(ONE_OF_EACH), st.sampled_from(EVERY_SEGMENT))

OVERLAYS = st.sampled_from(Overlay)

GAPS_MS = st.one_of(
    st.just(0.0),
    st.floats(1, 200),
    st.integers(1, 20).map(lambda steps: steps * STEP_MS / 2),
    st.floats(200, 3_000),
)
"""From one picture to the next: now, soon, exactly on the grid, or after a while."""


SEEN_MS = st.one_of(st.floats(430, 1_500), st.integers(6, 20).map(lambda steps: steps * STEP_MS / 2))
"""Gaps that leave each picture the time to be seen, however late its segments enter."""


@pytest.mark.parametrize("overlay", Overlay)
def test_no_picture_makes_a_light_flash_more_than_three_times_in_a_second(overlay: Overlay) -> None:
    for late_steps in (0, 1, 3, 6):
        for segment in EVERY_SEGMENT:
            # The picture enters at each step of the beat, on which another line keeps the tower.
            keeper = Segment("Lab", Showing.WAITING, 1, 1)
            before = settle(Picture(()), Picture((Segment("Main"), keeper)), InstantMs(0))
            at_ms = InstantMs(late_steps * STEP_MS)
            picture = settle(before, Picture((segment, keeper), overlay=overlay, fault=True), at_ms)
            watcher = Watcher().see(watch([(at_ms, picture)], InstantMs(at_ms + 24 * STEP_MS)))
            assert watcher.too_often() == [], (segment, overlay, late_steps)


@pytest.mark.parametrize("before", ONE_OF_EACH, ids=lambda segment: segment.showing.name.lower())
def test_no_pair_of_pictures_makes_a_light_flash_too_often_wherever_the_second_comes(before: Segment) -> None:
    for after, overlay, quarter in product(ONE_OF_EACH, Overlay, range(0, 40, 3)):
        first = settle(Picture(()), Picture((before,)), InstantMs(0))
        at_ms = InstantMs(quarter * STEP_MS / 4 + 1)
        second = settle(first, Picture((after,), overlay=overlay), at_ms)
        watcher = Watcher().see(watch([(InstantMs(0), first), (at_ms, second)], InstantMs(at_ms + 3_000)))
        assert watcher.too_often() == [], (after, overlay, quarter)


@settings(max_examples=300)
@given(
    st.lists(
        st.tuples(GAPS_MS, st.tuples(SEGMENTS, SEGMENTS, SEGMENTS), OVERLAYS, st.booleans()),
        min_size=1,
        max_size=25,
    )
)
def test_no_sequence_of_pictures_makes_a_light_flash_more_than_three_times_in_a_second(
    steps: list[tuple[float, tuple[Segment, ...], Overlay, bool]],
) -> None:
    picture, shown, now_ms = Picture(()), [], InstantMs(1_000_000_000.1)
    for gap_ms, segments, overlay, fault in steps:
        now_ms = InstantMs(now_ms + gap_ms)
        picture = settle(picture, Picture(segments, overlay=overlay, fault=fault), now_ms)
        shown.append((now_ms, picture))
        # However wild the sequence, no lamp waits longer than two steps and a bit for what the picture says.
        latest_ms = now_ms + 2 * STEP_MS + SHOWN_LATE_MS_MAX + 0.01
        assert all(segment.entered_ms <= latest_ms for segment in picture.segments)
    assert Watcher().see(watch(shown, InstantMs(now_ms + 2_000))).too_often() == []


@settings(max_examples=300)
@given(
    st.lists(
        st.tuples(SEEN_MS, st.tuples(SEGMENTS, SEGMENTS), OVERLAYS, st.floats(0, SHOWN_LATE_MS_MAX)),
        min_size=1,
        max_size=25,
    )
)
def test_a_tower_that_shows_every_picture_a_little_late_flashes_no_more_often_for_it(
    steps: list[tuple[float, tuple[Segment, ...], Overlay, float]],
) -> None:
    picture, shown, now_ms, last_ms = Picture(()), [], InstantMs(0), InstantMs(0)
    for gap_ms, segments, overlay, late_ms in steps:
        now_ms = InstantMs(now_ms + gap_ms)
        picture = settle(picture, Picture(segments, overlay=overlay), now_ms)
        last_ms = max(last_ms, InstantMs(now_ms + late_ms))
        shown.append((last_ms, picture))
    watcher = Watcher().see(watch(shown, InstantMs(now_ms + 2_000)))
    for name, at_ms in watcher.came_on.items():
        for first_ms, fourth_ms in zip(at_ms, at_ms[3:], strict=False):
            assert fourth_ms - first_ms > 1_000, name


def test_a_picture_that_is_shown_just_after_the_old_one_came_on_once_more_keeps_the_limit() -> None:
    """A simulated practice told of this one: four lights of a segment within 893 ms."""
    waits = Segment("Main", Showing.URGENT, 3, 3)
    first = settle(Picture(()), Picture((waits,)), InstantMs(0))
    told_ms, shown_ms = InstantMs(6 * STEP_MS - 1), InstantMs(6 * STEP_MS + 4)
    second = settle(first, Picture((replace(waits, marks=1),)), told_ms)
    watcher = Watcher().see(watch([(InstantMs(0), first), (shown_ms, second)], InstantMs(12 * STEP_MS)))
    came_on = [round(at_ms / STEP_MS, 2) for at_ms in watcher.came_on["segment 0"]]
    assert came_on == [0, 2, 4, 6, 8, 10]


@settings(max_examples=200)
@given(st.lists(st.tuples(GAPS_MS, OVERLAYS), min_size=1, max_size=30))
def test_what_the_whole_tower_does_together_begins_at_most_three_times_in_a_second(
    steps: list[tuple[float, Overlay]],
) -> None:
    dark = Picture(tuple(Segment(name) for name in ("Main", "Lab", "Doctors")))
    picture, shown, now_ms = dark, [], InstantMs(0)
    sweeps: set[InstantMs] = set()
    for gap_ms, overlay in steps:
        now_ms = InstantMs(now_ms + gap_ms)
        picture = settle(picture, Picture(dark.segments, overlay=overlay), now_ms)
        shown.append((now_ms, picture))
    for (_, picture), (until_ms, _) in pairwise([*shown, (InstantMs(now_ms + 2_000), dark)]):
        if picture.overlay is Overlay.SWEEP and picture.overlay_entered_ms < until_ms:
            sweeps.add(picture.overlay_entered_ms)
    begins, lit = [], False
    for at_ms, frame, _ in watch(shown, InstantMs(now_ms + 2_000)):
        now_lit = any(pixel.level for segment in frame.segments for pixel in segment)
        begins += [at_ms] if now_lit and not lit else []
        lit = now_lit
    assert all(fourth - first > 1_000 for first, fourth in zip(begins, begins[3:], strict=False)), begins
    in_order = sorted(sweeps)
    assert all(after - before >= 999.9 for before, after in pairwise(in_order))
