"""A writer on the bench: its driver breaks and hangs on request, and the test is its thread."""

import threading
from collections.abc import Callable

from appliance.clock import Clock, RealClock, SteppedClock
from appliance.core.effects import Sound
from appliance.core.events import Event
from appliance.core.picture import Picture
from appliance.core.words import DurationMs, InstantMs
from appliance.tower.drivers import Towers
from appliance.tower.plain import words_of
from appliance.tower.recorder import Recorder
from appliance.tower.writer import TowerWriter
from tests.peers.program import PATIENT_S


class Broken(Exception):
    """What a test's driver raises."""


class Bench:
    """A writer whose thread is the test, on a clock that the test steps."""

    def __init__(self) -> None:
        self.clock = SteppedClock()
        self.told: list[Event] = []
        self.opened = 0
        self.closed = 0
        self.broken = ""
        self.recorder = Recorder(self.clock)
        self.writer = TowerWriter("test", self._open, ["Main"], self.clock, self.told.append)

    def _open(self) -> "Bench":
        self.opened += 1
        if self.broken == "open":
            raise Broken("no such tower")
        return self

    def draw(self, picture: Picture, now_ms: InstantMs) -> InstantMs | None:
        if self.broken == "draw":
            raise Broken("the cable is out")
        return self.recorder.draw(picture, now_ms)

    def play(self, sound: Sound) -> None:
        if self.broken == "play":
            raise Broken("no buzzer")
        self.recorder.play(sound)

    def tell(self, sentence: str) -> None:
        self.recorder.tell(sentence)

    def close(self) -> None:
        self.closed += 1
        if self.broken == "draw":
            raise Broken("still out")

    def turn(self, after_ms: float = 0, beat: bool = True) -> InstantMs | None:
        """Step the clock, let the board beat, and do what is due."""
        self.clock.step(DurationMs(after_ms))
        if beat:
            self.writer.beat(self.clock.now_ms())
        return self.writer.turn(self.clock.now_ms())

    @property
    def shows(self) -> list[str]:
        return [words_of(picture) for picture in self.recorder.pictures]


class StuckDriver:
    """Hangs in its first picture until it is released."""

    def __init__(self) -> None:
        self.entered = threading.Event()
        self.release = threading.Event()
        self.closed = False

    def draw(self, picture: Picture, now_ms: InstantMs) -> InstantMs | None:
        del picture, now_ms
        self.entered.set()
        assert self.release.wait(3 * PATIENT_S)
        return None

    def play(self, sound: Sound) -> None: ...

    def tell(self, sentence: str) -> None: ...

    def close(self) -> None:
        self.closed = True


def while_the_board_lives(towers: Towers, clock: Clock, met: Callable[[], bool]) -> None:
    """Wait for this as a board would, which beats."""

    def met_at_this_beat() -> bool:
        towers.beat(clock.now_ms())
        return met()

    until(met_at_this_beat)


def until(met: Callable[[], bool], within_s: float = PATIENT_S) -> None:
    """Wait for this, looking often; fail after the deadline."""
    pause = threading.Event()
    deadline_ms = RealClock().now_ms() + within_s * 1000
    while not met():
        assert RealClock().now_ms() < deadline_ms, "it did not happen in time"
        pause.wait(0.005)
