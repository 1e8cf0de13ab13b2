"""Callers who were lost within the hour: one who calls again is urgent from the start."""

from collections import OrderedDict
from typing import Final

from appliance.core.notices import Outcome
from appliance.core.words import DurationMs, InstantMs

REPEAT_WINDOW_MS: Final = DurationMs(3_600_000)
"""A lost caller who returns within the hour is urgent (product)."""

LOST_CALLERS_MAX: Final = 256
"""Lost callers that are remembered, in memory only. A practice that loses more in an hour has every
caller urgent anyway; beyond it the oldest is forgotten first."""

_REACHED: Final = (
    Outcome.ANSWERED_HERE,
    Outcome.ANSWERED_ELSEWHERE,
    Outcome.REDIRECTED,
    Outcome.OVERFLOWED,
)
"""How calls end of callers with whom, as far as we know, a person spoke."""


class LostCallers:
    """The numbers of callers who were lost, each with the instant of the loss. They never leave it."""

    def __init__(self) -> None:
        """Begin knowing nobody."""
        self._lost_at_ms: OrderedDict[str, InstantMs] = OrderedDict()

    def end(self, number: str, outcome: Outcome, at_ms: InstantMs) -> None:
        """Remember a caller whom nobody spoke with, as far as we know, and forget one whom somebody did.

        An anonymous one cannot be known again.
        """
        if outcome in _REACHED:
            self._lost_at_ms.pop(number, None)
            return
        if not number:
            return
        self._lost_at_ms[number] = at_ms
        self._lost_at_ms.move_to_end(number)
        if len(self._lost_at_ms) > LOST_CALLERS_MAX:
            self._lost_at_ms.popitem(last=False)

    def returns(self, number: str, now_ms: InstantMs) -> bool:
        """Return whether this number was lost within the last hour."""
        lost_at_ms = self._lost_at_ms.get(number)
        return lost_at_ms is not None and now_ms - lost_at_ms < REPEAT_WINDOW_MS
