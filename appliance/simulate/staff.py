"""The people at the desk: they press buttons, hold them, drum on them, and now and then jam one."""

from collections.abc import Callable, Sequence
from typing import Final

from appliance.core.events import ButtonPressed, ButtonReleased, Event, LampTestAsked
from appliance.core.lamps import buttons_of
from appliance.core.words import LINE_BUTTONS, Button, DurationMs, InstantMs, LineId
from appliance.simulate.agenda import Agenda
from appliance.simulate.callers import Caller
from appliance.simulate.dice import Dice

TAPS: Final = (1, 1, 1, 2, 10)
"""How often somebody presses in a row."""

AGES_MS: Final = (0.0, 16.0, 16.0, 400.0, 9_000.0)
"""How late a press may be told: a cable holds it up, or the unit was frozen."""


class Staff:
    """Presses buttons and tells the unit, as a driver would; releases may be lost, and presses told twice."""

    def __init__(
        self, lines: Sequence[LineId], agenda: Agenda, dice: Dice, post: Callable[[Event], None]
    ) -> None:
        """Be at a desk with buttons for these lines."""
        self._buttons = (*buttons_of(len(lines)), Button.MUTE, Button.MUTE, Button.AWAY, Button.HOOK)
        self._button_of = dict(zip(lines, LINE_BUTTONS, strict=False))
        self._agenda = agenda
        self._dice = dice
        self._post = post

    def work(self, until_ms: InstantMs) -> None:
        """Plan a morning's presses."""
        for _ in range(self._dice.count(1, 25)):
            at_ms, action = self._dice.between(500, until_ms), self._press
            self._agenda.at(at_ms, self._ask_lamp_test if self._dice.chance(0.1) else action)

    def watch(self, caller: Caller) -> Sequence[float]:
        """Press the button of the caller's line, once or more, some time while they wait; return when."""
        dice, habits = self._dice, caller.habits
        gives_up_ms = min(caller.patience_ms, habits.ring_ms) + dice.between(-60, 60)
        answered_ms = gives_up_ms if caller.answer_after_ms is None else caller.answer_after_ms
        in_a_gap_ms = habits.ring_ms + dice.between(-60, habits.retry_ms + 60)
        instants = (
            dice.often_little(0, 60_000),
            dice.between(0, 5_000),
            gives_up_ms,
            answered_ms + dice.between(-60, 60),
            in_a_gap_ms,
        )
        presses = [max(0.0, dice.pick(instants)) for _ in range(dice.pick((0, 1, 1, 2, 4)))]
        for at_ms in presses:
            for again_ms in dice.pick(((0.0,), (0.0,), (0.0, 0.0), (0.0, dice.between(20, 300)))):
                self._tap(self._button_of[habits.line.id], at_ms + again_ms, 80)
        return presses

    def press_too(self, caller: Caller, presses: Sequence[float]) -> None:
        """Press when somebody else does, or nearly then."""
        for at_ms in presses:
            apart_ms = self._dice.pick((0.0, self._dice.between(0, 50)))
            self._tap(self._button_of[caller.habits.line.id], at_ms + apart_ms, 80)

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
