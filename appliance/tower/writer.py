"""One tower behind one thread, so that the board never waits for a light.

The board hands over and returns at once. Of pictures only the latest counts; a sound that comes late is
dropped; sentences beyond a limit push out the oldest. What the driver raises becomes a fault, and the driver
is opened again; a driver that does not return is found by the board's own beat. If the board itself falls
silent, the tower says so: a stale picture would be a lie.
"""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import Final

from appliance.clock import Clock
from appliance.core.beats import SHOWN_LATE_MS_MAX
from appliance.core.effects import Sound
from appliance.core.events import Event, FaultCleared, FaultRaised
from appliance.core.picture import Picture, is_rested, settle
from appliance.core.words import DurationMs, InstantMs
from appliance.errors import CallLightError, printable
from appliance.tower.declared import host_lost_picture, shutdown_picture, start_picture
from appliance.tower.driver import Driver

HOST_LOST_MS: Final = DurationMs(1_000)
"""The board's silence after which a tower shows it. The unit beats every 250 ms: three beats may be late."""

BLOCKED_MS: Final = DurationMs(2_000)
"""A driver that has not returned for so long is a fault: four times what the slowest picture may take."""

SOUND_LATE_MS: Final = DurationMs(1_000)
"""A sound older than this is dropped: a chirp for something that is over says the wrong thing."""

SOUNDS_MAX: Final = 4
"""Sounds that wait. The board asks for at most one a second, so a fifth means that the first is late."""

SENTENCES_MAX: Final = 64
"""Sentences that wait; the oldest makes room. More than any tower shows at once."""

RETRY_FIRST_MS: Final = DurationMs(500)
RETRY_MAX_MS: Final = DurationMs(2_000)
"""How long after a failure a driver is opened again; doubled from the first to the longest, for ever. Whoever
plugs a tower in again stands before it and waits."""

CLOSE_MS: Final = DurationMs(500)
"""By when the lights are out after they were asked to be."""


