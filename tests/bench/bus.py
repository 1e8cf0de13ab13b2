"""The bus: from a caller's INVITE to an event at a subscriber, beside baresip with its mqtt module."""

import contextlib
import dataclasses
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from queue import Queue
from statistics import median
from typing import Any, Final

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from tests.bench.figures import Figure, p99
from tests.end_to_end.desk import PASSWORDS, Setting, usual_site
from tests.peers.baresip import baresip_tells_mqtt
from tests.peers.dialler import Dialler
from tests.peers.kamailio import Practice, running_kamailio
from tests.peers.mosquitto import LIMITS, SITE, STRANGER, WATCHER, Mosquitto, running_mosquitto
from tests.peers.program import LOOPBACK, free_port, until
from tests.peers.unit import running_unit

CALLS_A_SECOND: Final = 25
"""Kamailio keeps a call for seconds after its end, in a memory of a fixed size."""

RUNS: Final = 5
CALLS: Final = 200
OURS, THEIRS = "700", "710"
"""What callers dial to ring at the light, and at baresip."""

OUR_EVENTS: Final = f"calllight/{SITE}/front/event"
THEIR_EVENTS: Final = "/baresip/event"
BEGINS_AND_ENDS: Final = {
    OUR_EVENTS: ("event_type", "ring", "abandoned"),
    THEIR_EVENTS: ("type", "CALL_INCOMING", "CALL_CLOSED"),
}
"""The key that says what happened, and its values for a caller who rings and one who gave up."""


class Subscriber:
    """Hears both, over one plain connection without a word of its own in between."""

    def __init__(self, broker: Mosquitto, port: int) -> None:
        self._heard: Queue[tuple[float, str, bytes]] = Queue()
        client = Client(CallbackAPIVersion.VERSION2, "bench", protocol=MQTTProtocolVersion.MQTTv5)
        client.username_pw_set(WATCHER, broker.passwords[WATCHER])
        is_listening: list[bool] = []
        client.on_subscribe = lambda *_: is_listening.append(True)
        client.on_message = self._on_message
        client.connect(LOOPBACK, port)
        client.loop_start()
        until(client.is_connected, 5, "it is connected")
        client.subscribe([(OUR_EVENTS, 0), (THEIR_EVENTS, 0)])
        until(lambda: bool(is_listening), 5, "it is subscribed")
        self._client = client

    def until_told(self, topic: str, what: str) -> float:
        """Wait until this is told; the instant in ms at which it came."""
        while True:
            at_ms, found, payload = self._heard.get(timeout=5)
            if found == topic and json.loads(payload)[BEGINS_AND_ENDS[topic][0]] == what:
                return at_ms

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def _on_message(self, _client: Client, _userdata: Any, message: MQTTMessage) -> None:
        self._heard.put((time.monotonic() * 1000, message.topic, bytes(message.payload)))


@dataclass(frozen=True, slots=True)
class Contest:
    """Both at one phone system and one broker, and who calls and listens."""

    dialler: Dialler
    subscriber: Subscriber

    def calls(self, number: str, topic: str, count: int) -> list[float]:
        """From the INVITE's sending to the event, in ms, for so many callers one after another."""
        _, begins, ends = BEGINS_AND_ENDS[topic]
        found = []
        begun_s = time.monotonic()
        for number_of_call in range(count):
            until(lambda due=begun_s + number_of_call / CALLS_A_SECOND: time.monotonic() > due, 5, "its turn")  # type: ignore[misc]
            sent_ms = self.dialler.dial(number)
            found.append(self.subscriber.until_told(topic, begins) - sent_ms)
            self.dialler.give_up()
            self.subscriber.until_told(topic, ends)
        return found


@contextlib.contextmanager
def contest() -> Iterator[Contest]:
    """Our unit over TLS, as it always is; baresip in plain, for its module speaks no TLS."""
    practice = Practice(PASSWORDS, {OURS: ("601",), THEIRS: ("602",)})
    plain = free_port()
    with contextlib.ExitStack() as running:
        kamailio = running.enter_context(running_kamailio(practice))
        broker = running.enter_context(running_mosquitto(limits=(*LIMITS, f"listener {plain} {LOOPBACK}")))
        broker.rights += (
            f"\nuser {STRANGER}\ntopic readwrite /baresip/#\nuser {WATCHER}\ntopic read /baresip/#\n"
        )
        broker.read_again()
        site = usual_site([f"sip:{kamailio.address}"], Setting(extensions={"601": "main"}))
        site = dataclasses.replace(site, others={"bus": broker.bus_table("front")})
        unit = running.enter_context(running_unit(site))
        unit.until_registered()
        unit.until_status(lambda report: report.bus is not None and report.bus.lost is None, "on the bus")
        theirs: dict[str, str | int] = {
            "host": LOOPBACK,
            "port": plain,
            "user": STRANGER,
            "password": broker.passwords[STRANGER],
        }
        running.enter_context(baresip_tells_mqtt(kamailio.address, "602", PASSWORDS["602"], theirs))
        dialler, subscriber = Dialler(kamailio.address), Subscriber(broker, plain)
        running.callback(dialler.close)
        running.callback(subscriber.close)
        yield Contest(dialler, subscriber)


def event_latency() -> list[Figure]:
    """From INVITE to event, in runs by turns."""
    ours, theirs, ratios = [], [], []
    with contest() as both:
        for _ in range(RUNS):
            ours.append(both.calls(OURS, OUR_EVENTS, CALLS))
            theirs.append(both.calls(THEIRS, THEIR_EVENTS, CALLS))
            ratios.append(median(ours[-1]) / median(theirs[-1]))
    all_ours, all_theirs = list(chain(*ours)), list(chain(*theirs))
    return [
        Figure(
            f"INVITE to event at an MQTT subscriber, of baresip's time ({RUNS} runs of {CALLS}, medians)",
            "1.0",
            f"{median(ratios):.2f} ({median(all_ours):.2f} ms against {median(all_theirs):.2f})",
            median(ratios) <= 1.0,
        ),
        Figure(
            "the same, p99", "reported", f"{p99(all_ours):.2f} ms, baresip {p99(all_theirs):.2f} ms", met=True
        ),
    ]
