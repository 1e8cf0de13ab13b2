"""`call-light flash-tower` with the real avrdude, at a board whose bootloader and cable the test commands."""

import re
import sys
from pathlib import Path

import pytest

from appliance import cli
from appliance.clock import Clock, RealClock
from appliance.errors import ExitCode
from appliance.tower.controller import finding, link
from appliance.tower.flashing import avrdude, command
from appliance.tower.flashing.command import SHIPPED
from appliance.tower.flashing.image import read_image, written
from appliance.tower.serial_port import SerialPort, UsbPort
from tests.peers.bootloader import (
    ATMEGA168,
    GET_SYNC,
    READ_PAGE,
    READ_SIGNATURE,
    WRITE_PAGE,
    BootBoard,
    plugged,
)
from tests.peers.far_end import FarEnd
from tests.tower.controller.stand import only_these_ports
from tests.tower.flashing.hexes import image_file


class Flash:
    """One run of the command."""

    def __init__(self, capsys: pytest.CaptureFixture[str], *arguments: str) -> None:
        self.code = cli.main(["flash-tower", *arguments])
        said = capsys.readouterr()
        self.out = said.out
        self.complaint = said.err.removeprefix("call-light: error: ").removesuffix("\n")


@pytest.fixture(autouse=True)
def boards_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """A blank board says nothing and is soon given up; one that was written is waited for."""
    monkeypatch.setattr(link, "START_MS", 100)
    monkeypatch.setattr(link, "HELLO_MS", 400)
    write = command._write

    def write_and_wait(name: str, image: Path, clock: Clock) -> None:
        write(name, image, clock)
        monkeypatch.setattr(link, "HELLO_MS", 2_000)

    monkeypatch.setattr(command, "_write", write_and_wait)


