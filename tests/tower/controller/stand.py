"""A tower on its writer, with a unit that beats: what the driver does in real time, on a pty."""

import contextlib
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from appliance.clock import RealClock
from appliance.config.configuration import TowerSettings
from appliance.core.events import Event, FaultCleared, FaultRaised
from appliance.core.picture import Picture, Segment, Showing
from appliance.core.words import DurationMs
from appliance.tower.controller import finding, link
from appliance.tower.drivers import open_towers
from appliance.tower.wire import Cover, Set, Shown
from appliance.tower.writer import TowerWriter
from tests.peers.program import PATIENT_S, until

BEAT_S = 0.1
WAITS = Picture((Segment("Main", Showing.WAITING, 1, 1), Segment("Lab")))
GONE = "{} does not answer any more: three STATUS missed; the board or the cable hangs"
OUT = "{} is gone: the cable is out"


def waits(told: Set) -> bool:
    """Whether `WAITS` is what the tower was told."""
    return told.lines[0].shown is Shown.WAITING and told.cover is Cover.NONE


class Stand:
    """A tower and the unit behind it, which lives until it is told to hang."""

    def __init__(self, port: str, picture: Picture) -> None:
        self.told: list[Event] = []
        self.told_at_ms: list[float] = []
        """When each of them was told."""
        self.clock = RealClock()
        self.hangs = False
        self._ends = threading.Event()
        labels = [segment.label for segment in picture.segments]
        settings = [TowerSettings("controller", port=port)]
        self._towers = open_towers(settings, labels, self.clock, self._take)
        self._towers.show(picture)
        self._towers.start()
        self._beats = threading.Thread(target=self._beat)
        self._beats.start()

    @property
    def writer(self) -> TowerWriter:
        return self._towers.writers[0]

    @property
    def faults(self) -> list[str]:
        """What was told of faults: why, or `over`."""
        return [
            event.why if isinstance(event, FaultRaised) else "over"
            for event in self.told
            if isinstance(event, FaultRaised | FaultCleared)
        ]

    @property
    def buttons(self) -> list[Event]:
        """What was told of buttons."""
        return [event for event in self.told if not isinstance(event, FaultRaised | FaultCleared)]

    def show(self, picture: Picture) -> None:
        self._towers.show(picture)

    def until_fault(self, why: str, within_s: float = PATIENT_S) -> None:
        """Wait until this is the tower's fault; an empty one means that there is none."""
        until(lambda: (self.writer.fault or "") == why, within_s, f"the fault is {why!r}")

    def end(self) -> None:
        self._ends.set()
        self._beats.join()
        self._towers.close()

    def _take(self, event: Event) -> None:
        self.told_at_ms.append(self.clock.now_ms())
        self.told.append(event)

    def _beat(self) -> None:
        while not self._ends.wait(BEAT_S):
            if not self.hangs:
                self._towers.beat(self.clock.now_ms())


@contextlib.contextmanager
def standing(port: str, picture: Picture) -> Iterator[Stand]:
    """A tower at this port, or wherever it is found, on a unit that lives; put away afterwards."""
    stand = Stand(port, picture)
    try:
        yield stand
    finally:
        stand.end()


def with_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no tower count as lost because a test's board was given no turn for a while. How long one may say
    nothing is told in instants, in test_link.py."""
    monkeypatch.setattr(link, "LOST_MS", DurationMs(PATIENT_S * 1000))


def only_these_ports(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Let the names of towers lie in this folder, and nothing be plugged in but what the test has."""
    monkeypatch.setattr(finding, "FOLDER", folder)
    monkeypatch.setattr(finding, "usb_ports", lambda: ())
