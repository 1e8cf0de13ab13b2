"""From calls to the wanted picture: what each line shows, before the beat is put under it."""

from collections.abc import Collection, Sequence
from typing import Final

from appliance.core.bus_events import NeighbourState
from appliance.core.calls import Call, CallState
from appliance.core.merging import Member, SiteCaller
from appliance.core.neighbour import NeighbourCaller
from appliance.core.picture import Segment, Showing, winner
from appliance.core.settings import LineSettings
from appliance.core.words import STAGES, InstantMs, UnitId

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
    CallState.RINGING: Showing.WAITING,
    CallState.KEPT: Showing.WAITING,
    CallState.RETURNING: Showing.WAITING,
    CallState.UNSURE: Showing.UNSURE,
    CallState.HELD: Showing.HELD,
    CallState.ARMED: Showing.ASKED,
    CallState.TAKING: Showing.ASKED,
    CallState.ANSWERED: Showing.ASKED,
    CallState.TAKEN: Showing.TAKEN,
}

_OF_OURS_AT_STAGE_3: Final = {
    state: Showing.URGENT if showing is Showing.WAITING else showing for state, showing in _OF_OURS.items()
}


def showing_of(caller: Member | SiteCaller) -> Showing:
    """Return what one caller would show if they were alone on their line: the most that anybody knows."""
    if isinstance(caller, Call):
        return (_OF_OURS_AT_STAGE_3 if caller.stage == STAGES else _OF_OURS)[caller.state]
    return _showing_elsewhere(caller)


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
    entered_ms: InstantMs,
) -> Segment:
    """Return what a line shows.

    Args:
        line: the line.
        calls: who is on it, shown or counted.
        unit: which unit this is.
        moments: what it shows beside them, for a moment.
        lost: true if no extension that serves the line is registered, while others are.
        tested: true while the lamp test is at this line.
        entered_ms: when its look began, unless it is another one now: the beat decides that.
    """
    showings = moments + [Showing.LINE_LOST] * lost + [Showing.TESTED] * tested
    if not calls:
        return Segment(line.label, winner(showings), entered_ms=entered_ms)
    # The busiest line is composed again at every event: lists cost half of what generators do.
    shown = [call for call in calls if call.shown]
    of_each = list(map(showing_of, shown))
    kinds = set(of_each)
    waiting = shown
    if Showing.TAKEN in kinds:
        kinds.remove(Showing.TAKEN)
        waiting = [one for one, showing in zip(shown, of_each, strict=True) if showing is not Showing.TAKEN]
        showings += [Showing.TAKEN] * any(is_taken_by(call, unit) for call in shown)
    more = len(shown) < len(calls)
    if not waiting:
        return Segment(line.label, winner(showings), more=more, entered_ms=entered_ms)
    said = waiting
    if Showing.UNSURE in kinds and len(kinds) > 1:
        # An unsure caller says nothing where one is known to wait.
        kinds.remove(Showing.UNSURE)
        said = [one for one, showing in zip(shown, of_each, strict=True) if showing in kinds]
    waits = winner(kinds)
    return Segment(
        label=line.label,
        showing=winner([*showings, waits]),
        stage=max([call.stage for call in said]),
        fill=max([call.fill for call in said]),
        marks=min(MARKS_MAX, len(waiting) - 1),
        more=more,
        taken=Showing.TAKEN in showings and waits < Showing.TAKEN,
        entered_ms=entered_ms,
        waiting_since_ms=min([call.started_ms for call in said]),
    )
