"""The tower that only remembers: every picture, sound and sentence with its instant.

It needs no wiring. Tests and the simulation read `recorded`; with `file = "..."` in the configuration every
entry is also appended to that file as it comes (`record`), for whoever judges a running unit.
"""

from collections import deque
from pathlib import Path
from typing import Final

from appliance.clock import Clock
from appliance.core.effects import Sound
from appliance.core.picture import Picture
from appliance.core.words import InstantMs
from appliance.tower.record import Recorded, to_line

RECORDER_MAX: Final = 10_000
"""Entries kept in memory: a busy morning of one practice. The oldest makes room; the file keeps all."""


class Recorder:
    """Remembers what it was handed. Use it as a driver, or call it directly on a clock of your own."""

    def __init__(self, clock: Clock, file: Path | None = None) -> None:
        """Begin with nothing.

        Raises:
            OSError: the file cannot be opened for appending.
        """
        self._clock = clock
        self._entries: deque[Recorded] = deque(maxlen=RECORDER_MAX)
        self._last: Picture | None = None
        self._file = None if file is None else file.open("a", encoding="utf-8")

    @property
    def recorded(self) -> tuple[Recorded, ...]:
        """Everything that is remembered, in the order in which it came."""
        return tuple(self._entries)

    @property
    def pictures(self) -> tuple[Picture, ...]:
        """The pictures alone."""
        return tuple(entry.what for entry in self._entries if isinstance(entry.what, Picture))

    @property
    def sounds(self) -> tuple[Sound, ...]:
        """The sounds alone."""
        return tuple(entry.what for entry in self._entries if isinstance(entry.what, Sound))

    def draw(self, picture: Picture, now_ms: InstantMs) -> InstantMs | None:
        """Remember a picture; the same one again is not news."""
        if picture != self._last:
            self._last = picture
            self._keep(Recorded(now_ms, picture))
        return None

    def play(self, sound: Sound) -> None:
        """Remember a sound."""
        self._keep(Recorded(self._clock.now_ms(), sound))

    def tell(self, sentence: str) -> None:
        """Remember a sentence."""
        self._keep(Recorded(self._clock.now_ms(), sentence))

    def close(self) -> None:
        """Close the file; what is remembered stays."""
        if self._file is not None:
            self._file.close()

    def _keep(self, recorded: Recorded) -> None:
        self._entries.append(recorded)
        if self._file is not None:
            self._file.write(to_line(recorded) + "\n")
            self._file.flush()
