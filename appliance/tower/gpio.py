"""The only import of gpiozero: lamps, a buzzer and buttons on the Raspberry Pi's own pins.

Wire each lamp, and the buzzer, through a transistor whose gate has a pull-down, so that it is off while the
Pi starts; wire each button between its pin and ground. `[gpio]` in the configuration says what hangs where:

    [[tower]]
    driver = "gpio"

    [gpio]
    line_lamps = [[17], [27]]
    alive_lamp = 22
    buzzer = 23
    line_buttons = [5, 6]
    mute_button = 13

What lgpio needs: a thread of its own begins when it is imported, so nothing may fork after that (the engine
is spawned); it keeps a pipe in the working directory, and makes the one that it is told to keep it in the
working directory of the whole process; and an exception in a callback ends its thread, and with it all edges.

The kernel leaves a pin as it was when a process dies, so lamps stay lit until the unit runs again.
"""

import contextlib
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from gpiozero import DigitalInputDevice, DigitalOutputDevice

from appliance.clock import Clock
from appliance.core.effects import Sound
from appliance.core.events import Event, FaultCleared, FaultRaised
from appliance.core.frames import lamps_at
from appliance.core.lamps import buttons_of
from appliance.core.picture import Picture
from appliance.core.words import DurationMs, InstantMs
from appliance.tower.buzzer import Buzzer
from appliance.tower.contacts import Contacts
from appliance.tower.lamps import Lamplighter
from appliance.tower.pins import PinSettings

RESEND_MS: Final = DurationMs(2_000)
"""How often every pin is written again, and every pin that could not be had is asked for again."""

CHIPS: Final = Path("/dev")
"""Where the kernel shows its GPIO chips, as gpiochip0 and so on."""


class NoPins(Exception):
    """Not one pin can be had; the text says what to do."""


