"""The tower with a controller of its own, over a serial port.

Wire it with a USB cable, and that is all: firmware/README.md has the controller's pins, and `call-light
flash-tower` writes its firmware. In the configuration:

    [[tower]]
    driver = "controller"

The tower is found by itself; where there are several, or none is found, `port = "/dev/…"` names it.
"""

import contextlib
import os
import select
import threading
from collections import deque
from collections.abc import Callable
from typing import Final

from appliance.clock import Clock
from appliance.core.effects import Sound
from appliance.core.events import Event
from appliance.core.picture import Picture
from appliance.core.words import DurationMs, InstantMs
from appliance.tower.controller.finding import candidates, find
from appliance.tower.controller.link import BEAT_MS
from appliance.tower.controller.talk import Talk, TowerLost
from appliance.tower.serial_port import SerialPort
from appliance.tower.writer import SOUNDS_MAX

HANGS_MS: Final = DurationMs(2_000)
"""After so long with a picture that it has not taken, the port's thread hangs in the port's kernel driver."""


class Controller:
    """A tower that was found. One thread has its port, from now until the tower is lost or closed.

    Every picture is sent again each 250 ms for as long as `draw` is called, and no longer.
    """

    def __init__(self, talk: Talk, clock: Clock) -> None:
        """Take the conversation over; HELLO was said."""
        self._talk = talk
        self._clock = clock
        self._handed = threading.Lock()
        self._picture: Picture | None = None
        self._sounds: deque[Sound] = deque(maxlen=SOUNDS_MAX)
        self._waits_since_ms: InstantMs | None = None
        self._closing = False
        self._lost: Exception | None = None
        self._wake_read, self._wake_write = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
        self._thread = threading.Thread(target=self._run, name=f"port {talk.port.name}", daemon=True)
        self._thread.start()

    def draw(self, picture: Picture, now_ms: InstantMs) -> InstantMs | None:
        """Have this sent, and ask to be called again in time for the next heartbeat.

        Raises:
            TowerLost, PortTrouble: the tower is not there any more.
        """
        with self._handed:
            self._picture = picture
            self._waits_since_ms = now_ms if self._waits_since_ms is None else self._waits_since_ms
            waited_ms = now_ms - self._waits_since_ms
        self._wake()
        if self._lost is not None:
            raise self._lost
        if waited_ms >= HANGS_MS:
            name = self._talk.port.name
            raise TowerLost(f"{name} hangs in its kernel driver: pull the cable out, and put it back")
        return InstantMs(now_ms + BEAT_MS)

    def play(self, sound: Sound) -> None:
        """Have the next picture carry this sound."""
        with self._handed:
            self._sounds.append(sound)

    def tell(self, sentence: str) -> None:
        """Write nothing: there is nowhere to write."""

    def close(self) -> None:
        """Send the last picture, if it waits, and let go of the port."""
        self._closing = True
        self._wake()
        self._thread.join()
        os.close(self._wake_read)
        os.close(self._wake_write)

    def _wake(self) -> None:
        with contextlib.suppress(BlockingIOError):
            os.write(self._wake_write, b"w")

    def _run(self) -> None:
        try:
            while not self._is_done():
                picture, sounds = self._take()
                self._talk.turn(picture, sounds)
                self._wait()
        except Exception as error:
            # Whatever it is, a thread must not die unseen: `draw` raises it where it becomes a fault.
            self._lost = error
        finally:
            self._talk.end()

    def _is_done(self) -> bool:
        """Return whether the tower was closed, and its last picture has left the wire."""
        return self._closing and self._picture is None and self._talk.link.is_settled(self._clock.now_ms())

    def _take(self) -> tuple[Picture | None, tuple[Sound, ...]]:
        with self._handed:
            taken = self._picture, tuple(self._sounds)
            self._picture, self._waits_since_ms = None, None
            self._sounds.clear()
        return taken

    def _wait(self) -> None:
        """Wait for bytes, for a picture, or until something is due."""
        until_ms = self._talk.look_by_ms
        if self._closing:
            until_ms = min(until_ms, self._talk.link.free_ms)
        patience_ms = max(0.0, until_ms - self._clock.now_ms())
        sources: list[SerialPort | int] = [self._talk.port, self._wake_read]
        if self._wake_read in select.select(sources, [], [], patience_ms / 1000)[0]:
            os.read(self._wake_read, 4096)


def open_controller(port: str, clock: Clock, post: Callable[[Event], None]) -> Controller:
    """Find the tower and take it; it takes 1.4 s with an Arduino, and 1.9 s where there is none.

    Args:
        port: the port that the configuration names; empty to look for the tower.
        clock: the unit's clock.
        post: where its buttons are told, from any thread.

    Raises:
        TowerLost, PortTrouble: there is no tower; the text says for each port why.
    """
    return Controller(find(candidates(port), clock, post), clock)
