"""From calls to the wanted picture: what each line shows, before the beat is put under it."""

from collections.abc import Collection
from typing import Final

from appliance.core.calls import Call, CallState
from appliance.core.picture import Segment, Showing, winner
from appliance.core.settings import LineSettings
from appliance.core.words import STAGES, InstantMs

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


def segment_of(line: LineSettings, calls: Collection[Call], closing: bool, lost: bool) -> Segment:
    """Return what a line shows.

    Args:
        line: the line.
        calls: its open calls in the order of arrival, shown or counted.
        closing: true for a moment after a colleague answered.
        lost: true if no extension that serves the line is registered, while others are.
    """
    if not calls and not closing and not lost:
        return Segment(label=line.label)
    shown = [call for call in calls if call.shown]
    showings = {showing_of(call) for call in shown}
    if closing:
        showings.add(Showing.CLOSING)
    if lost:
        showings.add(Showing.LINE_LOST)
    best = winner(showings)
    unsure_only = best is Showing.UNSURE
    waiting = [call for call in shown if (call.state is CallState.UNSURE) is unsure_only]
    since_ms: InstantMs | None = min((call.started_ms for call in waiting), default=None)
    return Segment(
        label=line.label,
        showing=best,
        stage=max((call.stage for call in waiting), default=0),
        fill=max((call.fill for call in waiting), default=0),
        marks=min(MARKS_MAX, max(0, len(shown) - 1)),
        more=len(shown) < len(calls),
        waiting_since_ms=since_ms,
    )
