"""What comes from the broker, as events for the board. Pure: it keeps who was heard, and refuses the rest.

Nothing that anybody sends raises here. What is refused is counted, and told once for each sender, topic and
reason, without a word of what it held.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Final

from appliance.bus.message import Message
from appliance.bus.payloads import (
    AwayRequest,
    Echo,
    Info,
    LineState,
    PickupRequest,
    PlainRequest,
    Response,
    SiteFile,
    State,
)
from appliance.bus.requests import Refused, Requests
from appliance.bus.topics import LINE_EXPIRY_S, STATE, MalformedPayload, Topic, sender_of, topic_of
from appliance.bus.translate import neighbour_line, passed_ms, pickup_answered
from appliance.core.bus_events import NeighbourLine, NeighbourOnline, NeighbourRetired, NeighbourSilent
from appliance.core.events import Event
from appliance.core.words import LINES_MAX, InstantMs, LineId, UnitId
from appliance.status.report import NeighbourStatus

NEIGHBOURS_MAX: Final = 16
"""Other units of a site that are known at once; a practice has two or three. One beyond is refused and
counted until this unit starts again."""

REFUSALS_TOLD_MAX: Final = 64
"""Refusals (sender, topic, reason) that are told, once each. Beyond, they are only counted."""


@dataclass(frozen=True, slots=True)
class Echoed:
    """Our word to ourselves came back."""

    count: int


@dataclass(frozen=True, slots=True)
class TwinSeen:
    """Another unit has our name."""


@dataclass(frozen=True, slots=True)
class RepublishAsked:
    """Everything that we keep on the broker must be said again."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Something was not taken, and why."""

    sender: str
    topic: str
    why: str


Heard = Event | Echoed | TwinSeen | RepublishAsked | Refusal


@dataclass(slots=True)
class Neighbour:
    """Another unit, as it was last heard."""

    boot: str = ""
    is_online: bool = False
    site_revision: int | None = None
    busy_lines: dict[LineId, InstantMs] = field(default_factory=dict)
    """When the last word on each line with callers was spoken."""


@dataclass(frozen=True, slots=True)
class _Letter:
    """A message with what its topic says."""

    topic: Topic
    unit: str
    line: str
    asker: str
    message: Message
    now_ms: InstantMs


