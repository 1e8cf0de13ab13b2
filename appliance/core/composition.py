"""From calls to the wanted picture: what each line shows, before the beat is put under it."""

from collections.abc import Collection, Sequence
from typing import Final

from appliance.core.bus_events import NeighbourState
from appliance.core.calls import Call, CallState
from appliance.core.merging import Member, SiteCaller
from appliance.core.picture import Segment, Showing, winner
from appliance.core.settings import LineSettings
from appliance.core.words import STAGES

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


def showing_of(caller: Member | SiteCaller) -> Showing:
    """Return what one caller would show if they were alone on their line: the most that anybody knows."""
    if isinstance(caller, SiteCaller):
        return winner(map(showing_of, caller.members))
    if not isinstance(caller, Call):
        showing = Showing.UNSURE if caller.is_unsure else _OF_NEIGHBOURS[caller.state]
        return Showing.URGENT if showing is Showing.WAITING and caller.stage == STAGES else showing
    if caller.state is CallState.UNSURE:
        return Showing.UNSURE
    if caller.state is CallState.HELD:
        return Showing.HELD
    return Showing.URGENT if caller.stage == STAGES else Showing.WAITING


def segment_of(
    line: LineSettings,
    calls: Collection[Call] | Sequence[SiteCaller],
    *,
    closing: bool,
    lost: bool,
    tested: bool,
) -> Segment:
    """Return what a line shows.

    Args:
        line: the line.
        calls: who is on it, shown or counted.
        closing: true for a moment after a colleague answered.
        lost: true if no extension that serves the line is registered, while others are.
        tested: true while the lamp test is at this line.
    """
    showings = [Showing.CLOSING] * closing + [Showing.LINE_LOST] * lost + [Showing.TESTED] * tested
    if not calls:
        return Segment(line.label, winner(showings))
    # The busiest line is composed again at every event: lists cost half of what generators do.
    shown = [call for call in calls if call.shown]
    # An unsure caller says nothing where one is known to wait.
    said = [call for call in shown if not call.is_unsure] or shown
    return Segment(
        label=line.label,
        showing=winner([*showings, *map(showing_of, said)]),
        stage=max([call.stage for call in said], default=0),
        fill=max([call.fill for call in said], default=0),
        marks=min(MARKS_MAX, max(0, len(shown) - 1)),
        more=len(shown) < len(calls),
        waiting_since_ms=min([call.started_ms for call in said], default=None),
    )
