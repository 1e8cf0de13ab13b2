"""What a line shows for a moment after something happened: that a colleague answered, that taking failed."""

from typing import Final

from appliance.core.picture import Showing
from appliance.core.words import NEVER_MS, DurationMs, InstantMs, LineId

SHOWN_MS: Final[dict[Showing, DurationMs]] = {
    Showing.CLOSING: DurationMs(1_000),
    Showing.FAILED: DurationMs(1_000),
    # The conversation is the phone system's from here on, and its end is not seen: this is long enough to
    # see that the press worked.
    Showing.TAKEN: DurationMs(3_000),
}
"""For how long (product: closes to the middle within 1 s; one second of the failed pattern)."""


class Moments:
    """All of them. Lines that must be drawn again are put into `touched`."""

    def __init__(self, touched: set[LineId]) -> None:
        """Begin with none."""
        self._touched = touched
        self._until_ms: dict[tuple[LineId, Showing], InstantMs] = {}

    @property
    def due_ms(self) -> InstantMs:
        """When the first of them is over."""
        return min(self._until_ms.values(), default=NEVER_MS)

    def begin(self, line: LineId, showing: Showing, at_ms: InstantMs) -> None:
        """Something happened at this instant, which may lie a little back."""
        self._until_ms[line, showing] = InstantMs(at_ms + SHOWN_MS[showing])
        self._touched.add(line)

    def end(self, line: LineId, showing: Showing) -> None:
        """Something else matters more."""
        if self._until_ms.pop((line, showing), None) is not None:
            self._touched.add(line)

    def on_line(self, line: LineId) -> list[Showing]:
        """Return what the line shows of such things."""
        return [showing for one, showing in self._until_ms if one == line]

    def pass_time(self, now_ms: InstantMs) -> None:
        """End what is over by this instant."""
        for line, showing in [key for key, until_ms in self._until_ms.items() if until_ms <= now_ms]:
            self.end(line, showing)
