"""The wiring joins what the firmware, the Pi and the bill of materials say that it joins."""

import re

import pytest
from gpiozero.pins.pi import PiBoardInfo

from hardware import bill
from tests.hardware import firmware
from tests.hardware.harness import Harness

WAYS = ("controller", "gpio", "bought")

PI_4 = 0xA03111
"""Revision code of a Raspberry Pi 4; the header is the same on each Pi since 2014."""


@pytest.fixture(params=WAYS)
def way(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def controller() -> Harness:
    return Harness("controller")


@pytest.fixture
def gpio() -> Harness:
    return Harness("gpio")


# The controller's way, against firmware/src/pins.h.


def test_each_button_hangs_on_the_pin_that_the_firmware_reads(controller: Harness) -> None:
    for button, pin in firmware.button_pins().items():
        part = "HOOK" if button == "HOOK" else "BUTTONS"
        reached = {one for one in controller.beyond("NANO", pin) if one[0] in ("HOOK", "BUTTONS")}
        assert reached == {(part, button)}, f"{button} on {pin}"


def test_the_other_side_of_every_button_is_ground(controller: Harness) -> None:
    ground = controller.joined("NANO", "GND")
    assert {("BUTTONS", "COMMON"), ("HOOK", "COMMON")} <= ground


def test_pixels_and_buzzer_hang_on_the_pins_that_the_firmware_drives(controller: Harness) -> None:
    assert ("STATUS", "DIN") in controller.beyond("NANO", firmware.output_pin("PIXELS"))
    assert ("Q1", "B") in controller.beyond("NANO", firmware.output_pin("BUZZER"))


def test_no_other_pin_of_the_nano_has_a_wire(controller: Harness) -> None:
    known = {*firmware.button_pins().values(), firmware.output_pin("PIXELS"), firmware.output_pin("BUZZER")}
    assert controller.wired_pins("NANO") == {"USB", "5V", "GND"} | known


def test_the_data_goes_through_the_chain_in_the_firmware_s_order(controller: Harness) -> None:
    assert ("COLUMN", "DIN") in controller.joined("STATUS", "DOUT")
    assert ("LAMPS", "DIN") in controller.beyond("COLUMN", "DOUT")
    assert f"{firmware.number('chain.h', 'STATUS_PIXELS')} pixels" in controller.parts["STATUS"].value
    assert f"{firmware.number('chain.h', 'SEGMENT_PIXELS')} pixels a line" in controller.parts["COLUMN"].value


def test_every_pixel_gets_its_power_through_the_fuse(controller: Harness) -> None:
    fed = controller.joined("F1", "out")
    assert {("STATUS", "5V"), ("COLUMN", "5V"), ("LAMPS", "5V"), ("C1", "+")} <= fed
    assert controller.joined("F1", "in") >= {("NANO", "5V")}
    assert not fed & controller.joined("NANO", "5V")


def test_the_coil_s_kick_has_its_diode_and_the_base_its_way_to_ground(controller: Harness) -> None:
    assert {("D1", "A"), ("Q1", "C")} <= controller.joined("LS1", "-")
    assert {("D1", "K"), ("NANO", "5V")} <= controller.joined("LS1", "+")
    assert ("R3", "in") in controller.joined("Q1", "B")
    assert ("R3", "out") in controller.joined("NANO", "GND")


# The GPIO way, against the Pi's header.


def test_the_numbers_of_the_pi_s_pins_are_those_of_its_header(gpio: Harness) -> None:
    header = PiBoardInfo.from_revision(PI_4).headers["J8"].pins
    pi = gpio.parts["PI"]
    for number, label in zip(pi.numbers, pi.pins, strict=True):
        assert header[int(number)].name == label


def outputs(gpio: Harness) -> dict[str, set[str]]:
    """Return, for each pin of the Pi that drives something, what that is called at the far end."""
    found: dict[str, set[str]] = {}
    for driver in ("U1", "U2"):
        for place in range(1, 9):
            for name, pin in gpio.joined(driver, f"IN{place}"):
                assert name == "PI", f"{driver} is driven by {name}"
                driven = {f"{part}.{end}" for part, end in gpio.joined(driver, f"OUT{place}")}
                found[pin] = driven
    return found


def test_each_driver_switches_the_minus_of_one_lamp_or_of_the_buzzer(gpio: Harness) -> None:
    driven = outputs(gpio)
    assert all(len(ends) == 1 for ends in driven.values())
    lamps = {f"LAMPS.{pin}" for pin in gpio.parts["LAMPS"].pins if pin != "12V"}
    rings = {f"RINGS.{pin}" for pin in gpio.parts["RINGS"].pins if pin != "12V"}
    assert set().union(*driven.values()) == lamps | rings | {"BUZZER.-"}
    assert {("U1", "COM"), ("U2", "COM"), ("LAMPS", "12V"), ("RINGS", "12V")} <= gpio.joined("BOOST", "OUT+")


def test_no_output_hangs_on_a_pin_that_is_pulled_up_or_talks_while_the_pi_starts(gpio: Harness) -> None:
    # BCM2711 ARM Peripherals: GPIO 0 to 8 are pulled up after a reset, 9 to 27 down. 14 and 15 are a console.
    pins = [*outputs(gpio), *(pin for name, pin in gpio.beyond("Q1", "G") if name == "PI" and pin != "GND")]
    assert len(pins) == 14
    for pin in pins:
        number = int(pin.removeprefix("GPIO"))
        assert 9 <= number <= 27
        assert number not in (14, 15)


def test_the_beacon_s_gate_is_pulled_down(gpio: Harness) -> None:
    assert ("R2", "in") in gpio.joined("Q1", "G")
    assert {("R2", "out"), ("Q1", "S")} <= gpio.joined("PI", "GND")


def test_each_contact_goes_to_ground_and_has_a_pin_of_its_own(gpio: Harness) -> None:
    assert ("BUTTONS", "COMMON") in gpio.joined("PI", "GND")
    pins = []
    for part in ("BUTTONS", "HOOK"):
        for contact in gpio.parts[part].pins:
            if contact != "COMMON":
                pins += [pin for name, pin in gpio.beyond(part, contact) if name == "PI"]
    assert len(pins) == len(set(pins)) == 8
    assert not set(pins) & set(outputs(gpio))


# All of them.


def test_every_core_of_every_cable_is_used_once(way: str) -> None:
    harness = Harness(way)
    for cable, count in harness.cables.items():
        assert sorted(harness.wires_used[cable]) == list(range(1, count + 1)), cable


def test_what_is_wired_is_what_is_bought(way: str) -> None:
    harness = Harness(way)
    # A network switch with its cable is there already, where power comes over the network.
    wired = {*harness.parts, *harness.cables} - {"SWITCH", "NET"}
    bought = [name for row in bill.read(way) for name in row.designators]
    assert sorted(wired) == sorted(set(bought))
    assert len(bought) == len(set(bought)), "a part is bought twice"


def test_values_in_the_wiring_are_those_in_the_bill(way: str) -> None:
    harness = Harness(way)
    for row in bill.read(way):
        parts = [name for name in row.designators if re.fullmatch(r"[A-Z]{1,2}\d", name)]
        for name in parts:
            assert harness.parts[name].value in row.item, name
        if parts:
            assert row.quantity == len(row.designators), row.item
