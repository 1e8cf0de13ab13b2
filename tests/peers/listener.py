"""A client of the broker that hears all, checks it against the site's contract, and can say anything."""

import contextlib
import json
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

import fastjsonschema
from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from appliance.bus.contract import FOLDER
from appliance.bus.message import Message
from appliance.bus.payloads import Payload, State
from appliance.bus.topics import PREFIX, sender_of, topic_of
from tests.peers.mosquitto import SITE, STRANGER, WATCHER, Mosquitto
from tests.peers.program import PATIENT_S, until


class Listener:
    """One user at the broker, in the order in which messages came."""

    def __init__(self, broker: Mosquitto, user: str, listens_to: str) -> None:
        self.heard: list[Message] = []
        self.complaints: list[str] = []
        """What was published and is not as the contract says."""
        self._subscribed = threading.Event()
        self._acknowledged: dict[int, str] = {}
        self._client = Client(
            CallbackAPIVersion.VERSION2, f"test-{user}", protocol=MQTTProtocolVersion.MQTTv5
        )
        self._client.username_pw_set(user, broker.passwords[user])
        self._client.tls_set_context(ssl.create_default_context(cafile=str(broker.certificate.ca_file)))
        self._client.on_connect = lambda client, *_: client.subscribe(listens_to, 1)
        self._client.on_subscribe = lambda *_: self._subscribed.set()
        self._client.on_message = self._on_message
        self._client.on_publish = lambda _c, _u, number, code, _p: self._acknowledged.update(
            {number: str(code)}
        )
        self._client.connect("localhost", broker.port)
        self._client.loop_start()
        until(self._subscribed.is_set, PATIENT_S, f"{user} is subscribed")

    def say(
        self, topic: str, payload: bytes | str, *, qos: int = 1, retain: bool = False, **properties: Any
    ) -> int:
        """Publish anything; properties by their MQTT names without blanks. Returns the message's number."""
        said = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]
        for name, value in properties.items():
            setattr(said, name, value)
        return self._client.publish(topic, payload, qos, retain, said).mid

    def answer_to(self, number: int, within_s: float = PATIENT_S) -> str:
        """What the broker said to a message."""
        until(lambda: number in self._acknowledged, within_s, "the broker acknowledges")
        return self._acknowledged[number]

    def of(self, topic: str) -> list[Payload]:
        """All that was heard at this topic below the site, decoded."""
        whole = f"calllight/{SITE}/{topic}"
        found = topic_of(whole)
        assert found is not None, whole
        return [found[0].decode(one.payload) for one in self.heard if one.topic == whole and one.payload]

    def states(self, unit: str) -> list[str]:
        """What was heard of a unit's standing, in order."""
        return [one.state for one in self.of(f"{unit}/state") if isinstance(one, State)]

    def until_heard(
        self, topic: str, condition: Callable[[Any], bool], what: str, within_s: float = PATIENT_S
    ) -> Any:
        """Wait until a message at this topic is so, whatever is said after it; return the last that is."""
        found: list[Payload] = []

        def met() -> bool:
            found[:] = [one for one in self.of(topic) if condition(one)]
            return bool(found)

        until(met, within_s, what)
        return found[-1]

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def _on_message(self, _client: Client, _userdata: Any, message: MQTTMessage) -> None:
        heard = Message(
            message.topic,
            bytes(message.payload),
            message.retain,
            getattr(message.properties, "MessageExpiryInterval", None),
            getattr(message.properties, "ResponseTopic", ""),
            getattr(message.properties, "CorrelationData", b""),
        )
        self.heard.append(heard)
        self.complaints += complaints_of(heard)


def complaints_of(message: Message) -> list[str]:
    """What of a message is not as the contract says that ships; a stranger's may be anything."""
    is_hostile = sender_of(message.topic) == STRANGER
    if not message.topic.startswith(PREFIX) or not message.payload or is_hostile:
        return []
    found = topic_of(message.topic)
    if found is None:
        return [f"{message.topic} is no topic of the contract"]
    try:
        checks()[found[0].payload.__name__](json.loads(message.payload))
    except (ValueError, fastjsonschema.JsonSchemaException) as error:
        return [f"{message.topic}: {error}"]
    return []


@cache
def checks() -> Mapping[str, Callable[[object], object]]:
    """The schema of each payload as a check that raises."""
    return {
        file.name.partition(".")[0]: fastjsonschema.compile(json.loads(file.read_text(encoding="utf-8")))
        for file in FOLDER.glob("*.schema.json")
    }


@contextlib.contextmanager
def listening(
    broker: Mosquitto, user: str = WATCHER, listens_to: str = f"calllight/{SITE}/#"
) -> Iterator[Listener]:
    """A user who listens; at the end everything that was heard is as the contract says."""
    listener = Listener(broker, user, listens_to)
    try:
        yield listener
    finally:
        listener.close()
    assert listener.complaints == []
