"""From calls to the wanted picture: what each line shows, before the beat is put under it."""

from collections.abc import Collection
from typing import Final

from appliance.core.calls import Call, CallState
from appliance.core.picture import Segment, Showing, winner
from appliance.core.settings import LineSettings
from appliance.core.words import STAGES

MARKS_MAX: Final = 2
"""Marks for further callers on a line: the two pixels of the top step, which is kept free for them. A fourth
caller looks like a third one; the count stands in `status` and on displays that can write."""


def showing_of(call: Call) -> Showing:
    """Return what one call would show if it were alone on its line."""
    if call.state is CallState.UNSURE:
        return Showing.UNSURE
    if call.state is CallState.HELD:
        return Showing.HELD
    return Showing.URGENT if call.stage == STAGES else Showing.WAITING


def segment_of(
    line: LineSettings, calls: Collection[Call], *, closing: bool, lost: bool, tested: bool
) -> Segment:
    """Return what a line shows.

    Args:
        line: the line.
        calls: its open calls in the order of arrival, shown or counted.
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
    said = [call for call in shown if call.state is not CallState.UNSURE] or shown
    return Segment(
        label=line.label,
        showing=winner([*showings, *map(showing_of, said)]),
        stage=max([call.stage for call in said], default=0),
        fill=max([call.fill for call in said], default=0),
        marks=min(MARKS_MAX, max(0, len(shown) - 1)),
        more=len(shown) < len(calls),
        waiting_since_ms=min([call.started_ms for call in said], default=None),
    )
