"""The inbox of a unit: the only way to its board, for every thread and for signal handlers."""

from collections.abc import Callable
from dataclasses import dataclass
from queue import Empty, SimpleQueue

from appliance.clock import Clock
from appliance.core.events import Event
from appliance.core.view import BoardView
from appliance.core.words import DurationMs, InstantMs


@dataclass(frozen=True, slots=True)
class Happened:
    """Something happened at this instant."""

    event: Event
    at_ms: InstantMs


@dataclass(frozen=True, slots=True)
class Asked:
    """Somebody wants to know how the board stands; the answer goes to `reply`."""

    reply: Callable[[BoardView, InstantMs], None]


@dataclass(frozen=True, slots=True)
class Stopped:
    """A signal asks the unit to end."""

    signal_name: str


class Inbox:
    """The only way to the board, for every thread and for signal handlers.

    `SimpleQueue.put` is reentrant, so that a signal that arrives in the middle of a `get` cannot deadlock.
    """

    def __init__(self, clock: Clock) -> None:
        """Begin empty; the clock stamps what comes without an instant of its own."""
        self._clock = clock
        self._queue: SimpleQueue[Happened | Asked | Stopped] = SimpleQueue()

    def post(self, event: Event, at_ms: InstantMs | None = None) -> None:
        """Tell the board that something happened, at this instant or now."""
        self._queue.put(Happened(event, self._clock.now_ms() if at_ms is None else at_ms))

    def ask(self, reply: Callable[[BoardView, InstantMs], None]) -> None:
        """Have `reply` called with the board's view, on the unit's thread: it must return at once."""
        self._queue.put(Asked(reply))

    def stop(self, signal_name: str) -> None:
        """Ask the unit to end."""
        self._queue.put(Stopped(signal_name))

    def take(self, within_ms: DurationMs) -> Happened | Asked | Stopped | None:
        """Return the next item, or None if none comes within this time."""
        try:
            return self._queue.get(timeout=max(0.0, within_ms / 1000))
        except Empty:
            return None
