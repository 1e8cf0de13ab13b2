"""What waits for the bus's thread: left here by the unit's thread and the client's, which never wait.

Of a line only the latest word counts. Everything else has a limit, and what is beyond it is lost and, where
it came from the network, counted.
"""

import threading
from collections import deque
from dataclasses import dataclass, field, replace
from typing import Final

from appliance.bus.limits import MESSAGES_A_SECOND_MAX, MESSAGES_BURST_MAX, Buckets
from appliance.bus.message import Message, News
from appliance.bus.naps import Naps
from appliance.bus.speech import Vitals
from appliance.bus.topics import sender_of
from appliance.core.effects import BusEffect, PublishLine, SaidOnce
from appliance.core.notices import Notice
from appliance.core.words import DurationMs, InstantMs, LineId

NEWS_MAX: Final = 500
"""Messages that wait for the thread: two and a half bursts of one sender. The next one is dropped and
counted; a line comes again with its refresh, and whoever asks and hears nothing asks again."""

SAID_MAX: Final = 64
"""Requests and answers that wait for the thread, and notices, each. The oldest makes room: by then it is of
no use to anybody."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """All that had waited."""

    news: tuple[News, ...] = ()
    lines: tuple[PublishLine, ...] = ()
    said: tuple[SaidOnce, ...] = ()
    notices: tuple[tuple[Notice, str], ...] = field(default=(), repr=False)
    """Each with what is shown of the caller's number."""
    vitals: Vitals | None = None
    closing: bool = False


class Mail:
    """The thread's letter box. Every method may be called from any thread and returns at once, but `wait`."""

    def __init__(self) -> None:
        """Begin empty."""
        self.dropped_count = 0
        """Messages that came too fast, since the start."""
        self._changed = threading.Condition()
        self._news: deque[News] = deque()
        self._lines: dict[LineId, PublishLine] = {}
        self._said: deque[SaidOnce] = deque(maxlen=SAID_MAX)
        self._notices: deque[tuple[Notice, str]] = deque(maxlen=SAID_MAX)
        self._vitals: Vitals | None = None
        self._closing = False
        self._senders = Buckets(MESSAGES_BURST_MAX, MESSAGES_A_SECOND_MAX)
        self._naps = Naps()

    def put_news(self, news: News, now_ms: InstantMs) -> None:
        """Leave what came from the broker; a message beyond the limits is dropped unread."""
        with self._changed:
            if isinstance(news, Message) and (
                not self._senders.admit(sender_of(news.topic), now_ms) or len(self._news) >= NEWS_MAX
            ):
                self.dropped_count += 1
                return
            lain_ms = self._naps.lain_ms(now_ms)
            if isinstance(news, Message) and lain_ms:
                news = replace(news, lain_ms=lain_ms)
            self._news.append(news)
            self._changed.notify()

    def put_effect(self, effect: BusEffect) -> None:
        """Leave what the board wants said."""
        with self._changed:
            if isinstance(effect, PublishLine):
                self._lines[effect.line] = effect
            else:
                self._said.append(effect)
            self._changed.notify()

    def put_notice(self, notice: Notice, caller: str = "") -> None:
        """Leave what the board told, and what is shown of the caller's number."""
        with self._changed:
            self._notices.append((notice, caller))
            self._changed.notify()

    def put_vitals(self, vitals: Vitals) -> None:
        """Leave how the unit is."""
        with self._changed:
            self._vitals = vitals
            self._changed.notify()

    def close(self) -> None:
        """Leave word that the unit ends."""
        with self._changed:
            self._closing = True
            self._changed.notify()

    def take(self, now_ms: InstantMs) -> Delivery:
        """Take all that waits."""
        with self._changed:
            self._naps.turned(now_ms)
            taken = Delivery(
                tuple(self._news),
                tuple(self._lines.values()),
                tuple(self._said),
                tuple(self._notices),
                self._vitals,
                self._closing,
            )
            self._news.clear()
            self._lines.clear()
            self._said.clear()
            self._notices.clear()
            self._vitals = None
            self._closing = False
            return taken

    def wait(self, for_ms: DurationMs) -> None:
        """Wait until something is left, or for so long."""
        with self._changed:
            if not (
                self._news or self._lines or self._said or self._notices or self._vitals or self._closing
            ):
                self._changed.wait(max(0.0, for_ms / 1000))
