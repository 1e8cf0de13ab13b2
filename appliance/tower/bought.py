"""The towers that a practice can buy, as a table: what each has, and where it is told to be. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from appliance.core.words import DurationMs
from appliance.tower.lamps import LampColour

BAUD: Final = 9600
"""The speed of every tower at a serial port, 8N1."""

DRAIN_MS: Final = DurationMs(100)
"""For how long the last state may take to get out before the port is closed: six times what the longest one
needs at this speed, and far within the writer's time for putting the lights out."""

BUZZER: Final = "buzzer"
NONE: Final = "none"
"""What may hang on an output beside a lamp, which is named by its colour."""


@dataclass(frozen=True, slots=True)
class Bought:
    """One kind of bought tower."""

    outputs: tuple[str, ...]
    """What it has if nobody says otherwise, in its own order."""
    lamps_max: int
    """How many lamps people may name; 0 if the tower comes as it is."""
    buzzer_apart: bool
    """True if a buzzer takes no lamp's place."""
    found_at: Literal["port", "address"]
    """The setting that says where it is."""


BOUGHT: Final[Mapping[str, Bought]] = {
    "adafruit-usb": Bought(("red", "yellow", "green", BUZZER), 0, True, "port"),
    "relay-usb": Bought(("red", "yellow", "green", BUZZER), 4, False, "port"),
    "patlite-net": Bought(("red", "yellow", "green", "blue", "white", BUZZER), 5, True, "address"),
}
"""By the name of the driver. All of them keep their last lights when nobody speaks to them any more."""


def states_of(outputs: Iterable[str], lit: Iterable[bool], buzzes: bool) -> list[bool]:
    """Return for each output whether it is on, from what the lamps among them and the buzzer do."""
    lamps = iter(lit)
    return [buzzes if output == BUZZER else output != NONE and next(lamps) for output in outputs]


def colours_of(outputs: Iterable[str]) -> tuple[LampColour, ...]:
    """Return the colours of the lamps among these outputs, in their order."""
    return tuple(LampColour(output) for output in outputs if output not in (BUZZER, NONE))
