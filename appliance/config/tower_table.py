"""The settings of a tower, as part of the settings tree (`tables`)."""

from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Field

from appliance.config import kinds
from appliance.config.table import FilePath, Table
from appliance.tower.kinds import KINDS

OUTPUTS_MAX: Final = 6
"""Lamps and buzzer of a bought tower: five tiers and a buzzer are the most that is sold. A seventh entry is
refused."""

Output = Literal["red", "yellow", "green", "blue", "white", "buzzer", "none"]


class TowerTable(Table):
    """A light. Every tower shows the same, as far as it can; `call-light legend` says what that is."""

    driver: Literal[
        "terminal", "controller", "gpio", "adafruit-usb", "relay-usb", "patlite-net", "recorder", "none"
    ] = Field(
        default="terminal",
        description=" ".join(f"{name}: {what}." for name, what in KINDS.items()),
    )
    port: Annotated[str, AfterValidator(kinds.PORT)] = Field(
        default="",
        description="controller, adafruit-usb and relay-usb only: the serial port. A name in"
        " /dev/serial/by-path belongs to a socket of the unit and stays; /dev/ttyUSB0 may be another tower"
        " after the next start. Empty: a controller is looked for; the others must be named.",
    )
    address: Annotated[str, AfterValidator(kinds.ADDRESS)] = Field(
        default="", description="patlite-net only: where the tower is. An IP address needs no name server."
    )
    lamps: Annotated[tuple[Output, ...], Field(strict=False)] = Field(
        default=(),
        description="relay-usb: what hangs on relays 1 to 4. patlite-net: the colours of the tiers from the"
        ' top down, five at most, and "buzzer" if it has one. The first lamps are the first lines; where they'
        " are too few, the last one shows all the other lines. A red lamp shows urgent callers only. Empty:"
        " red, yellow, green and buzzer, with blue and white for patlite-net.",
        max_length=OUTPUTS_MAX,
    )
    alive_lamp: Literal["green", "yellow", "blue", "white", "none"] = Field(
        default="green",
        description="Bought towers only: the lamp that is lit while all is well, so that the dark of the"
        " others can be trusted. none: every lamp is for callers, and a dark tower proves nothing.",
    )
    bell: bool = Field(default=False, description="terminal only: sounds ring the terminal's bell.")
    file: FilePath = Field(default="", description="recorder only: the file that pictures are appended to.")
