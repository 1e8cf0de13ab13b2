"""What the emulated tower's pixels show, for people: drawn live in the terminal, or told in plain lines."""

import contextlib
import os
import sys
import threading
import time
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final, Protocol, TextIO

from appliance.core.effects import Sound
from appliance.core.frames import Frame
from appliance.core.picture import Picture
from appliance.core.sentences import minutes
from appliance.core.words import DurationMs, InstantMs
from appliance.tower.live import REDRAW_MS, SENTENCES_SHOWN, SOUND_SHOWN_MS
from appliance.tower.record import Recorded, from_line
from appliance.tower.screen import Caption, Screen
from tests.core.lights import letter
from tests.peers.live_board import LiveBoard
from tests.practice.pixels import frame_of

DARK_FOR_MS: Final = 800.0
"""A segment that is dark for longer does not flash: the slow flash is dark for 625 ms."""


class Paper(Protocol):
    """Where a mirror is seen."""

    def show(self, frame: Frame, news: Sequence[Recorded], now_ms: InstantMs) -> None:
        """Show the pixels of this instant, and what the unit has told since the last time."""
        ...

    def close(self) -> None:
        """Leave it as it was."""
        ...


class LivePaper:
    """The whole terminal: the decoded pixels, and around them what the unit's recorder knows of the lines."""

    def __init__(self, out: TextIO) -> None:
        self._screen = Screen(out)
        self._picture: Picture | None = None
        self._sentences: deque[str] = deque(maxlen=SENTENCES_SHOWN)
        self._sound: Recorded | None = None
        self._opened_ms: float | None = None
        self._drawn: tuple[Frame, int] | None = None

    def show(self, frame: Frame, news: Sequence[Recorded], now_ms: InstantMs) -> None:
        for recorded in news:
            self._opened_ms = self._opened_ms or recorded.at_ms
            match recorded.what:
                case Picture() as picture:
                    self._picture = picture
                case Sound():
                    self._sound = recorded
                case sentence:
                    since_ms = DurationMs(recorded.at_ms - self._opened_ms)
                    self._sentences.append(f"{minutes(since_ms)} {sentence}")
        draws = frame, int(now_ms / 1000)
        if self._picture is not None and (news or draws != self._drawn):
            self._drawn = draws
            # A picture of a unit without buttons has no lamps.
            frame = replace(frame, buttons=frame.buttons[: len(self._picture.lamps)])
            self._screen.draw(self._picture, frame, now_ms, self._caption(now_ms))

    def close(self) -> None:
        self._screen.close()

    def _caption(self, now_ms: InstantMs) -> Caption:
        sound = self._sound
        return Caption(
            sound=sound.what.value if sound is not None and isinstance(sound.what, Sound) else None,
            sounds_now=sound is not None and now_ms < sound.at_ms + SOUND_SHOWN_MS,
            sentences=tuple(self._sentences),
        )


class PlainPaper:
    """A line whenever a segment comes to show something else: ``the pixels of Main: BB......``."""

    def __init__(self, out: TextIO, labels: Sequence[str]) -> None:
        self._out = out
        self._labels = labels
        self._said = ["." * 8] * len(labels)
        self._lit_ms = [float("-inf")] * len(labels)

    def show(self, frame: Frame, news: Sequence[Recorded], now_ms: InstantMs) -> None:
        del news
        for place, label in enumerate(self._labels):
            bar = "".join(map(letter, frame.segments[place]))
            if bar.strip("."):
                self._lit_ms[place] = now_ms
            elif now_ms < self._lit_ms[place] + DARK_FOR_MS:
                continue
            if bar != self._said[place]:
                self._said[place] = bar
                self._out.write(f"the pixels of {label}: {bar}\n")
                self._out.flush()

    def close(self) -> None:
        self._out.close()


class Mirror:
    """Looks at the board's pixels and into the unit's record, as often as an eye would."""

    def __init__(self, board: LiveBoard, record_file: Path, paper: Paper, lines: int) -> None:
        self._board = board
        self._record_file = record_file
        self._paper = paper
        self._lines = lines
        self._seen = 0
        self._read_to = 0
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="mirror")
        self._thread.start()

    def stop(self) -> None:
        """Look no more."""
        self._stopped.set()
        self._thread.join()
        self._paper.close()

    def _run(self) -> None:
        while not self._stopped.wait(REDRAW_MS / 1000):
            news = self._news()
            # Every frame since the last look is shown, if only for a moment: plain lines leave none out.
            for pixels in self._board.pixels[self._seen :] or self._board.pixels[-1:]:
                frame = frame_of(pixels.colours, self._lines)
                self._paper.show(frame, news, InstantMs(time.monotonic() * 1000))
                news = []
            self._seen = len(self._board.pixels)

    def _news(self) -> list[Recorded]:
        """What the unit's recorder has written since the last time, whole lines only."""
        if not self._record_file.exists():
            return []
        with self._record_file.open("rb") as record:
            record.seek(self._read_to)
            told = record.read()
        whole = told[: told.rfind(b"\n") + 1]
        self._read_to += len(whole)
        return [from_line(line) for line in whole.decode().splitlines()]


@contextlib.contextmanager
def mirrored(board: LiveBoard, record_file: Path, labels: Sequence[str], live: bool) -> Iterator[None]:
    """The pixels of this board, live in this terminal or in plain lines."""
    # A screen closes its stream, and the demonstration has a last word to say.
    own = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding=sys.stdout.encoding)
    paper = LivePaper(own) if live else PlainPaper(own, labels)
    mirror = Mirror(board, record_file, paper, len(labels))
    try:
        yield
    finally:
        mirror.stop()
