"""`hardware/README.md`: its settings are accepted and wired so, and nothing that it points to is missing."""

import re
import tomllib
from pathlib import Path

import pytest

from appliance.config.load import load
from hardware.render import PARTS
from tests.hardware import firmware
from tests.hardware.harness import ROOT, Harness

FOLDER = ROOT / "hardware"
TEXT = (FOLDER / "README.md").read_text(encoding="utf-8")
SETTINGS = re.findall(r"```toml\n(.*?)```", TEXT, re.DOTALL)

FOUR_LINES = """\
[[pbx]]
id = "office"
registrars = ["sip:192.0.2.10"]
[[extension]]
id = "main"
pbx = "office"
user = "601"
line = "main"
[[line]]
id = "main"
label = "Main"
[[line]]
id = "doctors"
label = "Doctors"
[[line]]
id = "labs"
label = "Labs"
[[line]]
id = "hospital"
label = "Hospital"
"""


@pytest.mark.parametrize("settings", SETTINGS)
def test_its_settings_are_accepted(tmp_path: Path, settings: str) -> None:
    file = tmp_path / "call-light.toml"
    file.write_text(FOUR_LINES + settings)
    assert load(file).tables.tower


def test_its_pins_are_those_of_the_wiring() -> None:
    (settings,) = [tomllib.loads(block)["gpio"] for block in SETTINGS if "[gpio]" in block]
    wiring = Harness("gpio")

    def pin_of(part: str, end: str) -> int:
        """The Pi's pin at this end, through a driver or a resistor where there is one."""
        found = {pin for name, pin in wiring.beyond(part, end) if name == "PI" and pin != "GND"}
        for name, pin in wiring.joined(part, end):
            if name in ("U1", "U2"):
                found |= {p for n, p in wiring.joined(name, pin.replace("OUT", "IN")) if n == "PI"}
        (one,) = found
        return int(one.removeprefix("GPIO"))

    lines = [f"LINE_{line}" for line in range(1, 5)]
    keys = {
        f"{key}_{what}": pin_of(part, key.upper())
        for key in ("mute", "away", "owed")
        for what, part in (("button", "BUTTONS"), ("lamp", "RINGS"))
    }
    assert settings == keys | {
        "line_lamps": [[pin_of("LAMPS", line)] for line in lines],
        "alive_lamp": pin_of("LAMPS", "ALIVE"),
        "buzzer": pin_of("BUZZER", "-"),
        "beacon_lamp": pin_of("Q1", "G"),
        "line_buttons": [pin_of("BUTTONS", line) for line in lines],
        "line_button_lamps": [pin_of("RINGS", line) for line in lines],
        "hook_switch": pin_of("HOOK", "HOOK"),
    }


def test_the_steps_name_each_button_s_pin_as_the_firmware_does() -> None:
    for button, pin in firmware.button_pins().items():
        if button != "HOOK":
            assert f"`{button}` {pin}" in TEXT, button


def test_each_part_to_print_is_listed() -> None:
    for parts in PARTS.values():
        for part in parts:
            assert f"`{part}`" in TEXT, part


@pytest.mark.parametrize("document", sorted(FOLDER.glob("*.md")), ids=lambda path: path.name)
def test_each_link_leads_somewhere(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)]+)\)", text):
        name, _, heading = target.partition("#")
        file = document.parent / name if name else document
        assert file.is_file(), target
        if heading:
            headings = re.findall(r"^#+ (.*)$", file.read_text(encoding="utf-8"), re.MULTILINE)
            slugs = [re.sub(r"[^\w -]", "", one).lower().replace(" ", "-") for one in headings]
            assert heading in slugs, target
