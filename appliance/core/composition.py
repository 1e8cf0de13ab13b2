"""From calls to the wanted picture: what each line shows, before the beat is put under it."""

from collections.abc import Collection, Sequence
from typing import Final

from appliance.core.bus_events import NeighbourState
from appliance.core.calls import Call, CallState
from appliance.core.merging import Member, SiteCaller
from appliance.core.neighbour import NeighbourCaller
from appliance.core.picture import Segment, Showing, winner
from appliance.core.settings import LineSettings
from appliance.core.words import STAGES, UnitId

MARKS_MAX: Final = 2
"""Marks for further callers on a line: the two pixels of the top step, which is kept free for them. A fourth
caller looks like a third one; the count stands in `status` and on displays that can write."""


_OF_NEIGHBOURS: Final = {
    NeighbourState.RINGING: Showing.WAITING,
    NeighbourState.KEPT: Showing.WAITING,
    NeighbourState.HELD: Showing.HELD,
    NeighbourState.UNSURE: Showing.UNSURE,
    NeighbourState.ASKED: Showing.ASKED,
    NeighbourState.TAKEN: Showing.TAKEN,
}

_OF_OURS: Final = {
    CallState.UNSURE: Showing.UNSURE,
    CallState.HELD: Showing.HELD,
    CallState.ARMED: Showing.ASKED,
    CallState.TAKING: Showing.ASKED,
    CallState.ANSWERED: Showing.ASKED,
    CallState.TAKEN: Showing.TAKEN,
}
"""The others wait."""


def showing_of(caller: Member | SiteCaller) -> Showing:
    """Return what one caller would show if they were alone on their line: the most that anybody knows."""
    if not isinstance(caller, Call):
        return _showing_elsewhere(caller)
    showing = _OF_OURS.get(caller.state, Showing.WAITING)
    return Showing.URGENT if showing is Showing.WAITING and caller.stage == STAGES else showing


def is_taken_by(caller: Call | SiteCaller, unit: UnitId) -> bool:
    """Return whether the people of this unit speak with the caller."""
    members = caller.members if isinstance(caller, SiteCaller) else (caller,)
    return any(one.by == unit and showing_of(one) is Showing.TAKEN for one in members)


def _showing_elsewhere(caller: NeighbourCaller | SiteCaller) -> Showing:
    if isinstance(caller, SiteCaller):
        return winner(map(showing_of, caller.members))
    showing = Showing.UNSURE if caller.is_unsure else _OF_NEIGHBOURS[caller.state]
    return Showing.URGENT if showing is Showing.WAITING and caller.stage == STAGES else showing


def segment_of(
    line: LineSettings,
    calls: Collection[Call] | Sequence[SiteCaller],
    unit: UnitId,
    moments: list[Showing],
    *,
    lost: bool,
    tested: bool,
) -> Segment:
    """Return what a line shows.

    Args:
        line: the line.
        calls: who is on it, shown or counted.
        unit: which unit this is.
        moments: what it shows beside them, for a moment.
        lost: true if no extension that serves the line is registered, while others are.
        tested: true while the lamp test is at this line.
    """
    showings = moments + [Showing.LINE_LOST] * lost + [Showing.TESTED] * tested
    if not calls:
        return Segment(line.label, winner(showings))
    # The busiest line is composed again at every event: lists cost half of what generators do.
    shown = [(showing_of(call), call) for call in calls if call.shown]
    waiting = [(showing, call) for showing, call in shown if showing is not Showing.TAKEN]
    if len(waiting) < len(shown):
        showings += [Showing.TAKEN] * any(is_taken_by(call, unit) for _, call in shown)
    more = len(shown) < len(calls)
    if not waiting:
        return Segment(line.label, winner(showings), more=more)
    # An unsure caller says nothing where one is known to wait.
    said = [one for one in waiting if one[0] is not Showing.UNSURE] or waiting
    waits = winner([showing for showing, _ in said])
    return Segment(
        label=line.label,
        showing=winner([*showings, waits]),
        stage=max([call.stage for _, call in said]),
        fill=max([call.fill for _, call in said]),
        marks=min(MARKS_MAX, len(waiting) - 1),
        more=more,
        taken=Showing.TAKEN in showings and waits < Showing.TAKEN,
        waiting_since_ms=min([call.started_ms for _, call in said]),
    )