class Hearing:
    """Hears for one unit."""

    def __init__(
        self,
        site: str,
        unit: str,
        boot: str,
        hear_site_file: Callable[[str, int, str], bool],
        lines: Collection[LineId],
    ) -> None:
        """Know nobody yet, and listen to these lines.

        `hear_site_file` takes a unit, and the revision and the text of its site file; it returns whether ours
        is another one by that.
        """
        self._lines = lines
        self._hear_site_file = hear_site_file
        self._unit = unit
        self._boot = boot
        self.neighbours: dict[str, Neighbour] = {}
        self.refused_count = 0
        self.requests: Final = Requests(site, unit)
        self._told: set[Refusal] = set()
        self._was_online = False
        """Whether our own state was heard from the broker since the start."""

    @property
    def due_ms(self) -> InstantMs:
        """When `turn` next has something to tell."""
        heard = [at_ms for one in self.neighbours.values() for at_ms in one.busy_lines.values()]
        return InstantMs(min(heard, default=float("inf")) + LINE_EXPIRY_S * 1000)

    def turn(self, now_ms: InstantMs) -> tuple[Event, ...]:
        """Return who has stopped to repeat the callers on a line: the unit is silent, whatever its state
        says."""
        told: list[Event] = []
        for name, one in self.neighbours.items():
            if any(now_ms >= at_ms + LINE_EXPIRY_S * 1000 for at_ms in one.busy_lines.values()):
                one.busy_lines.clear()
                told.append(NeighbourSilent(UnitId(name)))
        return tuple(told)

    @property
    def online(self) -> list[str]:
        """The other units that are on the bus."""
        return [name for name, one in self.neighbours.items() if one.is_online]

    def status(self) -> tuple[NeighbourStatus, ...]:
        """Return the other units by their names. May be called from any thread."""
        return tuple(
            NeighbourStatus(name, one.is_online, one.site_revision)
            for name, one in sorted(self.neighbours.copy().items())
        )

    def take(self, message: Message, now_ms: InstantMs) -> tuple[Heard, ...]:
        """Return what a message means; a refusal is returned once, and then only counted."""
        found = topic_of(message.topic)
        try:
            if found is None:
                raise Refused("no topic of ours")
            topic, levels = found
            unit, line, asker = (levels.get(level, "") for level in ("unit", "line", "asker"))
            return self._hear(_Letter(topic, unit, line, asker, message, now_ms))
        except (MalformedPayload, Refused) as error:
            refusal = Refusal(sender_of(message.topic), found[0].name if found else "", str(error))
            self.refused_count += 1
            if refusal in self._told or len(self._told) >= REFUSALS_TOLD_MAX:
                return ()
            self._told.add(refusal)
            return (refusal,)

    def _hear(self, letter: _Letter) -> tuple[Heard, ...]:
        if letter.topic.retain and not letter.message.payload:
            return self._cleared(letter)
        payload = letter.topic.decode(letter.message.payload)
        match payload:
            case State():
                return self._state(payload, letter)
            case LineState():
                return self._line_state(payload, letter)
            case Info():
                return self._info(payload, letter)
            case SiteFile():
                is_news = letter.unit != self._unit and self._hear_site_file(
                    letter.unit, payload.revision, payload.text
                )
                return (RepublishAsked(),) if is_news else ()
            case Echo():
                return (Echoed(payload.count),) if payload.boot == self._boot else ()
            case Response():
                is_ours = payload.transaction.startswith(f"{self._unit}-{self._boot}-")
                return (pickup_answered(UnitId(letter.unit), payload),) if is_ours else ()
            case PickupRequest() | AwayRequest() | PlainRequest():
                asked = self.requests.take(payload, letter.topic, letter.asker, letter.message, letter.now_ms)
                return (RepublishAsked(),) if asked is None else (asked,)
            case _:
                # Waiting, health and events are for other readers; nobody subscribes to them here.
                return ()

    def _state(self, payload: State, letter: _Letter) -> tuple[Heard, ...]:
        if letter.unit == self._unit:
            return self._own_state(payload, letter.message)
        neighbour = self._neighbour(letter.unit)
        neighbour.is_online = payload.state == "online"
        if payload.boot != neighbour.boot or not neighbour.is_online:
            neighbour.busy_lines.clear()
        neighbour.boot = payload.boot
        name = UnitId(letter.unit)
        return (NeighbourOnline(name, payload.boot) if neighbour.is_online else NeighbourSilent(name),)

    def _info(self, payload: Info, letter: _Letter) -> tuple[Heard, ...]:
        """Learn what another unit has. Of lines that we do not have we hear no more than that, and the board
        shows that as a fault."""
        if letter.unit == self._unit:
            return ()
        self._neighbour(letter.unit).site_revision = payload.site_revision
        strange = [LineId(line.id) for line in payload.lines if line.id not in self._lines]
        return tuple(NeighbourLine(UnitId(letter.unit), payload.boot, line, 0, ()) for line in strange)

    def _cleared(self, letter: _Letter) -> tuple[Heard, ...]:
        """Take it that somebody cleared what was kept here: of a unit's state that is done when it is
        retired."""
        if letter.topic is not STATE or letter.unit not in self.neighbours:
            return ()
        del self.neighbours[letter.unit]
        return (NeighbourRetired(UnitId(letter.unit)),)

    def _own_state(self, payload: State, message: Message) -> tuple[Heard, ...]:
        """Watch our own topic: a will that comes late, or a twin, may write to it."""
        if payload.state == "offline":
            # What was kept is from before; ours is on its way.
            return () if message.retain else (RepublishAsked(),)
        if payload.boot == self._boot:
            self._was_online = True
            return ()
        # Before our first word, it is what our last start left.
        return (TwinSeen(),) if self._was_online else ()

    def _line_state(self, payload: LineState, letter: _Letter) -> tuple[Heard, ...]:
        if letter.unit == self._unit:
            return ()
        busy_lines, line = self._neighbour(letter.unit).busy_lines, LineId(letter.line)
        age_ms = passed_ms(letter.message, LINE_EXPIRY_S)
        busy_lines.pop(line, None)
        if payload.calls:
            if len(busy_lines) >= LINES_MAX:
                raise Refused("more lines than a site has")
            busy_lines[line] = InstantMs(letter.now_ms - age_ms)
        return (neighbour_line(UnitId(letter.unit), line, payload, age_ms),)

    def _neighbour(self, unit: str) -> Neighbour:
        if unit not in self.neighbours and len(self.neighbours) >= NEIGHBOURS_MAX:
            raise Refused("more units than a site has")
        return self.neighbours.setdefault(unit, Neighbour())
