"""The days that are played: visits and presses at their instants, and the keys in between."""

import os
import select
import sys
import time
from collections.abc import Callable
from typing import Final

from tests.practice.morning import DARK_AFTER_MS, LENGTH_MS, PRESSES, VISITS, Press, Visit, at_tempo, caller
from tests.practice.place import RunningPractice
from tests.practice.staff import Staff

LOOK_S: Final = 0.05
"""How often the people listen and look."""


class Day:
    """One morning after another, with those who work in them."""

    def __init__(
        self,
        practice: RunningPractice,
        staff: Staff,
        say: Callable[[str], None],
        tempo: float,
        *,
        by_script: bool,
    ) -> None:
        self._practice = practice
        self._staff = staff
        self._say = say
        self._tempo = tempo
        self._by_script = by_script

    def play_morning(self, morning: int) -> None:
        """Every visit and every press at its instant, then wait until all is dark again."""
        start = time.monotonic()
        happens: list[Visit | Press] = [*VISITS, *(PRESSES if self._by_script else ())]
        for one in sorted(happens, key=lambda one: one.at_ms):
            self._work_until(start + at_tempo(one.at_ms, self._tempo) / 1000)
            self._say(one.story)
            if isinstance(one, Press):
                self._staff.press_when_lit(one.unit, one.line)
            else:
                self._practice.callers.place(caller(one, morning, self._tempo), count=one.count)
        self._work_until(start + (at_tempo(LENGTH_MS, self._tempo) + DARK_AFTER_MS) / 1000)

    def _work_until(self, instant: float) -> None:
        """Let the people work until this instant of the monotonic clock."""
        keys = [] if self._by_script else [sys.stdin]
        while (left := instant - time.monotonic()) > 0:
            ready, _, _ = select.select(keys, [], [], min(left, LOOK_S))
            if ready:
                pressed = os.read(sys.stdin.fileno(), 64)
                if not pressed:
                    raise KeyboardInterrupt
                for key in pressed.decode(errors="ignore"):
                    self._staff.press_key(key)
            self._staff.listen()
