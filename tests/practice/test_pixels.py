"""The judge of pixels is not easily satisfied: each way in which a tower could lie is found."""

from dataclasses import replace
from itertools import count

import pytest

from appliance.core.beats import half_at, instant_of
from appliance.core.frames import DARK, Frame, Pixel, frame_at
from appliance.core.patterns import STAGE_COLOURS, Colour
from appliance.core.picture import Picture, Segment, Showing, settle
from appliance.core.words import DurationMs, InstantMs
from tests.core.lights import bars, watch
from tests.peers.board import Pixels
from tests.peers.trace import Ending, Placed
from tests.practice.expected import NOBODY_ELSE, Excuse, JudgedLine, Taking, Witnessed
from tests.practice.judge import LATE_MS_MAX, Shown
from tests.practice.pixels import Decoded, decoded, frame_of, judge_pixels, pixel_of, unlike_pictures

LINES = (
    JudgedLine("Appointments", ("700",), (DurationMs(0), DurationMs(2_000), DurationMs(4_000))),
    JudgedLine("Doctors' line", ("710",), (DurationMs(0), DurationMs(2_000), DurationMs(4_000))),
)
PATIENT = Placed("a", "0301", "700", InstantMs(1_000), Ending.GAVE_UP, InstantMs(3_500))
NOBODY = Segment("Appointments")
ON_WIRE_MS = 15.0
"""What a picture takes to become pixels."""


def pictures() -> list[Shown]:
    """What the unit showed of a caller who waited past one stage."""
    shown = [Shown(InstantMs(0), settle(Picture(()), told(), InstantMs(0)))]
    for at_ms, segment in (
        (1_002, Segment("Appointments", Showing.WAITING, 1, 1)),
        (3_000, Segment("Appointments", Showing.WAITING, 2, 2)),
        (3_505, Segment("Appointments")),
    ):
        shown.append(Shown(InstantMs(at_ms), settle(shown[-1].picture, told(segment), InstantMs(at_ms))))
    return shown


def told(main: Segment = NOBODY) -> Picture:
    return Picture((main, Segment("Doctors' line")))


def pixels() -> list[Decoded]:
    """What an honest tower made of it."""
    drawn = watch([(one.at_ms, one.picture) for one in pictures()], InstantMs(9_000))
    return [Decoded(at_ms + ON_WIRE_MS, frame) for at_ms, frame, _ in drawn]


def with_segment(frame: Frame, place: int, colour: Colour | None) -> Frame:
    lit = (DARK if colour is None else Pixel(colour, 255),) * 8
    segments = list(frame.segments)
    segments[place] = lit
    return replace(frame, segments=tuple(segments))


def test_an_honest_tower_is_believed_and_its_latency_told() -> None:
    verdict = judge_pixels([PATIENT], pixels(), pictures(), LINES)
    assert verdict.troubles == ()
    assert verdict.latencies_ms == pytest.approx((2 + ON_WIRE_MS,), abs=0.01)


def test_a_caller_who_is_not_lit_is_found() -> None:
    dark = [replace(one, frame=with_segment(one.frame, 0, None)) for one in pixels()]
    assert judge_pixels([PATIENT], dark, pictures(), LINES).troubles == (
        "Appointments: the pixels of a caller were not lit",
    )


def test_nothing_is_asked_of_a_caller_placed_when_the_pixels_had_no_time_left() -> None:
    waits_on = replace(PATIENT, ending=None, ended_at_ms=None)
    dark = pixels()[:1]
    assert judge_pixels([waits_on], dark, pictures()[:1], LINES, Witnessed(until_ms=1_999)).troubles == ()
    assert judge_pixels([waits_on], dark, pictures()[:1], LINES, Witnessed(until_ms=2_001)).troubles == (
        "Appointments: the pixels of a caller were not lit",
    )


def test_a_caller_whom_a_finger_took_before_the_light_came_on_need_not_have_been_lit() -> None:
    dark = [replace(one, frame=with_segment(one.frame, 0, None)) for one in pixels()]

    def pressed(at_ms: float) -> Witnessed:
        return Witnessed("back", {"a": Taking("back", at_ms, at_ms + 700)})

    assert judge_pixels([PATIENT], dark, pictures(), LINES, pressed(1_100)).troubles == ()
    assert judge_pixels([PATIENT], dark, pictures(), LINES, pressed(2_100)).troubles == (
        "Appointments: the pixels of a caller were not lit",
    )


def test_a_caller_on_the_wrong_line_is_found() -> None:
    swapped = [replace(one, frame=replace(one.frame, segments=one.frame.segments[::-1])) for one in pixels()]
    troubles = judge_pixels([PATIENT], swapped, pictures(), LINES).troubles
    assert "Appointments: the pixels of a caller were not lit" in troubles
    assert "Doctors' line: the pixels showed a caller when there was none" in troubles
    assert any("the pixels showed ........ BB......, and no picture did" in trouble for trouble in troubles)


def test_a_tower_that_stays_lit_after_the_end_is_found() -> None:
    frames = pixels()
    stuck = [*frames, Decoded(5_600, with_segment(frames[-1].frame, 0, Colour.AMBER))]
    troubles = judge_pixels([PATIENT], stuck, pictures(), LINES).troubles
    assert troubles[1:] == (
        "Appointments: the pixels showed a caller when there was none",
        "Appointments: the pixels did not go dark after the end",
    )
    assert troubles[0].endswith("the pixels showed AAAAAAAA ........, and no picture did")


