"""The driver and the real firmware on an emulated board, in real time: pixels, buttons, resets, hangs."""

from bisect import bisect_right
from collections.abc import Iterator

import pytest

from appliance.clock import RealClock
from appliance.core.beats import HALF_STEP_MS
from appliance.core.events import ButtonPressed, ButtonReleased
from appliance.core.lamps import ButtonLamp, LampLook
from appliance.core.picture import Picture, Segment, Showing, settle
from appliance.core.words import Button
from appliance.tower.controller.driver import Controller, open_controller
from tests.firmware.drawn import STATUS_PIXELS, expected, segment_at, unlike
from tests.peers.board import is_lit
from tests.peers.live_board import LiveBoard, running_board
from tests.peers.program import PATIENT_S, until
from tests.tower.controller.stand import WAITS, standing, with_patience

BACK_MS = 10_000
"""By when a picture is back after a reset or a hang: 1 s (`make bench`), and more where others are busy."""

UNLIKE_MAX = 12
"""Of 35 half steps, those in which the pixels may be others: a second in which a busy machine gave the board
no turn (firmware/sim/README.md). A board that is out of step with its unit, by one half step even, differs in
half of them. Where time is not the machine's, in tests/firmware, all have to be right."""


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    with_patience(monkeypatch)


@pytest.fixture
def board() -> Iterator[LiveBoard]:
    with running_board() as running:
        yield running


def shows_a_caller(board: LiveBoard) -> bool:
    """Whether the first line's segment is lit, and the tower's own picture is not shown."""
    return any(map(is_lit, board.chain[segment_at(0)])) and is_lit(board.chain[0])


def draw_until(tower: Controller, picture: Picture, end_ms: float) -> None:
    """Be the writer: draw this again in time, until an instant."""
    clock = RealClock()
    while (now_ms := clock.now_ms()) < end_ms:
        due_ms = tower.draw(picture, now_ms)
        assert due_ms is not None
        until(lambda due=due_ms: clock.now_ms() >= due, PATIENT_S, "the next beat")  # type: ignore[misc]


def test_every_pixel_of_every_half_step_is_the_one_that_the_core_draws(board: LiveBoard) -> None:
    clock = RealClock()
    tower = open_controller(str(board.port), clock, print)
    begun_ms = clock.now_ms()
    nothing = Picture((Segment("Main"), Segment("Lab"), Segment("Back")), epoch_ms=begun_ms)
    wanted = Picture(
        # No more of it than the tower can show without its current limit.
        (Segment("Main", Showing.WAITING, 1, 1, 1), Segment("Lab", Showing.URGENT, 3, 1), Segment("Back")),
        fault=True,
        lamps=tuple(map(ButtonLamp, (LampLook.TAKEABLE, *[LampLook.OFF] * 4, LampLook.STEADY))),
    )
    picture = settle(nothing, wanted, begun_ms)
    draw_until(tower, picture, begun_ms + 4_000)
    tower.close()
    instants = [shown.at_ms for shown in board.pixels]
    compared, out_of_step = 0, []
    for half in range(4, int(3_500 / HALF_STEP_MS)):
        middle_ms = picture.epoch_ms + (half + 0.5) * HALF_STEP_MS
        shown = board.pixels[bisect_right(instants, middle_ms) - 1]
        seen = shown.colours[: STATUS_PIXELS + 8 * 3]
        compared += 1
        if unlike(seen, expected(picture, middle_ms)):
            out_of_step.append(half)
    assert compared > 30
    assert len(out_of_step) <= UNLIKE_MAX, out_of_step
    lamps = [shown.colours[STATUS_PIXELS + 8 * 3 :] for shown in board.pixels if shown.at_ms > begun_ms + 500]
    assert {is_lit(one[0]) for one in lamps} == {True, False}
    assert {tuple(map(is_lit, one[1:])) for one in lamps} == {(False,) * 4 + (True,)}


