"""What this unit says of its lines, kept so that it can be said again. Pure: instants are arguments.

A broker without persistence forgets, and an entry of a line expires, so that a unit that died leaves no
caller standing for ever. Whatever was kept here is said again at each connection, and while callers wait
every `LINE_REFRESH_MS`.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from appliance.bus.message import Message
from appliance.bus.topics import LINE_STATE, WAITING, encode
from appliance.bus.translate import line_state, waiting
from appliance.core.effects import PublishedCall
from appliance.core.words import DurationMs, InstantMs, LineId

LINE_REFRESH_MS: Final = DurationMs(30_000)
"""Between two words on a line with callers, a fourth of what one is valid for. That a line is empty is said
once more after as long, for a unit that lost it would show a caller for minutes; and then no more: where no
word is kept, nobody waits."""


class Book:
    """The lines of one unit, as they are and as they were last said to be."""

    def __init__(self, site: str, unit: str, boot: str, lines: Iterable[LineId]) -> None:
        """Know of no caller; nothing was said yet."""
        self._site = site
        self._unit = unit
        self._boot = boot
        self._rev = 0
        self._calls: dict[LineId, tuple[PublishedCall, ...]] = dict.fromkeys(lines, ())
        self._due_ms = dict.fromkeys(self._calls, InstantMs(float("-inf")))
        self._said_empty: set[LineId] = set()
        """Lines of which the last word was that nobody waits."""

    @property
    def due_ms(self) -> InstantMs:
        """When something is next to be said."""
        return min(self._due_ms.values(), default=InstantMs(float("inf")))

    def keep(self, line: LineId, calls: tuple[PublishedCall, ...], now_ms: InstantMs) -> None:
        """Replace what is known of a line; it is to be said at once."""
        self._calls[line] = calls
        self._due_ms[line] = now_ms

    def repeat(self, now_ms: InstantMs) -> None:
        """Have everything said again."""
        self._due_ms = dict.fromkeys(self._calls, now_ms)

    def say(self, now_ms: InstantMs, now_utc: datetime) -> list[Message]:
        """Return what is to be said at this instant."""
        lines = [line for line, due_ms in self._due_ms.items() if due_ms <= now_ms]
        said = [self._line(line, now_ms, now_utc) for line in lines]
        if said:
            every = [one for calls in self._calls.values() for one in calls]
            payload = waiting(every, self._boot, now_ms, now_utc)
            topic = WAITING.at(site=self._site, unit=self._unit)
            said.append(Message(topic, encode(payload), WAITING.retain, WAITING.expiry_s))
        return said

    def _line(self, line: LineId, now_ms: InstantMs, now_utc: datetime) -> Message:
        calls = self._calls[line]
        self._rev += 1
        is_known = not calls and line in self._said_empty
        self._due_ms[line] = InstantMs(float("inf") if is_known else now_ms + LINE_REFRESH_MS)
        self._said_empty = self._said_empty - {line} if calls else self._said_empty | {line}
        payload = line_state(calls, self._boot, self._rev, now_ms, now_utc)
        topic = LINE_STATE.at(site=self._site, unit=self._unit, line=line)
        return Message(topic, encode(payload), LINE_STATE.retain, LINE_STATE.expiry_s)
