"""Debouncing: a contact has changed once five samples, 4 ms apart, agree. Pure, and the twin of
`firmware/src/debounce.c`: both kinds of button count a press alike.

Whoever reads the contacts asks here when to look again, and sleeps while all of them rest.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from appliance.core.words import DurationMs, InstantMs

SAMPLES: Final = 5
"""Samples that must agree. A contact may bounce between two of them for as long as it likes: what counts is
the last 16 ms. Usual push buttons bounce for 1 to 10 ms, bad ones for 20 to 30."""

SAMPLE_MS: Final = DurationMs(4)
"""From one sample to the next: the firmware's tick."""


@dataclass(frozen=True, slots=True)
class Change:
    """One contact closed or opened."""

    place: int
    """Which contact, from 0."""
    closed: bool
    age_ms: DurationMs
    """How long ago it came to rest."""


class Debounce:
    """Several contacts. What is closed at the first look is a level, and no change."""

    def __init__(self, count: int) -> None:
        """Know nothing yet of so many contacts."""
        self._seen: list[bool | None] = [None] * count
        self._since_ms = [InstantMs(0)] * count
        self._runs = [0] * count
        self._levels: list[bool | None] = [None] * count
        self._next_ms = InstantMs(float("-inf"))

    @property
    def closed(self) -> tuple[bool, ...]:
        """Which contacts are closed, as far as is known."""
        return tuple(level is True for level in self._levels)

    @property
    def due_ms(self) -> InstantMs | None:
        """When the next sample must be taken; None while all contacts rest."""
        return self._next_ms if any(run < SAMPLES for run in self._runs) else None

    def sample(self, closed: Sequence[bool], now_ms: InstantMs) -> list[Change]:
        """Take what the contacts are at this instant, and return what changed by it.

        Sooner than 4 ms after the one before it is no sample: an edge that wakes the reader early must not
        make five of a kind any sooner.
        """
        if now_ms < self._next_ms:
            return []
        self._next_ms = InstantMs(now_ms + SAMPLE_MS)
        places = [place for place, level in enumerate(closed) if self._settles(place, level, now_ms)]
        return [Change(place, closed[place], DurationMs(now_ms - self._since_ms[place])) for place in places]

    def _settles(self, place: int, level: bool, now_ms: InstantMs) -> bool:
        """Count this sample of one contact; return whether the contact has changed by it."""
        if level is not self._seen[place]:
            self._seen[place], self._since_ms[place], self._runs[place] = level, now_ms, 1
        elif self._runs[place] < SAMPLES:
            self._runs[place] += 1
        before = self._levels[place]
        if self._runs[place] < SAMPLES or level is before:
            return False
        self._levels[place] = level
        return before is not None
