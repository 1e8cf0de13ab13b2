"""`call-light towers`: kinds, what is plugged in, and what each configured tower can show."""

from pathlib import Path

import pytest

from appliance import cli
from appliance.errors import ExitCode
from appliance.tower import listing
from appliance.tower.controller import finding, link
from appliance.tower.drivers import DRIVERS
from appliance.tower.kinds import KINDS
from appliance.tower.serial_port import SerialPort, UsbPort
from tests.config.files import GOOD, written
from tests.peers.controller import plugged_in
from tests.tower.controller.stand import only_these_ports
from tests.tower.flashing.hexes import image_file

OLDER = "a tower with firmware 1.0.0; `call-light flash-tower` writes 1.2.0"
NOTHING = "Plugged in:\n  nothing at any USB port\n"


@pytest.fixture(autouse=True)
def nothing_is_plugged_in(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "dev").mkdir()
    only_these_ports(monkeypatch, tmp_path / "dev")
    monkeypatch.setattr(listing, "usb_ports", lambda: ())
    monkeypatch.setattr(listing, "SHIPPED", image_file(tmp_path, "1.2.0"))
    monkeypatch.setattr(link, "START_MS", 200)
    monkeypatch.setattr(link, "HELLO_MS", 3_000)


def listed(capsys: pytest.CaptureFixture[str], folder: Path, towers: str) -> list[str]:
    """The lines of the command with these towers in the configuration, in parts between blank lines."""
    file = written(folder, GOOD.replace('[[tower]]\ndriver = "terminal"\n', towers))
    assert cli.main(["towers", str(file)]) == ExitCode.OK
    return capsys.readouterr().out.replace(f"{folder}/", "").split("\n\n")


def test_every_kind_of_tower_is_listed_with_what_it_is(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert set(KINDS) == set(DRIVERS)
    kinds, plugged, _ = listed(capsys, tmp_path, '[[tower]]\ndriver = "none"\n')
    assert [line.split(maxsplit=1) for line in kinds.splitlines()[1:]] == [[*pair] for pair in KINDS.items()]
    assert plugged + "\n" == NOTHING


def test_what_each_configured_tower_can_show_is_told_in_words(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    towers = """\
[[tower]]
driver = "terminal"
[[tower]]
driver = "relay-usb"
port = "/dev/ttyUSB9"
lamps = ["yellow", "blue", "white", "green"]
[[tower]]
driver = "adafruit-usb"
port = "/dev/ttyUSB8"
[[tower]]
driver = "gpio"
[gpio]
line_lamps = [[17], [27, 24]]
alive_lamp = 22
buzzer = 23
line_buttons = [5]
line_button_lamps = [6]
mute_button = 13
"""
    assert listed(capsys, tmp_path, towers)[2].splitlines() == [
        "Configured in unit.toml:",
        "  1. terminal",
        "     - a segment of eight pixels for each line: Main, Doctors",
        "     - status pixels: alive, fault, more callers than shown, owed, voicemail",
        "     - the lamps of the buttons, and sentences",
        "     - no sound: `bell` is false",
        "  2. relay-usb, /dev/ttyUSB9",
        "     - yellow lamp: Main",
        "     - blue lamp: Doctors",
        "     - white lamp: nothing",
        "     - green lamp: lit while all is well",
        "     - no sound",
        "     - no buttons",
        "  3. adafruit-usb, /dev/ttyUSB8",
        "     - red lamp: urgent callers only, of Main, Doctors",
        "     - yellow lamp: the most urgent of Main, Doctors",
        "     - green lamp: lit while all is well",
        "     - sound: a buzzer",
        "     - no buttons",
        "  4. gpio",
        "     - lamp at GPIO 17: Main",
        "     - lamp at GPIO 27 and GPIO 24: Doctors",
        "     - lamp at GPIO 22: lit while all is well",
        "     - sound: a buzzer at GPIO 23",
        "     - button line-1 at GPIO 5, with its lamp",
        "     - button mute at GPIO 13",
    ]


def test_a_tower_says_which_firmware_it_has_and_whether_a_newer_one_ships(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    with plugged_in(tmp_path / "dev/call-light-tower") as board:
        _, plugged, configured = listed(capsys, tmp_path, '[[tower]]\ndriver = "controller"\n')
        assert plugged.splitlines()[1:] == [f"  {board.name} (dev/call-light-tower): {OLDER}"]
        assert configured.splitlines()[1:] == [
            "  1. controller, wherever it is found",
            "     - a segment of eight pixels for each line: Main, Doctors",
            "     - status pixels: alive, fault, more callers than shown, owed, voicemail",
            "     - sound, buttons with lamps, and a hook switch, where they are wired",
        ]


def test_each_port_says_what_is_there_and_a_stranger_is_neither_opened_nor_written_to(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with (
        plugged_in() as board,
        plugged_in() as bought,
        plugged_in(boot_s=60) as silent,
        plugged_in() as taken,
    ):
        ports = (
            UsbPort("/dev/ttyACM0", "04b8:0202", "receipt printer"),
            UsbPort(board.name, "1a86:7523", "USB Serial"),
            UsbPort(bought.name, "1a86:7523", "USB Serial"),
            UsbPort(silent.name, "0403:6001", ""),
            UsbPort(taken.name, "1a86:7523", ""),
        )
        monkeypatch.setattr(listing, "usb_ports", lambda: ports)
        monkeypatch.setattr(finding, "usb_ports", lambda: ports)
        unit = SerialPort(taken.name, 38_400)
        boots = bought.hello.boot_count
        towers = f'[[tower]]\ndriver = "adafruit-usb"\nport = "{bought.name}"\n'
        _, plugged, _ = listed(capsys, tmp_path, towers)
        unit.close()
        assert bought.hello.boot_count == boots
        assert silent.others == []
    assert sorted(plugged.splitlines()[1:]) == sorted(
        [
            "  /dev/ttyACM0 (04b8:0202 receipt printer): not looked at",
            f"  {board.name} (1a86:7523 USB Serial): {OLDER}",
            f"  {bought.name} (1a86:7523 USB Serial): configured as another kind",
            f"  {silent.name} (0403:6001): says nothing",
            f"  {taken.name} (1a86:7523): is used by another program (`fuser -v {taken.name}` names it)",
        ]
    )


def test_a_configuration_that_is_refused_is_told_after_what_is_plugged_in(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert cli.main(["towers", str(tmp_path / "none.toml")]) == ExitCode.REFUSED
    said = capsys.readouterr()
    assert said.out.endswith(NOTHING)
    assert "none.toml: there is no such file" in said.err
