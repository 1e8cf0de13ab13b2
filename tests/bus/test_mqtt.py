"""One client at a real broker: what it hears, what it says, and every way in which it is not let in."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from queue import Empty, Queue
from typing import Final

import pytest
from paho.mqtt.client import Client
from paho.mqtt.properties import Properties

from appliance.bus.message import PACKET_BYTES_MAX, Acknowledged, Connected, Disconnected, Message, News
from appliance.bus.mqtt import (
    IN_FLIGHT_MAX,
    INCOMING_MAX,
    PROPERTIES_MAX,
    QUEUED_MAX,
    Connection,
)
from appliance.bus.settings import BusSettings
from appliance.site.certificates import end_of
from tests.peers.certificates import Authority
from tests.peers.listener import listening
from tests.peers.mosquitto import SITE, STRANGER, Mosquitto, running_mosquitto
from tests.peers.program import PATIENT_S, free_port

OWN: Final = f"calllight/{SITE}/front/state"
ECHO: Final = b'{"v":1,"boot":"b0b0","count":1}'
WILL: Final = Message(OWN, b'{"v":1,"state":"offline","boot":"f0f0"}', retain=True)


def settings_at(broker: Mosquitto, unit: str = "front") -> BusSettings:
    ca_file = str(broker.certificate.ca_file)
    return BusSettings("localhost", broker.port, ca_file, SITE, unit, broker.passwords[unit])


@contextmanager
def connected(settings: BusSettings) -> Iterator[tuple[Connection, "Queue[News]"]]:
    """A client that was started, and its news."""
    news: Queue[News] = Queue()
    connection = Connection(settings, WILL, news.put)
    connection.start()
    try:
        yield connection, news
    finally:
        connection.close(PATIENT_S)


def first(news: "Queue[News]") -> News:
    return news.get(timeout=PATIENT_S)


def nothing(news: "Queue[News]", for_s: float) -> bool:
    try:
        news.get(timeout=for_s)
    except Empty:
        return True
    return False


def test_a_message_comes_back_with_everything_that_was_said_beside_it(broker: Mosquitto) -> None:
    with connected(settings_at(broker)) as (front, news):
        assert first(news) == Connected()
        number = front.subscribe((f"calllight/{SITE}/+/state",))
        assert first(news) == Acknowledged(number or 0, "")
        said = Message(OWN, b'{"v":1}', False, 30, f"calllight/{SITE}/front/response/pickup", b"\0\1")
        number = front.publish(said)
        heard = [first(news), first(news)]
        assert Acknowledged(number or 0, "") in heard
        # Seconds may turn while the broker has it.
        (found,) = [one for one in heard if isinstance(one, Message)]
        assert replace(found, expiry_s=30) == said
        assert 20 < (found.expiry_s or 0) <= 30


def test_what_is_said_beside_a_message_is_its_own_whatever_was_said_beside_those_before(
    broker: Mosquitto,
) -> None:
    with connected(settings_at(broker)) as (front, news):
        assert first(news) == Connected()
        number = front.subscribe((f"calllight/{SITE}/+/state",))
        assert first(news) == Acknowledged(number or 0, "")
        said = [Message(OWN, b"", correlation=bytes([each])) for each in range(PROPERTIES_MAX + 1)] * 2
        for one in said:
            front.publish(one)
        # Each comes back, and is acknowledged.
        heard = [first(news) for _ in range(2 * len(said))]
        assert [one for one in heard if isinstance(one, Message)] == said


def test_the_certificates_of_a_connection_say_until_when_they_are_good(broker: Mosquitto) -> None:
    with connected(settings_at(broker)) as (_, news):
        told = first(news)
    assert isinstance(told, Connected)
    for ends, file in (
        (told.certificate_ends, broker.certificate.file),
        (told.authority_ends, broker.certificate.ca_file),
    ):
        assert ends is not None
        assert ends.timestamp() == ssl.cert_time_to_seconds(end_of(file))


def test_what_a_unit_may_not_write_is_refused_by_its_number(broker: Mosquitto) -> None:
    with connected(settings_at(broker)) as (front, news):
        assert first(news) == Connected()
        number = front.publish(Message(f"calllight/{SITE}/back/state", b"{}"))
        assert first(news) == Acknowledged(number or 0, "Not authorized")


def test_a_packet_beyond_the_limit_stays_at_the_broker(broker: Mosquitto) -> None:
    with connected(settings_at(broker)) as (front, news), listening(broker, STRANGER, "nothing") as stranger:
        assert first(news) == Connected()
        front.subscribe((f"calllight/{SITE}/front/request/+/+",))
        assert isinstance(first(news), Acknowledged)
        topic = f"calllight/{SITE}/front/request/mute/{STRANGER}"
        for length in (PACKET_BYTES_MAX, PACKET_BYTES_MAX - 1_000):
            stranger.answer_to(stranger.say(topic, b" " * length))
        heard = first(news)
        assert isinstance(heard, Message)
        assert len(heard.payload) == PACKET_BYTES_MAX - 1_000
        assert nothing(news, 0.1)


def test_messages_for_a_broker_that_is_not_there_have_a_limit() -> None:
    nobody = BusSettings("127.0.0.1", free_port(), "", SITE, "front", "walnut-secret")
    with connected(nobody) as (front, news):
        why = first(news)
        assert why == Disconnected("the broker cannot be reached: Connection refused")
        taken = [front.publish(Message(OWN, b"")) for _ in range(QUEUED_MAX + IN_FLIGHT_MAX + 1)]
        assert QUEUED_MAX <= taken.index(None) <= QUEUED_MAX + IN_FLIGHT_MAX


def test_the_broker_is_told_our_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Properties] = []
    monkeypatch.setattr(Client, "connect_async", lambda *_, properties, **__: asked.append(properties))
    monkeypatch.setattr(Client, "loop_start", lambda _: None)
    Connection(BusSettings("127.0.0.1", 1, "", SITE, "front", ""), WILL, print).start()
    told = asked[0].json()  # type: ignore[no-untyped-call]
    assert (told["ReceiveMaximum"], told["MaximumPacketSize"]) == (INCOMING_MAX, PACKET_BYTES_MAX)


def test_a_wrong_password_a_strange_authority_and_an_expired_certificate_are_told_apart(
    broker: Mosquitto, tmp_path: Path
) -> None:
    good = settings_at(broker)
    strange = Authority(tmp_path, "Somebody Else").ca_file
    for wrong, why in (
        (replace(good, password="wrong"), "the broker refuses us: Not authorized"),
        (replace(good, ca_file=str(strange)), "the broker's certificate is not trusted: "),
        (replace(good, broker="127.0.0.1"), "the broker's certificate is not trusted: IP address mismatch"),
    ):
        with connected(wrong) as (_, news):
            told = first(news)
            assert isinstance(told, Disconnected)
            assert told.why.startswith(why)
            assert not told.taken_over
    with connected(replace(good, password="wrong")) as (_, news):
        assert (
            first(news) == first(news) == Disconnected("the broker refuses us: Not authorized", refused=True)
        )
    with running_mosquitto(expired=True) as old, connected(settings_at(old)) as (_, news):
        assert first(news) == Disconnected("the broker's certificate is not trusted: certificate has expired")


def test_an_authority_that_cannot_be_read_is_an_error_of_the_file(tmp_path: Path) -> None:
    (tmp_path / "empty.pem").touch()
    for file in ("missing.pem", "empty.pem"):
        with pytest.raises(OSError, match=r"No such file|no certificate|NO_CERTIFICATE|\[X509"):
            Connection(BusSettings("x", 1, str(tmp_path / file), SITE, "front", ""), WILL, print)


def test_who_is_pushed_out_under_its_own_name_loses_the_connection(broker: Mosquitto) -> None:
    with connected(settings_at(broker)) as (_, news):
        assert first(news) == Connected()
        with connected(settings_at(broker)):
            told = first(news)
            assert isinstance(told, Disconnected)
            assert told.why.startswith("the connection was lost: ")


def test_a_defect_of_ours_in_a_callback_does_not_end_the_thread(broker: Mosquitto) -> None:
    news: Queue[News] = Queue()

    def defective(one: News) -> None:
        if isinstance(one, Message) and one.payload == b"poison":
            raise RuntimeError
        news.put(one)

    connection = Connection(settings_at(broker), WILL, defective)
    connection.start()
    try:
        assert first(news) == Connected()
        connection.subscribe((f"calllight/{SITE}/front/#",))
        assert isinstance(first(news), Acknowledged)
        for payload in (b"poison", b"{}"):
            connection.publish(Message(f"calllight/{SITE}/front/echo", payload))
        found = [first(news) for _ in range(4)]
        assert Disconnected("a defect of ours: RuntimeError") in found
        assert Message(f"calllight/{SITE}/front/echo", b"{}") in found
    finally:
        connection.close(PATIENT_S)


def test_who_takes_leave_without_being_heard_leaves_the_last_word_to_the_will(
    broker: Mosquitto, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("appliance.bus.mqtt.WILL_DELAY_S", 0)
    with listening(broker) as ears:
        for with_will, states in ((False, []), (True, ["offline"])):
            with connected(settings_at(broker)) as (front, news):
                assert first(news) == Connected()
                front.close(PATIENT_S, with_will=with_will)
            # The broker has sent a will before it takes what is said after the end.
            with connected(settings_at(broker, "back")) as (back, news):
                assert first(news) == Connected()
                back.publish(Message(f"calllight/{SITE}/back/echo", ECHO))
                ears.until_heard("back/echo", bool, "what was said later")
            assert ears.states("front") == states
            ears.heard.clear()
