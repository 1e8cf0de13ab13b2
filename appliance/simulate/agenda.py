"""Virtual time: what happens next, and when. No clock is read, and nothing waits."""

from collections.abc import Callable
from heapq import heappop, heappush

from appliance.core.words import DurationMs, InstantMs


class Agenda:
    """Actions in the order of their instants; those of one instant in the order in which they were noted."""

    def __init__(self) -> None:
        """Begin at zero with nothing to do."""
        self._now_ms = InstantMs(0)
        self._actions: list[tuple[InstantMs, int, Callable[[], None]]] = []
        self._noted_count = 0

    @property
    def now_ms(self) -> InstantMs:
        """The instant that is now."""
        return self._now_ms

    @property
    def next_ms(self) -> InstantMs | None:
        """The instant of the next action, or None if there is none."""
        return self._actions[0][0] if self._actions else None

    def at(self, instant_ms: float, action: Callable[[], None]) -> None:
        """Note an action for this instant; one that lies in the past is for now."""
        self._noted_count += 1
        due_ms = InstantMs(max(instant_ms, self._now_ms))
        heappush(self._actions, (due_ms, self._noted_count, action))

    def after(self, delay_ms: float, action: Callable[[], None]) -> None:
        """Note an action for so many milliseconds from now."""
        self.at(self.now_ms + delay_ms, action)

    def run_next(self) -> None:
        """Move to the instant of the next action and do it."""
        self._now_ms, _, action = heappop(self._actions)
        action()

    def move_to(self, instant_ms: InstantMs) -> None:
        """Move forward to this instant, for something that is not on the agenda."""
        self._now_ms = max(self._now_ms, instant_ms)


class UnitTime(Agenda):
    """The same agenda by the clock of one unit, which agrees with no other. Only the practice runs it."""

    def __init__(self, agenda: Agenda, ahead_ms: DurationMs) -> None:
        """Be so far ahead of the practice's own time."""
        super().__init__()
        self._agenda = agenda
        self._ahead_ms = ahead_ms

    @property
    def now_ms(self) -> InstantMs:
        """The instant that is now, by this clock."""
        return InstantMs(self._agenda.now_ms + self._ahead_ms)

    def at(self, instant_ms: float, action: Callable[[], None]) -> None:
        """Note an action for this instant by this clock."""
        self._agenda.at(instant_ms - self._ahead_ms, action)

    def shared_ms(self, instant_ms: float) -> InstantMs:
        """Return an instant of this clock in the practice's own time."""
        return InstantMs(instant_ms - self._ahead_ms)
