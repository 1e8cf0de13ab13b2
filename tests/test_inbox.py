"""The inbox keeps the order, and the instant of each event."""

from appliance.clock import SteppedClock
from appliance.core.events import FaultCleared, TimePassed
from appliance.core.words import DurationMs, InstantMs
from appliance.inbox import Inbox
from appliance.unit import BEAT_MS


def test_the_inbox_hands_out_in_order_and_gives_up_in_time() -> None:
    inbox = Inbox(SteppedClock(InstantMs(5)))
    assert inbox.take(DurationMs(0)) is None
    inbox.post(TimePassed())
    inbox.post(FaultCleared("x"), InstantMs(3))
    assert [getattr(inbox.take(BEAT_MS), "at_ms", None) for _ in range(2)] == [5, 3]
