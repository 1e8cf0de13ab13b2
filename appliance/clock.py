"""The one place where the unit reads a clock. The core is told instants and never asks."""

import time
from datetime import UTC, datetime
from typing import Protocol

from appliance.core.words import DurationMs, InstantMs


class Clock(Protocol):
    """Tells the instant."""

    def now_ms(self) -> InstantMs:
        """Return the monotonic instant, in milliseconds."""
        ...


class RealClock:
    """The machine's clocks. CLOCK_MONOTONIC is one for all processes, so the engine's instants are ours."""

    def now_ms(self) -> InstantMs:
        """Return the monotonic instant; a step of the wall clock does not touch it."""
        return InstantMs(time.monotonic() * 1000)


class SteppedClock:
    """A clock that moves only when told: for tests and for practices in virtual time."""

    def __init__(self, now_ms: InstantMs = InstantMs(0)) -> None:
        """Stand still at this instant."""
        self._now_ms = now_ms

    def now_ms(self) -> InstantMs:
        """Return the instant at which the clock stands."""
        return self._now_ms

    def step(self, by_ms: DurationMs) -> InstantMs:
        """Move forward and return the new instant."""
        self._now_ms = InstantMs(self._now_ms + by_ms)
        return self._now_ms


def now_utc() -> datetime:
    """Return the wall time, for log lines and records only: it may jump."""
    return datetime.now(UTC)
