"""The language of light, row by row: what each look is on a segment of pixels and on a single lamp."""

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.core.beats import HALF_STEP_MS, STEP_MS, instant_of
from appliance.core.frames import Frame, frame_at, lamps_at, next_change_ms
from appliance.core.patterns import STAGE_COLOURS, Colour
from appliance.core.picture import Overlay, Picture, Segment, Showing, settle
from appliance.core.words import InstantMs
from tests.core.lights import at_step, bars, lamp_beat
from tests.core.test_picture_limits import EVERY_SEGMENT, OVERLAYS, SEGMENTS


def shown(*segments: Segment, overlay: Overlay = Overlay.NONE) -> Picture:
    """A picture that begins on a quiet tower, at its own epoch."""
    return settle(Picture(()), Picture(segments, overlay=overlay), InstantMs(0))


def steps(picture: Picture, count: int) -> list[str]:
    """All segments at the beginning of each of so many steps."""
    return [at_step(picture, step) for step in range(count)]


@pytest.mark.parametrize(
    ("segment", "lit", "dark"),
    [
        (Segment("Main", Showing.WAITING, 1, 1), "BB......", "........"),
        (Segment("Main", Showing.WAITING, 2, 2), "AAAA....", "........"),
        (Segment("Main", Showing.WAITING, 2, 2, marks=1), "AAAA..W.", "........"),
        (Segment("Main", Showing.WAITING, 2, 2, marks=2), "AAAA..WW", "........"),
        (Segment("Main", Showing.WAITING, 1, 1, more=True), "BB....WW", "......WW"),
        (Segment("Main", Showing.WAITING, 1, 1, taken=True), "BB.....G", "G......G"),
        (Segment("Main", Showing.HELD, 2, 2), "AAAA....", "AA......"),
    ],
)
def test_a_waiting_caller_fills_the_segment_from_the_bottom_in_a_slow_flash(
    segment: Segment, lit: str, dark: str
) -> None:
    picture = shown(segment)
    beat = [at_step(picture, half / 2) for half in range(14)]
    assert beat == [lit] * 7 + [dark] * 7


@pytest.mark.parametrize(
    ("segment", "lit", "dark"),
    [
        (Segment("Main", Showing.URGENT, 3, 3), "RRRRRR..", "........"),
        (Segment("Main", Showing.URGENT, 3, 1), "RR......", "........"),
        (Segment("Main", Showing.URGENT, 3, 2, marks=2, taken=True), "RRRR..WW", "G......G"),
        (Segment("Main", Showing.HELD, 3, 3), "RRRRRR..", "RR......"),
    ],
)
def test_an_urgent_caller_flashes_fast_and_red_at_the_fill_that_the_wait_has_reached(
    segment: Segment, lit: str, dark: str
) -> None:
    assert steps(shown(segment), 4) == [lit, dark, lit, dark]


def test_an_unsure_caller_keeps_the_fill_dim_two_steps_on_and_five_off() -> None:
    picture = shown(Segment("Main", Showing.UNSURE, 2, 2, marks=1))
    assert steps(picture, 8) == ["wwww..w."] * 2 + ["........"] * 5 + ["wwww..w."]
    assert frame_at(picture, InstantMs(0)).segments[0][0].level < 64


def test_being_asked_is_one_pixel_that_runs_up() -> None:
    asked = steps(shown(Segment("Main", Showing.ASKED, 1, 1)), 9)
    assert asked == ["." * step + "G" + "." * (7 - step) for step in range(8)] + ["G......."]


def test_a_taken_caller_is_steady_from_both_ends() -> None:
    assert set(steps(shown(Segment("Main", Showing.TAKEN)), 28)) == {"GG....GG"}


def test_taken_elsewhere_closes_to_the_middle_within_a_second_and_then_is_dark() -> None:
    closing = ["GGGGGGGG", ".GGGGGG.", "..GGGG..", "...GG...", "........"]
    assert steps(shown(Segment("Main", Showing.CLOSING)), 5) == closing
    assert 4 * STEP_MS < 1_000


def test_the_lamp_test_lights_a_whole_segment_in_steady_white() -> None:
    assert set(steps(shown(Segment("Main", Showing.TESTED)), 28)) == {"WWWWWWWW"}


def test_a_failed_taking_lights_the_lower_and_the_upper_half_in_turn() -> None:
    assert steps(shown(Segment("Main", Showing.FAILED, 1, 1)), 3) == ["WWWW....", "....WWWW", "WWWW...."]


def test_a_line_whose_registration_is_lost_is_lit_but_for_a_hole_that_runs_down() -> None:
    lost = steps(shown(Segment("Main", Showing.LINE_LOST)), 3)
    assert lost == ["..vvvvvv", ".vvvvvv.", "vvvvvv.."]


def test_a_lost_phone_system_lets_drops_fall_over_every_segment_without_a_live_caller() -> None:
    picture = shown(
        Segment("Main"), Segment("Lab", Showing.WAITING, 1, 1), Segment("Doctors"), overlay=Overlay.LOST
    )
    assert steps(picture, 4) == [
        "V...V... BB...... V...V...",
        "...V...V BB...... ...V...V",
        "..V...V. BB...... ..V...V.",
        ".V...V.. BB...... .V...V..",
    ]


