"""Reads the contacts of buttons until they rest, and posts what changed: one thread for all of them.

Edges wake it; between edges it looks every 100 ms, so that a change is found even where no edge was told.
"""

import threading
from collections.abc import Callable, Sequence
from typing import Final

from appliance.clock import Clock
from appliance.core.events import ButtonPressed, ButtonReleased, Event, FaultCleared, FaultRaised
from appliance.core.words import Button, DurationMs, InstantMs
from appliance.tower.debounce import Debounce

LOOK_MS: Final = DurationMs(100)
"""How often the contacts are looked at while nobody tells of an edge. A press that is shorter than this may
then be lost; people press for longer."""

UNTOLD_MAX: Final = 2
"""Changes in a row that were found by looking alone. One may be a matter of milliseconds; at the second, the
edges are not told any more, and that is a fault until one is told again."""

EDGES_FAULT: Final = "gpio edges"


class Contacts:
    """The contacts of a tower's buttons, from `start` until `close`."""

    def __init__(
        self,
        buttons: Sequence[Button],
        read: Callable[[], Sequence[bool]],
        clock: Clock,
        post: Callable[[Event], None],
    ) -> None:
        """Take these over; nothing is read before `start`.

        Args:
            buttons: what the contacts belong to.
            read: returns which of them are closed, in the same order; it never raises.
            clock: the unit's clock.
            post: where presses and faults are told, from any thread.
        """
        self._buttons = tuple(buttons)
        self._read = read
        self._clock = clock
        self._post = post
        self._debounce = Debounce(len(self._buttons))
        self._woken = threading.Event()
        self._closing = False
        self._edge_told = True
        self._untold_count = 0
        self._thread = threading.Thread(target=self._run, name="contacts", daemon=True)

    def start(self) -> None:
        """Begin to read, if there are any buttons."""
        if self._buttons:
            self._thread.start()

    def wake(self) -> None:
        """Look now: a contact had an edge. From any thread; it returns at once and never raises."""
        self._woken.set()

    def close(self) -> None:
        """Stop reading, and release what is pressed: nobody would see it come up."""
        self._closing = True
        self._woken.set()
        if self._thread.is_alive():
            self._thread.join()
        for button, closed in zip(self._buttons, self._debounce.closed, strict=True):
            if closed:
                self._post(ButtonReleased(button))

    def turn(self, now_ms: InstantMs) -> InstantMs:
        """Look at this instant, and return when to look again.

        The thread does nothing else. It is public so that a test can be the thread, on a clock of its own.
        """
        if self._woken.is_set():
            self._woken.clear()
            self._edge_told = True
        for change in self._debounce.sample(self._read(), now_ms):
            kind = ButtonPressed if change.closed else ButtonReleased
            self._post(kind(self._buttons[change.place], change.age_ms))
            self._count_untold()
        if self._debounce.due_ms is not None:
            return self._debounce.due_ms
        self._edge_told = False
        return InstantMs(now_ms + LOOK_MS)

    def _count_untold(self) -> None:
        if self._edge_told:
            if self._untold_count >= UNTOLD_MAX:
                self._post(FaultCleared(EDGES_FAULT))
            self._untold_count = 0
            return
        self._untold_count += 1
        if self._untold_count == UNTOLD_MAX:
            self._post(FaultRaised(EDGES_FAULT, "no edge is told: a press shorter than 0.1 s may be lost"))

    def _run(self) -> None:
        while not self._closing:
            due_ms = self.turn(self._clock.now_ms())
            self._woken.wait(max(0.0, (due_ms - self._clock.now_ms()) / 1000))
