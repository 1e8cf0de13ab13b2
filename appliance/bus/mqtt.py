"""One client of a broker: the only import of paho.

paho runs a thread of its own. Whatever happens there becomes `News`, is handed to `hear`, and nothing else is
done on that thread; `hear` must copy nothing, block never, and may drop. Four traps of paho 2.2 are met here
(each was seen): an exception in a callback ends its thread in silence while `is_connected()` stays true, so
every callback is wrapped; `connect` raises where no broker is, so the first attempt is left to the thread;
the queue is without a limit and reconnecting takes up to two minutes by default; and MQTT 5 sends the will at
once unless the session outlives its delay.

The client id is the same at each start. With another one, the will of a connection that hangs would come
seconds after our "online" and stay.
"""

import contextlib
import ssl
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache, wraps
from socket import IPPROTO_TCP, TCP_NODELAY
from typing import Any, Concatenate, Final, ParamSpec

from paho.mqtt.client import Client, ConnectFlags, DisconnectFlags, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from appliance.bus.message import (
    PACKET_BYTES_MAX,
    QOS,
    Acknowledged,
    Connected,
    Disconnected,
    Message,
    News,
)
from appliance.bus.settings import BusSettings

KEEPALIVE_S: Final = 6
"""The broker takes us for gone after 1.5 times this without a word. With the will's delay, a frozen unit is
to show as offline within 25 s: 8 s left a second of that on a busy machine, and the usual 60 s take 99
(measured)."""

WILL_DELAY_S: Final = 8
"""How long the broker keeps the will back: some attempts to reconnect come within it, and a short loss makes
nobody's callers unsure."""

SESSION_EXPIRY_S: Final = 60
"""How long the broker keeps our session: longer than the will's delay, or the will would not wait."""

IN_FLIGHT_MAX: Final = 10
"""Messages on their way to the broker without its word. The next ones wait."""

INCOMING_MAX: Final = 20
"""Messages on their way to us without our word: the broker keeps the next ones back, and what a flood sends
beyond its own queue it drops."""

QUEUED_MAX: Final = 500
"""Messages that wait for the broker; paho's default is as many as the memory holds. The next one is refused,
and the link repeats everything when the broker answers again."""

PROPERTIES_MAX: Final = 8
"""Properties of messages that are kept for the next message: paho makes fifty lists for each, and nearly all
messages have one of four expiries. Those used longest ago make room."""

RECONNECT_FIRST_S: Final = 1
RECONNECT_MAX_S: Final = 2
"""Between two attempts to connect; doubled from the first to the longest, for ever. A site whose broker is
back is to agree within three seconds, and a handful of units that knock every two is nothing to it."""

SESSION_TAKEN_OVER: Final = 0x8E
"""MQTT 5, 2.4: another client connected with the same client id."""

_P = ParamSpec("_P")


def _contained(
    callback: Callable[Concatenate["Connection", _P], None],
) -> Callable[Concatenate["Connection", _P], None]:
    """Let nothing that a callback raises reach paho's thread; it is told as a lost connection."""

    @wraps(callback)
    def call(self: "Connection", /, *arguments: _P.args, **named: _P.kwargs) -> None:
        try:
            callback(self, *arguments, **named)
        except Exception as error:
            with contextlib.suppress(Exception):
                self._hear(Disconnected(f"a defect of ours: {type(error).__name__}"))

    return call


