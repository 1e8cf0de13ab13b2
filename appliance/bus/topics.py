"""The table of the bus: each topic with what it holds, whether it is retained, and for how long it is valid.

Subscriptions, the schemas and the AsyncAPI document are made from it, and the broker's rights follow it: who
asks stands in the topic of a request and not in its payload, so that the broker can hold a user to its name.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from pydantic import ValidationError

from appliance.bus.message import PAYLOAD_BYTES_MAX
from appliance.bus.payloads import (
    AwayRequest,
    Echo,
    Happening,
    Health,
    Info,
    LineState,
    Payload,
    PickupRequest,
    PlainRequest,
    Response,
    SiteFile,
    State,
    Waiting,
)

LINE_EXPIRY_S: Final = 120
"""How long the state of a line is valid: four refreshes (`LINE_REFRESH_S`), so that three may be lost."""

REQUEST_EXPIRY_S: Final = 4
"""A press that nobody has answered after 4 s is too late (product: what a button does), and must not find
another caller then."""

PREFIX: Final = "calllight"


@dataclass(frozen=True)
class Topic:
    """One row of the table."""

    name: str
    template: str
    """With a `{word}` for each level that varies."""
    payload: type[Payload]
    retain: bool
    expiry_s: int | None
    """For how long the broker keeps a message; None: until the next one."""
    meaning: str

    @cached_property
    def levels(self) -> tuple[str, ...]:
        """The names of the levels that vary, in their order."""
        return tuple(re.findall(r"{(\w+)}", self.template))

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        return re.compile(re.sub(r"{(\w+)}", r"(?P<\1>[a-z0-9-]{1,32})", self.template))

    def at(self, **levels: str) -> str:
        """Return the topic with these levels; a level that is not given becomes the wildcard `+`."""
        return self.template.format(**{level: levels.get(level, "+") for level in self.levels})

    def levels_of(self, topic: str) -> Mapping[str, str] | None:
        """Return the levels that vary of a message's topic, or None if it is not of this row."""
        found = self._pattern.fullmatch(topic)
        return None if found is None else found.groupdict()

    def decode(self, content: bytes) -> Payload:
        """Read a payload.

        Raises:
            MalformedPayload: it is too long, no JSON, or not what this row holds.
        """
        if len(content) > PAYLOAD_BYTES_MAX:
            raise MalformedPayload(f"{len(content)} bytes")
        try:
            return self.payload.model_validate_json(content)
        except ValidationError as error:
            raise MalformedPayload(_why(error)) from None


class MalformedPayload(ValueError):
    """A payload that is not what the table says. The text never quotes it: a caller may stand in it."""


def encode(payload: Payload) -> bytes:
    """Return the payload as JSON."""
    return payload.model_dump_json().encode()


