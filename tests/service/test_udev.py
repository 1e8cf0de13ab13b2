"""The udev rules, read by the real udev of each release on a machine that is shown to it."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from appliance.tower.controller.finding import USB_IDS
from tests.service.booted import RELEASES, SOURCE, Booted, booted
from tests.setup.machine import ROOT

RULES = "/usr/local/lib/udev/rules.d/70-call-light.rules"
SYSFS = Path(__file__).with_name("sysfs.sh")
PATH = "pci-0000:00:14.0-usb-0:1:1.0"
"""Where the adapter is plugged in, as udev calls it."""


@pytest.fixture(scope="module", params=RELEASES)
def machine(request: pytest.FixtureRequest) -> Iterator[Booted]:
    """A machine with the rules, and the groups that they name."""
    with booted(request.param) as opened:
        opened.run("systemd-sysusers", f"{SOURCE}/systemd/call-light.sysusers.conf")
        opened.run("install", "-D", "-m", "644", f"{SOURCE}/systemd/70-call-light.rules", RULES)
        yield opened


def told(machine: Booted, usb_id: str) -> dict[str, str]:
    """What udev says of the adapter with this chip, of its port and of the pins, by the kernel's names."""
    vendor, product = usb_id.split(":")
    said = machine.run("unshare", "--mount", "sh", "-s", vendor, product, stdin=SYSFS.read_text())
    parts = re.split(r"^== (\S+)$", said, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def properties(text: str) -> dict[str, str]:
    """The properties among what udev says."""
    return dict(re.findall(r"^ *(\w+)=(.*)$", text, re.MULTILINE))


def test_udev_reads_the_rules_and_complains_of_nothing(machine: Booted) -> None:
    said = told(machine, "1a86:7523")["ttyUSB0"]
    complaints = [
        line for line in said.splitlines() if re.search(RULES + r":\d+ (?!Added SYMLINK|LINK)", line)
    ]
    assert f"Reading rules file: {RULES}" in said
    assert complaints == []


@pytest.mark.parametrize("usb_id", sorted(USB_IDS))
def test_a_towers_port_is_named_after_its_socket_and_nothing_else_may_probe_it(
    usb_id: str, machine: Booted
) -> None:
    said = told(machine, usb_id)
    port = properties(said["ttyUSB0"])
    assert f"/dev/call-light-tower-{PATH}" in port["DEVLINKS"].split()
    for found in (port, properties(said["1-1"])):
        assert (found["ID_MM_DEVICE_IGNORE"], found["ID_MM_PORT_IGNORE"]) == ("1", "1")
    assert re.search(rf"{RULES}:\d+ .*power/control.*on", said["1-1"]), "it may fall asleep"


def test_another_adapter_is_left_to_others(machine: Booted) -> None:
    said = told(machine, "0403:6015")
    assert "call-light" not in properties(said["ttyUSB0"])["DEVLINKS"]
    assert "ID_MM_DEVICE_IGNORE" not in properties(said["1-1"])
    assert "power/control" not in said["1-1"]


def test_pins_belong_to_the_group_that_the_service_is_in(machine: Booted) -> None:
    group = machine.run("getent", "group", "gpio").split(":")[2]
    said = told(machine, "1a86:7523")["gpiochip0"]
    # Debian 12 says it in its log, Debian 13 in a table.
    assert re.search(rf"GROUP {group}$|gpio \(gid={group}\)", said, re.MULTILINE)
    assert re.search(r"MODE 0660$|^ +0660$", said, re.MULTILINE)


def test_the_keys_of_a_headset_are_named_after_its_socket_and_its_group_may_read_them_and_no_keyboards(
    machine: Booted,
) -> None:
    group = machine.run("getent", "group", "audio").split(":")[2]
    said = told(machine, "1a86:7523")
    headset, keyboard = said["hidraw0"], said["hidraw1"]
    assert "/dev/call-light-handset-pci-0000:00:14.0-usb-0:2:1.3" in properties(headset)["DEVLINKS"].split()
    assert re.search(rf"GROUP {group}$|audio \(gid={group}\)", headset, re.MULTILINE)
    assert re.search(r"MODE 0640$|^ +0640$", headset, re.MULTILINE)
    assert "call-light" not in properties(keyboard).get("DEVLINKS", "")
    assert not re.search(r"GROUP \d|gid=", keyboard)


def test_the_rules_name_the_chips_that_the_unit_looks_for() -> None:
    pattern = r'ATTRS\{idVendor\}=="(\w+)", ATTRS\{idProduct\}=="([\w|]+)"'
    named = re.findall(pattern, (ROOT / "systemd" / "70-call-light.rules").read_text())
    assert {f"{vendor}:{product}" for vendor, found in named for product in found.split("|")} == USB_IDS