def lit_at(one: Shown, at_ms: float) -> int:
    """How many pixels of the first segment are lit."""
    return sum(pixel.level > 0 for pixel in frame_at(one.picture, InstantMs(at_ms)).segments[0])


def test_a_tower_that_has_not_heard_of_the_next_picture_yet_goes_on_with_the_last_one() -> None:
    """A picture that is replaced just before the beat lights up on it for as long as the cable takes."""
    before, after = pictures()[1], pictures()[-1]
    epoch_ms = before.picture.epoch_ms
    edges = (instant_of(epoch_ms, half) for half in count(half_at(epoch_ms, InstantMs(2_000))))
    lit_ms = next(edge for edge in edges if lit_at(before, edge + 1) > lit_at(before, edge - 1))
    shown = [pictures()[0], before, replace(after, at_ms=InstantMs(lit_ms - 5))]
    frame = frame_at(before.picture, InstantMs(lit_ms + 1))
    assert bars(frame) == "BB...... ........"
    assert unlike_pictures([Decoded(lit_ms + 3, frame)], shown, NOBODY_ELSE) == []
    late_ms = lit_ms + LATE_MS_MAX + 100
    assert len(unlike_pictures([Decoded(late_ms, frame)], shown, NOBODY_ELSE)) == 1
    assert unlike_pictures([Decoded(late_ms, frame)], shown, Witnessed(excuses=[Excuse(late_ms)])) == []


def test_a_tower_that_catches_up_segment_by_segment_is_believed_and_an_invented_one_is_not() -> None:
    """Kept waiting by the machine, it shows the new look of one segment and still the old one of another."""
    one = settle(Picture(()), told(Segment("Appointments", Showing.WAITING, 1, 1)), InstantMs(0))
    two = settle(one, Picture((NOBODY, Segment("Doctors' line", Showing.WAITING, 1, 1))), InstantMs(1_000))
    shown = [Shown(InstantMs(0), one), Shown(InstantMs(1_000), two)]
    dark = frame_at(one, InstantMs(-1))
    lit = (Pixel(STAGE_COLOURS[1], 255),) * 2 + (DARK,) * 6
    both = replace(dark, segments=(lit, lit))
    assert unlike_pictures([Decoded(1_500, both)], shown, NOBODY_ELSE) == []
    invented = with_segment(both, 1, Colour.RED)
    assert len(unlike_pictures([Decoded(1_500, invented)], shown, NOBODY_ELSE)) == 1


def test_a_tower_whose_clock_was_set_back_shows_a_running_pixel_elsewhere_in_its_run() -> None:
    """It heard a picture that had been kept waiting, and goes on from that instant until it hears another."""
    asked = told(Segment("Appointments", Showing.ASKED, 1, 1))
    one = settle(Picture(()), told(), InstantMs(0))
    shown = [Shown(InstantMs(0), one), Shown(InstantMs(2_000), settle(one, asked, InstantMs(2_000)))]
    shown.append(Shown(InstantMs(2_400), settle(shown[-1].picture, told(), InstantMs(2_400))))
    dark = frame_at(one, InstantMs(1))
    for place in range(8):
        runs = (DARK,) * place + (Pixel(Colour.GREEN, 255),) + (DARK,) * (7 - place)
        frame = replace(dark, segments=(runs, dark.segments[1]))
        assert unlike_pictures([Decoded(2_300, frame)], shown, NOBODY_ELSE) == []
        assert len(unlike_pictures([Decoded(1_900, frame)], shown, NOBODY_ELSE)) == 1
        assert len(unlike_pictures([Decoded(2_400 + LATE_MS_MAX, frame)], shown, NOBODY_ELSE)) == 1


def test_a_stage_in_the_wrong_colour_is_found() -> None:
    red = [
        replace(one, frame=with_segment(one.frame, 0, Colour.RED))
        if one.at_ms > 3_000 and any(pixel.level for pixel in one.frame.segments[0])
        else one
        for one in pixels()
    ]
    assert any("RRRRRRRR" in trouble for trouble in judge_pixels([PATIENT], red, pictures(), LINES).troubles)


def test_a_tower_without_its_glow_is_found_and_one_that_shows_nothing_at_all() -> None:
    glowless = [replace(one, frame=replace(one.frame, alive=DARK)) for one in pixels()]
    assert judge_pixels([PATIENT], glowless, pictures(), LINES).troubles
    assert judge_pixels([PATIENT], [], pictures(), LINES).troubles == ("no pixel was ever lit",)


def test_decoded_colours_are_those_of_the_core_dimmed_or_not() -> None:
    picture = settle(Picture(()), told(Segment("Appointments", Showing.URGENT, 3, 3, marks=1)), InstantMs(0))
    frame = frame_at(picture, InstantMs(1))
    chain = [frame.alive, frame.fault, frame.more, *[DARK] * 6, *frame.segments[0], *frame.segments[1]]
    sent = tuple(pixel.rgb for pixel in chain)
    assert replace(frame_of(sent, 2), buttons=()) == replace(frame, buttons=())
    for place, pixel in enumerate(chain):
        red, green, blue = (part * 100 // 255 for part in sent[place])
        assert pixel_of((red, green, blue)).colour is pixel.colour or not pixel.level


def test_frames_that_say_the_same_are_one() -> None:
    dark, lit = ((0, 0, 0),) * 30, ((0, 0, 0),) * 9 + ((255, 0, 0),) * 21
    shown = [Pixels(0.0, dark), Pixels(1.0, dark), Pixels(2.0, lit), Pixels(3.0, lit)]
    assert [one.at_ms for one in decoded(shown, 2)] == [0.0, 2.0]
