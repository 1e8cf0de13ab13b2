"""Where two towers are seen: the whole terminal, or plain lines."""

from collections import deque
from collections.abc import Sequence
from dataclasses import replace
from typing import Final, TextIO

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.table import Table
from rich.text import Text

from appliance.core.effects import Sound
from appliance.core.frames import Frame
from appliance.core.picture import Picture
from appliance.core.sentences import minutes
from appliance.core.words import DurationMs, InstantMs
from appliance.tower.live import SENTENCES_SHOWN, SOUND_SHOWN_MS
from appliance.tower.plain import words_of
from appliance.tower.record import Recorded
from appliance.tower.screen import Caption, render
from tests.core.lights import letter
from tests.practice.mirror import View

KEYS: Final = "1…8 q…i take a caller · a away · m mute · k broker · x engine · Ctrl-C ends"
"""What the keys do, within the 80 columns of an ordinary terminal. Each line has its own before its label."""
SAID_SHOWN: Final = 3
ALIKE_MAX: Final = 2
"""Segments that begin to show the same at once and are told one by one; more of them are one movement of the
whole tower, such as the sweep of a new caller."""
DARK_FOR_MS: Final = 800.0
"""A segment that is dark for longer does not flash: the slow flash is dark for 625 ms."""


class LivePaper:
    """The whole terminal: the towers side by side, what was said, and the keys."""

    def __init__(self, out: TextIO) -> None:
        self._console = Console(file=out, highlight=False, markup=False, emoji=False)
        self._live = Live(console=self._console, screen=True, auto_refresh=False)
        self._live.start()
        self._halves: dict[str, _Half] = {}
        self._said: deque[str] = deque(maxlen=SAID_SHOWN)
        self._drawn: object = None

    def show(self, views: Sequence[View], now_ms: InstantMs) -> None:
        for view in views:
            self._halves.setdefault(view.name, _Half()).take(view.news)
        frames = [view.frames[-1] if view.frames else None for view in views]
        draws = frames, int(now_ms / 1000), self._console.size, tuple(self._said)
        if draws == self._drawn and not any(view.news for view in views):
            return
        self._drawn = draws
        width, height = self._console.size
        columns = Table.grid()
        for _ in views:
            columns.add_column(width=width // len(views))
        columns.add_row(*(Text(view.title, "bold") for view in views))
        below = [Text(one) for one in self._said] + [Text()] * (SAID_SHOWN - len(self._said))
        room = height - len(below) - 3
        columns.add_row(
            *(self._halves[view.name].drawn(view, now_ms, width // len(views) - 1, room) for view in views)
        )
        keys = Text(KEYS, "dim")
        keys.truncate(width, overflow="ellipsis")
        self._live.update(Group(columns, *below, keys), refresh=True)

    def say(self, sentence: str) -> None:
        self._said.append(sentence)

    def close(self) -> None:
        try:
            self._live.stop()
        finally:
            self._console.file.close()


class _Half:
    """What stands around one tower."""

    def __init__(self) -> None:
        self._sentences: deque[str] = deque(maxlen=SENTENCES_SHOWN)
        self._sound: tuple[Sound, InstantMs] | None = None
        self._opened_ms: InstantMs | None = None

    def take(self, news: Sequence[Recorded]) -> None:
        for recorded in news:
            self._opened_ms = self._opened_ms or recorded.at_ms
            match recorded.what:
                case Picture():
                    pass
                case Sound() as sound:
                    self._sound = sound, recorded.at_ms
                case sentence:
                    since_ms = DurationMs(recorded.at_ms - self._opened_ms)
                    self._sentences.append(f"{minutes(since_ms)} {sentence}")

    def drawn(self, view: View, now_ms: InstantMs, width: int, height: int) -> RenderableType:
        if view.picture is None or not view.frames:
            return Text()
        # A picture of a unit without buttons has no lamps.
        frame = replace(view.frames[-1], buttons=view.frames[-1].buttons[: len(view.picture.lamps)])
        segments = zip(view.keys, view.picture.segments, strict=True)
        labelled = tuple(replace(one, label=f"{key} {one.label}") for key, one in segments)
        picture = replace(view.picture, segments=labelled)
        sound, at_ms = self._sound or (None, InstantMs(0))
        caption = Caption(
            sound=None if sound is None else sound.value,
            sounds_now=sound is not None and now_ms < at_ms + SOUND_SHOWN_MS,
            sentences=tuple(self._sentences),
        )
        return render(picture, frame, now_ms, caption, width, height)


class PlainPaper:
    """Lines such as ``front: Main: a caller rings.`` and ``the pixels of Main at the front: BB......``."""

    def __init__(self, out: TextIO, labels: Sequence[str]) -> None:
        self._out = out
        self._labels = labels
        self._said: dict[str, str] = {}
        """What each tower, or each segment of it, was last told to show."""
        self._lit_ms: dict[str, float] = {}

    def show(self, views: Sequence[View], now_ms: InstantMs) -> None:
        for view in views:
            for recorded in view.news:
                match recorded.what:
                    case Picture() as picture:
                        if view.board is None:
                            self._tell_once(view.name, words_of(picture))
                    case Sound() as sound:
                        self._write(f"{view.name}: sound: {sound.value}")
                    case sentence:
                        self._write(f"{view.name}: {sentence}")
            if view.board is not None:
                for frame in view.frames:
                    self._tell_pixels(view.name, frame, now_ms)

    def say(self, sentence: str) -> None:
        self._write(f"-- {sentence}")

    def close(self) -> None:
        self._out.close()

    def _tell_pixels(self, name: str, frame: Frame, now_ms: InstantMs) -> None:
        """Tell each segment that shows something else; what many of them do at once, once for them all."""
        news: dict[str, list[str]] = {}
        for place, label in enumerate(self._labels):
            segment = f"{name}: the pixels of {label}"
            bar = "".join(map(letter, frame.segments[place]))
            if bar.strip("."):
                self._lit_ms[segment] = now_ms
            elif now_ms < self._lit_ms.get(segment, now_ms) + DARK_FOR_MS:
                continue
            if self._said.get(segment) != bar:
                self._said[segment] = bar
                news.setdefault(bar, []).append(segment)
        for bar, segments in news.items():
            many = len(segments) > ALIKE_MAX
            for segment in [f"{name}: the pixels of {len(segments)} lines"] if many else segments:
                self._write(f"{segment}: {bar}")

    def _tell_once(self, what: str, shows: str) -> None:
        if self._said.get(what) != shows:
            self._said[what] = shows
            self._write(f"{what}: {shows}")

    def _write(self, line: str) -> None:
        self._out.write(line + "\n")
        self._out.flush()
