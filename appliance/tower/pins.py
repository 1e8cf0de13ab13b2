"""The pins of a tower that hangs on the Raspberry Pi's own header: what hangs on which, as plain data.

Numbers are those of the GPIOs (BCM), not places on the header. hardware/ has the wiring.
"""

from dataclasses import dataclass
from typing import Final

from appliance.core.words import Button
from appliance.tower.lamps import Lamp, LampColour, Use

PINS: Final = range(2, 28)
"""The GPIOs that a 40-pin header has for anybody. 0 and 1 are there too, but belong to the EEPROM of an
add-on board, which the Pi asks for at each start."""

PIN_LINES_MAX: Final = 6
"""Lines on pins. Each takes two for a lit button and one for a lamp; with the 26 of the header, six leave
eight for everything else. A seventh is refused."""


@dataclass(frozen=True, slots=True)
class PinLamp:
    """A lamp, and the pins that light it together."""

    lamp: Lamp
    pins: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class PinSettings:
    """Everything that hangs on pins."""

    work_directory: str
    """Where lgpio may keep its pipe; it makes this the working directory of the whole process."""
    lamps: tuple[PinLamp, ...] = ()
    buzzer: int | None = None
    buttons: tuple[tuple[Button, int], ...] = ()
    """The buttons and the hook switch, each with its pin."""
    button_lamps: tuple[tuple[Button, int], ...] = ()
    """The lamps of the buttons, each with its pin."""
    lamps_active_high: bool = True
    """True if a lamp, and the buzzer, is on while its pin is high."""
    buttons_active_high: bool = False
    """True if a pin is high while its button is pressed; else buttons go to ground, and pull-ups are on."""


def pin_lamps(
    line_pins: tuple[tuple[int, ...], ...], beacon: int | None, alive: int | None, line_count: int
) -> tuple[PinLamp, ...]:
    """Return what each lamp is for (product: the language of light).

    Where there are fewer lamps than lines, the beacon shows all lines that have none of their own; without a
    pin for it, the last of the lamps does. A beacon beside a lamp for every line, say in the corridor, shows
    all lines.

    Args:
        line_pins: the pins of the lines' lamps, in the order of the lines.
        beacon: the pin of the beacon.
        alive: the pin of the alive lamp.
        line_count: how many lines the unit shows.
    """
    every = tuple(range(line_count))
    own_count = len(line_pins)
    if beacon is None and 0 < own_count < line_count:
        own_count -= 1
    lamps = [PinLamp(_lamp(Use.LINE, (place,)), line_pins[place]) for place in every[:own_count]]
    lamps += [PinLamp(_lamp(Use.BEACON, every[own_count:]), pins) for pins in line_pins[own_count:]]
    if beacon is not None:
        lamps.append(PinLamp(_lamp(Use.BEACON, every[own_count:] or every), (beacon,)))
    if alive is not None:
        lamps.append(PinLamp(_lamp(Use.ALIVE, ()), (alive,)))
    return tuple(lamps)


def _lamp(use: Use, lines: tuple[int, ...]) -> Lamp:
    # A pin does not say what colour hangs on it; none but red would matter, and red is no line's.
    return Lamp(LampColour.WHITE, use, lines)
