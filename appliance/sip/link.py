"""The unit's side of the engine: starts it, watches it, starts it again, and turns its words into events.

One thread does all of it; the unit's own thread only asks and leaves.
"""

import contextlib
import dataclasses
import os
import select
import socket
import subprocess
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from appliance.core.effects import EndRing as EndRingEffect
from appliance.core.effects import HangUp, ReturnCaller, TakeRing
from appliance.core.events import EngineLost, EngineSilent, EngineSpoke, Event, FaultRaised
from appliance.core.words import NO_ORDER, DurationMs, InstantMs, OrderId, RingId, Way
from appliance.sip.codec import MalformedPacket
from appliance.sip.hearing import Hearing
from appliance.sip.marks import Contacts
from appliance.sip.process import bury, start_engine
from appliance.sip.protocol import (
    Channel,
    Configure,
    EndRing,
    Hangup,
    Ready,
    Return,
    Stop,
    Take,
    ToUnit,
)
from appliance.sip.settings import EngineSettings
from appliance.sip.watch import Watch

PROGRAM: Final = ("-m", "appliance.sip.engine")

ASKED_MAX: Final = 256
"""What the board asks for and waits for the thread; twice as many as there are legs. The oldest is dropped:
the board asks again when the ring is listed."""

CONTACTS_FAULT: Final = "contacts"

TURN_MS: Final = DurationMs(1_000)
"""The longest that the thread waits for the engine or the unit before it shows that it lives. A running
engine says something each second anyway."""

UNSUPERVISED_MS: Final = DurationMs(5_000)
"""How long the thread may take to come round: to start a process or to see one vanish takes 0.5 s (`GONE_S`)
at most, and a stalled SD card some seconds more."""


