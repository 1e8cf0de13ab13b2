"""One client after the other: what is said goes through the one that there is, and is lost where there is
none."""

from collections.abc import Callable, Iterable
from typing import Final

from appliance.bus.client import Client, ClientMaker
from appliance.bus.message import Message, News
from appliance.bus.outbox import Outbox
from appliance.bus.settings import BusSettings
from appliance.bus.topics import topic_of
from appliance.bus.trouble import Trouble
from appliance.core.words import InstantMs


class Voice:
    """Speaks to the broker. What is handed over is known by its number to `Trouble`, which hears of
    refusals."""

    def __init__(
        self,
        settings: BusSettings,
        make_client: ClientMaker,
        hear: Callable[[News], None],
        trouble: Trouble,
    ) -> None:
        """Have no client yet; `hear` is called with all news of each, on any thread."""
        self._settings = settings
        self._make_client = make_client
        self._hear = hear
        self._trouble = trouble
        self._client: Client | None = None
        self.outbox: Final = Outbox()
        """Events that the broker does not have yet."""

    def build(self, will: Message) -> str:
        """Close the client, if there is one, and start another; return why that cannot be, or an empty
        text."""
        self.close()
        self._trouble.reconnected()
        self.outbox.begin_anew()
        try:
            self._client = self._make_client(self._settings, will, self._hear)
        except OSError as error:
            return f"{self._settings.ca_file}: {error.strerror or 'holds no authority'}"
        self._client.start()
        return ""

    def listen(self, patterns: tuple[str, ...]) -> None:
        """Ask for everything under these patterns."""
        if self._client is not None:
            self._trouble.sent(self._client.subscribe(patterns), "subscription")

    def say(self, messages: Iterable[Message]) -> None:
        """Hand messages over. One that the client does not take is lost; so is the next echo, and then all is
        said again."""
        for message in messages:
            self._publish(message)

    def tell(self, now_ms: InstantMs) -> None:
        """Hand the events over that the client does not have yet."""
        self.outbox.speak(now_ms, self._publish)

    def close(self, within_s: float = 0.0, *, with_will: bool = False) -> None:
        """Take leave, if there is a client; what was handed over may be on its way for so long.

        A broker sends no will after that, unless it is to.
        """
        if self._client is not None:
            self._client.close(within_s, with_will=with_will)
            self._client = None

    def _publish(self, message: Message) -> int | None:
        if self._client is None:
            return None
        number = self._client.publish(message)
        found = topic_of(message.topic)
        # The one thing that a unit says outside the site's tree.
        self._trouble.sent(number, found[0].name if found else "word to Home Assistant")
        return number