class GpioTower:
    """Lamps, buzzer and buttons on pins. What fails is a fault, and the rest goes on."""

    def __init__(
        self, settings: PinSettings, factory: Any, clock: Clock, post: Callable[[Event], None]
    ) -> None:
        """Take the pins, with every lamp off.

        Args:
            settings: what hangs on which pin.
            factory: gpiozero's pin factory; the tower closes it.
            clock: the unit's clock.
            post: where buttons and faults are told, from any thread.

        Raises:
            NoPins: not one of the pins can be had.
        """
        self._settings = settings
        self._factory = factory
        self._post = post
        self._faults: dict[int, str] = {}
        self._lamplighter = Lamplighter(one.lamp for one in settings.lamps)
        self._buzzer = Buzzer()
        self._outputs: dict[int, Any] = {}
        self._inputs: dict[int, Any] = {}
        self._closed_before: dict[int, bool] = {}
        self._last: dict[int, bool] = {}
        self._resend_at_ms = InstantMs(float("-inf"))
        self._contacts = Contacts([button for button, _ in settings.buttons], self._read, clock, post)
        self._output_pins = [pin for one in settings.lamps for pin in one.pins]
        self._output_pins += [pin for _, pin in settings.button_lamps]
        self._output_pins += [] if settings.buzzer is None else [settings.buzzer]
        self._take_pins()
        if not self._outputs and not self._inputs:
            why = next(iter(self._faults.values()), "none is named")
            self._let_go()
            raise NoPins(f"not one pin can be had: {why}")
        self._contacts.start()

    def draw(self, picture: Picture, now_ms: InstantMs) -> InstantMs | None:
        """Switch every pin that differs at this instant, in one pass; return when one next does."""
        lit, change_ms = self._lamplighter.lit(picture, now_ms)
        buzzes, edge_ms = self._buzzer.sounds(now_ms)
        if now_ms >= self._resend_at_ms:
            self._resend_at_ms = InstantMs(now_ms + RESEND_MS)
            self._take_pins()
            self._last.clear()
        self._switch(self._wanted(lit, picture, now_ms, buzzes))
        return min(due_ms for due_ms in (self._resend_at_ms, change_ms, edge_ms) if due_ms is not None)

    def play(self, sound: Sound) -> None:
        """Chirp from the next `draw` on, which follows at once."""
        self._buzzer.play(sound)

    def tell(self, sentence: str) -> None:
        """Write nothing: there is nothing to write on."""

    def close(self) -> None:
        """Release what is pressed, and let go of all pins: they become inputs, and the lamps go off."""
        self._contacts.close()
        self._let_go()

    def _wanted(
        self, lit: Sequence[bool], picture: Picture, now_ms: InstantMs, buzzes: bool
    ) -> dict[int, bool]:
        """Return for each output pin whether it is on."""
        pairs = zip(self._settings.lamps, lit, strict=True)
        wanted = {pin: is_on for one, is_on in pairs for pin in one.pins}
        buttons = buttons_of(len(picture.segments))
        of_button = dict(zip(buttons, lamps_at(picture, now_ms).buttons, strict=False))
        wanted |= {pin: of_button.get(button, False) for button, pin in self._settings.button_lamps}
        return wanted if self._settings.buzzer is None else wanted | {self._settings.buzzer: buzzes}

    def _switch(self, wanted: dict[int, bool]) -> None:
        """Write the pins that differ, one after the other and nothing between them."""
        for pin, is_on in wanted.items():
            if pin not in self._outputs or self._last.get(pin) is is_on:
                continue
            with self._faulty(pin):
                self._outputs[pin].value = is_on
                self._last[pin] = is_on

    def _take_pins(self) -> None:
        """Ask for each pin that is not had yet."""
        for pin in self._output_pins:
            if pin not in self._outputs:
                with self._faulty(pin):
                    self._outputs[pin] = DigitalOutputDevice(
                        pin, active_high=self._settings.lamps_active_high, pin_factory=self._factory
                    )
        for _, pin in self._settings.buttons:
            if pin not in self._inputs:
                with self._faulty(pin):
                    # Debouncing is our own: the kernel's swallows short presses.
                    contact = DigitalInputDevice(
                        pin, pull_up=not self._settings.buttons_active_high, pin_factory=self._factory
                    )
                    contact.when_activated = contact.when_deactivated = self._edge
                    self._inputs[pin] = contact

    def _edge(self) -> None:
        # On lgpio's one thread, which an exception would end.
        with contextlib.suppress(Exception):
            self._contacts.wake()

    def _read(self) -> list[bool]:
        """Return which contacts are closed; one that cannot be read stays as it was."""
        for _, pin in self._settings.buttons:
            if pin in self._inputs:
                with self._faulty(pin):
                    self._closed_before[pin] = bool(self._inputs[pin].value)
        return [self._closed_before.get(pin, False) for _, pin in self._settings.buttons]

    @contextlib.contextmanager
    def _faulty(self, pin: int) -> Iterator[None]:
        """Tell as a fault of this pin what is raised within, and as its end that nothing is any more."""
        fault = f"gpio {pin}"
        try:
            yield
        except Exception as error:
            why = f"{type(error).__name__}: {error}"
            if self._faults.get(pin) != why:
                self._faults[pin] = why
                self._post(FaultRaised(fault, why))
        else:
            if self._faults.pop(pin, None) is not None:
                self._post(FaultCleared(fault))

    def _let_go(self) -> None:
        for one in (*self._outputs.values(), *self._inputs.values()):
            with contextlib.suppress(Exception):
                one.close()
        with contextlib.suppress(Exception):
            self._factory.close()
        for pin in self._faults:
            self._post(FaultCleared(f"gpio {pin}"))
        self._faults.clear()


def open_gpio(settings: PinSettings, clock: Clock, post: Callable[[Event], None]) -> GpioTower:
    """Take the pins of this Pi, by lgpio and nothing else: a silent fallback would hide why lgpio fails.

    Raises:
        NoPins: there is no GPIO here, or this user may not have it, or not one pin can be had.
    """
    chips = sorted(CHIPS.glob("gpiochip*"))
    if not chips:
        raise NoPins("there is no gpiochip: this is no Raspberry Pi, or its kernel has no GPIO")
    if not any(os.access(chip, os.R_OK | os.W_OK) for chip in chips):
        raise NoPins(f"this user may not open {chips[0]}: put it into the group of that file (gpio)")
    if not os.access(settings.work_directory, os.W_OK | os.X_OK):
        raise NoPins(f"{settings.work_directory}: lgpio keeps its pipe there, and this user may not write")
    os.environ["LG_WD"] = settings.work_directory
    from gpiozero.pins.lgpio import LGPIOFactory

    return GpioTower(settings, LGPIOFactory(), clock, post)
