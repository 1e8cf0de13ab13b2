"""The drivers by name, and all towers of a unit as one."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

from appliance.clock import Clock
from appliance.config.configuration import TowerSettings
from appliance.core.effects import Sound
from appliance.core.events import Event
from appliance.core.picture import Picture
from appliance.core.words import DurationMs, InstantMs
from appliance.tower.driver import Driver
from appliance.tower.lamp_tower import LampTower
from appliance.tower.nothing import NoTower
from appliance.tower.patlite import PatliteOutlets
from appliance.tower.recorder import Recorder
from appliance.tower.writer import CLOSE_MS, TowerWriter

Post = Callable[[Event], None]
"""Where faults and buttons are told, from any thread; it returns at once."""


def _terminal(settings: TowerSettings, clock: Clock, _post: Post) -> Driver:
    # Rich costs memory that a unit without a terminal tower need not pay.
    from appliance.tower.terminal import open_terminal

    return open_terminal(clock, settings.bell)


def _controller(settings: TowerSettings, clock: Clock, post: Post) -> Driver:
    # As does pyserial, which only those load who have a serial port.
    from appliance.tower.controller.driver import open_controller

    return open_controller(settings.port, clock, post)


def _gpio(settings: TowerSettings, clock: Clock, post: Post) -> Driver:
    # And gpiozero.
    from appliance.tower.gpio import open_gpio

    assert settings.pins is not None, "the configuration names the pins"
    return open_gpio(settings.pins, clock, post)


def _recorder(settings: TowerSettings, clock: Clock, _post: Post) -> Driver:
    return Recorder(clock, Path(settings.file) if settings.file else None)


def _none(_settings: TowerSettings, _clock: Clock, _post: Post) -> Driver:
    return NoTower()


def _adafruit(settings: TowerSettings, _clock: Clock, _post: Post) -> Driver:
    from appliance.tower.adafruit import AdafruitOutlets

    return LampTower(settings.lamps, AdafruitOutlets(settings.port))


def _relay(settings: TowerSettings, _clock: Clock, _post: Post) -> Driver:
    from appliance.tower.relay import RelayOutlets

    return LampTower(settings.lamps, RelayOutlets(settings.port, settings.outputs))


def _patlite(settings: TowerSettings, _clock: Clock, _post: Post) -> Driver:
    return LampTower(settings.lamps, PatliteOutlets(settings.address, settings.outputs))


DRIVERS: Final[Mapping[str, Callable[[TowerSettings, Clock, Post], Driver]]] = {
    "terminal": _terminal,
    "controller": _controller,
    "gpio": _gpio,
    "adafruit-usb": _adafruit,
    "relay-usb": _relay,
    "patlite-net": _patlite,
    "recorder": _recorder,
    "none": _none,
}
"""How a tower of each kind is opened. Opening may block or raise: the tower's own writer does it. A driver
with buttons posts `ButtonPressed` and `ButtonReleased`, once for each edge, and on `close` releases what is
still pressed."""


class Towers:
    """All towers of a unit: each shows the same, and none waits for another."""

    def __init__(self, writers: Iterable[TowerWriter], clock: Clock) -> None:
        """Take these towers together."""
        self.writers: Final = tuple(writers)
        self._clock = clock

    def start(self) -> None:
        """Open every tower and show the start picture."""
        for writer in self.writers:
            writer.start()

    def show(self, picture: Picture) -> None:
        """Show this everywhere."""
        for writer in self.writers:
            writer.show(picture)
        # Their threads draw as soon as this one lets go of the interpreter: now, and not after all that the
        # unit still has to hand out (a fifth of the way from a callback to a light, measured).
        time.sleep(0)

    def play(self, sound: Sound) -> None:
        """Play this everywhere."""
        for writer in self.writers:
            writer.play(sound)

    def tell(self, sentence: str) -> None:
        """Write this on every tower that can write."""
        for writer in self.writers:
            writer.tell(sentence)

    def beat(self, now_ms: InstantMs) -> None:
        """Prove to every tower that the board lives."""
        for writer in self.writers:
            writer.beat(now_ms)

    def unsupervised(self) -> tuple[str, ...]:
        """Name the towers that nobody tries to open again when they fail: a defect, or not started yet."""
        return tuple(f"tower {writer.name}" for writer in self.writers if not writer.is_supervised)

    def close(self) -> None:
        """Put all lights out, within `CLOSE_MS` for all of them together."""
        for writer in self.writers:
            writer.close()
        started_ms = self._clock.now_ms()
        for writer in self.writers:
            writer.join(DurationMs(started_ms + CLOSE_MS - self._clock.now_ms()))


def open_towers(settings: Sequence[TowerSettings], labels: Sequence[str], clock: Clock, post: Post) -> Towers:
    """Make the towers of a configuration; `start` opens them.

    Args:
        settings: the towers; a second one of the same driver is called by its number too.
        labels: the lines' labels, in the order of the tower.
        clock: the unit's clock.
        post: where faults and buttons are told.

    Raises:
        KeyError: there is no driver of that name (the configuration has refused it before).
    """

    def opener(one: TowerSettings) -> Callable[[], Driver]:
        open_driver = DRIVERS[one.driver]
        return lambda: open_driver(one, clock, post)

    names = [one.driver for one in settings]
    writers = (
        TowerWriter(_name(names, place), opener(one), labels, clock, post)
        for place, one in enumerate(settings)
    )
    return Towers(writers, clock)


def _name(names: Sequence[str], place: int) -> str:
    same = names[: place + 1].count(names[place])
    return names[place] if same == 1 else f"{names[place]} {same}"
