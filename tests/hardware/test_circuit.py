"""The figures of `hardware/circuit.md`, computed again from the wiring, the bill and the firmware."""

import math
import re

import pytest

from appliance.core.patterns import Colour
from hardware import bill
from tests.hardware import firmware
from tests.hardware.harness import ROOT, Harness

TEXT = " ".join((ROOT / "hardware" / "circuit.md").read_text(encoding="utf-8").split())

# WS2812B data sheet: 0.4 us +- 150 ns, 0.7 of 5 V, hysteresis, capacitance of the input.
T0H_NS_MIN = 250
HIGH_V = 3.5
HYSTERESIS_V = 0.35
INPUT_PF = 15
DRIVER_OHM = 25
CABLE_PF_A_METRE = 100
COPPER_OHM_MM2_A_METRE = 0.0175


def ohms(part: str) -> float:
    number, kilo = re.findall(r"(\d+) (k?)Ω", Harness("controller").parts[part].value)[0]
    return float(number) * (1000 if kilo else 1)


def metres_max(cable: str) -> float:
    return float(re.findall(r"(\d+) m at most", Harness("controller").notes[cable])[0])


def shortest_pulse_ns(metres: float) -> float:
    """Return how long a pixel hears the shortest pulse as high, behind R1 and so much cable."""
    (sent_ns,) = re.findall(r"\((\d+) ns\)", firmware.text("hal_atmega328p.c"))[:1]
    delay_ns = (DRIVER_OHM + ohms("R1")) * (CABLE_PF_A_METRE * metres + INPUT_PF) / 1000
    rise_ns = delay_ns * math.log(5 / (5 - HIGH_V))
    fall_ns = delay_ns * math.log(5 / (HIGH_V - HYSTERESIS_V))
    return float(sent_ns) - rise_ns + fall_ns


def light_ma_max() -> int:
    """Return what the firmware's current limit leaves for light (current.h)."""
    dark_ma = firmware.chain_pixels(8) * firmware.number("current.h", "DARK_PIXEL_UA") // 1000
    spent = [firmware.number("current.h", name) for name in ("BOARD_MA", "BUZZER_MA")]
    return firmware.number("current.h", "PORT_MA") - sum(spent) - dark_ma


def fuse_ma() -> int:
    return light_ma_max() + firmware.chain_pixels(8) * firmware.number("current.h", "DARK_PIXEL_UA") // 1000


def test_a_pixel_hears_a_zero_through_the_longest_cable_and_through_no_longer_one() -> None:
    longest = metres_max("TOWER")
    assert shortest_pulse_ns(longest) >= T0H_NS_MIN > shortest_pulse_ns(longest + 1)
    assert f"{shortest_pulse_ns(longest):.0f} ns are left at {longest:.0f} m" in TEXT
    assert f"{shortest_pulse_ns(longest + 1):.0f} ns at {longest + 1:.0f} m" in TEXT


def test_the_way_back_has_the_same_resistor() -> None:
    assert ohms("R4") == ohms("R1")


def test_the_power_budget_is_the_firmware_s() -> None:
    rows = {"a USB port": "PORT_MA", "chip and USB chip": "BOARD_MA", "buzzer": "BUZZER_MA"}
    for words, name in rows.items():
        assert f"| {words} | {firmware.number('current.h', name)} |" in TEXT
    assert f"| **left for light** | **{light_ma_max()}** |" in TEXT
    assert f"{firmware.chain_pixels(8)} pixels in the dark" in TEXT


def load_ma(colour: Colour, pixels: int) -> float:
    return sum(colour.value) / 255 * firmware.number("current.h", "COLOUR_MA") * pixels


def test_what_pictures_draw_is_said_right() -> None:
    # A fill reaches three steps of two pixels; the top step is kept for marks.
    amber, red = load_ma(Colour.AMBER, 6), load_ma(Colour.RED, 24)
    assert f"takes {amber:.0f} mA" in TEXT
    assert f"would take {red:.0f} mA and are dimmed to {light_ma_max() / red:.0%}".replace("%", " %") in TEXT
    assert f"eight lines in amber to {light_ma_max() / (8 * amber):.0%}".replace("%", " %") in TEXT
    undimmed = light_ma_max() / firmware.number("current.h", "COLOUR_MA")
    assert f"about {undimmed:.0f} pixels of one colour" in TEXT


def test_the_fuse_holds_what_it_carries_even_when_it_is_warm() -> None:
    (holds_a,) = re.findall(r"holds ([\d.]+) A", Harness("controller").parts["F1"].value)
    assert f"{fuse_ma()} mA through the fuse" in TEXT
    # A PTC holds about 83 % at 40 degrees.
    assert float(holds_a) * 1000 * 0.83 > fuse_ma()
    assert any(f"holds {holds_a} A" in row.item for row in bill.read("controller"))


def test_the_pixels_keep_enough_volts_behind_the_worst_of_everything() -> None:
    rows = re.findall(r"\| [^|]+ \| (0\.\d+) V \| \**([\d.]+)\** \| \**([\d.]+)\** \|", TEXT)
    assert len(rows) == 4
    for column, volts in ((1, 5.0), (2, 4.75)):
        for row in rows:
            volts -= float(row[0])
            assert float(row[column]) == pytest.approx(volts, abs=0.011)
    assert float(rows[-1][2]) >= 3.5
    # The controller, behind its diode, still runs at 16 MHz.
    assert float(rows[1][2]) >= 3.78
    cable_v = 2 * metres_max("TOWER") * COPPER_OHM_MM2_A_METRE / 0.5 * fuse_ma() / 1000
    assert cable_v == pytest.approx(float(rows[-1][0]), abs=0.01)


def test_the_capacitor_gives_what_the_port_cannot_yet() -> None:
    (microfarads,) = re.findall(r"(\d+) µF", Harness("controller").parts["C1"].value)
    dip_mv = light_ma_max() * 100e-6 / (float(microfarads) * 1e-6)
    assert f"a dip of {dip_mv:.0f} mV" in TEXT