class Connection:
    """One client with its own thread. It reconnects by itself until it is closed."""

    def __init__(
        self,
        settings: BusSettings,
        will: Message | None,
        hear: Callable[[News], None],
        purpose: str = "",
    ) -> None:
        """Prepare; `start` connects. Two clients of one unit need two purposes, or push each other out.

        Raises:
            OSError: the file of the authority cannot be read, or holds none.
        """
        self._hear = hear
        self._is_refused = False
        client = Client(
            CallbackAPIVersion.VERSION2,
            client_id="-".join(filter(None, ("calllight", settings.site, settings.unit, purpose))),
            protocol=MQTTProtocolVersion.MQTTv5,
        )
        client.suppress_exceptions = True
        client.max_inflight_messages_set(IN_FLIGHT_MAX)
        client.max_queued_messages_set(QUEUED_MAX)
        client.reconnect_delay_set(RECONNECT_FIRST_S, RECONNECT_MAX_S)
        client.username_pw_set(settings.unit, settings.password)
        self._tls = _tls_context(settings.ca_file)
        client.tls_set_context(self._tls)
        if will is not None:
            delayed = _properties(PacketTypes.WILLMESSAGE)
            delayed.WillDelayInterval = WILL_DELAY_S
            client.will_set(will.topic, will.payload, QOS, will.retain, delayed)
        client.on_socket_open = _send_at_once
        client.on_connect = self._on_connect
        client.on_connect_fail = self._on_connect_fail
        client.on_disconnect = self._on_disconnect
        client.on_message = self._on_message
        client.on_publish = self._on_acknowledged
        client.on_subscribe = self._on_subscribe
        self._client = client
        self._settings = settings

    def start(self) -> None:
        """Begin to connect; what comes of it is heard."""
        wanted = _properties(PacketTypes.CONNECT)
        wanted.SessionExpiryInterval = SESSION_EXPIRY_S
        wanted.MaximumPacketSize = PACKET_BYTES_MAX
        wanted.ReceiveMaximum = INCOMING_MAX
        self._client.connect_async(
            self._settings.broker, self._settings.port, KEEPALIVE_S, clean_start=False, properties=wanted
        )
        self._client.loop_start()

    def publish(self, message: Message) -> int | None:
        """Hand a message to paho; return its number, or None where no more can wait."""
        properties = _beside(message.expiry_s, message.response_topic, message.correlation)
        sent = self._client.publish(message.topic, message.payload, QOS, message.retain, properties)
        # paho's thread sends it, as soon as this one lets go of the interpreter: now, and not after all that
        # is still to be said (a fifth of the way from a light to an event, measured).
        time.sleep(0)
        return None if sent.rc == MQTTErrorCode.MQTT_ERR_QUEUE_SIZE else sent.mid

    def subscribe(self, patterns: Sequence[str]) -> int | None:
        """Ask for everything under these patterns; return the number of the request, or None if it is
        lost."""
        _, number = self._client.subscribe([(pattern, QOS) for pattern in patterns])
        return number

    def close(self, within_s: float = 0.0, *, with_will: bool = False) -> None:
        """Take leave of the broker, which then sends no will unless it is to, and be heard no more.

        What was handed over may be on its way for so long. paho's thread may still be busy with a broker that
        does not answer; it is left to end by itself, within the keepalive.
        """
        self._hear = _deaf
        how = "Disconnect with will message" if with_will else "Normal disconnection"
        self._client.disconnect(ReasonCode(PacketTypes.DISCONNECT, how))
        closing = threading.Thread(target=self._end, name="bus-closing", daemon=True)
        closing.start()
        closing.join(within_s)

    def _end(self) -> None:
        client = self._client
        client.loop_stop()
        # It holds us and we hold it: its sockets would stay open until the collector comes by.
        client.on_connect = client.on_connect_fail = client.on_disconnect = None
        client.on_message = client.on_publish = client.on_subscribe = None

    @_contained
    def _on_connect(
        self, _client: Client, _userdata: Any, _flags: ConnectFlags, code: ReasonCode, _properties: Any
    ) -> None:
        self._is_refused = code.is_failure
        if code.is_failure:
            self._hear(Disconnected(f"the broker refuses us: {code}", refused=True))
        else:
            self._hear(self._with_certificates())

    def _with_certificates(self) -> Connected:
        socket = self._client.socket()
        shown = socket.getpeercert() if isinstance(socket, ssl.SSLSocket) else None
        trusted = self._tls.get_ca_certs() if self._settings.ca_file else []
        return Connected(_end_of([shown] if shown else []), _end_of(trusted))

    @_contained
    def _on_connect_fail(self, _client: Client, _userdata: Any) -> None:
        # paho calls this inside its `except`, and gives no reason itself.
        self._hear(Disconnected(_told(sys.exception())))

    @_contained
    def _on_disconnect(
        self, _client: Client, _userdata: Any, _flags: DisconnectFlags, code: ReasonCode, _properties: Any
    ) -> None:
        # A broker that refuses us closes the connection, and that is no other reason.
        if not self._is_refused:
            self._hear(Disconnected(f"the connection was lost: {code}", code.value == SESSION_TAKEN_OVER))

    @_contained
    def _on_message(self, _client: Client, _userdata: Any, message: MQTTMessage) -> None:
        properties = message.properties
        self._hear(
            Message(
                topic=message.topic,
                payload=bytes(message.payload),
                retain=message.retain,
                expiry_s=getattr(properties, "MessageExpiryInterval", None),
                response_topic=getattr(properties, "ResponseTopic", ""),
                correlation=getattr(properties, "CorrelationData", b""),
            )
        )

    @_contained
    def _on_acknowledged(
        self, _client: Client, _userdata: Any, number: int, code: ReasonCode, _properties: Any
    ) -> None:
        self._hear(Acknowledged(number, str(code) if code.is_failure else ""))

    @_contained
    def _on_subscribe(
        self, _client: Client, _userdata: Any, number: int, codes: list[ReasonCode], _properties: Any
    ) -> None:
        refusals = [str(code) for code in codes if code.is_failure]
        self._hear(Acknowledged(number, refusals[0] if refusals else ""))


def _deaf(_news: News) -> None:
    """Hear nothing more of a connection that was closed."""


def _end_of(certificates: Sequence[Mapping[str, Any]]) -> datetime | None:
    ends_s = [ssl.cert_time_to_seconds(one["notAfter"]) for one in certificates]
    return datetime.fromtimestamp(min(ends_s), UTC) if ends_s else None


def _send_at_once(_client: Client, _userdata: Any, socket: Any) -> None:
    """Let no message wait until the broker has confirmed the one before (Nagle): at times for 40 ms."""
    socket.setsockopt(IPPROTO_TCP, TCP_NODELAY, 1)


@lru_cache(PROPERTIES_MAX)
def _beside(expiry_s: int | None, response_topic: str, correlation: bytes) -> Properties:
    """Return what MQTT 5 says beside a message; nobody changes it."""
    properties = _properties(PacketTypes.PUBLISH)
    if expiry_s is not None:
        properties.MessageExpiryInterval = expiry_s
    if response_topic:
        properties.ResponseTopic = response_topic
    if correlation:
        properties.CorrelationData = correlation
    return properties


def _properties(packet_type: int) -> Properties:
    # paho does not annotate the constructor.
    return Properties(packet_type)  # type: ignore[no-untyped-call]


class _Closing(ssl.SSLSocket):
    """Closes itself when the broker is not to be trusted: paho forgets such a socket, open."""

    def do_handshake(self, block: bool = False) -> None:
        """Agree with the broker, or leave it."""
        try:
            super().do_handshake(block)
        except OSError:
            self.close()
            raise


def _tls_context(ca_file: str) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=ca_file or None)
    context.sslsocket_class = _Closing
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _told(error: BaseException | None) -> str:
    match error:
        case ssl.SSLCertVerificationError():
            return f"the broker's certificate is not trusted: {error.verify_message}"
        case OSError():
            return f"the broker cannot be reached: {error.strerror or error}"
        case _:
            return "the broker cannot be reached"