def test_a_press_is_told_once_with_its_age_and_so_is_its_release(board: LiveBoard) -> None:
    with standing(str(board.port), WAITS) as stand:
        until(lambda: shows_a_caller(board), PATIENT_S, "the caller is shown")
        pressed_ms = stand.clock.now_ms()
        board.press(8)
        until(lambda: len(stand.buttons) == 1, PATIENT_S, "the press")
        board.release(8)
        until(lambda: len(stand.buttons) == 2, PATIENT_S, "the release")
        board.press(11)
        until(lambda: len(stand.buttons) == 3, PATIENT_S, "the handset")
        said = [(type(event), event.button) for event in stand.buttons if hasattr(event, "button")]
        assert said == [
            (ButtonPressed, Button.MUTE), (ButtonReleased, Button.MUTE), (ButtonPressed, Button.HOOK),
        ]  # fmt: skip
        ages = [event.age_ms for event in stand.buttons if hasattr(event, "age_ms")]
        # At rest for 16 ms, and on the wire for some; none is older than the time since the first one.
        assert all(10 < age_ms < stand.clock.now_ms() - pressed_ms for age_ms in ages)
        assert stand.faults == []


@pytest.mark.parametrize("how", ["reset", "hang"])
def test_a_reset_or_a_hang_costs_a_moment_of_light_and_is_no_fault(board: LiveBoard, how: str) -> None:
    with standing(str(board.port), WAITS) as stand:
        until(lambda: shows_a_caller(board), PATIENT_S, "the caller is shown")
        for count in range(3):
            resets = len(board.resets)
            hurt_ms = stand.clock.now_ms()
            if how == "reset":
                board.reset()
            else:
                board.hang_after(1_000 + 777 * count)
            until(lambda now=resets: len(board.resets) > now, PATIENT_S, "it begins anew")  # type: ignore[misc]
            until(lambda: shows_a_caller(board), PATIENT_S, "the caller is shown again")
            assert stand.clock.now_ms() - hurt_ms < BACK_MS
        assert stand.told == []


def test_pulled_out_and_put_back_it_is_found_again_and_pressed_buttons_are_let_go(board: LiveBoard) -> None:
    with standing(str(board.port), WAITS) as stand:
        until(lambda: shows_a_caller(board), PATIENT_S, "the caller is shown")
        board.press(0)
        until(lambda: len(stand.buttons) == 1, PATIENT_S, "the press")
        board.unplug()
        stand.until_fault(f"{board.port} is not there: is the tower plugged in?")
        assert [type(event) for event in stand.buttons] == [ButtonPressed, ButtonReleased]
        board.release(0)
        board.plug()
        until(lambda: shows_a_caller(board), PATIENT_S, "the caller is shown again")
        stand.until_fault("")
        assert len(stand.buttons) == 2


def test_a_unit_that_hangs_is_shown_by_the_tower_and_one_that_is_back_too(board: LiveBoard) -> None:
    with standing(str(board.port), WAITS) as stand:
        until(lambda: shows_a_caller(board), PATIENT_S, "the caller is shown")
        stand.hangs = True
        # The glow of the alive pixel is out as soon as nobody stands behind the picture.
        until(lambda: not is_lit(board.chain[0]), PATIENT_S, "nobody is there")
        stand.hangs = False
        until(lambda: shows_a_caller(board), PATIENT_S, "the unit is back")
        assert stand.told == []


def test_lights_go_out_on_the_pixels_when_the_unit_ends(board: LiveBoard) -> None:
    with standing(str(board.port), WAITS):
        until(lambda: shows_a_caller(board), PATIENT_S, "the caller is shown")
    until(lambda: not any(map(is_lit, board.chain[: STATUS_PIXELS + 16])), PATIENT_S, "all is dark")


def test_the_instants_of_a_tower_are_those_of_the_unit(board: LiveBoard) -> None:
    with standing(str(board.port), WAITS) as stand:
        until(lambda: shows_a_caller(board), PATIENT_S, "the caller is shown")
        until(lambda: abs(board.pixels[-1].at_ms - stand.clock.now_ms()) < 1_000, PATIENT_S, "one clock")
