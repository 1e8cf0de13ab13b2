"""What each tower of a unit can show, sound and be pressed: its face, as people stand before it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from appliance.config.configuration import TowerSettings
from appliance.core.effects import Sound
from appliance.core.lamps import buttons_of
from appliance.core.words import Button
from appliance.tower.bought import BUZZER
from appliance.tower.lamps import Lamp, Use

NOTES: Final[Mapping[Sound, str]] = {
    Sound.ARRIVED: "two rising notes",
    Sound.WAITING: "three even notes",
    Sound.URGENT: "five quick notes",
}
"""How a controller chirps (firmware/src/sound.c)."""

BEEPS: Final[Mapping[Sound, str]] = {
    Sound.ARRIVED: "one long beep",
    Sound.WAITING: "three even beeps",
    Sound.URGENT: "five quick beeps",
}
"""How a buzzer of one pitch chirps (`tower.buzzer`)."""

BELL: Final[Mapping[Sound, str]] = dict.fromkeys(Sound, "the terminal's bell")

_NAMES: Final = {
    "terminal": "The tower on the screen",
    "controller": "The LED tower",
    "gpio": "The lamps of the unit",
    "adafruit-usb": "The lamp tower",
    "relay-usb": "The lamps on relays",
    "patlite-net": "The signal tower",
}


@dataclass(frozen=True, slots=True)
class Face:
    """One tower, as far as people see, hear and touch it."""

    name: str
    pixels: bool
    """True for a tower of segments; False for one of single lamps."""
    lamps: tuple[Lamp, ...] = ()
    lamps_are_coloured: bool = True
    """False if nobody said which colours they have, so that they are called after what they are for."""
    sounds: Mapping[Sound, str] | None = None
    """How each sound is heard; None for a silent tower."""
    buttons: tuple[Button, ...] = ()
    """The buttons that are there, or may be."""
    buttons_are_lit: bool = False
    """True if they have lamps."""
    keeps: bool = False
    """True if it keeps its last lights when nobody speaks to it any more."""

    @property
    def proves_life(self) -> bool:
        """True if something is lit while all is well, so that dark can be trusted."""
        return self.pixels or any(lamp.use is Use.ALIVE for lamp in self.lamps)


def faces_of(towers: Sequence[TowerSettings], line_count: int) -> tuple[Face, ...]:
    """Return the faces of a unit's towers; what shows nothing to people has none."""
    seen = [tower for tower in towers if tower.driver in _NAMES]
    names = numbered([_NAMES[tower.driver] for tower in seen])
    return tuple(_face(tower, name, line_count) for tower, name in zip(seen, names, strict=True))


def numbered(names: Sequence[str]) -> tuple[str, ...]:
    """Return the names, the second one of a kind with its number."""
    counts = [names[: place + 1].count(name) for place, name in enumerate(names)]
    return tuple(name if count == 1 else f"{name} {count}" for name, count in zip(names, counts, strict=True))


def _face(tower: TowerSettings, name: str, line_count: int) -> Face:
    if tower.driver == "terminal":
        return Face(name, pixels=True, sounds=BELL if tower.bell else None)
    if tower.driver == "controller":
        # Nobody knows which of them are wired.
        return Face(name, True, sounds=NOTES, buttons=buttons_of(line_count), buttons_are_lit=True)
    if tower.pins is not None:
        return Face(
            name,
            pixels=False,
            lamps=tuple(one.lamp for one in tower.pins.lamps),
            lamps_are_coloured=False,
            sounds=None if tower.pins.buzzer is None else BEEPS,
            buttons=tuple(button for button, _ in tower.pins.buttons if button is not Button.HOOK),
            buttons_are_lit=bool(tower.pins.button_lamps),
        )
    sounds = BEEPS if BUZZER in tower.outputs else None
    return Face(name, pixels=False, lamps=tower.lamps, sounds=sounds, keeps=True)
