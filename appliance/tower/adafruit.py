"""`adafruit-usb`: the USB tower light with three lamps and a buzzer that Adafruit sells as product 5125.

Wiring: its USB cable to the unit; it is a CH340 serial port. It never answers, and it keeps its last state
when nobody speaks to it any more.

Each command is one byte: a verb in the upper half (1 on, 2 off, 4 blink, which is never used here), and one
bit for what it is about in the lower one.
"""

from collections.abc import Sequence
from typing import Final

from appliance.tower.bought import BAUD, DRAIN_MS
from appliance.tower.serial_port import SerialPort

ON: Final = 0x10
OFF: Final = 0x20

LAMPS: Final = (0x01, 0x02, 0x04)
"""Red, yellow, green: from the top down."""

BUZZER: Final = 0x08


class AdafruitOutlets:
    """The lamps and the buzzer of one tower."""

    def __init__(self, port: str) -> None:
        """Open the tower at this serial port."""
        self._port = SerialPort(port, BAUD)

    def put(self, lit: Sequence[bool], buzzes: bool) -> None:
        """Switch everything: a command each, four bytes in all (4 ms)."""
        states = (*zip(LAMPS, lit, strict=True), (BUZZER, buzzes))
        self._port.write(bytes(bit | (ON if on else OFF) for bit, on in states))

    def close(self) -> None:
        """Let the last state out, and close the port."""
        self._port.close(DRAIN_MS)
