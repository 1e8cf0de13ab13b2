"""The buttons of a unit: which are down, how each press is answered, and what follows from it.

A press acts at the instant it goes down, and is answered by its lamp at that instant, whatever comes of it;
a hold acts once more when its time is over. So nothing waits for a release, and a release that never comes
costs nothing but a fault: a button that stays down is stuck.

Whatever is silenced here, no light is: the picture's segments never ask who is muted or away.
"""

from collections.abc import Iterable
from typing import Final

from appliance.core.callers import Callers
from appliance.core.effects import AskAway, AskMute, BusEffect, Sound
from appliance.core.events import ButtonPressed, ButtonReleased
from appliance.core.lamp_test import LampTest, Part
from appliance.core.lamps import ButtonLamp, LampLook, buttons_of, may_answer
from appliance.core.notices import (
    AwayBegan,
    AwayOver,
    LampTestOver,
    Muted,
    NothingToDo,
    Notice,
    PartTested,
    PressTooLate,
)
from appliance.core.settings import BoardSettings
from appliance.core.site import Site
from appliance.core.standing import Standing
from appliance.core.taking import Taking
from appliance.core.words import LINE_BUTTONS, NEVER_MS, Button, DurationMs, InstantMs, LineId

PRESS_LATE_MS_MAX: Final = DurationMs(4_000)
"""How old a press may be when the board hears of it (product). An older one is answered by a blink and told,
and never acted on: what it was meant for may be over."""

STUCK_MS_MAX: Final = DurationMs(30_000)
"""How long a button may be down: ten times the longest hold. Beyond it the button is stuck: a fault, which
ends with its release. It acts no more than any press does, and the others go on."""

HOLD_MUTE_MS: Final = DurationMs(3_000)
"""How long mute is held for the lamp test (product)."""


