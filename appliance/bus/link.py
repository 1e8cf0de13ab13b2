"""The unit's side of the bus: carries the board's words out, brings the others' words in, and proves life.

One thread does all of it. The unit's own thread and the client's only leave something and go. Whatever goes
wrong here, the unit's own callers, lights and buttons do not notice.
"""

import threading
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Final, assert_never

from appliance.bus.away import AwayWord
from appliance.bus.book import Book
from appliance.bus.client import ClientMaker
from appliance.bus.discovery import Discovery
from appliance.bus.happenings import shown
from appliance.bus.hearing import Echoed, Hearing, Refusal, RepublishAsked, TwinSeen
from appliance.bus.leave import LEAVE_S, take_leave
from appliance.bus.life import Life, Rebuild, SendEcho
from appliance.bus.machine import clock_is_synchronised, rss_kb
from appliance.bus.mail import Delivery, Mail
from appliance.bus.message import Acknowledged, Connected, Disconnected, Message, News
from appliance.bus.mqtt import Connection
from appliance.bus.settings import BusSettings
from appliance.bus.speech import About, Speech, Vitals
from appliance.bus.topics import subscriptions
from appliance.bus.trouble import Trouble
from appliance.bus.validity import Validity
from appliance.bus.voice import Voice
from appliance.clock import Clock, now_utc
from appliance.core.bus_events import BusBack, BusLost
from appliance.core.effects import BusEffect
from appliance.core.events import Event, FaultRaised
from appliance.core.notices import Notice
from appliance.core.words import DurationMs, InstantMs
from appliance.log import Log, Severity
from appliance.site.rights import STATUS_TOPIC
from appliance.status.report import BusStatus

HEALTH_EVERY_MS: Final = DurationMs(60_000)
"""How often the unit says how it is."""

TURN_MS: Final = DurationMs(1_000)
"""The longest that the thread waits before it shows that it lives."""

UNSUPERVISED_MS: Final = DurationMs(10_000)
"""How long the thread may take to come round: it hands over, and reads a certificate at worst."""

TWIN_PAUSE_MS: Final = DurationMs(20_000)
"""How long a unit keeps away after another one pushed it out under its own name. Two that came back at once
would push each other out for ever, and neither would hear a caller."""

AGAIN_MS: Final = DurationMs(1_000)
"""How long after a loss the next client is built. paho would connect again by itself, and then say again what
the broker had not yet taken, as if it were true now: a press of a minute ago, or an event that is over."""

_NEVER_MS: Final = InstantMs(float("inf"))

DEFECT_FAULT: Final = "bus"
"""Names the fault of a defect in this thread."""


