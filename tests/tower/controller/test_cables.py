"""Cables and what they do to a tower: out at any byte, plugged in elsewhere, hanging, gone for an hour."""

import threading
from pathlib import Path

import pytest

from appliance.clock import RealClock, SteppedClock
from appliance.core.events import ButtonPressed, ButtonReleased, Event, FaultRaised
from appliance.core.words import Button, DurationMs
from appliance.tower.controller.driver import Controller, open_controller
from appliance.tower.controller.talk import TowerLost
from appliance.tower.serial_port import PortTrouble
from appliance.tower.wire import ButtonEvent, Hello, Status, encode
from appliance.tower.writer import RETRY_MAX_MS, TowerWriter
from tests.peers.controller import FakeController, plugged_in
from tests.peers.program import PATIENT_S, until
from tests.tower.controller.stand import GONE, OUT, WAITS, only_these_ports, standing, waits, with_patience


def test_unplugged_is_a_fault_and_plugged_in_under_another_name_it_is_found_again(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    only_these_ports(monkeypatch, tmp_path)
    with_patience(monkeypatch)
    nothing = f"no tower is plugged in: no {tmp_path}/call-light-tower*, and no USB port that could be one"
    with standing("", WAITS) as stand:
        stand.until_fault(nothing)
        for number in (1, 2, 3):
            with plugged_in(tmp_path / f"call-light-tower-{number}") as board:
                board.until_shown(waits, "the caller is shown")
                stand.until_fault("")
            stand.until_fault(nothing)
        out = [OUT.format(tmp_path / f"call-light-tower-{number}") for number in (1, 2, 3)]
        assert stand.faults == [
            nothing, "over", out[0], nothing, "over", out[1], nothing, "over", out[2], nothing,
        ]  # fmt: skip


def test_a_board_that_hangs_is_a_fault_until_it_answers_again() -> None:
    with plugged_in() as board, standing(board.name, WAITS) as stand:
        board.until_shown(waits, "the caller is shown")
        board.hangs = True
        stand.until_fault(GONE.format(board.name))
        board.hangs = False
        stand.until_fault("")
        board.until_shown(waits, "the caller is shown")


def test_a_cable_that_takes_nothing_more_is_a_fault_and_holds_nothing_up() -> None:
    with plugged_in() as board:
        with standing(board.name, WAITS) as stand:
            board.until_shown(waits, "the caller is shown")
            board.reads = False
            stand.until_fault(GONE.format(board.name))
            ending_ms = stand.clock.now_ms()
        # The lights have half a second to go out in; such a cable would hold up for ever who waits for it.
        assert stand.clock.now_ms() - ending_ms < 5_000


FRAMES = {
    "hello": encode(Hello(1, (1, 0, 0), 1, 2, 8), 0),
    "status": encode(Status(0, False, False, False, 0, 0, 0, 60), 1),
    "event": encode(ButtonEvent(0, 0, True, 20), 1),
}


@pytest.mark.parametrize(
    ("frame", "count"), [(name, count) for name, frame in FRAMES.items() for count in range(len(frame))]
)
def test_a_cable_pulled_out_at_any_byte_of_any_frame_loses_the_tower_and_nothing_else(
    monkeypatch: pytest.MonkeyPatch, frame: str, count: int
) -> None:
    with_patience(monkeypatch)
    told: list[Event] = []
    clock = RealClock()
    with plugged_in() as board:
        if frame == "hello":
            board.cut_after(count)
        with pytest.raises((TowerLost, PortTrouble)) as lost:
            _lose(board, open_controller(board.name, clock, told.append), frame, count)
    assert str(lost.value) == OUT.format(board.name)
    assert told == []


@pytest.mark.parametrize("resets", [True, False])
def test_a_press_during_a_cable_loss_is_neither_invented_nor_acted_on_late(resets: bool) -> None:
    with plugged_in(resets=resets) as board, standing(board.name, WAITS) as stand:
        board.until_shown(waits, "the caller is shown")
        board.press(8)
        until(lambda: board.heard == [0], PATIENT_S, "a press")
        board.hangs = True
        # What was held is let go, and what is pressed meanwhile is never heard of.
        board.press(8, down=False)
        board.press(0)
        stand.until_fault(GONE.format(board.name))
        board.hangs = False
        stand.until_fault("")
        board.press(1)
        until(lambda: board.has_told_all, PATIENT_S, "all is acknowledged")
        until(lambda: isinstance(stand.buttons[-1], ButtonPressed), PATIENT_S, "a press after the loss")
        said = [(type(event), getattr(event, "button", None)) for event in stand.buttons]
        assert said == [
            (ButtonPressed, Button.MUTE), (ButtonReleased, Button.MUTE), (ButtonPressed, Button.LINE_2),
        ]  # fmt: skip


def test_unplugged_for_an_hour_is_one_line_and_it_is_looked_for_until_the_end(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    only_these_ports(monkeypatch, tmp_path)
    clock = SteppedClock()
    told: list[Event] = []
    tries = 0

    def open_it() -> Controller:
        nonlocal tries
        tries += 1
        return open_controller("", clock, told.append)

    writer = TowerWriter("controller", open_it, ["Main"], clock, told.append)
    while clock.now_ms() < 3_600_000:
        writer.beat(clock.now_ms())
        writer.turn(clock.now_ms())
        clock.step(DurationMs(250))
    assert [type(event) for event in told] == [FaultRaised]
    assert tries > 3_600_000 / RETRY_MAX_MS - 10


def _lose(board: FakeController, tower: Controller, frame: str, count: int) -> None:
    """Have the cable pulled out at this byte of this frame, and draw until that is raised."""
    clock = RealClock()
    try:
        if frame != "hello":
            board.cut_after(count)
        if frame == "event":
            board.press(0)
            until(lambda: not board.is_plugged_in, PATIENT_S, "the cable is out")
        ends = threading.Event()
        # Not more often: of pictures that a board answers late the link remembers eight.
        while not ends.wait(0.1):
            tower.draw(WAITS, clock.now_ms())
    finally:
        tower.close()
