"""`relay-usb`: lamps and buzzer on a USB board with four relays of the LCUS kind (LC Technology and copies).

Wiring: the board's USB cable to the unit (a CH340 serial port, which also feeds the board); the lamps' own
supply over COM and NO of a relay each, so that a board without power leaves its lamps dark. The board never
answers, and keeps its last state as long as it has power.

A mechanical relay is good for 100,000 operations at its full load, each on and off again (usual SRD-05VDC),
and a lamp that flashes fast uses up 2.8 a second. Boards with solid-state relays speak the same bytes.
"""

from collections.abc import Sequence
from typing import Final

from appliance.tower.bought import BAUD, DRAIN_MS, states_of
from appliance.tower.serial_port import SerialPort

START: Final = 0xA0
"""First byte of a command; then the relay, counted from 1, then 1 for on or 0 for off, then their sum."""


class RelayOutlets:
    """Four relays; `outputs` says what hangs on each."""

    def __init__(self, port: str, outputs: Sequence[str]) -> None:
        """Open the board at this serial port.

        Args:
            port: the serial port.
            outputs: for each relay from the first on what hangs on it (`bought`).
        """
        self._outputs = tuple(outputs)
        self._port = SerialPort(port, BAUD)

    def put(self, lit: Sequence[bool], buzzes: bool) -> None:
        """Switch every relay: four bytes each (17 ms for four)."""
        states = states_of(self._outputs, lit, buzzes)
        self._port.write(b"".join(command(relay, on) for relay, on in enumerate(states, start=1)))

    def close(self) -> None:
        """Let the last state out, and close the port."""
        self._port.close(DRAIN_MS)


def command(relay: int, on: bool) -> bytes:
    """Return the bytes that switch one relay, counted from 1."""
    body = (START, relay, int(on))
    return bytes((*body, sum(body) & 0xFF))
