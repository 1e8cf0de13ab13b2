"""What each tower of a unit can show, sound and be pressed: its face, as people stand before it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from appliance.config.configuration import TowerSettings
from appliance.core.effects import Sound
from appliance.tower.bought import BOUGHT, BUZZER
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
    "adafruit-usb": "The lamp tower",
    "relay-usb": "The lamps",
    "patlite-net": "The signal tower",
}


@dataclass(frozen=True, slots=True)
class Face:
    """One tower, as far as people see, hear and touch it."""

    name: str
    pixels: bool
    """True for a tower of segments; False for one of single lamps."""
    lamps: tuple[Lamp, ...] = ()
    sounds: Mapping[Sound, str] | None = None
    """How each sound is heard; None for a silent tower."""
    has_buttons: bool = False
    keeps: bool = False
    """True if it keeps its last lights when nobody speaks to it any more."""

    @property
    def proves_life(self) -> bool:
        """True if something is lit while all is well, so that dark can be trusted."""
        return self.pixels or any(lamp.use is Use.ALIVE for lamp in self.lamps)


def faces_of(towers: Sequence[TowerSettings]) -> tuple[Face, ...]:
    """Return the faces of a unit's towers; what shows nothing to people has none."""
    seen = [tower for tower in towers if tower.driver in _NAMES]
    names = [_NAMES[tower.driver] for tower in seen]
    faces = []
    for place, tower in enumerate(seen):
        same = names[: place + 1].count(names[place])
        faces.append(_face(tower, names[place] if same == 1 else f"{names[place]} {same}"))
    return tuple(faces)


def _face(tower: TowerSettings, name: str) -> Face:
    if tower.driver == "terminal":
        return Face(name, pixels=True, sounds=BELL if tower.bell else None)
    if tower.driver == "controller":
        return Face(name, pixels=True, sounds=NOTES, has_buttons=True)
    sounds = BEEPS if BUZZER in tower.outputs else None
    return Face(name, pixels=False, lamps=tower.lamps, sounds=sounds, keeps=tower.driver in BOUGHT)
