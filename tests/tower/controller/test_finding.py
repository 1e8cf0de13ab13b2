"""Where the tower is: configured, named, or recognised by its HELLO among several ports."""

from contextlib import ExitStack
from pathlib import Path

import pytest

from appliance.clock import RealClock
from appliance.tower.controller import finding
from appliance.tower.controller.finding import PORTS_MAX, USB_IDS, Candidate, candidates, find
from appliance.tower.controller.link import HELLO_MS
from appliance.tower.controller.talk import TowerLost
from appliance.tower.serial_port import SerialPort, UsbPort
from appliance.tower.wire import Who
from tests.peers.controller import plugged_in
from tests.tower.controller.stand import only_these_ports


def test_a_configured_port_is_the_only_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    only_these_ports(monkeypatch, tmp_path)
    (tmp_path / "call-light-tower").touch()
    assert candidates("/dev/ttyUSB3") == (Candidate("/dev/ttyUSB3", may_ask=True),)


def test_what_udev_named_comes_before_what_merely_is_plugged_in_and_each_port_once(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    only_these_ports(monkeypatch, tmp_path)
    monkeypatch.setattr(finding, "usb_ports", lambda: (UsbPort("/dev/ttyUSB0", "1a86:7523", ""),))
    assert candidates("") == (Candidate("/dev/ttyUSB0", may_ask=False),)
    for name, port in (("call-light-tower", "a"), ("call-light-tower-1", "a"), ("call-light-tower-2", "b")):
        (tmp_path / port).touch()
        (tmp_path / name).symlink_to(tmp_path / port)
    assert [(Path(one.name).name, one.may_ask) for one in candidates("")] == [
        ("call-light-tower", False), ("call-light-tower-2", False),
    ]  # fmt: skip


def test_only_chips_of_boards_that_the_firmware_runs_on_are_looked_at_and_only_so_many(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    only_these_ports(monkeypatch, tmp_path)
    others = [UsbPort("/dev/ttyACM0", "04b8:0202", "receipt printer")]
    boards = [UsbPort(f"/dev/ttyUSB{number}", min(USB_IDS), "") for number in range(PORTS_MAX + 1)]
    monkeypatch.setattr(finding, "usb_ports", lambda: (*others, *boards))
    assert [one.name for one in candidates("")] == [port.name for port in boards[:PORTS_MAX]]


def test_of_several_ports_the_one_with_a_tower_is_found_and_the_others_are_let_go() -> None:
    with plugged_in(boot_s=60) as silent, plugged_in() as board, plugged_in(boot_s=60) as other:
        ports = [Candidate(one.name, may_ask=False) for one in (silent, board, other)]
        talk = find([*ports, Candidate("/dev/no-such-port", may_ask=False)], RealClock(), _nobody)
        assert talk.port.name == board.name
        assert talk.link.hello == board.hello
        for one in (silent, other):
            SerialPort(one.name, 38_400).close()
        talk.end()


def test_ports_are_asked_at_once_and_each_reason_is_told() -> None:
    clock = RealClock()
    begun_ms = clock.now_ms()
    with ExitStack() as stack:
        boards = [stack.enter_context(plugged_in(boot_s=60, resets=False)) for _ in range(3)]
        boards[0].hangs = True
        boards[1].hangs = True
        taken = SerialPort(boards[2].name, 38_400)
        ports = [Candidate(boards[0].name, may_ask=True), Candidate(boards[1].name, may_ask=False)]
        with pytest.raises(TowerLost) as lost:
            find([*ports, Candidate(taken.name, may_ask=True)], clock, _nobody)
        taken.close()
    # One after the other would take twice as long.
    assert HELLO_MS <= clock.now_ms() - begun_ms < 2 * HELLO_MS
    says_nothing = "says nothing: if it is the tower, `call-light flash-tower` writes its firmware"
    assert sorted(str(lost.value).split("; ")) == sorted(
        [
            f"{boards[0].name} {says_nothing}",
            f"{boards[1].name} {says_nothing}",
            f"{boards[2].name} is used by another program (`fuser -v {boards[2].name}` names it)",
        ]
    )


def test_a_board_that_opening_does_not_reset_is_asked() -> None:
    with plugged_in(resets=False) as board:
        talk = find([Candidate(board.name, may_ask=True)], RealClock(), _nobody)
        talk.end()
        assert board.others == [Who()]


def test_nothing_is_ever_written_to_a_port_that_nobody_named() -> None:
    with plugged_in(resets=False) as board:
        with pytest.raises(TowerLost):
            find([Candidate(board.name, may_ask=False)], RealClock(), _nobody)
        assert board.others == []


def test_no_port_at_all_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    only_these_ports(monkeypatch, tmp_path)
    with pytest.raises(TowerLost) as lost:
        find(candidates(""), RealClock(), _nobody)
    assert str(lost.value) == (
        f"no tower is plugged in: no {tmp_path}/call-light-tower*, and no USB port that could be one"
    )


def _nobody(event: object) -> None:
    raise AssertionError(event)
