"""Bought towers in a configuration: what is taken, what each lamp is then for, and what needs a look."""

from pathlib import Path

import pytest

from appliance.config.configuration import Configuration
from appliance.config.tower_table import OUTPUTS_MAX
from tests.config.files import accepted, refusals, with_line

ADAFRUIT = 'driver = "adafruit-usb"\nport = "/dev/ttyUSB0"'
RELAYS = 'driver = "relay-usb"\nport = "/dev/ttyUSB0"'
PATLITE = 'driver = "patlite-net"\naddress = "tower.example.org"'

KEEPS = (
    "driver: keeps its last lights when the unit dies, the alive lamp too, as long as it has power;"
    " a tower of another kind beside it would tell"
)
PROVES_NOTHING = "alive_lamp: names no lamp, so a dark tower proves nothing to anybody"


def unit(folder: Path, tower: str) -> Configuration:
    return accepted(folder, with_line('driver = "terminal"', tower))


def uses(configuration: Configuration) -> list[str]:
    """What each lamp of the first tower is for, lines counted from 1."""
    return [
        " ".join([lamp.colour, lamp.use, *(str(place + 1) for place in lamp.lines)])
        for lamp in configuration.towers[0].lamps
    ]


def remarks(configuration: Configuration) -> list[str]:
    """What `check` warns of at the towers, without file and line."""
    marker = ": [[tower]] 1 "
    return [text.partition(marker)[2] for text in configuration.warnings if marker in text]


def test_a_tower_that_is_bought_whole_needs_its_port_alone(tmp_path: Path) -> None:
    found = unit(tmp_path, ADAFRUIT)
    assert uses(found) == ["red urgent 1 2", "yellow beacon 1 2", "green alive"]
    assert (found.towers[0].port, unit(tmp_path, PATLITE).towers[0].address) == (
        "/dev/ttyUSB0",
        "tower.example.org",
    )


def test_outputs_are_what_somebody_wired_to_them(tmp_path: Path) -> None:
    wired = unit(tmp_path, f'{RELAYS}\nlamps = ["yellow", "none", "buzzer", "white"]\nalive_lamp = "white"')
    assert wired.towers[0].outputs == ("yellow", "none", "buzzer", "white")
    assert uses(wired) == ["yellow beacon 1 2", "white alive"]
    two_white = unit(tmp_path, f'{RELAYS}\nlamps = ["white", "white"]\nalive_lamp = "white"')
    assert uses(two_white) == ["white alive", "white beacon 1 2"]
    default = unit(tmp_path, PATLITE)
    assert default.towers[0].outputs == ("red", "yellow", "green", "blue", "white", "buzzer")
    assert uses(default) == ["red urgent 1 2", "yellow line 1", "green alive", "blue line 2", "white spare"]


def test_the_fullest_tower_there_is_has_six_outputs_and_one_more_is_refused(tmp_path: Path) -> None:
    full = '"white", ' * (OUTPUTS_MAX - 1) + '"buzzer"'
    assert len(unit(tmp_path, f"{PATLITE}\nlamps = [{full}]").towers[0].outputs) == OUTPUTS_MAX
    lines = refusals(tmp_path, with_line('driver = "terminal"', f'{PATLITE}\nlamps = ["red", {full}]'))
    assert lines[0].startswith("unit.toml:28: [[tower]] 1 lamps: must be a list of at most 6, each ")


def test_check_warns_of_a_tower_that_would_keep_its_lights_when_nothing_beside_it_tells(
    tmp_path: Path,
) -> None:
    assert remarks(unit(tmp_path, ADAFRUIT)) == [KEEPS]
    assert remarks(unit(tmp_path, f'{ADAFRUIT}\n[[tower]]\ndriver = "none"')) == [KEEPS]
    assert remarks(unit(tmp_path, f"{ADAFRUIT}\n[[tower]]")) == []


@pytest.mark.parametrize(
    "tower",
    [
        f'{ADAFRUIT}\nalive_lamp = "none"',
        f'{RELAYS}\nlamps = ["yellow", "blue"]',
        f"{PATLITE}\nlamps = ['white']",
    ],
)
def test_check_warns_of_a_tower_without_an_alive_lamp(tmp_path: Path, tower: str) -> None:
    assert remarks(unit(tmp_path, tower)) == [PROVES_NOTHING]
    assert remarks(unit(tmp_path, f"{tower}\n[[tower]]")) == [PROVES_NOTHING]


def test_check_warns_of_a_tower_that_has_only_red_for_the_lines(tmp_path: Path) -> None:
    assert remarks(unit(tmp_path, f'{RELAYS}\nlamps = ["red", "green", "buzzer"]\n[[tower]]')) == [
        "lamps: leave only red for the lines: nobody is shown before stage 3"
    ]
