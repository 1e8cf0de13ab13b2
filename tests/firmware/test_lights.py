"""Status pixels, lamps of buttons, brightness, and the limit on what the tower draws from its port."""

from collections.abc import Iterable
from dataclasses import replace
from itertools import pairwise

import pytest

from appliance.core import beats
from appliance.core.beats import HALF_STEP_MS, instant_of
from appliance.core.lamps import ButtonLamp
from appliance.core.lamps import LampLook as Look
from appliance.core.picture import Picture, Segment, Showing, settle
from appliance.core.words import LINES_MAX, InstantMs
from appliance.tower.wire import KEYS, Age, LampLook, Set, SetLamp, SetLine, Shown, Status, encode, set_of
from appliance.tower.wire.words import GRID_MS
from tests.firmware.drawn import STATUS_PIXELS, expected, run_to
from tests.peers.board import CHAIN_PIXELS, Rgb, is_lit
from tests.peers.tower import BYTE_MS, Tower
from tests.tower.golden import QUIET

PORT_MA = 500
"""What a USB port gives. The rest is firmware/README.md's table of limits."""
BESIDE_PIXELS_MA = 70
DARK_PIXEL_MA = 1
COLOUR_MA = 20

EVERYTHING = Set(
    phase_ms=0,
    lines=(SetLine(Shown.TESTED, 3, 3, 2, more=True, taken=True),) * LINES_MAX,
    lamps=(SetLamp(LampLook.STEADY),) * (LINES_MAX + len(KEYS)),
    fault=True,
    more=True,
    owed=Age.OVERDUE,
    voicemail=Age.OVERDUE,
)

LAMP_BEATS = {
    LampLook.OFF: None,
    LampLook.TAKEABLE: beats.SLOW,
    LampLook.ASKED: beats.FIVE_ON_TWO_OFF,
    LampLook.STEADY: beats.STEADY,
    LampLook.FAILED: beats.FAST,
}

LONG_AGO = -1_000
"""Half steps: a light that came on so long ago joins nothing any more."""


def drawn_ma(colours: Iterable[Rgb | None]) -> float:
    """What the whole tower draws while its pixels show this."""
    levels = sum(sum(colour) for colour in colours if colour is not None)
    return BESIDE_PIXELS_MA + CHAIN_PIXELS * DARK_PIXEL_MA + levels * COLOUR_MA / 255


def test_after_power_comes_every_pixel_is_told_to_be_dark_but_for_the_fault_light(tower: Tower) -> None:
    assert len(tower.pixels[0].colours) == CHAIN_PIXELS
    tower.run(500)
    assert [place for place, colour in enumerate(tower.chain) if is_lit(colour)] == [1]


@pytest.mark.parametrize("age", Age)
def test_owed_callers_and_voicemails_are_one_two_or_three_steady_pixels(tower: Tower, age: Age) -> None:
    tower.keep(replace(QUIET, owed=age, voicemail=Age.FRESH), 1_000)
    since = len(tower.pixels)
    tower.keep(replace(QUIET, owed=age, voicemail=Age.FRESH), 3_000)
    for shown in tower.pixels[since:]:
        assert [is_lit(colour) for colour in shown.colours[3:6]] == [place < age for place in range(3)]
        assert [is_lit(colour) for colour in shown.colours[6:9]] == [True, False, False]


@pytest.mark.parametrize("look", LampLook)
def test_each_look_of_a_lamp_has_its_beat_on_every_button(tower: Tower, look: LampLook) -> None:
    beat, lamps = LAMP_BEATS[look], LINES_MAX + len(KEYS)
    told = replace(QUIET, lines=QUIET.lines * LINES_MAX, lamps=(SetLamp(look),) * lamps, phase_ms=0)
    epoch_ms = tower.now_ms
    for half in range(1, 56):
        if half % 3 == 1:
            tower.say(replace(told, phase_ms=int(tower.now_ms - epoch_ms)))
        run_to(tower, instant_of(InstantMs(epoch_ms), half) + HALF_STEP_MS / 2)
        if half > 8:
            wanted = beat is not None and beats.is_lit(beat, half, LONG_AGO, LONG_AGO)
            assert [is_lit(colour) for colour in tower.chain[-lamps:]] == [wanted] * lamps, half


def settled(tower: Tower, before: Picture, told: tuple[ButtonLamp, ...]) -> Picture:
    """A tower of one quiet line with these lamps, as the core says it from now on."""
    return settle(before, Picture((Segment("Main"),), lamps=told), InstantMs(tower.now_ms))


