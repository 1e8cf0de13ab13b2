"""What this unit lets the others know of its own callers: never who they are.

A line is published whenever what would be said of it changes, and then whole. What other units see is theirs
to say: a word that was repeated by those who heard it could never be taken back.
"""

from collections.abc import Collection, Iterable
from typing import Final

from appliance.core.bus_events import NeighbourState
from appliance.core.calls import Call, CallState
from appliance.core.effects import PublishedCall, PublishLine
from appliance.core.notices import Urgency
from appliance.core.words import CallId, CallName, LineId, UnitId

_STATES: Final = {
    CallState.RINGING: NeighbourState.RINGING,
    CallState.HELD: NeighbourState.HELD,
    CallState.UNSURE: NeighbourState.UNSURE,
}
_URGENT_FROM_THE_START: Final = (Urgency.PRIORITY, Urgency.REPEAT)


class Publishing:
    """Remembers what was last said of each line."""

    def __init__(self, boot: str) -> None:
        """Begin with nothing said: all lines are empty to the others."""
        self._boot = boot
        self._said: dict[LineId, tuple[PublishedCall, ...]] = {}

    def name_of(self, call: CallId) -> CallName:
        """Return what a call of ours is called on the bus: no start of any unit uses a name again."""
        return CallName(f"{self._boot}-{call}")

    def changed(self, lines: Iterable[tuple[LineId, Collection[Call]]]) -> list[PublishLine]:
        """Return what must be said of these lines."""
        news = []
        for line, calls in lines:
            said = tuple(map(self._said_of, calls))
            if said != self._said.get(line, ()):
                self._said[line] = said
                news.append(PublishLine(line, said))
        return news

    def _said_of(self, call: Call) -> PublishedCall:
        return PublishedCall(
            call=self.name_of(call.id),
            key=call.key,
            state=_STATES[call.state],
            stage=call.stage,
            urgent=call.urgency in _URGENT_FROM_THE_START,
            started_ms=call.started_ms,
            by=UnitId(""),
        )
