"""Two units of a site, as the bus knows them: callers to tell of, and messages as they arrive."""

from datetime import UTC, datetime
from typing import Any, Final

from appliance.bus.hearing import Heard, Hearing
from appliance.bus.message import Message
from appliance.bus.payloads import Payload
from appliance.bus.topics import Topic, encode
from appliance.core.bus_events import NeighbourState
from appliance.core.effects import PublishedCall
from appliance.core.words import CallName, InstantMs, LineId, UnitId

SITE: Final = "elm-street"
LINES: Final = (LineId("main"), LineId("doctors"))
BOOT: Final = "b0b0"
OTHER_BOOT: Final = "f0f0"
UTC_NOW: Final = datetime(2026, 11, 26, 9, 30, tzinfo=UTC)


def caller(
    name: str = "f0f0-1",
    started_ms: float = 0,
    state: NeighbourState = NeighbourState.RINGING,
    *,
    key: str = "abc123",
    stage: int = 1,
    urgent: bool = False,
    by: str = "",
) -> PublishedCall:
    """A caller of ours."""
    return PublishedCall(CallName(name), key, state, stage, urgent, InstantMs(started_ms), UnitId(by))


def message(topic: Topic, payload: Payload | bytes, *, unit: str = "front", **more: Any) -> Message:
    """A message as it arrives at the back, from or for this unit. `line`, `asker` and `verb` are levels."""
    levels = {level: more.pop(level) for level in ("line", "asker", "verb") if level in more}
    content = payload if isinstance(payload, bytes) else encode(payload)
    more.setdefault("expiry_s", topic.expiry_s)
    return Message(topic.at(site=SITE, unit=unit, **levels), content, **more)


def no_news(unit: str, revision: int, text: str) -> bool:  # noqa: ARG001
    """A unit that needs no site file."""
    return False


def back() -> Hearing:
    """What the back unit hears with."""
    return Hearing(SITE, "back", BOOT, no_news, LINES)


def heard(hearing: Hearing, one: Message, now_ms: float = 0) -> tuple[Heard, ...]:
    """What a message means to it at this instant."""
    return hearing.take(one, InstantMs(now_ms))
