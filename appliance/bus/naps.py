"""How long what comes in may have lain unread: a unit that was stopped, or starved, must know that it slept.

The broker hands a message over as fresh, and a frozen process reads it seconds later. For a state that
changes nothing; whoever asked for a caller has given up by then. Pure.
"""

from typing import Final

from appliance.core.words import DurationMs, InstantMs

NAP_MS: Final = DurationMs(2_000)
"""From one turn of the thread to the next at least, where it slept: awake it comes round each second."""

DAZED_MS: Final = DurationMs(1_000)
"""For how long after a nap what comes in may have lain through it: the client's thread reads it meanwhile."""


class Naps:
    """Watches the thread's turns."""

    def __init__(self) -> None:
        """Begin awake."""
        self._turned_ms: InstantMs | None = None
        self._slept_ms = DurationMs(0)
        self._dazed_until_ms = InstantMs(float("-inf"))

    def turned(self, now_ms: InstantMs) -> None:
        """The thread came round."""
        slept_ms = self._since(now_ms)
        if slept_ms >= NAP_MS:
            self._slept_ms, self._dazed_until_ms = slept_ms, InstantMs(now_ms + DAZED_MS)
        self._turned_ms = now_ms

    def lain_ms(self, now_ms: InstantMs) -> DurationMs:
        """Return how long what is read now may have lain."""
        if now_ms < self._dazed_until_ms:
            return self._slept_ms
        since_ms = self._since(now_ms)
        return since_ms if since_ms >= NAP_MS else DurationMs(0)

    def _since(self, now_ms: InstantMs) -> DurationMs:
        return DurationMs(0 if self._turned_ms is None else now_ms - self._turned_ms)
