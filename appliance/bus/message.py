"""One message of the bus as it travels: a topic, bytes, and what MQTT 5 says beside them."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from appliance.core.words import DurationMs

QOS: Final = 1
"""Of every message: delivered once at least. What may come twice is told apart by boot, rev or
transaction."""

PAYLOAD_BYTES_MAX: Final = 32_768
"""Bytes of a payload. The longest honest one is a line with a caller on every leg, at 180 bytes each. A
longer one is never parsed: the broker is asked to keep it, and what comes all the same is refused and
counted."""

PACKET_BYTES_MAX: Final = PAYLOAD_BYTES_MAX + 1_024
"""The longest packet that the broker may send us: a payload with its topic and properties. A longer one is
dropped by the broker (MQTT 5, 3.1.2.11.4)."""


@dataclass(frozen=True, slots=True)
class Message:
    """A message, ours or somebody's."""

    topic: str
    payload: bytes = field(repr=False)
    """Out of `repr`, so that no traceback and no log can show what it holds."""
    retain: bool = False
    """Ours: to be retained. Somebody's: it was retained, so it may be old."""
    expiry_s: int | None = None
    """Ours: for how long it is valid. Somebody's: how much of that is left; None without a limit."""
    response_topic: str = ""
    correlation: bytes = b""
    lain_ms: DurationMs = DurationMs(0)
    """Somebody's: how long it may have lain before we read it."""


@dataclass(frozen=True, slots=True)
class Connected:
    """The broker took us."""

    certificate_ends: datetime | None = field(default=None, compare=False)
    """Until when its certificate is good."""
    authority_ends: datetime | None = field(default=None, compare=False)
    """Until when the authority is good that we trust; None if that is any of the system's."""


@dataclass(frozen=True, slots=True)
class Disconnected:
    """There is no connection: it was lost, refused, or could not be made."""

    why: str
    taken_over: bool = False
    """True if somebody else connected under our name."""
    refused: bool = False
    """True if the broker knows neither us nor our password."""


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """The broker's word on a message or a subscription of ours."""

    number: int
    refusal: str
    """Why it was refused; empty if it was not."""


News = Message | Connected | Disconnected | Acknowledged
"""What comes from the broker."""
