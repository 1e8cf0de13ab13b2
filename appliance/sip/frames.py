"""When sound moves on: pure, told every instant.

The engine's own loop is the clock, one frame every 20 ms, and only while a caller is in our hands: an idle
light costs nothing, and no thread of the library's ticks beside ours.
"""

from typing import Final

from appliance.core.words import DurationMs, InstantMs

FRAME_MS: Final = DurationMs(20)
"""One packet of every codec that we speak."""

LATE_MS_MAX: Final = DurationMs(200)
"""Milliseconds of sound that are caught up after a stall. What lies beyond is left out: it would only come as
a burst that the far ends' jitter buffers throw away (pjmedia's own hold 360 ms)."""

LINGER_MS: Final = DurationMs(200)
"""How long sound moves on after the last caller: the bridge takes leave of a leg only while it does."""


class FrameClock:
    """Counts the callers in our hands, and the frames that are due."""

    def __init__(self) -> None:
        """Begin with nobody, and no sound."""
        self._callers = 0
        self._ends_ms: InstantMs | None = None
        self.due_ms: InstantMs | None = None
        """When the next frame is due; None while there is no sound."""

    def begin(self, now_ms: InstantMs) -> None:
        """One more caller is in our hands."""
        self._callers += 1
        self._ends_ms = None
        if self.due_ms is None:
            self.due_ms = now_ms

    def end(self, now_ms: InstantMs) -> None:
        """One caller less."""
        self._callers -= 1
        if self._callers == 0:
            self._ends_ms = InstantMs(now_ms + LINGER_MS)

    def take_due(self, now_ms: InstantMs) -> int:
        """Return how many frames are due now; they count as moved."""
        if self.due_ms is None:
            return 0
        if now_ms - self.due_ms > LATE_MS_MAX:
            self.due_ms = InstantMs(now_ms - LATE_MS_MAX)
        count = max(0, int((now_ms - self.due_ms) // FRAME_MS) + 1)
        self.due_ms = InstantMs(self.due_ms + count * FRAME_MS)
        if self._ends_ms is not None and now_ms >= self._ends_ms:
            self.due_ms = self._ends_ms = None
        return count