class BusLink:
    """One client after the other, for as long as the unit runs."""

    def __init__(
        self,
        settings: BusSettings,
        about: About,
        post: Callable[[Event], None],
        ask_vitals: Callable[[Callable[[Vitals], None]], None],
        log: Log,
        clock: Clock,
        *,
        wall: Callable[[], datetime] = now_utc,
        make_client: ClientMaker = Connection,
    ) -> None:
        """Prepare; `start` connects.

        Args:
            settings: the broker, and who we are to it.
            about: what we tell of ourselves.
            post: where the board is told, from any thread.
            ask_vitals: has its argument called with the unit's vitals, later and on any thread.
            log: where refusals are told.
            clock: the unit's clock.
            wall: the wall clock, for people who read `since`.
            make_client: makes the client.
        """
        self._settings = settings
        self._about = about
        self._post = post
        self._ask_vitals = ask_vitals
        self._log = log
        self._clock = clock
        self._wall = wall
        self._mail = Mail()
        self._turned_ms = InstantMs(float("-inf"))
        # From here on only the link's thread writes.
        self._speech = Speech(about)
        lines = [line.id for line in about.lines]
        self._hearing = Hearing(about.site, about.unit, about.boot, about.site_copy.hear, lines)
        self._away = AwayWord()
        self._book = Book(about.site, about.unit, about.boot, lines)
        self._life = Life(clock.now_ms())
        self._trouble = Trouble()
        self._validity = Validity()
        self._discovery = Discovery(about)
        listened = (self._discovery.topic, STATUS_TOPIC)
        self._subscriptions = (*subscriptions(about.site, about.unit, lines), *listened)
        self._health_due_ms = clock.now_ms()
        self._build_due_ms = clock.now_ms()
        """When a client is to be built, if that was put off."""
        self._voice = Voice(
            settings,
            make_client,
            lambda news: self._mail.put_news(news, clock.now_ms()),
            self._trouble,
        )
        self._thread = threading.Thread(target=self._run, name="bus-link", daemon=True)

    def start(self) -> None:
        """Build the first client."""
        self._thread.start()

    def perform(self, effect: BusEffect) -> None:
        """Carry out what the board wants said; returns at once."""
        self._mail.put_effect(effect)

    def tell(self, notice: Notice, number: str = "") -> None:
        """Tell the bus what happened; of a caller's number it shows as much as the configuration allows."""
        self._mail.put_notice(notice, shown(number, self._settings.caller))

    def leave(self) -> None:
        """Begin to take leave; returns at once."""
        self._mail.close()

    def join(self, within_s: float = LEAVE_S) -> None:
        """Wait for the last word to be handed over, for so long at most."""
        self._thread.join(within_s)

    def unsupervised(self, now_ms: InstantMs) -> tuple[str, ...]:
        """Name this link if its thread has not come round in time. A broker that is gone is no such case."""
        return ("bus link",) if now_ms - self._turned_ms >= UNSUPERVISED_MS else ()

    def status(self) -> BusStatus:
        """Return how the bus stands, for people."""
        return BusStatus(
            broker=f"{self._settings.broker}:{self._settings.port}",
            lost=self._life.why if self._life.is_lost else None,
            neighbours=self._hearing.status(),
            refused_count=self._hearing.refused_count,
            dropped_count=self._mail.dropped_count,
            events_lost_count=self._voice.outbox.lost_count,
            site_revision=self._about.site_copy.revision,
        )

    def turn(self, now_ms: InstantMs) -> InstantMs | None:
        """Do what is due at this instant; return when the next turn is, or None after leave was taken.

        The thread does nothing else. It is public so that a test can be the thread, on a clock of its own.
        """
        delivery = self._mail.take(now_ms)
        if delivery.closing:
            last_word = self._speech.state("offline") if self._life.is_connected else None
            take_leave(self._voice, self._mail, self._trouble, self._clock, last_word)
            return None
        if now_ms >= self._build_due_ms or self._validity.wants_look(now_ms):
            self._build(now_ms)
        for news in delivery.news:
            self._hear(news, now_ms)
        self._live(now_ms)
        # Before anything else that is due: somebody waits for it.
        self._speak(delivery, now_ms)
        copy = self._about.site_copy
        again = (copy.look(), self._discovery.is_due(now_ms), self._trouble.wants_repeat(now_ms))
        if any(again) and self._life.is_connected:
            self._say_all(now_ms)
        self._post_all((*self._hearing.turn(now_ms), *self._trouble.turn(now_ms), *copy.faults()))
        self._post_all(self._validity.turn(self._wall()))
        self._turned_ms = self._clock.now_ms()
        dues = [self._life.due_ms, self._hearing.due_ms, self._trouble.due_ms, self._build_due_ms]
        if self._life.is_connected:
            dues += [self._book.due_ms, self._away.due_ms, self._health_due_ms, self._discovery.due_ms]
        return min(dues)

    def _run(self) -> None:
        while True:
            try:
                due_ms = self.turn(self._clock.now_ms())
            except Exception as error:
                # A defect of ours ends no thread: it is told, and the bus begins anew.
                self._post(FaultRaised(DEFECT_FAULT, f"a defect of ours: {type(error).__name__}"))
                self._build_due_ms = due_ms = InstantMs(self._clock.now_ms() + TURN_MS)
            if due_ms is None:
                return
            self._mail.wait(min(TURN_MS, DurationMs(due_ms - self._clock.now_ms())))

    def _build(self, now_ms: InstantMs) -> None:
        self._build_due_ms = _NEVER_MS
        why = self._voice.build(self._speech.state("offline"))
        if why:
            self._life.disconnected(why, now_ms)

    def _hear(self, news: News, now_ms: InstantMs) -> None:
        match news:
            case Message():
                self._hear_message(news, now_ms)
            case Connected():
                self._validity.connected(news, now_ms)
                self._greet(now_ms)
            case Disconnected():
                self._lose(news, now_ms)
            case Acknowledged(number, refusal):
                self._voice.outbox.acknowledged(number)
                self._post_all(self._trouble.acknowledged(number, refusal, now_ms))
            case _:
                assert_never(news)

    def _hear_message(self, message: Message, now_ms: InstantMs) -> None:
        said = self._discovery.hear(message, now_ms)
        if said is not None:
            self._voice.say(said)
            return
        for heard in self._hearing.take(message, now_ms):
            match heard:
                case Echoed(count):
                    self._post_all(self._life.echoed(count))
                case TwinSeen():
                    self._post_all(self._trouble.twin(self._about.unit, now_ms))
                case RepublishAsked():
                    self._say_all(now_ms)
                case Refusal(sender, topic, why):
                    self._log.say("bus-refused", Severity.WARNING, sender=sender, topic=topic, why=why)
                case _:
                    self._post(heard)

    def _lose(self, news: Disconnected, now_ms: InstantMs) -> None:
        was_connected = self._life.is_connected
        self._life.disconnected(news.why, now_ms)
        if news.taken_over:
            self._post_all(self._trouble.twin(self._about.unit, now_ms))
        if was_connected:
            self._voice.close()
            pause_ms = TWIN_PAUSE_MS if self._trouble.has_twin else AGAIN_MS
            self._build_due_ms = InstantMs(now_ms + pause_ms)

    def _post_all(self, events: Iterable[Event]) -> None:
        for event in events:
            self._post(event)

    def _greet(self, now_ms: InstantMs) -> None:
        """Listen first, so that our own echo comes back, and then say everything: a broker may have
        forgotten."""
        self._life.connected(now_ms)
        self._voice.listen(self._subscriptions)
        self._say_all(now_ms)

    def _say_all(self, now_ms: InstantMs) -> None:
        self._voice.say((*self._speech.introduction(), self._discovery.message()))
        self._book.repeat(now_ms)
        self._away.repeat()
        self._health_due_ms = now_ms

    def _live(self, now_ms: InstantMs) -> None:
        for due in self._life.turn(now_ms):
            match due:
                case SendEcho(count):
                    self._voice.say([self._speech.echo(count)])
                case Rebuild():
                    self._build_due_ms = min(self._build_due_ms, now_ms)
                case BusBack() | BusLost():
                    self._post(due)
                case _:
                    assert_never(due)

    def _speak(self, delivery: Delivery, now_ms: InstantMs) -> None:
        """Say what the unit wants said. Who asks for a caller, or is to be answered, is not served by a word
        that waited: that one is lost while there is no connection."""
        now = self._wall()
        for line in delivery.lines:
            self._book.keep(line.line, line.calls, now_ms)
        for notice, caller in delivery.notices:
            self._voice.outbox.keep(self._speech.events(notice, caller, now), now_ms)
        said = self._away.keep(delivery.said, now_ms)
        if not self._life.is_connected:
            return
        if not self._life.is_lost:
            self._voice.tell(now_ms)
        self._voice.say(self._book.say(now_ms, now))
        for effect in (*said, *self._away.say(now_ms)):
            self._voice.say(
                self._speech.carry_out(effect, self._hearing.online, self._hearing.requests.reply_to)
            )
        if delivery.vitals is not None:
            self._voice.say([self._speech.health(delivery.vitals, rss_kb(), clock_is_synchronised(), now_ms)])
        if now_ms >= self._health_due_ms:
            self._health_due_ms = InstantMs(now_ms + HEALTH_EVERY_MS)
            self._ask_vitals(self._mail.put_vitals)
