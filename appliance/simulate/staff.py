"""The people at the desk: they press buttons, hold them, drum on them, and now and then jam one."""

from collections.abc import Callable
from typing import Final

from appliance.core.events import ButtonPressed, ButtonReleased, Event, LampTestAsked
from appliance.core.lamps import buttons_of
from appliance.core.words import Button, DurationMs, InstantMs
from appliance.simulate.agenda import Agenda
from appliance.simulate.dice import Dice

TAPS: Final = (1, 1, 1, 2, 10)
"""How often somebody presses in a row."""

AGES_MS: Final = (0.0, 16.0, 16.0, 400.0, 9_000.0)
"""How late a press may be told: a cable holds it up, or the unit was frozen."""


class Staff:
    """Presses buttons and tells the unit, as a driver would; releases may be lost, and presses told twice."""

    def __init__(self, line_count: int, agenda: Agenda, dice: Dice, post: Callable[[Event], None]) -> None:
        """Be at a desk with buttons for so many lines."""
        self._buttons = (*buttons_of(line_count), Button.MUTE, Button.MUTE, Button.AWAY, Button.HOOK)
        self._agenda = agenda
        self._dice = dice
        self._post = post

    def work(self, until_ms: InstantMs) -> None:
        """Plan a morning's presses."""
        for _ in range(self._dice.count(1, 25)):
            at_ms, action = self._dice.between(500, until_ms), self._press
            self._agenda.at(at_ms, self._ask_lamp_test if self._dice.chance(0.1) else action)

    def _press(self) -> None:
        dice = self._dice
        button, each_ms = dice.pick(self._buttons), dice.between(60, 300)
        held_ms = dice.pick((0.5, 0.8)) * each_ms
        for number in range(dice.pick(TAPS)):
            self._tap(button, number * each_ms, held_ms)
        if dice.chance(0.25):
            self._tap(button, 20 * each_ms, dice.pick((2_500.0, 3_500.0, 40_000.0)))

    def _tap(self, button: Button, after_ms: float, held_ms: float) -> None:
        press = ButtonPressed(button, DurationMs(self._dice.pick(AGES_MS)))
        self._agenda.after(after_ms, lambda: self._post(press))
        if self._dice.chance(0.9):
            self._agenda.after(after_ms + held_ms, lambda: self._post(ButtonReleased(button)))

    def _ask_lamp_test(self) -> None:
        self._post(LampTestAsked())