def test_a_blank_board_is_written_read_back_and_says_what_it_runs(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    board = BootBoard()
    image = image_file(tmp_path, "1.2.3")
    with plugged(board) as port:
        flash = Flash(capsys, "--port", port, "--image", str(image))
    assert (flash.code, flash.complaint) == (ExitCode.OK, "")
    assert flash.out.splitlines() == [
        f"found:  {port} says nothing",
        f"writes: {image}: firmware 1.2.3 for the atmega328p, 4000 bytes",
        "waiting for the bootloader",
        "writing",
        "reading it back",
        f"runs:   {port} runs firmware 1.2.3, protocol 1",
    ]
    assert board.version == (1, 2, 3)


def test_without_a_name_the_image_that_ships_is_written(capsys: pytest.CaptureFixture[str]) -> None:
    board = BootBoard()
    shipped = read_image(SHIPPED)
    with plugged(board) as port:
        flash = Flash(capsys, "--port", port)
    assert flash.code == ExitCode.OK
    assert board.version == shipped.version
    assert flash.out.splitlines()[1] == (
        f"writes: {SHIPPED}: firmware {written(shipped.version)} for the atmega328p, {shipped.size} bytes"
    )


def test_an_upgrade_says_what_ran_before_and_shows_its_progress_at_a_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    board = BootBoard()
    with plugged(board) as port:
        Flash(capsys, "--port", port, "--image", str(image_file(tmp_path, "1.0.0", 8_000)))
        monkeypatch.setattr("sys.stdout.isatty", lambda: True)
        flash = Flash(capsys, "--port", port, "--image", str(image_file(tmp_path, "1.0.1")))
    assert flash.out.splitlines()[0] == f"found:  {port} runs firmware 1.0.0, protocol 1"
    shown = [int(percent) for percent in re.findall(r"\r\x1b\[Kwriting: (\d+) %", flash.out)]
    assert shown == sorted(shown)
    assert shown[-1] == 100
    assert flash.out.endswith(f"\nruns:   {port} runs firmware 1.0.1, protocol 1\n")
    assert board.version == (1, 0, 1)


def test_a_cable_pulled_out_half_way_harms_nothing_that_a_second_run_does_not_mend(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(avrdude, "PATIENCE_MS", 4_000)
    board = BootBoard()
    image = image_file(tmp_path)
    for page in (0, 10, 31):
        board.pages_count, board.cut_at_page = 0, page
        with plugged(board) as port:
            flash = Flash(capsys, "--port", port, "--image", str(image))
        assert flash.code == ExitCode.FAILED
        assert re.fullmatch(
            rf"{port}: not all was written \(.+\); the bootloader is unharmed: see to the cable, .*",
            flash.complaint,
        )
    board.cut_at_page = None
    with plugged(board) as port:
        assert Flash(capsys, "--port", port, "--image", str(image)).code == ExitCode.OK
    assert board.version == (1, 2, 3)


@pytest.mark.parametrize("step", [GET_SYNC, READ_SIGNATURE, WRITE_PAGE, READ_PAGE])
def test_a_bootloader_that_falls_silent_at_any_step_is_given_up_in_time(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, step: int
) -> None:
    # Who is greeted is first waited for: avrdude has to be started, on a machine that may be busy.
    monkeypatch.setattr(avrdude, "PATIENCE_MS", 1_500 if step == GET_SYNC else 4_000)
    board = BootBoard()
    board.mute_from = step
    with plugged(board) as port:
        flash = Flash(capsys, "--port", port, "--image", str(image_file(tmp_path)))
    assert flash.code == ExitCode.FAILED
    greeted = "no bootloader answers" if step == GET_SYNC else "not all was written"
    assert flash.complaint.startswith(f"{port}: {greeted}")


def test_the_old_bootloader_is_refused_with_the_way_to_replace_it(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(avrdude, "PATIENCE_MS", 4_000)
    board = BootBoard(baud=57_600)
    with plugged(board) as port:
        flash = Flash(capsys, "--port", port, "--image", str(image_file(tmp_path)))
    assert flash.code == ExitCode.FAILED
    assert flash.complaint == (
        f"{port}: the bootloader is the old one (57600 baud), which a watchdog reset leaves in an endless"
        " loop; nothing was written; hardware/README.md says how to replace it by Optiboot"
    )
    assert board.pages_count == 0


def test_no_bootloader_at_all_says_in_one_line_what_to_try(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(avrdude, "PATIENCE_MS", 1_500)
    nothing = FarEnd()
    port = nothing.name
    flash = Flash(capsys, "--port", port, "--image", str(image_file(tmp_path)))
    nothing.pull_out()
    assert flash.code == ExitCode.FAILED
    assert flash.complaint == (
        f"{port}: no bootloader answers, at 115200 baud or at 57600; press the board's reset as this begins,"
        " try another cable (some only charge), or burn Optiboot (hardware/README.md)"
    )


def test_another_chip_is_refused_and_nothing_is_written(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    board = BootBoard(signature=ATMEGA168)
    with plugged(board) as port:
        flash = Flash(capsys, "--port", port, "--image", str(image_file(tmp_path)))
    assert flash.complaint == (
        f"{port}: the chip says that it is 1e9406, and an atmega328p is 1e950f; nothing was written"
    )
    assert board.pages_count == 0


def test_flash_that_keeps_not_what_was_written_is_found(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    board = BootBoard()
    board.spoils = True
    with plugged(board) as port:
        flash = Flash(capsys, "--port", port, "--image", str(image_file(tmp_path)))
    assert flash.code == ExitCode.FAILED
    assert "not all was written" in flash.complaint
    assert "verif" in flash.complaint


def test_a_board_that_does_not_run_what_was_written_is_no_success(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    board = BootBoard()
    board.starts = False
    with plugged(board) as port:
        flash = Flash(capsys, "--port", port, "--image", str(image_file(tmp_path)))
    assert flash.code == ExitCode.FAILED
    assert flash.complaint == (
        f"all was written and read back, and yet {port} says nothing: pull the cable out and try again"
    )


def test_a_damaged_image_is_refused_before_any_port_is_opened(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    image = image_file(tmp_path)
    image.write_text(image.read_text().replace("0C94", "0C95", 1))
    flash = Flash(capsys, "--port", "/dev/no-such-port", "--image", str(image))
    assert flash.complaint == f"{image}:1: is no record of an atmega328p's image (Intel HEX)"
    assert flash.out == ""


def test_a_port_that_the_unit_has_is_left_to_it(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    with plugged(BootBoard()) as port:
        unit = SerialPort(port, 38_400)
        flash = Flash(capsys, "--port", port, "--image", str(image_file(tmp_path)))
        unit.close()
    assert flash.complaint == (
        f"{port} is used by another program (`fuser -v {port}` names it);"
        " if a unit runs here, stop it: `sudo systemctl stop call-light`"
    )


def test_without_avrdude_it_says_how_to_get_it(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(avrdude, "PROGRAM", (str(tmp_path / "avrdude"),))
    with plugged(BootBoard()) as port:
        flash = Flash(capsys, "--port", port, "--image", str(image_file(tmp_path)))
    assert flash.complaint == "avrdude is not installed: `sudo apt install avrdude`"


def test_of_what_avrdude_says_only_so_much_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    program = (
        "import sys\n"
        "print('avrdude: AVR device initialized', file=sys.stderr)\n"
        "print('device signature = 0x1e950f', file=sys.stderr)\n"
        f"print('x' * {avrdude.OUTPUT_BYTES_MAX}, file=sys.stderr)\n"
        "print('avrdude error: enough', file=sys.stderr)\n"
        "sys.exit(1)\n"
    )
    monkeypatch.setattr(avrdude, "PROGRAM", (sys.executable, "-c", program))
    outcome = avrdude.ask_bootloader("/dev/no-such-port", 115_200, RealClock())
    assert outcome == avrdude.Outcome(answered=False, signature="", done=False, last_words="enough")


def test_of_two_towers_one_must_be_named(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    only_these_ports(monkeypatch, tmp_path)
    image = str(image_file(tmp_path))
    with plugged(BootBoard()) as port, plugged(BootBoard()) as other:
        names = f"{tmp_path}/call-light-tower-1, {tmp_path}/call-light-tower-2"
        (tmp_path / "call-light-tower-1").symlink_to(port)
        (tmp_path / "call-light-tower-2").symlink_to(other)
        # udev's name tells the chip only: a relay board has the same one.
        assert Flash(capsys, "--image", image).complaint.endswith(f"must be named: --port, {names}")
        assert Flash(capsys, "--image", image, "--port", port).code == ExitCode.OK
        flash = Flash(capsys, "--image", image)
        assert flash.out.endswith(f"runs:   {tmp_path}/call-light-tower-1 runs firmware 1.2.3, protocol 1\n")
        assert Flash(capsys, "--image", image, "--port", other).code == ExitCode.OK
        assert (
            Flash(capsys, "--image", image).complaint
            == f"there are several towers; name one: --port, {names}"
        )


def test_a_board_that_nobody_named_is_written_only_if_it_says_that_it_is_a_tower(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    only_these_ports(monkeypatch, tmp_path)
    image = str(image_file(tmp_path))
    assert Flash(capsys, "--image", image).complaint == (
        "no tower is plugged in; where a board is plugged in, name its port: --port"
    )
    with plugged(BootBoard()) as port:
        monkeypatch.setattr(finding, "usb_ports", lambda: (UsbPort(port, "1a86:7523", ""),))
        flash = Flash(capsys, "--image", image)
        assert flash.complaint == (
            f"{port} says nothing: if it is the tower, `call-light flash-tower` writes its firmware;"
            f" a board without firmware must be named: --port, {port}"
        )
        assert Flash(capsys, "--image", image, "--port", port).code == ExitCode.OK
        assert Flash(capsys, "--image", image).code == ExitCode.OK
