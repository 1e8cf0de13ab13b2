"""Callers whom our own failure cut off: that is a fault, and who they were is written down to call them back.

Nobody can write when a machine stops dead, so whoever is in our hands is written down as long as they are.
"""

from collections.abc import Iterable
from typing import Final

from appliance.core.calls import Call, CallStep
from appliance.core.effects import NoteCallers, NotedCaller
from appliance.core.standing import Standing
from appliance.core.words import NEVER_MS, DurationMs, InstantMs

DROPPED_FAULT: Final = "dropped"
"""Names the fault of callers who were cut off."""

SHOWN_MS: Final = DurationMs(600_000)
"""For how long it is shown, as long as an engine's trouble: a person comes by. `callers.json` keeps it."""


class Dropped:
    """Who is in our hands, as it was last noted, and the fault."""

    def __init__(self, standing: Standing) -> None:
        """Begin with nobody; what an earlier run left is told by `found`."""
        self._standing = standing
        self._noted: tuple[NotedCaller, ...] = ()
        self.due_ms = NEVER_MS
        """When the fault has been shown for long enough."""
        self.notes: list[NoteCallers] = []
        """What must be written down."""

    def found(self, count: int, now_ms: InstantMs) -> None:
        """An earlier run of the unit ended with so many callers in its hands."""
        self._show(f"the unit ended with {_callers(count)} in its hands", now_ms)

    def settle(
        self, ours: Iterable[Call], closed: Iterable[tuple[Call, CallStep, InstantMs]], now_ms: InstantMs
    ) -> None:
        """Note who came into our hands, who left them, and who was lost from them."""
        lost = tuple(_noted(call) for call, step, _ in closed if step is CallStep.LOST)
        if lost:
            self._show(f"the engine failed with {_callers(len(lost))} in our hands", now_ms)
        noted = tuple(_noted(call) for call in ours)
        if lost or noted != self._noted:
            self._noted = noted
            self.notes.append(NoteCallers(noted, lost))

    def pass_time(self, now_ms: InstantMs) -> None:
        """End the fault when it has been shown for long enough."""
        if self.due_ms <= now_ms:
            self.due_ms = NEVER_MS
            self._standing.clear_fault(DROPPED_FAULT)

    def _show(self, why: str, now_ms: InstantMs) -> None:
        self.due_ms = InstantMs(now_ms + SHOWN_MS)
        self._standing.raise_fault(DROPPED_FAULT, f"{why}; callers.json in the state directory says whom")


def _noted(call: Call) -> NotedCaller:
    return NotedCaller(call.id, call.line.id, call.number)


def _callers(count: int) -> str:
    return "a caller" if count == 1 else f"{count} callers"
