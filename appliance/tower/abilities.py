"""What a configured tower can show, in words. Pure."""

from collections.abc import Sequence
from typing import Final, assert_never

from appliance.config.configuration import TowerSettings
from appliance.tower.bought import BUZZER
from appliance.tower.lamps import Lamp, Use
from appliance.tower.pins import PinSettings

_PIXELS: Final = "a segment of eight pixels for each line: {}"
_STATUS: Final = "status pixels: alive, fault, more callers than shown, owed, voicemail"
_BUTTONS: Final = "sound, buttons with lamps, and a hook switch, where they are wired"


def abilities_of(tower: TowerSettings, labels: Sequence[str]) -> tuple[str, ...]:
    """Return what this tower can show, and what it has beside lights, a line each.

    Args:
        tower: the tower.
        labels: the lines' labels, in the order of the tower.
    """
    if tower.driver == "controller":
        return _PIXELS.format(", ".join(labels)), _STATUS, _BUTTONS
    if tower.driver == "terminal":
        bell = ("sound: the terminal's bell",) if tower.bell else ("no sound: `bell` is false",)
        return (_PIXELS.format(", ".join(labels)), _STATUS, "the lamps of the buttons, and sentences", *bell)
    if tower.driver == "gpio":
        assert tower.pins is not None, "the configuration gives a tower on pins its pins"
        return _pins(tower.pins, labels)
    if tower.lamps:
        lamps = tuple(f"{lamp.colour.value} lamp: {_use(lamp, labels)}" for lamp in tower.lamps)
        return *lamps, "sound: a buzzer" if BUZZER in tower.outputs else "no sound", "no buttons"
    return ()


def _pins(pins: PinSettings, labels: Sequence[str]) -> tuple[str, ...]:
    lamps = tuple(
        f"lamp at {' and '.join(f'GPIO {pin}' for pin in one.pins)}: {_use(one.lamp, labels)}"
        for one in pins.lamps
    )
    lit = {button for button, _ in pins.button_lamps}
    buttons = tuple(
        f"button {button.value} at GPIO {pin}" + (", with its lamp" if button in lit else "")
        for button, pin in pins.buttons
    )
    return *lamps, "no sound" if pins.buzzer is None else f"sound: a buzzer at GPIO {pins.buzzer}", *buttons


def _use(lamp: Lamp, labels: Sequence[str]) -> str:
    lines = ", ".join(labels[place] for place in lamp.lines)
    match lamp.use:
        case Use.LINE:
            return lines
        case Use.BEACON:
            return f"the most urgent of {lines}"
        case Use.URGENT:
            return f"urgent callers only, of {lines}"
        case Use.ALIVE:
            return "lit while all is well"
        case Use.SPARE:
            return "nothing"
        case _:
            assert_never(lamp.use)