def test_an_unsure_caller_stays_dim_under_the_drops_of_a_lost_phone_system() -> None:
    picture = shown(Segment("Main", Showing.UNSURE, 2, 2), overlay=Overlay.LOST)
    assert steps(picture, 4) == ["VwwwV...", "wwwV...V", "..V...V.", ".V...V.."]


def test_neighbours_drop_in_turn_so_that_the_whole_tower_moves() -> None:
    assert at_step(shown(Segment("Main"), Segment("Lab"), overlay=Overlay.LOST), 0) == "V...V... ..V...V."


def test_a_new_caller_sweeps_up_the_dark_segments_once_in_half_a_second() -> None:
    picture = shown(Segment("Main", Showing.WAITING, 1, 1), Segment("Lab"), overlay=Overlay.SWEEP)
    swept = ["BB...... bbb.....", "BB...... ...bb...", "BB...... .....bbb", "BB...... ........"]
    assert steps(picture, 4) == swept
    assert at_step(picture, 28) == "BB...... ........"


def test_a_tower_without_its_board_stands_still_and_covers_everything_and_has_no_glow() -> None:
    picture = settle(
        Picture(()),
        Picture((Segment("Main", Showing.URGENT, 3, 3),), overlay=Overlay.HOST_LOST, alive=False),
        InstantMs(0),
    )
    assert set(steps(picture, 28)) == {"v.v.v.v."}
    assert frame_at(picture, InstantMs(0)).alive.level == 0


LAMPS = {
    "off": (Segment("Main"), "." * 28),
    "slow flash": (Segment("Main", Showing.WAITING, 2, 2), "#######......." * 2),
    "slow flash for a held caller": (Segment("Main", Showing.HELD, 1, 1), "#######......." * 2),
    "long-short": (Segment("Main", Showing.WAITING, 1, 1, marks=1), "######..##...." * 2),
    "fast flash": (Segment("Main", Showing.URGENT, 3, 3, marks=1), "##.." * 7),
    "two on, five off": (Segment("Main", Showing.UNSURE, 1, 1), "####.........." * 2),
    "five on, two off": (Segment("Main", Showing.ASKED, 1, 1), "##########...." * 2),
    "steady": (Segment("Main", Showing.TAKEN), "#" * 28),
    "tested": (Segment("Main", Showing.TESTED), "#" * 28),
    "closed": (Segment("Main", Showing.CLOSING), "." * 28),
    "failed": (Segment("Main", Showing.FAILED, 1, 1), "##..##..##...." * 2),
    "line lost": (Segment("Main", Showing.LINE_LOST), "#" * 14 + "." * 14),
    "only counted callers": (Segment("Main", more=True), "#######......." * 2),
}


@pytest.mark.parametrize(("segment", "beat"), LAMPS.values(), ids=LAMPS)
def test_a_single_lamp_says_it_by_its_beat(segment: Segment, beat: str) -> None:
    assert lamp_beat(shown(segment), 0, 14) == beat


def test_every_showing_has_a_lamp_and_all_that_differ_in_meaning_differ_in_beat() -> None:
    assert {segment.showing for segment, _ in LAMPS.values()} == set(Showing)
    told_apart = {
        Showing.FAILED, Showing.ASKED, Showing.URGENT, Showing.WAITING, Showing.TAKEN, Showing.UNSURE,
        Showing.LINE_LOST, Showing.NOTHING,
    }  # fmt: skip
    alone = [beat for segment, beat in LAMPS.values() if segment.showing in told_apart and not segment.marks]
    waiting = [name for name in LAMPS if name in ("slow flash", "only counted callers")]
    assert len(set(alone)) == len(alone) - len(waiting) + 1


@pytest.mark.parametrize(
    ("count", "beats"),
    [
        (1, ["#" * 14 + "." * 14]),
        (2, ["#" * 14 + "." * 14, "." * 14 + "#" * 14]),
        (3, ["####........####........####", "....####........####........", "........####........####...."]),
    ],
)
def test_lamps_chase_one_by_one_while_the_phone_system_is_lost(count: int, beats: list[str]) -> None:
    picture = shown(*(Segment(str(place)) for place in range(count)), overlay=Overlay.LOST)
    assert [lamp_beat(picture, place, 14) for place in range(count)] == beats


def test_the_alive_lamp_is_steady_and_with_a_fault_off_two_steps_of_every_fourteen() -> None:
    well = Picture((Segment("Main"),))
    ill = settle(well, Picture((Segment("Main"),), fault=True), InstantMs(0))
    halves = [InstantMs(instant_of(InstantMs(0), half) + 1) for half in range(56)]
    assert "".join(".#"[lamps_at(well, at_ms).alive] for at_ms in halves) == "#" * 56
    assert "".join(".#"[lamps_at(ill, at_ms).alive] for at_ms in halves) == ("#" * 24 + "." * 4) * 2