class TowerWriter:
    """A tower, as the unit sees it. Every method returns at once; only `join` waits."""

    def __init__(
        self,
        name: str,
        open_driver: Callable[[], Driver],
        labels: Sequence[str],
        clock: Clock,
        post: Callable[[Event], None],
    ) -> None:
        """Take over; nothing is shown before `start`.

        Args:
            name: names the tower in faults.
            open_driver: opens the tower; called on the writer's thread, again after each failure.
            labels: the lines' labels, in the order of the tower.
            clock: the unit's clock.
            post: where faults are told, from any thread.
        """
        self.name: Final = name
        self._open_driver = open_driver
        self._labels = tuple(labels)
        self._clock = clock
        self._post = post
        self._changed = threading.Condition()
        self._picture = start_picture(self._labels)
        self._sounds: deque[tuple[Sound, InstantMs]] = deque(maxlen=SOUNDS_MAX)
        self._sentences: deque[str] = deque(maxlen=SENTENCES_MAX)
        self._handed_ms = self._beat_ms = clock.now_ms()
        self._closing = False
        self._fault: str | None = None
        self._busy_since_ms: InstantMs | None = None
        # From here on only the writer's thread reads or writes.
        self._driver: Driver | None = None
        self._shown = settle(shutdown_picture(self._labels), self._picture, self._beat_ms)
        self._shown_from: Picture | None = self._picture
        """What the board wanted shown; None while its silence is."""
        self._own_beat = True
        self._due_ms: InstantMs | None = None
        self._retry_at_ms = InstantMs(float("-inf"))
        self._retry_after_ms = RETRY_FIRST_MS
        self._thread = threading.Thread(target=self._run, name=f"tower {name}", daemon=True)

    def start(self) -> None:
        """Open the tower and show the start picture."""
        self._thread.start()

    def show(self, picture: Picture) -> None:
        """Show this from now on."""
        with self._changed:
            self._picture, self._handed_ms = picture, self._clock.now_ms()
            self._changed.notify()

    def play(self, sound: Sound) -> None:
        """Play this once, now or never."""
        with self._changed:
            self._sounds.append((sound, self._clock.now_ms()))
            self._changed.notify()

    def tell(self, sentence: str) -> None:
        """Write this, if the tower can."""
        with self._changed:
            self._sentences.append(sentence)
            self._changed.notify()

    def beat(self, now_ms: InstantMs) -> None:
        """Prove that the board lives; and see to it that a driver that does not return is told as a fault."""
        with self._changed:
            was_lost = now_ms - self._beat_ms >= HOST_LOST_MS
            self._beat_ms = now_ms
            if was_lost:
                self._changed.notify()
            busy_ms = self._busy_since_ms
            if self._fault is None and busy_ms is not None and now_ms - busy_ms >= BLOCKED_MS:
                self._raise_fault(f"the driver has not answered for {BLOCKED_MS / 1000:.0f} s")

    def close(self) -> None:
        """Ask for lights out; `join` says when they are."""
        with self._changed:
            self._closing = True
            self._changed.notify()

    def join(self, within_ms: DurationMs = CLOSE_MS) -> bool:
        """Wait for the lights to be out; return False if the driver still had not answered."""
        self._thread.join(max(0.0, within_ms / 1000))
        return not self._thread.is_alive()

    @property
    def fault(self) -> str | None:
        """Why this tower does not work, or None while it does."""
        return self._fault

    @property
    def is_supervised(self) -> bool:
        """Whether the thread lives that opens the tower again after each failure.

        It lives too while a driver does not return: that is a fault, and `beat` tells it.
        """
        return self._thread.is_alive()

    def turn(self, now_ms: InstantMs) -> InstantMs | None:
        """Do what is due at this instant; return when the next turn is, or None after lights out.

        The thread does nothing else. It is public so that a test can be the thread, on a clock of its own.
        """
        with self._changed:
            closing, picture, beat_ms = self._closing, self._picture, self._beat_ms
            sounds = [sound for sound, at_ms in self._sounds if now_ms - at_ms < SOUND_LATE_MS]
            sentences = list(self._sentences)
            self._sounds.clear()
            if self._driver is not None or now_ms >= self._retry_at_ms:
                self._sentences.clear()
            self._busy_since_ms = now_ms
        lost = now_ms - beat_ms >= HOST_LOST_MS
        try:
            self._work(now_ms, closing, None if lost else picture, [] if lost else sounds, sentences)
        except Exception as error:
            # Whatever a driver raises is its own trouble: the board and the other towers go on.
            self._fail(error)
        finally:
            with self._changed:
                self._busy_since_ms = None
        if closing:
            return None
        dues = [InstantMs(beat_ms + HOST_LOST_MS)] if not lost else []
        dues += [self._retry_at_ms] if self._driver is None else []
        dues += [self._due_ms] if self._due_ms is not None and self._driver is not None else []
        return min(dues, default=InstantMs(float("inf")))

    def _work(
        self,
        now_ms: InstantMs,
        closing: bool,
        picture: Picture | None,
        sounds: Sequence[Sound],
        sentences: Sequence[str],
    ) -> None:
        """Hand the driver everything that is new for it."""
        driver = self._driver
        if driver is None:
            if closing or now_ms < self._retry_at_ms:
                return
            driver = self._driver = self._open_driver()
            # It may have taken seconds.
            self._due_ms = now_ms = self._clock.now_ms()
        due = self._due_ms is not None and now_ms >= self._due_ms
        if self._choose(closing, picture, now_ms) or due:
            self._due_ms = driver.draw(self._shown, now_ms)
        for sound in sounds:
            driver.play(sound)
        for sentence in sentences:
            driver.tell(sentence)
        if sounds or sentences:
            self._due_ms = driver.draw(self._shown, now_ms)
        if closing:
            driver.close()
            self._driver = None
        self._retry_after_ms = RETRY_FIRST_MS
        if self._fault is not None:
            with self._changed:
                self._fault = None
            self._post(FaultCleared(f"tower {self.name}"))

    def _choose(self, closing: bool, picture: Picture | None, now_ms: InstantMs) -> bool:
        """Decide what is shown; return whether that changed."""
        before = self._shown
        if closing:
            self._shown = settle(before, shutdown_picture(self._labels), now_ms)
        elif picture is None:
            self._shown = settle(before, host_lost_picture(self._labels), now_ms)
            self._own_beat = True
        elif picture is not self._shown_from:
            # The board's instants know nothing of what was lit in a picture of our own, or while the driver
            # was busy: until all has been dark for a while, its pictures are put on our beat.
            late = now_ms - self._handed_ms > SHOWN_LATE_MS_MAX
            self._own_beat = (self._own_beat or late) and not is_rested(before, now_ms)
            self._shown = settle(before, picture, now_ms) if self._own_beat else picture
        self._shown_from = picture
        return self._shown != before

    def _fail(self, error: Exception) -> None:
        driver, self._driver = self._driver, None
        self._due_ms = None
        # Counted from now: a driver may have looked for its tower for seconds.
        self._retry_at_ms = InstantMs(self._clock.now_ms() + self._retry_after_ms)
        self._retry_after_ms = min(RETRY_MAX_MS, DurationMs(2 * self._retry_after_ms))
        with self._changed:
            self._raise_fault(_told(error))
        if driver is not None:
            try:
                driver.close()
            except Exception as second:
                with self._changed:
                    self._raise_fault(f"{_told(error)}; and on closing it: {_told(second)}")

    def _raise_fault(self, why: str) -> None:
        """Tell a fault once for each reason. The caller holds the lock."""
        if self._fault != why:
            self._fault = why
            self._post(FaultRaised(f"tower {self.name}", why))

    def _run(self) -> None:
        while (due_ms := self.turn(self._clock.now_ms())) is not None:
            with self._changed:
                if not self._has_news():
                    patience_ms = due_ms - self._clock.now_ms()
                    self._changed.wait(None if patience_ms == float("inf") else max(0.0, patience_ms / 1000))

    def _has_news(self) -> bool:
        """Return whether the next turn would find something to do at once. The caller holds the lock."""
        if self._closing or self._driver is None:
            return self._closing
        if self._shown_from is None:
            return self._clock.now_ms() - self._beat_ms < HOST_LOST_MS
        return bool(self._picture is not self._shown_from or self._sounds or self._sentences)


def _told(error: Exception) -> str:
    """Return an error in words, in one line: what was raised for people to read stands for itself."""
    said = str(error) if isinstance(error, CallLightError) else f"{type(error).__name__}: {error}"
    return printable(said)
