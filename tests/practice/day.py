"""The days that are played: visits and presses at their instants, and the keys in between."""

import contextlib
import os
import select
import signal
import sys
import time
from collections.abc import Callable, Iterator
from typing import Final

from tests.practice.morning import (
    DARK_AFTER_MS,
    LENGTH_MS,
    PRESSES,
    VISITS,
    Press,
    Visit,
    at_tempo,
    caller,
    place_of,
)
from tests.practice.place import RunningPractice
from tests.practice.staff import STILL_MS, Staff

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
                self._staff.press_when_lit(one.unit, place_of(one.line))
            else:
                with uninterrupted():
                    self._practice.callers.place(caller(one, morning, self._tempo), count=one.count)
        self._work_until(start + (at_tempo(LENGTH_MS, self._tempo) + DARK_AFTER_MS) / 1000)

    def _work_until(self, instant: float) -> None:
        """Let the people work until this instant of the monotonic clock."""
        keys = [] if self._by_script else [sys.stdin]
        since = time.monotonic()
        while (left := instant - time.monotonic()) > 0:
            wait_s = min(left, LOOK_S)
            ready, _, _ = select.select(keys, [], [], wait_s)
            stood_ms = (time.monotonic() - since - wait_s) * 1000
            if stood_ms > STILL_MS:
                self._staff.stood_still(stood_ms)
            if ready:
                pressed = os.read(sys.stdin.fileno(), 64)
                if not pressed:
                    raise KeyboardInterrupt
                for key in pressed.decode(errors="ignore"):
                    self._staff.press_key(key)
            since = time.monotonic()
            self._staff.listen()


@contextlib.contextmanager
def uninterrupted() -> Iterator[None]:
    """Let Ctrl-C wait until this is done: nobody would know of a caller who is being placed."""
    came: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, _frame: came.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
    if came:
        raise KeyboardInterrupt
