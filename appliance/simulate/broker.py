"""The broker of a simulated site, as mosquitto was measured to behave, and the cables to it.

Messages keep their order on each connection, and come late; a connection that breaks has what was on its way
come again after it is back, so that a message may come twice. What the broker keeps expires, a will comes
after its delay, a session outlives a short loss, and a broker that was restarted has forgotten everything.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from appliance.bus.message import Connected, Disconnected, Message, News
from appliance.bus.mqtt import KEEPALIVE_S, QUEUED_MAX, SESSION_EXPIRY_S, WILL_DELAY_S
from appliance.core.words import DurationMs, InstantMs
from appliance.simulate.agenda import Agenda
from appliance.simulate.dice import Dice
from appliance.simulate.faults import BusFaults
from appliance.simulate.story import Story

GONE_MS: Final = DurationMs(1_500 * KEEPALIVE_S)
"""After how much silence either side takes the other for gone: 1.5 times the keepalive (MQTT 5, 3.1.2.10)."""

SENT_LATE_MS_MAX: Final = DurationMs(20)
"""How long a message travels one way, where nothing is wrong."""

HELD_UP_MS_MAX: Final = DurationMs(1_500)
"""How long it may travel where something is: a Wi-Fi that repeats, a card that stalls the broker."""

LATE_BOTH_WAYS_MS: Final = DurationMs(2 * (SENT_LATE_MS_MAX + HELD_UP_MS_MAX))
"""The longest way from a unit to another."""

TWICE: Final = 1 / 6
"""How often a message comes twice, where messages do."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A message at the broker."""

    message: Message
    expires_ms: float

    def at(self, now_ms: InstantMs) -> Message | None:
        """Return it with what is left of its validity, in whole seconds; None when it is over."""
        if self.message.expiry_s is None:
            return self.message
        left_s = int((self.expires_ms - now_ms) / 1000)
        return replace(self.message, expiry_s=left_s) if left_s > 0 else None


@dataclass(eq=False, slots=True)
class Session:
    """What the broker knows of one unit."""

    patterns: tuple[tuple[str, ...], ...] = ()
    client: "SimulatedClient | None" = None
    waiting: list[Kept] = field(default_factory=list)
    """What comes when the unit is back."""
    changes: int = 0
    """Grows with each connection and each loss: what was planned for an earlier one is void."""


class Broker:
    """One broker and its cables: `cut` names the units that it cannot reach, nor they it."""

    def __init__(self, faults: BusFaults, agenda: Agenda, dice: Dice, story: Story) -> None:
        """Begin with nothing kept."""
        self.agenda = agenda
        self.dice = dice
        self.faults = faults
        self.up = True
        self.cut: set[str] = set()
        self._story = story
        self._kept: dict[str, Kept] = {}
        self._sessions: dict[str, Session] = {}

    def reaches(self, unit: str) -> bool:
        """Return whether messages pass between the broker and this unit."""
        return self.up and unit not in self.cut

    def serves(self, unit: str) -> bool:
        """Return whether this unit has a connection that works."""
        session = self._sessions.get(unit)
        return self.reaches(unit) and session is not None and session.client is not None

    def restart(self, away_ms: DurationMs) -> None:
        """Be gone, and come back with nothing kept."""
        self._story.tell(self.agenda.now_ms, "the broker is killed")
        self.up = False
        clients = [session.client for session in self._sessions.values() if session.client is not None]
        self._kept.clear()
        self._sessions.clear()
        for client in clients:
            client.lose(self.dice.between(1, 50))

        def come_back() -> None:
            self.up = True
            self._story.tell(self.agenda.now_ms, "the broker is back, and has forgotten everything")

        self.agenda.after(away_ms, come_back)

    def lose(self, unit: str) -> None:
        """A cable is out, or a unit is frozen: each side takes the other for gone after a while."""
        session = self._sessions.get(unit)
        if session is None or session.client is None:
            return
        session.changes += 1
        changes, client = session.changes, session.client
        session.client = None

        def send_will() -> None:
            if self._sessions.get(unit) is session and session.changes == changes:
                self.take(client.will)

        def forget() -> None:
            if self._sessions.get(unit) is session and session.changes == changes:
                del self._sessions[unit]

        self.agenda.after(GONE_MS + WILL_DELAY_S * 1000, send_will)
        self.agenda.after(GONE_MS + SESSION_EXPIRY_S * 1000, forget)
        client.lose(self.dice.between(0.2, 1) * GONE_MS)

    def connect(self, client: "SimulatedClient") -> None:
        """Take a client: it gets what waited for it, and hears again what it hears twice at worst."""
        session = self._sessions.setdefault(client.unit, Session())
        session.changes += 1
        session.client = client
        waiting, session.waiting = session.waiting, []
        client.hear_later(Connected())
        for kept in waiting:
            self._send(session, kept)

    def leave(self, client: "SimulatedClient") -> None:
        """A client takes leave, if it can: no will is sent."""
        session = self._sessions.get(client.unit)
        if session is not None and session.client is client:
            session.changes += 1
            session.client = None

    def subscribe(self, client: "SimulatedClient", patterns: Sequence[str]) -> None:
        """Let a client hear these topics from now on, and what is kept of them at once."""
        session = self._sessions.get(client.unit)
        if session is None or session.client is not client:
            return
        session.patterns = tuple(tuple(pattern.split("/")) for pattern in patterns)
        for topic, kept in self._kept.items():
            if _matches(session.patterns, topic):
                self._send(session, replace(kept, message=replace(kept.message, retain=True)))

    def take(self, message: Message) -> None:
        """Take a message and send it on."""
        expiry_ms = float("inf") if message.expiry_s is None else message.expiry_s * 1000
        kept = Kept(message, self.agenda.now_ms + expiry_ms)
        if message.retain:
            self._kept[message.topic] = kept
        told = replace(kept, message=replace(message, retain=False))
        for session in self._sessions.values():
            if _matches(session.patterns, message.topic):
                self._send(session, told)

    def _send(self, session: Session, kept: Kept) -> None:
        if session.client is None:
            session.waiting = [*session.waiting, kept][-QUEUED_MAX:]
            return
        message = kept.at(self.agenda.now_ms)
        if message is not None:
            for _ in range(1 + (self.faults.doubled_messages and self.dice.chance(TWICE))):
                session.client.hear_later(message, lambda: session.waiting.append(kept))

    def way_ms(self) -> float:
        """Return how long a message travels one way."""
        if self.faults.late_messages and self.dice.chance(TWICE):
            return self.dice.often_little(0, HELD_UP_MS_MAX)
        return self.dice.often_little(0.2, SENT_LATE_MS_MAX)