def test_a_lamp_answers_a_press_at_once_with_one_blink(tower: Tower) -> None:
    lamp = STATUS_PIXELS + 8
    for look, changes in ((Look.OFF, [True, False]), (Look.STEADY, [False, True])):
        before = settled(tower, Picture(()), (ButtonLamp(look),) * 4)
        tower.keep(before, 1_000)
        told_ms, since = tower.now_ms, len(tower.pixels)
        tower.keep(settled(tower, before, (ButtonLamp(look, blinks=1), *before.lamps[1:])), 2_000)
        shown = [(one.at_ms - told_ms, is_lit(one.colours[lamp])) for one in tower.pixels[since:]]
        switched = [one for before, one in pairwise(shown) if one[1] != before[1]]
        if shown[0][1] == changes[0]:
            switched.insert(0, shown[0])
        assert [is_on for _, is_on in switched] == changes
        assert switched[0][0] < 15, "a finger does not wait"
        assert 170 < switched[1][0] - switched[0][0] < 600


def test_by_day_a_level_is_exactly_what_the_core_says(tower: Tower) -> None:
    picture = Picture((Segment("Main", Showing.TAKEN), Segment("Lab", Showing.UNSURE, 2, 2)), fault=True)
    tower.keep(picture, 1_000)
    for _ in range(30):
        tower.keep(picture, HALF_STEP_MS)
        wanted = expected(picture, tower.now_ms - HALF_STEP_MS / 2)
        assert tower.chain[:1] == wanted[:1]
        lit = {colour for colour in tower.chain if is_lit(colour)}
        assert lit <= {(0, 19, 6), (71, 0, 96), (0, 210, 70), (40, 40, 40)}
    assert not tower.messages(Status)[-1].dims


def test_at_night_everything_is_darker_and_nothing_disappears(tower: Tower) -> None:
    picture = Picture((Segment("Main", Showing.TAKEN), Segment("Lab", Showing.LINE_LOST)), fault=True)
    tower.keep(picture, 1_000)
    by_day = [is_lit(colour) for colour in tower.chain]
    for brightness in (128, 32, 8, 1):
        tower.ask(set_of(picture, InstantMs(tower.now_ms), brightness))
        tower.run(5)
        levels = [sum(colour) for colour in tower.chain if colour is not None]
        assert sum(map(is_lit, tower.chain)) == sum(by_day)
        assert max(levels) <= 3 * brightness


def test_a_tower_that_is_all_white_draws_no_more_than_its_port_gives(tower: Tower) -> None:
    tower.keep(EVERYTHING, 3_000)
    assert tower.messages(Status)[-1].dims
    assert max(drawn_ma(shown.colours) for shown in tower.pixels) <= PORT_MA
    assert drawn_ma(tower.chain) >= 0.9 * PORT_MA, "it is as bright as it may be"
    assert all(map(is_lit, tower.chain[STATUS_PIXELS:]))
    tower.keep(QUIET, 3_000)
    assert not tower.messages(Status)[-1].dims


def test_a_tower_that_flashes_does_not_breathe_with_the_limit(tower: Tower) -> None:
    urgent = SetLine(Shown.URGENT, 3, 3)
    told = replace(EVERYTHING, lines=(urgent,) * LINES_MAX)
    tower.keep(told, 4_000)
    since = len(tower.pixels)
    tower.keep(told, 4_000)
    glow = {shown.colours[0] for shown in tower.pixels[since:]}
    assert len(glow) == 1


def test_a_frame_of_pixels_that_a_set_asks_for_waits_until_the_one_of_the_beat_is_taken_over(
    tower: Tower,
) -> None:
    told = replace(QUIET, lines=(SetLine(Shown.URGENT, 3, 3),))
    wire_ms = len(encode(told, 0)) * BYTE_MS
    tower.keep(told, 1_000)
    for tenth in range(-40, 20):
        # The last frame is the beat's: there was no SET since.
        tower.keep(told, 200)
        beat_ms = tower.pixels[-1].at_ms + HALF_STEP_MS
        run_to(tower, beat_ms - wire_ms + tenth / 10)
        # A rising edge in the pause that ends a frame would be told as a fault.
        tower.say(replace(told, phase_ms=int(tower.now_ms) % GRID_MS))
        tower.run(30)
