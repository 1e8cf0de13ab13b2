"""What both towers show, for people: drawn side by side in the terminal, or told in plain lines."""

import queue
import threading
import time
from collections.abc import Sequence
from typing import Protocol

from appliance.core.frames import Frame, frame_at
from appliance.core.picture import Picture
from appliance.core.words import InstantMs
from appliance.tower.live import REDRAW_MS
from appliance.tower.record import Recorded, from_line
from tests.practice.pixels import frame_of
from tests.practice.place import Place


class View:
    """One unit's tower, looked at again and again: its pixels or pictures, and what the unit tells."""

    def __init__(self, title: str, place: Place, keys: str) -> None:
        self.title = title
        self.keys = keys
        """The keys that press its lines' buttons, in the order of the lines."""
        self.name = place.name
        self.picture: Picture | None = None
        """The last picture that the unit handed out."""
        self.news: list[Recorded] = []
        """What the unit's recorder got since the last look."""
        self.frames: list[Frame] = []
        """All that was shown since the last look; the last one is shown now."""
        self.board = place.tower.board
        self._lines = len(keys)
        self._record_file = place.unit.record_file
        self._seen = 0
        self._read_to = 0

    def look(self, now_ms: InstantMs) -> None:
        """Look again."""
        self.news = self._news()
        for recorded in self.news:
            if isinstance(recorded.what, Picture):
                self.picture = recorded.what
        if self.board is not None:
            # Every frame since the last look is shown, if only for a moment: plain lines leave none out.
            new = self.board.pixels[self._seen :]
            self._seen += len(new)
            self.frames = [frame_of(one.colours, self._lines) for one in new or self.board.pixels[-1:]]
        elif self.picture is not None:
            self.frames = [frame_at(self.picture, now_ms)]

    def _news(self) -> list[Recorded]:
        """What the recorder has written since the last time, whole lines only."""
        if not self._record_file.exists():
            return []
        with self._record_file.open("rb") as record:
            record.seek(self._read_to)
            told = record.read()
        whole = told[: told.rfind(b"\n") + 1]
        self._read_to += len(whole)
        return [from_line(line) for line in whole.decode().splitlines()]


class Paper(Protocol):
    """Where towers are seen."""

    def show(self, views: Sequence[View], now_ms: InstantMs) -> None:
        """Show all that there is to see since the last time."""
        ...

    def say(self, sentence: str) -> None:
        """Tell something that happens outside of the units."""
        ...

    def close(self) -> None:
        """Leave it as it was."""
        ...


class Mirror:
    """Looks at the towers as often as an eye would."""

    def __init__(self, views: Sequence[View], paper: Paper) -> None:
        self._views = views
        self._paper = paper
        self._said: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="mirror")
        self._thread.start()

    def say(self, sentence: str) -> None:
        """Tell this too, at the next look."""
        self._said.put(sentence)

    def stop(self) -> None:
        """Look a last time."""
        self._stopped.set()
        self._thread.join()
        self._paper.close()

    def _run(self) -> None:
        stopped = False
        while not stopped:
            stopped = self._stopped.wait(REDRAW_MS / 1000)
            while not self._said.empty():
                self._paper.say(self._said.get())
            now_ms = InstantMs(time.monotonic() * 1000)
            for view in self._views:
                view.look(now_ms)
            self._paper.show(self._views, now_ms)
