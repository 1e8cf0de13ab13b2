"""Events on their way to the broker: each is kept until the broker has it, and no longer than it is of use.

A caller who rings while the broker restarts is told of some seconds later. An event that waited has less of
its expiry left by what it waited, so that none is handed over when it is over. A broker that dies or hangs
with an event in its hands may pass it on all the same, so one may come twice, with the same id. Pure.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Final

from appliance.bus.message import Message
from appliance.core.words import InstantMs

OUTBOX_MAX: Final = 200
"""Events that wait for the broker: forty callers in the minute for which an event is valid, with five events
each (ring, two stages, taking, outcome). The next one makes the oldest give way, which is counted."""


@dataclass(slots=True)
class _Kept:
    """An event that the broker does not have yet, as far as we know."""

    message: Message = field(repr=False)
    over_ms: InstantMs
    number: int | None = None
    """Under which it was handed to the client that there is; None if it was not."""


class Outbox:
    """The events of one unit."""

    def __init__(self) -> None:
        """Begin empty."""
        self.lost_count = 0
        """Events that were told to nobody, since the start: over, or one too many."""
        self._kept: list[_Kept] = []

    def keep(self, events: Iterable[Message], now_ms: InstantMs) -> None:
        """Take events that happened now; each has an expiry."""
        for one in events:
            assert one.expiry_s is not None
            self._kept.append(_Kept(one, InstantMs(now_ms + one.expiry_s * 1000)))
        self._let_go(now_ms)

    def speak(self, now_ms: InstantMs, publish: Callable[[Message], int | None]) -> None:
        """Hand over what was not yet; what the client does not take is tried again."""
        self._let_go(now_ms)
        for one in self._kept:
            if one.number is None:
                one.number = publish(replace(one.message, expiry_s=int((one.over_ms - now_ms) // 1000)))

    def acknowledged(self, number: int) -> None:
        """The broker has what was handed over under this number, or will never take it."""
        self._kept = [one for one in self._kept if one.number != number]

    def begin_anew(self) -> None:
        """There is another client, to which nothing was handed over."""
        for one in self._kept:
            one.number = None

    def _let_go(self, now_ms: InstantMs) -> None:
        """Forget what is over, or beyond the limit; brokers count whole seconds, and a begun one is none."""
        left = [one for one in self._kept if one.over_ms - now_ms >= 1000][-OUTBOX_MAX:]
        self.lost_count += len(self._kept) - len(left)
        self._kept = left
