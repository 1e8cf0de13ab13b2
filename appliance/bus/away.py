"""Whether our people are away, as the others hear it: the last word wins, no faster than they listen.

A unit takes so many requests of one asker and drops the next (`limits`). Of mute and pickup nobody misses the
one too many; of *away* the last press is the one that counts, and without it the others would sound for a
desk whose people are back, or not sound for one that is empty. Pure.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from appliance.bus.limits import REQUESTS_A_SECOND_MAX
from appliance.core.effects import AskAway, SaidOnce
from appliance.core.words import DurationMs, InstantMs

AWAY_EVERY_MS: Final = DurationMs(2 * 1000 / REQUESTS_A_SECOND_MAX)
"""Between two words at the least: half as often as others listen, so that no delay on the way makes them drop
one. Of what is pressed meanwhile only the last is said."""

_NEVER_MS: Final = InstantMs(float("inf"))


class AwayWord:
    """The last word of one unit."""

    def __init__(self) -> None:
        """Have nothing to say."""
        self._last: AskAway | None = None
        self._last_ms = _NEVER_MS
        """When that was the board's word: of the time for which people go, what passed since is over."""
        self._free_ms = InstantMs(float("-inf"))
        """From when on a word may be said."""
        self._is_due = False

    @property
    def due_ms(self) -> InstantMs:
        """When something is next to be said."""
        return self._free_ms if self._is_due else _NEVER_MS

    def keep(self, said: Iterable[SaidOnce], now_ms: InstantMs) -> list[SaidOnce]:
        """Keep the last word on *away* among these; return the rest."""
        rest: list[SaidOnce] = []
        for effect in said:
            if isinstance(effect, AskAway):
                self._last, self._last_ms, self._is_due = effect, now_ms, True
            else:
                rest.append(effect)
        return rest

    def repeat(self) -> None:
        """Have the last word said again: the connection was lost, and perhaps the word with it."""
        self._is_due = self._last is not None

    def say(self, now_ms: InstantMs) -> list[AskAway]:
        """Return what is to be said at this instant."""
        if self._last is None or now_ms < self.due_ms:
            return []
        self._is_due = False
        self._free_ms = InstantMs(now_ms + AWAY_EVERY_MS)
        left_ms = max(0.0, self._last.for_ms - (now_ms - self._last_ms))
        return [replace(self._last, for_ms=DurationMs(left_ms))]