class Panel:
    """The buttons and their lamps, and what the people at this unit chose: mute, away, lamp test.

    `moved` says that a lamp must be drawn again since the board last looked; a caller who comes or goes
    changes lamps too, and the board draws then anyway.
    """

    def __init__(
        self, settings: BoardSettings, callers: Callers, site: Site, standing: Standing, taking: Taking
    ) -> None:
        """Begin with nothing pressed and nobody away; stuck buttons are faults of this standing."""
        self._buttons: Final = buttons_of(len(settings.lines))
        self._away_ms: Final = settings.away_ms
        self._callers = callers
        self._site = site
        self._taking = taking
        self._line_of: Final = dict(zip(LINE_BUTTONS, (line.id for line in settings.lines), strict=False))
        self._button_of: Final = {line: button for button, line in self._line_of.items()}
        self._standing = standing
        self._stuck_at_ms: dict[Button, InstantMs] = {}
        self._hold_at_ms = NEVER_MS
        self._away_until_ms = NEVER_MS
        self._has_been_away = False
        self._lamp_test = LampTest(settings.lines)
        self._blinks = dict.fromkeys(self._buttons, 0)
        self._lamps = tuple(ButtonLamp() for _ in self._buttons)
        self._lamps_of: tuple[object, ...] = ()
        """The looks and the blinks of `_lamps`."""
        self.moved = False
        self.told: list[Notice] = []
        self.sounds: list[Sound] = []
        """Sounds that the lamp test wants played."""
        self.asked: list[BusEffect] = []
        """What the people here want of the other units."""

    @property
    def lamps(self) -> tuple[ButtonLamp, ...]:
        """What the lamps should show, the same tuple until that changes; the picture puts it on the beat."""
        away = LampLook.STEADY if self.is_away else self._site.coverage.lamp_look
        muted = LampLook.STEADY if self.is_muted else LampLook.OFF
        shown = [*self._taking.looks.values(), muted, away, LampLook.OFF]
        if self.tested.button is not None:
            shown[self._buttons.index(self.tested.button)] = LampLook.STEADY
        blinks = list(self._blinks.values())
        if (shown, blinks) != self._lamps_of:
            self._lamps_of = shown, blinks
            lamps = zip(self._lamps, shown, blinks, strict=True)
            self._lamps = tuple([_lamp(before, look, count) for before, look, count in lamps])
        return self._lamps

    @property
    def is_away(self) -> bool:
        """True while the people of this unit are elsewhere: it plays no sound."""
        return self._away_until_ms != NEVER_MS

    @property
    def is_muted(self) -> bool:
        """True while somebody waits, and everybody who waits is muted."""
        is_muted = False
        for one in self._site:
            if not one.muted:
                return False
            is_muted = True
        return is_muted

    @property
    def is_testing(self) -> bool:
        """True while the lamp test runs."""
        return self._lamp_test.is_running

    @property
    def tested(self) -> Part:
        """What the lamp test is at."""
        return self._lamp_test.part

    @property
    def due_ms(self) -> InstantMs:
        """When time alone next changes something here."""
        stuck_at_ms = self._stuck_at_ms.values()
        return min(self._hold_at_ms, self._away_until_ms, self._lamp_test.due_ms, *stuck_at_ms)

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
            return
        self._end_test("a button was pressed")
        if not self._act(button, now_ms) and is_answered:
            self.told.append(NothingToDo(button))

    def release(self, event: ButtonReleased) -> None:
        """A button came up; one that is not down is no error, for its press may have been lost."""
        if event.button is Button.HOOK:
            self._taking.pickups.hook_on()
        self._release(event.button)

    def say_away(self, now_ms: InstantMs) -> None:
        """Let the other units know whether the people here are away: some may have missed the last word.

        People who never went are known to be there.
        """
        if self.is_away:
            self._has_been_away = True
            self.asked.append(AskAway(True, DurationMs(self._away_until_ms - now_ms)))
        elif self._has_been_away:
            self.asked.append(AskAway(False, DurationMs(0)))

    def ask_lamp_test(self, now_ms: InstantMs) -> None:
        """Begin the lamp test, unless it runs or somebody waits."""
        if not self._lamp_test.is_running and self._site.is_empty:
            self._lamp_test.begin(now_ms)
            self._show_part()

    def attend(self, gone: Iterable[LineId]) -> None:
        """End the lamp test if anybody waits: a ring matters more.

        The lamps of the lines in `gone` blink once: a press there came to nothing.
        """
        for line in gone:
            self._blinks[self._button_of[line]] += 1
            self.moved = True
        if not self._site.is_empty:
            self._end_test("a caller rings")

    def pass_time(self, now_ms: InstantMs) -> None:
        """Do what time alone brings by this instant: a hold, the end of away, the next part of the test."""
        if self._hold_at_ms <= now_ms:
            self._hold_at_ms = NEVER_MS
            self.ask_lamp_test(now_ms)
        if self._lamp_test.due_ms <= now_ms:
            self._touch_part()
            self._lamp_test.walk(now_ms)
            self._show_part()
        if self._away_until_ms <= now_ms:
            self._come_back("the time for it is over")
        for button in [button for button, at_ms in self._stuck_at_ms.items() if at_ms <= now_ms]:
            del self._stuck_at_ms[button]
            why = f"has been pressed for {STUCK_MS_MAX / 1000:.0f} s: stuck, or a short circuit"
            self._standing.raise_fault(_fault_of(button), why)

    def _act(self, button: Button, now_ms: InstantMs) -> bool:
        """Do what a press of this button does; return False if that is nothing."""
        match button:
            case Button.MUTE:
                self._hold_at_ms = InstantMs(now_ms + HOLD_MUTE_MS)
                return self._mute()
            case Button.AWAY if self.is_away:
                self._come_back("the button was pressed again")
                return True
            case Button.AWAY:
                self._away_until_ms = InstantMs(now_ms + self._away_ms)
                self.moved = True
                self.say_away(now_ms)
                self.told.append(AwayBegan(self._away_ms))
                return True
            case Button() if button in self._line_of:
                return self._taking.press(self._line_of[button], now_ms)
            case _:
                return False

    def _mute(self) -> bool:
        """Play no sound for anybody who waits now, or is held, or is unsure and may ring again."""
        loud = [one for one in self._site if not one.muted]
        for one in loud:
            one.muted = True
        if loud:
            self.moved = True
            self.asked.append(AskMute())
            self.told.append(Muted(len(loud)))
        return bool(loud)

    def _come_back(self, why: str) -> None:
        """Sound again, and at once for those who wait."""
        self._away_until_ms = NEVER_MS
        self.moved = self._callers.rose = True
        self.asked.append(AskAway(False, DurationMs(0)))
        self.told.append(AwayOver(why))
        for one in self._site:
            one.sounded = 0

    def _show_part(self) -> None:
        self._touch_part()
        if not self._lamp_test.is_running:
            self.told.append(LampTestOver("all was shown"))
            return
        self.told.append(PartTested(self.tested.words))
        self.sounds += [] if self.tested.sound is None else [self.tested.sound]

    def _touch_part(self) -> None:
        """Have the part drawn that is tested now, or was until now."""
        self.moved = True
        if self.tested.line is not None:
            self._callers.touched.add(self.tested.line)

    def _end_test(self, why: str) -> None:
        if self._lamp_test.is_running:
            self._touch_part()
            self._lamp_test.end()
            self.told.append(LampTestOver(why))

    def _release(self, button: Button) -> None:
        self._stuck_at_ms.pop(button, None)
        self._standing.clear_fault(_fault_of(button))
        if button is Button.MUTE:
            self._hold_at_ms = NEVER_MS


def _lamp(before: ButtonLamp, look: LampLook, blinks: int) -> ButtonLamp:
    is_same = before.look is look and before.blinks == blinks
    return before if is_same else ButtonLamp(look, blinks=blinks)


def _fault_of(button: Button) -> str:
    return f"button {button.value}"
