"""The driver of the product and the real firmware, over a serial port, in real time."""

from collections.abc import Iterator

import pytest

from appliance.clock import RealClock
from appliance.core.events import ButtonPressed, ButtonReleased, Event
from appliance.core.picture import Picture, Segment, Showing, settle
from appliance.core.words import Button, InstantMs
from appliance.tower.controller.driver import Controller, open_controller
from appliance.tower.controller.talk import TowerLost
from appliance.tower.serial_port import PortTrouble
from tests.firmware.drawn import expected, unlike
from tests.peers.live_board import LiveBoard, running_board
from tests.peers.program import PATIENT_S, until
from tests.tower.controller.stand import with_patience

CLOCK = RealClock()

TAKEN = Picture((Segment("Main", Showing.TAKEN), Segment("Lab")))


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    with_patience(monkeypatch)


@pytest.fixture
def board() -> Iterator[LiveBoard]:
    with running_board() as running:
        yield running


def until_shown(board: LiveBoard, controller: Controller, picture: Picture) -> None:
    """Hand the picture over at each beat, as a tower's writer does, until the pixels show it."""
    settled = settle(Picture(()), picture, CLOCK.now_ms())
    due_ms: InstantMs | None = CLOCK.now_ms()

    def is_shown() -> bool:
        nonlocal due_ms
        now_ms = CLOCK.now_ms()
        if due_ms is None or now_ms >= due_ms:
            due_ms = controller.draw(settled, now_ms)
        wanted = expected(settled, now_ms)
        return not unlike(board.chain[: len(wanted)], wanted)

    until(is_shown, PATIENT_S, "the pixels show the picture")


def test_a_picture_goes_through_the_driver_the_line_and_the_firmware_to_the_pixels(board: LiveBoard) -> None:
    controller = open_controller(str(board.port), CLOCK, lambda _: None)
    try:
        until_shown(board, controller, TAKEN)
        # Opening the port resets the board, as on a Nano.
        assert [reset.cause for reset in board.resets] == ["power", "pin"]
    finally:
        controller.close()


def test_a_finger_goes_through_the_firmware_the_line_and_the_driver_to_the_board(board: LiveBoard) -> None:
    events: list[Event] = []
    controller = open_controller(str(board.port), CLOCK, events.append)
    try:
        until_shown(board, controller, TAKEN)
        board.press(8)
        until(lambda: len(events) == 1, PATIENT_S, "the press is told")
        board.release(8)
        until(lambda: len(events) == 2, PATIENT_S, "the release is told")
    finally:
        controller.close()
    pressed, released = events
    assert isinstance(pressed, ButtonPressed)
    assert isinstance(released, ButtonReleased)
    assert pressed.button is released.button is Button.MUTE


def test_a_cable_pulled_and_put_back_leads_to_the_same_picture_again(board: LiveBoard) -> None:
    controller = open_controller(str(board.port), CLOCK, lambda _: None)
    until_shown(board, controller, TAKEN)
    board.unplug()

    def is_lost() -> bool:
        try:
            controller.draw(TAKEN, CLOCK.now_ms())
        except (TowerLost, PortTrouble):
            return True
        return False

    until(is_lost, PATIENT_S, "the driver says that the tower is lost")
    controller.close()
    assert not board.port.exists()
    board.plug()
    until(board.port.exists, PATIENT_S, "the tower is plugged in again")
    again = open_controller(str(board.port), CLOCK, lambda _: None)
    try:
        until_shown(board, again, TAKEN)
    finally:
        again.close()
    assert [reset.cause for reset in board.resets] == ["power", "pin", "power", "pin"]
