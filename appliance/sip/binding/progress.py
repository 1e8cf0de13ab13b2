"""What a person sees during the minute or two of a build: the step, the time so far, what is to come."""

import contextlib
import os
import time
from collections.abc import Iterator, Sequence
from typing import TextIO

# At a terminal one line is drawn again at this pace; elsewhere (a CI's log) a long step gives a sign of life.
REDRAW_S = 0.5
SIGN_OF_LIFE_S = 20.0


class Progress:
    """Tells the steps of one build, in their order, on a stream of text."""

    def __init__(self, steps: Sequence[str], out: TextIO) -> None:
        self._steps = tuple(steps)
        self._out = out
        self._terminal = out.isatty()
        self._started = time.monotonic()
        self._told = self._started
        self._current = -1

    @contextlib.contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Mark the time in which `name`, one of the steps, is worked on."""
        self._current = self._steps.index(name)
        self._tell()
        try:
            yield
        finally:
            if self._terminal:
                self._out.write("\r\x1b[K")
                self._out.flush()

    def alive(self) -> None:
        """Called again and again while a step works; draws when it is time to."""
        pace_s = REDRAW_S if self._terminal else SIGN_OF_LIFE_S
        if time.monotonic() - self._told >= pace_s:
            self._tell()

    def note(self, line: str) -> None:
        """Say one whole line, beside the steps."""
        self._out.write(f"{line}\n")
        self._out.flush()

    def elapsed(self) -> str:
        """The time since the build began, as m:ss."""
        seconds = int(time.monotonic() - self._started)
        return f"{seconds // 60}:{seconds % 60:02}"

    def _tell(self) -> None:
        self._told = time.monotonic()
        rest = ", ".join(self._steps[self._current + 1 :])
        number = f"{self._current + 1}/{len(self._steps)}"
        line = f"pjsua2 [{number}] {self._steps[self._current]}, {self.elapsed()} so far"
        if rest:
            line += f"; still to come: {rest}"
        if self._terminal:
            # A longer line would wrap and could not be wiped; a terminal that does not know its width says 0.
            width = os.get_terminal_size(self._out.fileno()).columns
            self._out.write(f"\r\x1b[K{line[: width - 1] if width else line}")
        else:
            self._out.write(f"{line}\n")
        self._out.flush()
