"""A conversation with a broker for a command: each step waits for its answer, and whatever goes wrong raises.

The unit's own link never waits and tries for ever (`link`); a person at a terminal wants to know at once.
"""

import contextlib
import secrets
import time
from collections import deque
from collections.abc import Callable
from queue import Empty, Full, Queue
from types import TracebackType
from typing import Final, Self

from appliance.bus.message import Acknowledged, Connected, Disconnected, Message, News
from appliance.bus.mqtt import Connection
from appliance.bus.settings import BusSettings
from appliance.errors import CallLightError

TALK_WAIT_S: Final = 10.0
"""How long the broker may take for a step. It answers within milliseconds; a name that is looked up over mDNS
and is not there takes 5 s."""

LEAVE_S: Final = 0.3
"""How long the end of a conversation waits for the last word to be handed over."""

ECHO_EXPIRY_S: Final = 10
"""How long an echo is of use to anybody."""

TALK_NEWS_MAX: Final = 2000
"""Messages that wait to be looked at. The next one is lost: the site says all again each half minute."""


class BrokerUnavailable(CallLightError):
    """The broker cannot be reached, is not the one that we trust, or does not answer."""


class BrokerRefused(CallLightError):
    """The broker knows neither the user nor the password, or does not allow what was asked."""


class Talk:
    """One client, from `with` on until its end."""

    def __init__(self, settings: BusSettings, purpose: str = "") -> None:
        """Prepare to talk as this user; two conversations of one user need two purposes."""
        self._settings = settings
        self._news: Queue[News] = Queue(TALK_NEWS_MAX)
        self._heard: deque[Message] = deque()
        try:
            self._connection = Connection(settings, None, self._hear, purpose)
        except OSError as error:
            raise BrokerUnavailable(
                f"{settings.ca_file}: the authority's certificate cannot be read: {error.strerror or error}"
            ) from None

    def __enter__(self) -> Self:
        """Connect.

        Raises:
            BrokerUnavailable, BrokerRefused: with the broker's name and the reason.
        """
        self._connection.start()
        try:
            self._must_come(lambda news: isinstance(news, Connected))
        except CallLightError:
            self._connection.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Take leave."""
        self._connection.close(LEAVE_S)

    def subscribe(self, *patterns: str) -> None:
        """Listen to these topics from now on."""
        self._acknowledged(self._connection.subscribe(patterns), "to listen there")

    def publish(self, message: Message) -> None:
        """Publish, and know that the broker took it."""
        self._acknowledged(self._connection.publish(message), "to write there")

    def kept(self, *patterns: str, echo: str) -> list[Message]:
        """Return everything that the broker keeps under these patterns, and listen there from now on.

        `echo` is a topic that this user may write and read. The broker tells what it kept before anything
        that is written later, so that the echo says when that was all.
        """
        # Who enrols, and who attends to it all day, needs none of the payloads' models.
        from appliance.bus.payloads import VERSION, Echo
        from appliance.bus.topics import encode

        self.subscribe(echo, *patterns)
        mark = encode(Echo(v=VERSION, boot=f"talk-{secrets.token_hex(8)}", count=0))
        self.publish(Message(echo, mark, expiry_s=ECHO_EXPIRY_S))
        found: list[Message] = []
        while (message := self.next()) is not None:
            if message.topic == echo and message.payload == mark:
                return found
            if message.retain and message.payload:
                found.append(message)
        raise BrokerUnavailable(f"{self._where}: the broker does not answer")

    def next(self, within_s: float = TALK_WAIT_S) -> Message | None:
        """Return the next message that comes within this time.

        Raises:
            BrokerUnavailable: the connection is lost.
        """
        if not self._heard:
            self._come(lambda _news: bool(self._heard), within_s)
        return self._heard.popleft() if self._heard else None

    def _acknowledged(self, number: int | None, wish: str) -> None:
        refusals: list[str] = []

        def is_ours(news: News) -> bool:
            if isinstance(news, Acknowledged) and news.number == number:
                refusals.append(news.refusal)
                return True
            return False

        self._must_come(is_ours)
        if any(refusals):
            who = self._settings.unit
            raise BrokerRefused(f"{self._where}: the broker does not allow {who} {wish}: {refusals[0]}")

    def _must_come(self, is_it: Callable[[News], bool]) -> None:
        if not self._come(is_it, TALK_WAIT_S):
            raise BrokerUnavailable(f"{self._where}: the broker does not answer")

    def _come(self, is_it: Callable[[News], bool], within_s: float) -> bool:
        """Take what comes until the news that is waited for, and return whether it came in time."""
        give_up_s = time.monotonic() + within_s
        while True:
            try:
                news = self._news.get(timeout=max(0.0, give_up_s - time.monotonic()))
            except Empty:
                return False
            if isinstance(news, Message):
                self._heard.append(news)
            if isinstance(news, Disconnected):
                kind = BrokerRefused if news.refused else BrokerUnavailable
                # A Pi has no clock of its own: until it hears of the time, it lives in the past.
                hint = ": is this machine's clock right?" if news.why.endswith("is not yet valid") else ""
                raise kind(f"{self._where}: {news.why}{hint}")
            if is_it(news):
                return True

    @property
    def _where(self) -> str:
        return f"{self._settings.broker}:{self._settings.port}"

    def _hear(self, news: News) -> None:
        with contextlib.suppress(Full):
            self._news.put_nowait(news)
