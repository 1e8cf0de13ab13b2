"""The settings of the Raspberry Pi's own pins, as part of the settings tree (`tables`)."""

from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, Field

from appliance.config import kinds
from appliance.config.table import Table
from appliance.tower.pins import PIN_LINES_MAX

Pin = Annotated[int, AfterValidator(kinds.pin)]
MaybePin = Annotated[int, AfterValidator(kinds.maybe_pin)]
LinePins = Annotated[tuple[Pin, ...], Field(strict=False, min_length=1)]

_MAYBE: Final[dict[str, Any]] = {"allowed": kinds.MAYBE_PIN_ALLOWED}


class GpioTable(Table):
    """What hangs on the Pi's own pins (numbers of GPIOs, 0 for none), for a tower with driver = "gpio"."""

    line_lamps: Annotated[tuple[LinePins, ...], Field(strict=False)] = Field(
        default=(),
        description="The lamps of the lines, in their order: for each line a list of one pin or more, e.g."
        " [[17], [27, 22]]. Where there are fewer than lines, beacon_lamp shows the other lines; without"
        " it, the last of these does. Never give a line a red lamp: red is for urgent callers.",
        max_length=PIN_LINES_MAX,
        json_schema_extra={"allowed": kinds.PIN_LISTS_ALLOWED},
    )
    beacon_lamp: MaybePin = Field(
        default=0,
        description="The most urgent state of all lines that have no lamp of their own; of all lines if each"
        " has one. It may hang far away.",
        json_schema_extra=_MAYBE,
    )
    alive_lamp: MaybePin = Field(
        default=0,
        description="Lit while all is well, so that the dark of the others can be trusted. Without it a dark"
        " tower proves nothing.",
        json_schema_extra=_MAYBE,
    )
    buzzer: MaybePin = Field(
        default=0,
        description="An active buzzer: one that sounds by itself while it has power.",
        json_schema_extra=_MAYBE,
    )
    line_buttons: Annotated[tuple[Pin, ...], Field(strict=False)] = Field(
        default=(),
        description="The buttons of the lines, in their order.",
        max_length=PIN_LINES_MAX,
        json_schema_extra={"allowed": kinds.PINS_ALLOWED},
    )
    line_button_lamps: Annotated[tuple[Pin, ...], Field(strict=False)] = Field(
        default=(),
        description="The lamps in the buttons of the lines, in their order.",
        max_length=PIN_LINES_MAX,
        json_schema_extra={"allowed": kinds.PINS_ALLOWED},
    )
    mute_button: MaybePin = Field(default=0, description="The mute button.", json_schema_extra=_MAYBE)
    mute_lamp: MaybePin = Field(default=0, description="The lamp in it.", json_schema_extra=_MAYBE)
    away_button: MaybePin = Field(default=0, description="The away button.", json_schema_extra=_MAYBE)
    away_lamp: MaybePin = Field(default=0, description="The lamp in it.", json_schema_extra=_MAYBE)
    owed_button: MaybePin = Field(default=0, description="The owed button.", json_schema_extra=_MAYBE)
    owed_lamp: MaybePin = Field(default=0, description="The lamp in it.", json_schema_extra=_MAYBE)
    hook_switch: MaybePin = Field(
        default=0,
        description="The switch under a handset: as a button that is pressed while the handset is lifted.",
        json_schema_extra=_MAYBE,
    )
    lamps_on: Literal["high", "low"] = Field(
        default="high",
        description="What a pin is while its lamp, or the buzzer, is on. high: through a transistor. low: as"
        " many boards of relays want it.",
    )
    buttons_pressed: Literal["low", "high"] = Field(
        default="low",
        description="What a pin is while its button is pressed. low: the button goes to ground, and the Pi's"
        " pull-up is on. high: it goes to 3.3 V, and the pull-down is on. More than 3.3 V breaks the Pi.",
    )
