"""The tower in plain words: golden lines for everything that a line can show."""

import io

import pytest

from appliance.clock import SteppedClock
from appliance.core.effects import Sound
from appliance.core.lamps import ButtonLamp, LampLook
from appliance.core.picture import Overlay, Picture, Segment, Showing
from appliance.core.words import DurationMs, InstantMs
from appliance.tower.declared import host_lost_picture, shutdown_picture, start_picture
from appliance.tower.plain import PlainTower, words_of

SINCE = InstantMs(1_000)

LINES = {
    "Main: failed, stage 1, fill 1, 0:21, lower and upper half in turn": Segment(
        "Main", Showing.FAILED, 1, 1, waiting_since_ms=SINCE
    ),
    "Main: asked, stage 2, fill 2, 0:21, one pixel runs up": Segment(
        "Main", Showing.ASKED, 2, 2, waiting_since_ms=SINCE
    ),
    "Main: urgent, stage 3, fill 1, marks 2, and more, 0:21, fast flash": Segment(
        "Main", Showing.URGENT, 3, 1, 2, more=True, waiting_since_ms=SINCE
    ),
    "Main: waiting, stage 2, fill 2, 0:21, slow flash": Segment(
        "Main", Showing.WAITING, 2, 2, waiting_since_ms=SINCE
    ),
    "Main: waiting, stage 1, fill 1, one taken, 0:21, slow flash": Segment(
        "Main", Showing.WAITING, 1, 1, taken=True, waiting_since_ms=SINCE
    ),
    "Main: held, stage 1, fill 1, 0:21, slow flash, lowest step steady": Segment(
        "Main", Showing.HELD, 1, 1, waiting_since_ms=SINCE
    ),
    "Main: held, stage 3, fill 3, 0:21, fast flash, lowest step steady": Segment(
        "Main", Showing.HELD, 3, 3, waiting_since_ms=SINCE
    ),
    "Main: taken, steady from both ends": Segment("Main", Showing.TAKEN),
    "Main: unsure, stage 2, fill 2, 0:21, dim, two on five off": Segment(
        "Main", Showing.UNSURE, 2, 2, waiting_since_ms=SINCE
    ),
    "Main: tested, all white": Segment("Main", Showing.TESTED),
    "Main: closing, closes to the middle": Segment("Main", Showing.CLOSING),
    "Main: line lost, a hole runs down": Segment("Main", Showing.LINE_LOST),
    "Main: nothing, and more, top steady": Segment("Main", more=True),
    "dark": Segment("Main"),
}


@pytest.mark.parametrize(("words", "segment"), LINES.items(), ids=LINES)
def test_everything_that_a_line_can_show_has_its_words(words: str, segment: Segment) -> None:
    assert words_of(Picture((segment, Segment("Lab"))), InstantMs(22_345)) == words


def test_every_showing_is_among_them() -> None:
    assert {segment.showing for segment in LINES.values()} == set(Showing)


def test_what_the_whole_tower_does_has_its_words_too() -> None:
    assert words_of(start_picture(["Main"])) == "phone system lost"
    assert words_of(host_lost_picture(["Main"])) == "nobody stands behind this tower; fault"
    assert words_of(shutdown_picture(["Main"])) == "lights out"
    assert words_of(Picture((Segment("Main"),), fault=True, more_count=18)) == "and 18 more; fault"
    caller = Segment("Main", Showing.UNSURE, 1, 1)
    assert words_of(Picture((caller,), overlay=Overlay.LOST)) == (
        "Main: unsure, stage 1, fill 1, dim, two on five off; phone system lost"
    )


def test_the_lamps_of_buttons_are_named_unless_they_are_off() -> None:
    lamps = (ButtonLamp(LampLook.TAKEABLE), ButtonLamp(LampLook.STEADY), ButtonLamp(), ButtonLamp(blinks=3))
    assert (
        words_of(Picture((Segment("Main"),), lamps=lamps)) == "button line-1: takeable; button mute: steady"
    )


def test_a_morning_in_plain_lines() -> None:
    out, clock = io.StringIO(), SteppedClock(InstantMs(1_000))
    tower = PlainTower(out, clock, bell=False)
    waits = Segment("Main", Showing.WAITING, 1, 1, waiting_since_ms=InstantMs(1_500))
    tower.draw(Picture((Segment("Main"),)), clock.now_ms())
    clock.step(DurationMs(500))
    tower.draw(Picture((waits,), overlay=Overlay.SWEEP), clock.now_ms())
    tower.play(Sound.ARRIVED)
    tower.tell("Main: a caller rings.")
    clock.step(DurationMs(700))
    tower.draw(Picture((waits,)), clock.now_ms())
    clock.step(DurationMs(4_345))
    tower.draw(Picture((Segment("Main"),)), clock.now_ms())
    tower.tell("Main: not answered, over after 0:05: the caller gave up.")
    said = out.getvalue().splitlines()
    tower.close()
    assert out.closed
    assert said == [
        "0.000 dark",
        "0.500 Main: waiting, stage 1, fill 1, 0:00, slow flash",
        "0.500 sound: arrived",
        "0.500 Main: a caller rings.",
        "5.545 dark",
        "5.545 Main: not answered, over after 0:05: the caller gave up.",
    ]


def test_the_bell_rings_only_where_it_is_asked_for() -> None:
    for bell in (False, True):
        out = io.StringIO()
        PlainTower(out, SteppedClock(), bell).play(Sound.URGENT)
        assert ("\a" in out.getvalue()) is bell


def test_plain_lines_hold_no_colour_and_no_cursor_codes() -> None:
    out = io.StringIO()
    tower = PlainTower(out, SteppedClock(), bell=False)
    for segment in LINES.values():
        tower.draw(Picture((segment,)), InstantMs(0))
    assert "\x1b" not in out.getvalue()
