"""Which call a new ring belongs to: the same caller rings again and again, and must wait only once.

The order is the order of evidence: the PBX's own tag, the same Call-ID, the same number within the gap. A
display name is no evidence (FreePBX writes the waiting time into it on each ring). Two rings that are alive
together and come from different numbers are never one caller, whatever a header says: some PBXes pass a
caller's own headers through.

Whoever is sent to the target of last resort is called for anew by the unit. To the PBX that is another call,
with a tag of its own (Asterisk's linked id), so a tag that is new here may be the second of such a caller.
"""

from collections.abc import Iterable
from typing import Final

from appliance.core.calls import Call, CallState
from appliance.core.events import Offer

GAPS: Final = (CallState.HELD, CallState.ARMED, CallState.UNSURE)
"""States of a caller who rings nowhere and may ring again."""

_MAY_RING_AGAIN: Final = (*GAPS, CallState.RETURNING)
"""The target of last resort may ring at us, too."""


def find_call(offer: Offer, on_line: Iterable[Call]) -> Call | None:
    """Return which of a line's open calls this ring continues, or None for a caller who is new there."""
    here = [call for call in on_line if _may_be_one(offer, call)]
    for call in here:
        if offer.tag and call.tag == offer.tag:
            return call
    for call in here:
        if offer.call_id in call.call_ids:
            return call
    gaps = [call for call in here if call.state in _MAY_RING_AGAIN and call.number == offer.number]
    if offer.number:
        return min(gaps, key=lambda call: call.started_ms, default=None)
    return gaps[0] if len(gaps) == 1 else None


def _may_be_one(offer: Offer, call: Call) -> bool:
    """Return False where the evidence says that these are two callers."""
    if offer.tag and call.tag and offer.tag != call.tag:
        return _may_be_sent_to_us(offer, call)
    return call.state in _MAY_RING_AGAIN or call.number == offer.number


def _may_be_sent_to_us(offer: Offer, call: Call) -> bool:
    """Return whether a ring with a new tag may be that of a caller of ours who is being sent on.

    Once they ring, their new tag is known, and a third one is somebody else's. Of those without a number
    nobody can tell.
    """
    is_sent_on = call.state is CallState.RETURNING and not call.rings
    return is_sent_on and bool(offer.number) and offer.number == call.number