class EngineLink:
    """One engine after the other, for as long as the unit runs."""

    def __init__(
        self,
        settings: EngineSettings,
        post: Callable[[Event, InstantMs], None],
        *,
        state_directory: Path,
        program: Sequence[str] = PROGRAM,
    ) -> None:
        """Prepare; `start` starts.

        `post` is called on the link's thread with each event and its instant. `program` is what Python is
        told to run, before the number of the socket.
        """
        self._program = program
        self._settings = settings
        self._post = post
        self._contacts = Contacts(state_directory)
        self._watch = Watch()
        self._hearing = Hearing()
        self._generation = 0
        self._process: subprocess.Popen[bytes] | None = None
        self._channel: Channel | None = None
        self._asked: deque[EndRing | Take | Return | Hangup] = deque(maxlen=ASKED_MAX)
        self._stop_by_ms: InstantMs | None = None
        self._turned_ms: InstantMs | None = None
        self._wake_read, self._wake_write = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
        self._thread = threading.Thread(target=self._run, name="engine-link", daemon=True)

    @property
    def engine_pid(self) -> int | None:
        """The process id of the engine that runs now; None if there is none."""
        process = self._process
        return None if process is None else process.pid

    def start(self) -> None:
        """Start the first engine."""
        self._thread.start()

    def unsupervised(self, now_ms: InstantMs) -> tuple[str, ...]:
        """Name this link if its thread has not come round in time, or has not yet tried to start an engine.

        An engine that is gone, silent or cannot be started is no such case: then the thread does its work.
        """
        turned_ms = self._turned_ms
        if turned_ms is None or now_ms - turned_ms >= UNSUPERVISED_MS:
            return ("engine link",)
        return ()

    def perform(self, effect: EndRingEffect | TakeRing | ReturnCaller | HangUp) -> None:
        """Let the engine do what the board wants of it; returns at once."""
        match effect:
            case EndRingEffect(ring):
                self.end_ring(ring)
            case TakeRing(ring, way, target, headers, key, ms, order):
                self.take(ring, way, target, headers, confirm_key=key, answer_within_ms=ms, order=order)
            case ReturnCaller(ring, target, order):
                self.return_caller(ring, target, order=order)
            case HangUp(ring):
                self.hang_up(ring)

    def end_ring(self, ring: RingId) -> None:
        """Let the engine answer this ring 480; returns at once."""
        self._ask(EndRing(ring))

    def take(
        self,
        ring: RingId,
        way: Way,
        target: str = "",
        headers: tuple[str, ...] = (),
        *,
        confirm_key: bool = False,
        answer_within_ms: DurationMs = DurationMs(15_000),
        order: OrderId = NO_ORDER,
    ) -> None:
        """Let the engine take this caller; `PickupMoved` tells how far that comes. Returns at once."""
        self._ask(Take(ring, way, target, headers, confirm_key, answer_within_ms, order))

    def return_caller(
        self,
        ring: RingId,
        target: str,
        answer_within_ms: DurationMs = DurationMs(120_000),
        order: OrderId = NO_ORDER,
    ) -> None:
        """Let the engine send this caller on to a target; returns at once."""
        self._ask(Return(ring, target, answer_within_ms, order))

    def hang_up(self, ring: RingId) -> None:
        """Let the engine end this conversation, or the attempt at one; returns at once."""
        self._ask(Hangup(ring))

    def _ask(self, message: EndRing | Take | Return | Hangup) -> None:
        self._asked.append(message)
        self._wake()

    def stop(self, deadline_s: float = 1.5) -> None:
        """End the engine in good order; by force when the deadline is over. Nothing is posted afterwards."""
        if not self._thread.is_alive():
            return
        self._stop_by_ms = InstantMs(_now_ms() + deadline_s * 1000)
        self._wake()
        self._thread.join()
        os.close(self._wake_read)
        os.close(self._wake_write)

    def _wake(self) -> None:
        with contextlib.suppress(OSError):
            os.write(self._wake_write, b"w")

    def _run(self) -> None:
        marks = self._contacts.marks(extension.id for extension in self._settings.extensions)
        self._settings = dataclasses.replace(
            self._settings,
            extensions=tuple(
                dataclasses.replace(extension, mark=marks[extension.id])
                for extension in self._settings.extensions
            ),
        )
        self._tell_trouble()
        while self._stop_by_ms is None:
            now_ms = _now_ms()
            self._watch.turned(now_ms)
            if self._watch.start_due_ms is not None and now_ms >= self._watch.start_due_ms:
                self._start(now_ms)
            elif self._watch.silent(now_ms):
                self._lose("it fell silent")
            elif self._watch.doubt(now_ms):
                self._post(EngineSilent("the SIP engine says nothing"), now_ms)
            self._turned_ms = _now_ms()
            self._wait(self._watch.due_ms)
            self._send_asked()
        self._finish()

    def _tell_trouble(self) -> None:
        """Say what became of the file of our Contacts; the same words again are no news to the board."""
        if self._contacts.trouble:
            self._post(FaultRaised(CONTACTS_FAULT, self._contacts.trouble), _now_ms())

    def _start(self, now_ms: InstantMs) -> None:
        self._generation += 1
        ours, its = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with its:
            self._watch.started(now_ms)
            self._channel = Channel(ours)
            try:
                self._process = start_engine(self._program, its.fileno())
            except OSError as error:
                self._lose(f"it could not be started ({error.strerror})")
                return
        self._channel.send(Configure(self._generation, self._settings, self._contacts.udp_port))

    def _wait(self, due_ms: InstantMs | None) -> None:
        """Take what the engine says and what the unit asks, until the instant comes."""
        poller = select.poll()
        poller.register(self._wake_read, select.POLLIN)
        if self._channel is not None:
            poller.register(self._channel, select.POLLIN)
        timeout_ms = TURN_MS if due_ms is None else min(TURN_MS, max(0.0, due_ms - _now_ms()) + 1)
        for descriptor, _ in poller.poll(timeout_ms):
            if descriptor == self._wake_read:
                with contextlib.suppress(BlockingIOError):
                    os.read(self._wake_read, 4096)
            else:
                self._listen()

    def _listen(self) -> bool:
        """Take all that the engine has said; return False if it is gone."""
        assert self._channel is not None
        while True:
            try:
                message = self._channel.receive()
            except EOFError:
                self._lose("")
                return False
            except MalformedPacket as error:
                now_ms = _now_ms()
                self._post(self._hearing.misheard(str(error), now_ms), now_ms)
                continue
            if message is None:
                return True
            self._hear(message)

    def _hear(self, message: object) -> None:
        now_ms = _now_ms()
        if not isinstance(message, ToUnit):
            self._post(self._hearing.misheard(f"a {type(message).__name__}", now_ms), now_ms)
            return
        events = self._hearing.take(message, now_ms)
        if self._watch.is_in_doubt:
            self._post(EngineSpoke(), now_ms)
        self._watch.heard(now_ms, has_callers=self._hearing.has_callers)
        if isinstance(message, Ready):
            self._contacts.keep_udp_port(message.udp_port)
            self._tell_trouble()
        for event in events:
            self._post(event, now_ms)

    def _send_asked(self) -> None:
        while self._asked and self._channel is not None:
            self._channel.send(self._asked.popleft())

    def _lose(self, why: str) -> None:
        """The engine is gone or must go: make sure of it, and say so."""
        if self._stop_by_ms is None:
            why = self._bury(why)
            now_ms = _now_ms()
            self._watch.lost(now_ms)
            self._post(EngineLost(why), now_ms)

    def _bury(self, why: str) -> str:
        """Leave no process behind; return why it ended."""
        process, channel = self._process, self._channel
        self._process = self._channel = None
        if channel is not None:
            channel.close()
        return why if process is None else bury(process, why)

    def _finish(self) -> None:
        """Ask the engine to stop, and wait for it until the deadline."""
        assert self._stop_by_ms is not None
        channel = self._channel
        if channel is not None and channel.send(Stop()):
            while (left_ms := self._stop_by_ms - _now_ms()) > 0:
                if not select.select([channel], [], [], left_ms / 1000)[0]:
                    break
                try:
                    channel.receive()
                except MalformedPacket:
                    continue
                except EOFError:
                    break
        self._bury("")


def _now_ms() -> InstantMs:
    return InstantMs(time.monotonic() * 1000)
