"""What this unit lets the others know of its own callers: never who they are.

A line is published whenever what would be said of it changes, and then whole. What other units see is theirs
to say: a word that was repeated by those who heard it could never be taken back.
"""

from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import Final

from appliance.core.bus_events import NeighbourState
from appliance.core.calls import Call, CallState
from appliance.core.effects import PublishedCall, PublishLine
from appliance.core.notices import Urgency
from appliance.core.words import CallId, CallName, DurationMs, InstantMs, LineId, UnitId

_STATES: Final = {
    CallState.RINGING: NeighbourState.RINGING,
    CallState.HELD: NeighbourState.HELD,
    CallState.UNSURE: NeighbourState.UNSURE,
    CallState.ARMED: NeighbourState.ASKED,
    CallState.TAKING: NeighbourState.ASKED,
    CallState.ANSWERED: NeighbourState.ASKED,
    CallState.TAKEN: NeighbourState.TAKEN,
    CallState.KEPT: NeighbourState.KEPT,
    CallState.RETURNING: NeighbourState.KEPT,
}
_URGENT_FROM_THE_START: Final = (Urgency.PRIORITY, Urgency.REPEAT)


ANSWERED_MS: Final = DurationMs(1_000)
"""For how long the others are told that a colleague answered a caller of ours, as long as our own tower shows
it: whoever saw the same caller, or remembers them, need not believe any longer that they wait."""


def name_of(boot: str, call: CallId) -> CallName:
    """Return what a call of ours is called on the bus: no start of any unit uses a name again."""
    return CallName(f"{boot}-{call}")


class Publishing:
    """Remembers what was last said of each line."""

    def __init__(self, boot: str) -> None:
        """Begin with nothing said: all lines are empty to the others."""
        self._boot = boot
        self._said: dict[LineId, tuple[PublishedCall, ...]] = {}
        self._answered: dict[LineId, list[tuple[PublishedCall, InstantMs]]] = {}

    def answered(self, call: Call, at_ms: InstantMs) -> None:
        """A colleague answered this caller, who was published until now; the line is looked at again soon."""
        names = [
            said for said in self._said.get(call.line.id, ()) if said.call == name_of(self._boot, call.id)
        ]
        told = [(replace(said, state=NeighbourState.TAKEN, by=UnitId("")), at_ms) for said in names]
        self._answered.setdefault(call.line.id, []).extend(told)

    def changed(
        self, lines: Iterable[tuple[LineId, Collection[Call]]], now_ms: InstantMs
    ) -> list[PublishLine]:
        """Return what must be said of these lines."""
        news = []
        for line, calls in lines:
            answered = [one for one in self._answered.pop(line, ()) if now_ms < one[1] + ANSWERED_MS]
            if answered:
                self._answered[line] = answered
            said = (*map(self._said_of, calls), *(one for one, _ in answered))
            if said != self._said.get(line, ()):
                self._said[line] = said
                news.append(PublishLine(line, said))
        return news

    def _said_of(self, call: Call) -> PublishedCall:
        return PublishedCall(
            call=name_of(self._boot, call.id),
            key=call.key,
            state=_STATES[call.state],
            stage=call.stage,
            urgent=call.urgency in _URGENT_FROM_THE_START,
            started_ms=call.started_ms,
            by=call.by or UnitId(""),
        )
