"""What the firmware says of itself that the hardware must agree with, read from its sources."""

import re
from pathlib import Path

SOURCES = Path(__file__).parents[2] / "firmware" / "src"


def text(name: str) -> str:
    return (SOURCES / name).read_text(encoding="utf-8")


def button_pins() -> dict[str, str]:
    """Return the Nano's pin for each button and for the hook switch (pins.h)."""
    found = re.findall(r"X\((\w+), ([BCD]), (\d), ([AD]\d+)\)", text("pins.h"))
    assert all(nano_pin(port, int(bit)) == nano for _, port, bit, nano in found), "pins.h contradicts itself"
    return {name: nano for name, _, _, nano in found}


def output_pin(name: str) -> str:
    """Return the Nano's pin of `BUZZER` or `PIXELS` (pins.h)."""
    (port,) = re.findall(rf"#define {name}_PORT ([BCD])", text("pins.h"))
    return nano_pin(port, number("pins.h", f"{name}_BIT"))


def nano_pin(port: str, bit: int) -> str:
    """Return what is printed on a Nano beside a pin of its chip (Arduino Nano, pinout)."""
    return {"D": f"D{bit}", "B": f"D{8 + bit}", "C": f"A{bit}"}[port]


def number(file: str, name: str) -> int:
    """Return a plain number that a header defines."""
    (found,) = re.findall(rf"#define {name} (\d+)\b", text(file))
    return int(found)


def chain_pixels(lines: int) -> int:
    """Return how many pixels a tower with so many lines and their buttons has (chain.h)."""
    segment_and_lamp = number("chain.h", "SEGMENT_PIXELS") + 1
    return number("chain.h", "STATUS_PIXELS") + segment_and_lamp * lines + number("wire.h", "KEYS")