class SimulatedClient:
    """The client of one unit, in place of paho's: it connects again by itself until it is closed."""

    def __init__(
        self, broker: Broker, unit: str, will: Message, hear: Callable[[News], None], wake: Callable[[], None]
    ) -> None:
        """Prepare; `wake` is called after each piece of news."""
        self.unit = unit
        self.will = will
        self._broker = broker
        self._hear = hear
        self._wake = wake
        self._is_closed = False
        self._connection = 0
        """Counts connections and losses; even while there is none."""
        self._number = 0
        self._to_send: list[Message] = []
        """What paho keeps until there is a connection."""
        self._sent_by_ms = self._heard_by_ms = InstantMs(0)

    def start(self) -> None:
        """Begin to connect."""
        self._broker.agenda.after(self._broker.dice.between(2, 60), self._try)

    def publish(self, message: Message) -> int | None:
        """Send a message, now or when there is a connection; None if too much waits already."""
        self._number += 1
        if self._connection % 2:
            self._post(message)
        elif len(self._to_send) >= QUEUED_MAX:
            return None
        else:
            self._to_send.append(message)
        return self._number

    def subscribe(self, patterns: tuple[str, ...]) -> int | None:
        """Ask for what is under these patterns."""
        self._number += 1
        self._later(lambda: self._broker.subscribe(self, patterns), lambda: None)
        return self._number

    def close(self, within_s: float = 0.0, *, with_will: bool = False) -> None:  # noqa: ARG002
        """Take leave; no unit of the simulation ends while it has something to say."""
        self._is_closed = True
        if self._broker.reaches(self.unit):
            self._broker.leave(self)

    def lose(self, after_ms: float) -> None:
        """Find, after a while, that the connection is lost, and try again."""
        connection = self._connection

        def find() -> None:
            if connection == self._connection and connection % 2:
                self._connection += 1
                self._tell(Disconnected("the connection was lost"))
                self._broker.agenda.after(self._broker.dice.between(1_000, 2_000), self._try)

        self._broker.agenda.after(after_ms, find)

    def hear_later(self, news: News, again: Callable[[], None] = lambda: None) -> None:
        """Have news come in the order of the connection; `again` if it is lost on the way."""
        connection, agenda = self._connection, self._broker.agenda

        def arrive() -> None:
            if connection == self._connection and self._broker.serves(self.unit):
                self._tell(news)
            else:
                again()

        self._heard_by_ms = InstantMs(max(self._heard_by_ms, agenda.now_ms + self._broker.way_ms()))
        agenda.at(self._heard_by_ms, arrive)

    def _try(self) -> None:
        if self._is_closed:
            return
        if not self._broker.reaches(self.unit):
            self._tell(Disconnected("the broker cannot be reached"))
            self._broker.agenda.after(self._broker.dice.between(1_000, 2_000), self._try)
            return
        self._connection += 1
        self._broker.connect(self)
        waiting, self._to_send = self._to_send, []
        for message in waiting:
            self._post(message)

    def _post(self, message: Message) -> None:
        self._later(lambda: self._broker.take(message), lambda: self._to_send.append(message))

    def _later(self, action: Callable[[], None], again: Callable[[], None]) -> None:
        connection, agenda = self._connection, self._broker.agenda

        def arrive() -> None:
            if connection == self._connection and self._broker.serves(self.unit):
                action()
            else:
                again()

        self._sent_by_ms = InstantMs(max(self._sent_by_ms, agenda.now_ms + self._broker.way_ms()))
        agenda.at(self._sent_by_ms, arrive)

    def _tell(self, news: News) -> None:
        if not self._is_closed:
            self._hear(news)
            self._wake()


def _matches(patterns: tuple[tuple[str, ...], ...], topic: str) -> bool:
    levels = topic.split("/")
    return any(
        len(pattern) == len(levels)
        and all(one in ("+", level) for one, level in zip(pattern, levels, strict=True))
        for pattern in patterns
    )
