"""SIPp's own log of messages, read into records: who was placed, when, and how it ended. Pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from appliance.core.words import InstantMs

HEADING: Final = re.compile(
    r"^-{20,} (?P<at>\d{4}-\d\d-\d\d[ \t]\d\d:\d\d:\d\d\.\d{6})\n"
    r"(?P<transport>\S+) message (?P<way>sent|received) [^\n]*\n\n",
    re.MULTILINE,
)
"""Above each message: the local wall time to the microsecond, and which way it went."""


class Ending(StrEnum):
    """How a caller's attempt ended, as the caller's own agent saw it."""

    GAVE_UP = "gave up"
    ANSWERED = "answered by a colleague"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Message:
    """One SIP message of the log."""

    at_ms: InstantMs
    sent: bool
    first_line: str
    text: str = field(repr=False)

    def header(self, name: str) -> str:
        """The value of the first header of that name, or nothing."""
        found = re.search(rf"^{re.escape(name)}:[ \t]*(.*?)\r?$", self.text, re.MULTILINE | re.IGNORECASE)
        return found.group(1) if found else ""

    @property
    def status(self) -> int:
        """The status of a response; 0 for a request."""
        word, _, rest = self.first_line.partition(" ")
        return int(rest[:3]) if word == "SIP/2.0" else 0


@dataclass(frozen=True, slots=True)
class Placed:
    """One caller as SIPp's log tells it."""

    call_id: str
    number: str
    """The user part of From."""
    dialled: str
    """The user part of To."""
    invited_at_ms: InstantMs
    """When the first INVITE was sent."""
    ending: Ending | None = None
    """None while the caller still waits."""
    ended_at_ms: InstantMs | None = None
    answered_by: str = ""
    """The user part of the Contact of whoever answered."""
    left_at_ms: InstantMs | None = None
    """When a caller who was answered hung up."""


def read_messages(log: str, wall_to_monotonic_ms: float) -> tuple[Message, ...]:
    """The messages of a log in its order; a message still being written at its end is left out.

    `wall_to_monotonic_ms` is what must be added to the wall time of this machine to get its monotonic time.
    """
    headings = list(HEADING.finditer(log))
    starts = [heading.start() for heading in headings]
    messages: list[Message] = []
    for heading, end in zip(headings, [*starts[1:], len(log)], strict=False):
        text = log[heading.end() : end]
        if "\n\n" not in text:
            continue
        # SIPp writes local time and `astimezone` reads a time without a zone as local.
        wall = datetime.fromisoformat(heading["at"].replace("\t", " ")).astimezone()
        at_ms = InstantMs(wall.timestamp() * 1000 + wall_to_monotonic_ms)
        messages.append(Message(at_ms, heading["way"] == "sent", text.partition("\n")[0].strip(), text))
    return tuple(messages)


def placed_callers(messages: Iterable[Message]) -> tuple[Placed, ...]:
    """Every caller of a log that `caller.xml` wrote, in the order in which they were placed."""
    placed: dict[str, Placed] = {}
    for message in messages:
        call_id = message.header("Call-ID")
        caller = placed.get(call_id)
        if caller is None:
            if message.first_line.startswith("INVITE "):
                placed[call_id] = Placed(
                    call_id, _user(message.header("From")), _user(message.header("To")), message.at_ms
                )
        elif caller.ending is None and (ending := _ending(message)) is not None:
            by = _user(message.header("Contact")) if ending is Ending.ANSWERED else ""
            placed[call_id] = replace(caller, ending=ending, ended_at_ms=message.at_ms, answered_by=by)
        elif caller.left_at_ms is None and message.sent and message.first_line.startswith("BYE "):
            placed[call_id] = replace(caller, left_at_ms=message.at_ms)
    return tuple(placed.values())


def _ending(message: Message) -> Ending | None:
    if message.sent:
        return Ending.GAVE_UP if message.first_line.startswith("CANCEL ") else None
    # 699 is the test's word to a caller, see caller.xml.
    if not 200 <= message.status < 699 or not message.header("CSeq").endswith("INVITE"):
        return None
    return Ending.ANSWERED if message.status < 300 else Ending.REFUSED


def _user(address: str) -> str:
    found = re.search(r"sips?:([^@>;]*)@", address)
    return found.group(1) if found else ""