def test_status_pixels_have_a_place_of_their_own() -> None:
    def status(frame: Frame) -> tuple[bool, bool, bool]:
        return frame.alive.level > 0, frame.fault.level > 0, frame.more.level > 0

    segments = (Segment("Main"),)
    assert status(frame_at(Picture(segments), InstantMs(0))) == (True, False, False)
    assert status(frame_at(Picture(segments, fault=True), InstantMs(0))) == (True, True, False)
    assert status(frame_at(Picture(segments, more_count=18), InstantMs(0))) == (True, False, True)
    assert status(frame_at(Picture(segments, alive=False), InstantMs(0))) == (False, False, False)


def test_red_is_for_urgent_callers_only() -> None:
    for segment in EVERY_SEGMENT:
        picture = shown(segment, Segment("Lab"))
        red = any("R" in at_step(picture, half / 2).upper() for half in range(16))
        waits = segment.showing in (Showing.WAITING, Showing.HELD) and segment.stage == 3
        assert red == (waits or segment.showing is Showing.URGENT), segment


def test_a_line_with_anybody_on_it_is_never_dark_for_longer_than_five_steps() -> None:
    for segment in EVERY_SEGMENT:
        if segment.showing in (Showing.NOTHING, Showing.CLOSING, Showing.LINE_LOST):
            continue
        halves = "".join(".#"[set(at_step(shown(segment), half / 2)) != {"."}] for half in range(56))
        assert "." * 11 not in halves, segment
        assert "." * 11 not in lamp_beat(shown(segment), 0, 28), segment


def test_levels_are_whole_numbers_that_an_led_can_take() -> None:
    for segment in EVERY_SEGMENT:
        for pixel in frame_at(shown(segment), InstantMs(0)).segments[0]:
            assert all(part in range(256) for part in pixel.rgb)
            assert (pixel.rgb == (0, 0, 0)) == (pixel.level == 0)


# How people with each deficiency see linear red, green and blue (after Viénot, Brettel and Mollon, 1999).
DEFICIENCIES = {
    "none": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protan": ((0.11, 0.89, 0), (0.11, 0.89, 0), (0.004, -0.004, 1)),
    "deutan": ((0.29, 0.71, 0), (0.29, 0.71, 0), (-0.02, 0.02, 1)),
    "tritan": ((1, 0.145, -0.145), (0, 0.859, 0.141), (0, 0.859, 0.141)),
}


@pytest.mark.parametrize("deficiency", DEFICIENCIES)
def test_the_colours_of_the_stages_stay_apart_for_people_who_see_few_colours(deficiency: str) -> None:
    def seen(colour: Colour) -> list[float]:
        light = [(part / 255) ** 2.2 for part in colour.value]
        return [sum(w * part for w, part in zip(row, light, strict=True)) for row in DEFICIENCIES[deficiency]]

    for first, second in combinations(STAGE_COLOURS.values(), 2):
        apart = sum(abs(one - other) for one, other in zip(seen(first), seen(second), strict=True))
        assert apart > 0.2, (first, second)


@settings(max_examples=150)
@given(st.tuples(SEGMENTS, SEGMENTS), OVERLAYS, st.booleans(), st.floats(0, 20_000), st.floats(0, 3_000))
def test_between_two_changes_a_frame_stands_still(
    segments: tuple[Segment, ...], overlay: Overlay, fault: bool, epoch_ms: float, after_ms: float
) -> None:
    first = settle(Picture(()), Picture(segments[::-1]), InstantMs(epoch_ms))
    at_ms = InstantMs(epoch_ms + after_ms)
    picture = settle(first, Picture(segments, overlay=overlay, fault=fault), at_ms)
    next_ms = next_change_ms(picture, at_ms)
    assert next_ms is None or next_ms > at_ms
    until_ms = InstantMs(at_ms + 5_000) if next_ms is None else next_ms
    still = bars(frame_at(picture, at_ms)), lamps_at(picture, at_ms)
    instant_ms = at_ms
    while (instant_ms := InstantMs(instant_ms + HALF_STEP_MS / 3)) < until_ms - 0.01:
        assert (bars(frame_at(picture, instant_ms)), lamps_at(picture, instant_ms)) == still


def test_a_dark_tower_and_a_steady_one_never_change() -> None:
    assert next_change_ms(shown(Segment("Main")), InstantMs(5)) is None
    assert next_change_ms(shown(Segment("Main", Showing.TAKEN)), InstantMs(5)) is None
    waiting = shown(Segment("Main", Showing.WAITING, 1, 1))
    assert next_change_ms(waiting, InstantMs(0)) == pytest.approx(3.5 * STEP_MS)


def test_the_beat_is_exact_after_a_year_of_uptime() -> None:
    year_ms = InstantMs(366 * 86_400_000.0 + 0.123)
    waits = settle(Picture(()), Picture((Segment("Main", Showing.WAITING, 1, 1),)), year_ms)
    for step in range(0, 7_000_000, 700_000):
        assert at_step(waits, step) == "BB......"
        assert at_step(waits, step + 3.5) == "........"
