"""What the bus needs of a client of a broker; `mqtt.Connection` is the real one."""

from collections.abc import Callable
from typing import Protocol

from appliance.bus.message import Message, News
from appliance.bus.settings import BusSettings


class Client(Protocol):
    """What the link needs of a client; `Connection` is the real one."""

    def start(self) -> None:
        """Begin to connect."""

    def publish(self, message: Message) -> int | None:
        """Hand a message over; return its number, or None if it is lost."""

    def subscribe(self, patterns: tuple[str, ...]) -> int | None:
        """Ask for everything under these patterns; return the number of the request, or None if it is
        lost."""

    def close(self, within_s: float = 0.0, *, with_will: bool = False) -> None:
        """Take leave, with or without our will; what was handed over may be on its way for so long."""


ClientMaker = Callable[[BusSettings, Message, Callable[[News], None]], Client]
"""Makes a client for the settings, with our will; all news goes to its last argument, on any thread.

It raises OSError where the authority's file cannot be read, or holds none.
"""
