"""The story of a practice: what happened, in plain sentences with the virtual time."""

from collections import deque
from typing import Final

from appliance.core.words import InstantMs

SENTENCES_MAX: Final = 120
"""Sentences that are told before a failure. Older ones are forgotten: what broke an invariant is seldom more
than a minute back, and the seed brings back all of it."""


def instant_words(instant_ms: float) -> str:
    """Return a virtual instant as minutes, seconds and milliseconds."""
    minutes, rest_ms = divmod(instant_ms, 60_000)
    return f"{int(minutes):3d}:{rest_ms / 1000:06.3f}"


class Story:
    """Keeps sentences. A practice that only wants to know whether all is well keeps none, and is faster."""

    def __init__(self, sentences_max: int | None = SENTENCES_MAX) -> None:
        """Keep the last so many sentences; None keeps all, 0 none."""
        self.kept = sentences_max != 0
        self._sentences: deque[str] = deque(maxlen=sentences_max)
        self._forgotten_count = 0

    def tell(self, instant_ms: InstantMs, sentence: str) -> None:
        """Add a sentence."""
        if self.kept:
            self._forgotten_count += len(self._sentences) == self._sentences.maxlen
            self._sentences.append(f"{instant_words(instant_ms)}  {sentence}")

    def __str__(self) -> str:
        """Return the sentences, one a line."""
        before = [f"  ... {self._forgotten_count} sentences before"] if self._forgotten_count else []
        return "\n".join([*before, *self._sentences])
