"""A tower's controller at the far end of a pty, frame by frame, with the faults of cables and boards.

It is the wire alone, without firmware: the real one runs in the emulator. Like an Arduino it is reset when
its port is opened, and says HELLO a little later.
"""

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from appliance.tower.wire import ButtonEvent, Decoder, Heard, Hello, Message, Set, Status, Who, encode
from tests.peers.far_end import FarEnd
from tests.peers.program import PATIENT_S, until

REPEAT_S: Final = 0.05
"""How often an EVENT is said until it is heard (firmware/README.md)."""
LOOK_S: Final = 0.005
EXTERNAL, WATCHDOG = 2, 8
"""Causes of a reset, as in MCUSR."""


class FakeController:
    """One board, plugged in from now on. A thread is its processor."""

    def __init__(self, *, hello: Hello | None = None, boot_s: float = 0.05, resets: bool = True) -> None:
        self.hello = hello or Hello(protocol=1, version=(1, 0, 0), boot_count=0, reset_cause=2, lines=8)
        self.sets: list[tuple[float, Set]] = []
        """The pictures that it was told, with their instants in seconds."""
        self.heard: list[int] = []
        """The sequences of the events that were acknowledged."""
        self.others: list[Message] = []
        """What else it was told."""
        self.hangs = False
        """While it hangs, it says and hears nothing."""
        self.reads = True
        """Whether the cable takes bytes from the unit."""
        self.says: bytes | None = None
        """What it says in place of every answer, if anything."""
        self.loses_heard = False
        """Whether it misses each HEARD."""
        self._boot_s, self._resets = boot_s, resets
        self._port = FarEnd()
        self.name = self._port.name
        self._cut_after: int | None = None
        self._sequence = 0
        self._events: list[tuple[int, int, bool, float]] = []
        self._event_count = 0
        self._repeat_at = 0.0
        self._booted = time.monotonic()
        self._hello_at: float | None = None
        self._decoder = Decoder()
        self._lock = threading.RLock()
        self._thread = threading.Thread(target=self._run, name="controller", daemon=True)
        self._thread.start()

    def press(self, button: int, *, down: bool = True) -> None:
        """Press a button, or let it go."""
        with self._lock:
            self._events.append((self._event_count, button, down, time.monotonic()))
            self._event_count = (self._event_count + 1) % 256
            self._repeat_at = 0.0

    def until_up(self) -> None:
        """Wait until the unit tells it a picture: on a tower that is not up, a press counts for nothing."""
        told = len(self.sets)
        until(lambda: len(self.sets) > told, PATIENT_S, "the tower is up")

    def push(self, button: int) -> None:
        """A finger on a button, and off again; wait until both were heard."""
        self.press(button)
        self.press(button, down=False)
        until(lambda: self.has_told_all, PATIENT_S, "the press arrived")

    def reset(self) -> None:
        """Have its watchdog bite."""
        with self._lock:
            self._reset(WATCHDOG)

    def cut_after(self, count: int) -> None:
        """Pull the cable out when it has said so many more bytes."""
        self._cut_after = count

    def unplug(self) -> None:
        """Pull the cable out, now."""
        with self._lock:
            self._port.pull_out()
        self._thread.join()

    @property
    def is_plugged_in(self) -> bool:
        return not self._port.is_out

    @property
    def has_told_all(self) -> bool:
        """Whether every event was acknowledged."""
        return not self._events

    def until_shown(self, condition: Callable[[Set], bool], what: str, within_s: float = PATIENT_S) -> None:
        """Wait until the last picture that it was told is so."""
        until(lambda: bool(self.sets) and condition(self.sets[-1][1]), within_s, what)

    def _run(self) -> None:
        while not self._port.is_out:
            with self._lock:
                if self.reads:
                    self._hear()
                if not self.hangs:
                    self._speak()
            # What it does not read must not wake it, nor a port that nobody has open.
            if self.reads and self._port.is_open:
                self._port.wait(LOOK_S)
            else:
                time.sleep(LOOK_S)

    def _hear(self) -> None:
        opened, received = self._port.read()
        if opened and self._resets:
            self._reset(EXTERNAL)
        if self.hangs:
            return
        for frame in self._decoder.receive(received):
            self._answer(frame.message, frame.sequence)

    def _speak(self) -> None:
        now = time.monotonic()
        if self._hello_at is not None:
            if now < self._hello_at:
                return
            self._hello_at = None
            self._say(self.hello)
        if self._events and now >= self._repeat_at and self._port.is_open:
            self._repeat_at = now + REPEAT_S
            sequence, button, down, at = self._events[0]
            self._say(ButtonEvent(sequence, button, down, min(65_535, int((now - at) * 1000))))

    def _answer(self, message: Message, sequence: int) -> None:
        match message:
            case Set():
                self.sets.append((time.monotonic(), message))
                uptime_ms = int((time.monotonic() - self._booted) * 1000)
                self._say(Status(sequence, False, False, False, 0, 0, 0, uptime_ms))
            case Heard(event):
                if self._events and self._events[0][0] == event and not self.loses_heard:
                    self.heard.append(event)
                    del self._events[0]
                    self._repeat_at = 0.0
            case Who():
                self.others.append(message)
                self._say(self.hello)
            case _:
                self.others.append(message)

    def _reset(self, cause: int) -> None:
        hello = self.hello
        self.hello = Hello(hello.protocol, hello.version, hello.boot_count + 1, cause, hello.lines)
        self._events.clear()
        self._event_count = 0
        self._booted = time.monotonic()
        self._hello_at = self._booted + self._boot_s

    def _say(self, message: Message) -> None:
        said = encode(message, self._sequence) if self.says is None else self.says
        self._sequence = (self._sequence + 1) % 256
        if self._cut_after is not None:
            said, self._cut_after = said[: self._cut_after], self._cut_after - len(said)
        self._port.write(said)
        if self._cut_after is not None and self._cut_after <= 0:
            self._port.pull_out()


@contextlib.contextmanager
def plugged_in(
    link: Path | None = None, *, hello: Hello | None = None, boot_s: float = 0.05, resets: bool = True
) -> Iterator[FakeController]:
    """A board at a port, under a name of its own as udev would give it, until it is pulled out."""
    board = FakeController(hello=hello, boot_s=boot_s, resets=resets)
    if link is not None:
        link.symlink_to(board.name)
    try:
        yield board
    finally:
        # First the name, as whoever sees that the cable is out looks for the tower at once.
        if link is not None:
            link.unlink()
        board.unplug()
