"""What others ask of this unit: guarded, and answered where they want it. Pure.

Who asks is the last level of the topic, which the broker lets only that user write. A request that is
retained would come again at each start, so it is refused; so is one that names a caller and may be old.
"""

from collections import OrderedDict
from typing import Final

from appliance.bus.limits import REQUESTS_A_SECOND_MAX, REQUESTS_BURST_MAX, Buckets
from appliance.bus.message import Message
from appliance.bus.payloads import AwayRequest, PickupRequest, PlainRequest
from appliance.bus.topics import (
    REQUEST_EXPIRY_S,
    REQUEST_LAMP_TEST,
    REQUEST_MUTE,
    RESPONSE,
    Topic,
)
from appliance.bus.translate import passed_ms, pickup_asked
from appliance.core.bus_events import AwayAsked, MuteAsked
from appliance.core.events import Event, LampTestAsked
from appliance.core.words import DurationMs, InstantMs, UnitId

REPLIES_MAX: Final = 64
"""Requests whose way of answering is remembered; each lives for seconds. The oldest is forgotten, and
answered at the usual topic."""


class Refused(ValueError):
    """A message that this unit does not take, and why; the text quotes nothing of it."""


class Requests:
    """Takes requests for one unit."""

    def __init__(self, site: str, unit: str) -> None:
        """Owe nobody an answer."""
        self._site = site
        self._unit = unit
        self._buckets = Buckets(REQUESTS_BURST_MAX, REQUESTS_A_SECOND_MAX)
        self._replies: OrderedDict[tuple[str, str], tuple[str, bytes]] = OrderedDict()

    def take(
        self,
        request: PickupRequest | AwayRequest | PlainRequest,
        topic: Topic,
        asker: str,
        message: Message,
        now_ms: InstantMs,
    ) -> Event | None:
        """Return what is asked of the board, or None for what the bus itself does: to publish all again.

        Raises:
            Refused: it is retained, too old, or comes too often.
        """
        if message.retain:
            raise Refused("retained")
        if not self._buckets.admit(f"{topic.name} {asker}", now_ms):
            raise Refused("asked too often")
        age_ms = DurationMs(passed_ms(message, REQUEST_EXPIRY_S) + message.lain_ms)
        match request:
            case PickupRequest():
                if message.expiry_s is None or message.expiry_s > REQUEST_EXPIRY_S:
                    # It may have waited in the broker for hours.
                    raise Refused("no expiry, or too long a one")
                self._remember(asker, request.transaction, message)
                return pickup_asked(UnitId(asker), request, age_ms)
            case AwayRequest():
                return AwayAsked(UnitId(asker), request.on, DurationMs(request.for_s * 1000))
            case PlainRequest():
                if topic is REQUEST_MUTE:
                    return MuteAsked(UnitId(asker), age_ms)
                return LampTestAsked() if topic is REQUEST_LAMP_TEST else None

    def reply_to(self, asker: str, transaction: str) -> tuple[str, bytes]:
        """Return the topic at which a pickup is answered, and the asker's correlation data."""
        usual = RESPONSE.at(site=self._site, unit=self._unit, verb="pickup")
        topic, correlation = self._replies.get((asker, transaction), ("", b""))
        return topic or usual, correlation

    def _remember(self, asker: str, transaction: str, message: Message) -> None:
        """Keep where the answer goes: with our rights nobody else is to write where they like."""
        levels = RESPONSE.levels_of(message.response_topic)
        is_ours = levels is not None and (levels["site"], levels["unit"]) == (self._site, self._unit)
        self._replies[asker, transaction] = (
            message.response_topic if is_ours else "",
            message.correlation[:CORRELATION_BYTES_MAX],
        )
        if len(self._replies) > REPLIES_MAX:
            self._replies.popitem(last=False)


CORRELATION_BYTES_MAX: Final = 256
"""Bytes of correlation data that are given back; what is longer is cut, and its asker has the transaction."""