def _why(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    # Keys of our own models only; one of a mapping would be the sender's own words.
    where = ".".join(str(key) for key in first["loc"][:1])
    return f"{where}: {first['type']}" if where else str(first["type"])


_UNIT: Final = f"{PREFIX}/{{site}}/{{unit}}"

STATE: Final = Topic(
    "state", f"{_UNIT}/state", State, True, None, "Whether the unit is on the bus; its will says offline."
)
INFO: Final = Topic("info", f"{_UNIT}/info", Info, True, None, "What the unit is, and which lines it knows.")
SITE: Final = Topic(
    "site", f"{_UNIT}/site", SiteFile, True, None, "The site file that the unit has: lines and units."
)
HEALTH: Final = Topic("health", f"{_UNIT}/health", Health, True, None, "How the unit is, every 60 s.")
LINE_STATE: Final = Topic(
    "line-state", f"{_UNIT}/line/{{line}}/state", LineState, True, LINE_EXPIRY_S,
    "The callers that the unit knows on a line; repeated every 30 s while there is one.",
)  # fmt: skip
WAITING: Final = Topic(
    "waiting",
    f"{_UNIT}/waiting",
    Waiting,
    True,
    LINE_EXPIRY_S,
    "How many wait, and who longest.",
)
EVENT: Final = Topic(
    "event", f"{_UNIT}/event", Happening, False, 60,
    "What happened at the unit. It may come twice, with one id, where a broker died in between.",
)  # fmt: skip
ECHO: Final = Topic("echo", f"{_UNIT}/echo", Echo, False, 10, "To itself: it proves that the broker lives.")
REQUEST_PICKUP: Final = Topic(
    "request-pickup", f"{_UNIT}/request/pickup/{{asker}}", PickupRequest, False, REQUEST_EXPIRY_S,
    "The asker wants to take this caller. Without an expiry, or with a longer one, it is refused.",
)  # fmt: skip
REQUEST_MUTE: Final = Topic(
    "request-mute", f"{_UNIT}/request/mute/{{asker}}", PlainRequest, False, REQUEST_EXPIRY_S,
    "No sound for the callers who wait now.",
)  # fmt: skip
REQUEST_AWAY: Final = Topic(
    "request-away", f"{_UNIT}/request/away/{{asker}}", AwayRequest, False, REQUEST_EXPIRY_S,
    "The asker's people go elsewhere, or are back.",
)  # fmt: skip
REQUEST_LAMP_TEST: Final = Topic(
    "request-lamp-test", f"{_UNIT}/request/lamp-test/{{asker}}", PlainRequest, False, REQUEST_EXPIRY_S,
    "Show every light and sound in turn.",
)  # fmt: skip
REQUEST_REPUBLISH: Final = Topic(
    "request-republish", f"{_UNIT}/request/republish/{{asker}}", PlainRequest, False, REQUEST_EXPIRY_S,
    "Publish everything retained again, for a reader behind a broker that kept nothing.",
)  # fmt: skip
RESPONSE: Final = Topic(
    "response", f"{_UNIT}/response/{{verb}}", Response, False, 10,
    "The unit's answer to a request, with the request's transaction and correlation data.",
)  # fmt: skip

TOPICS: Final = (
    STATE, INFO, SITE, HEALTH, LINE_STATE, WAITING, EVENT, ECHO, REQUEST_PICKUP, REQUEST_MUTE, REQUEST_AWAY,
    REQUEST_LAMP_TEST, REQUEST_REPUBLISH, RESPONSE,
)  # fmt: skip


FOR_READERS: Final = (HEALTH, WAITING, EVENT)
"""Topics to which no unit listens: they are for displays, and for people who look after the units."""


def topic_of(text: str) -> tuple[Topic, Mapping[str, str]] | None:
    """Return the row that a message's topic belongs to and the levels that vary, or None."""
    for topic in TOPICS:
        levels = topic.levels_of(text)
        if levels is not None:
            return topic, levels
    return None


def sender_of(text: str) -> str:
    """Return who sent a message to this topic, as the broker's rights see to it; empty if nobody can tell."""
    levels = text.split("/", 6)
    if len(levels) == 6 and levels[3] == "request":
        return levels[5]
    return levels[2] if len(levels) > 3 else ""


def subscriptions(site: str, unit: str, lines: Iterable[str]) -> tuple[str, ...]:
    """Return what a unit listens to: all units' standing and callers, answers, and what is asked of it.

    Each line by its name: under a wildcard, one unit could leave so many messages at lines that nobody has
    that the broker's queue for us is full of them, and what it kept of the others is lost at each connection.
    """
    here = {"site": site, "unit": unit}
    asked = (REQUEST_PICKUP, REQUEST_MUTE, REQUEST_AWAY, REQUEST_LAMP_TEST, REQUEST_REPUBLISH, ECHO)
    told = [topic.at(site=site) for topic in (STATE, INFO, SITE)]
    told += [LINE_STATE.at(site=site, line=line) for line in lines]
    return (*(topic.at(**here) for topic in asked), *told, RESPONSE.at(site=site, verb="pickup"))
