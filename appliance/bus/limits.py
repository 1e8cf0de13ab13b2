"""How much anybody may say to this unit before it stops to listen: buckets that fill again with time. Pure.

A user with rights can send what the network carries. It must cost the callers' light nothing, so what comes
too fast is dropped before it is read, for each sender apart.
"""

from collections import OrderedDict
from typing import Final

from appliance.core.words import DurationMs, InstantMs

SENDERS_MAX: Final = 64
"""Senders that are told apart: many more than a site has units. The one who has been silent for longest makes
room, with a full bucket when it speaks again."""

MESSAGES_BURST_MAX: Final = 200
MESSAGES_A_SECOND_MAX: Final = 50
"""What one sender may send. A unit that repeats all it has sends 13 messages, and a unit with eight busy
lines some ten a second. The next one is dropped unread and counted; what it held comes again with the next
refresh."""

REQUESTS_BURST_MAX: Final = 5
REQUESTS_A_SECOND_MAX: Final = 1
"""What one asker may ask, for each verb. Nobody presses faster for long; the next one is dropped and
counted."""


class Buckets:
    """One bucket for each name; it holds so many drops and gains so many a second."""

    def __init__(self, burst: int, a_second: int) -> None:
        """Begin with every bucket full."""
        self._burst = burst
        self._a_second = a_second
        self._levels: OrderedDict[str, tuple[float, InstantMs]] = OrderedDict()

    def admit(self, name: str, now_ms: InstantMs) -> bool:
        """Take a drop out of this bucket; return False if it is empty."""
        level, at_ms = self._levels.pop(name, (float(self._burst), now_ms))
        elapsed_ms = DurationMs(max(0.0, now_ms - at_ms))
        level = min(self._burst, level + elapsed_ms * self._a_second / 1000)
        admitted = level >= 1
        self._levels[name] = (level - admitted, now_ms)
        if len(self._levels) > SENDERS_MAX:
            self._levels.popitem(last=False)
        return admitted
