"""The buttons of a unit: which are down, how each press is answered, and what follows from it.

A press acts at the instant it goes down, and is answered by its lamp at that instant, whatever comes of it;
a hold acts once more when its time is over. So nothing waits for a release, and a release that never comes
costs nothing but a fault: a button that stays down is stuck.
"""

from typing import Final

from appliance.core.events import ButtonPressed, ButtonReleased
from appliance.core.lamps import ButtonLamp, buttons_of, may_answer
from appliance.core.notices import NothingToDo, Notice, PressTooLate
from appliance.core.standing import Standing
from appliance.core.words import Button, DurationMs, InstantMs

PRESS_LATE_MS_MAX: Final = DurationMs(4_000)
"""How old a press may be when the board hears of it (product). An older one is answered by a blink and told,
and never acted on: what it was meant for may be over."""

STUCK_MS_MAX: Final = DurationMs(30_000)
"""How long a button may be down: ten times the longest hold. Beyond it the button is stuck: a fault, which
ends with its release. It acts no more than any press does, and the others go on."""


class Panel:
    """The buttons and their lamps. `moved` says that a lamp changed since the board last looked."""

    def __init__(self, line_count: int, standing: Standing) -> None:
        """Begin with nothing pressed; stuck buttons are faults of this standing."""
        self._buttons: Final = buttons_of(line_count)
        self._standing = standing
        self._stuck_at_ms: dict[Button, InstantMs] = {}
        self._blinks = dict.fromkeys(self._buttons, 0)
        self.moved = False
        self.told: list[Notice] = []

    @property
    def lamps(self) -> tuple[ButtonLamp, ...]:
        """What the lamps should show; the picture puts them on the beat."""
        return tuple(ButtonLamp(blinks=self._blinks[button]) for button in self._buttons)

    @property
    def due_ms(self) -> InstantMs | None:
        """When time alone next changes something here."""
        return min(self._stuck_at_ms.values(), default=None)

    def press(self, event: ButtonPressed, lamps: tuple[ButtonLamp, ...], now_ms: InstantMs) -> None:
        """A button went down. One that is down already went down again: its release was lost.

        `lamps` are those of the picture that is shown. The hook switch has none, nor has the button of a line
        that the site does not have: there is nothing behind them.
        """
        button = event.button
        if button not in self._blinks:
            return
        self._release(button)
        # Counted from now: the release of a press that was held up may be right behind it.
        self._stuck_at_ms[button] = InstantMs(now_ms + STUCK_MS_MAX)
        is_answered = may_answer(lamps[self._buttons.index(button)], now_ms)
        if is_answered:
            self._blinks[button] += 1
            self.moved = True
        if event.age_ms > PRESS_LATE_MS_MAX:
            self.told.append(PressTooLate(button, event.age_ms))
        elif is_answered:
            self.told.append(NothingToDo(button))

    def release(self, event: ButtonReleased) -> None:
        """A button came up; one that is not down is no error, for its press may have been lost."""
        self._release(event.button)

    def pass_time(self, now_ms: InstantMs) -> None:
        """Find what is stuck by this instant."""
        for button in [button for button, at_ms in self._stuck_at_ms.items() if at_ms <= now_ms]:
            del self._stuck_at_ms[button]
            why = f"has been pressed for {STUCK_MS_MAX / 1000:.0f} s: stuck, or a short circuit"
            self._standing.raise_fault(_fault_of(button), why)

    def _release(self, button: Button) -> None:
        self._stuck_at_ms.pop(button, None)
        self._standing.clear_fault(_fault_of(button))


def _fault_of(button: Button) -> str:
    return f"button {button.value}"
