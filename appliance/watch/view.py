"""What the bus says of a whole site, put together for people. Pure: messages and instants are arguments.

One caller whom two units see is one caller, told apart by the keyed hash that both publish. Of callers
without one, a line has as many as the unit that sees most. A unit that is gone leaves its callers unsure.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from appliance.bus.message import Message
from appliance.bus.payloads import CallOnLine, Health, Info, LineState, State
from appliance.bus.topics import LINE_EXPIRY_S, MalformedPayload, topic_of

WATCHED_UNITS_MAX: Final = 32
"""Units that are told of; a site has eight at the most. One beyond is left out: somebody plays with us."""

_WORST_FIRST: Final = ("kept", "ringing", "held", "asked", "unsure", "taken")


@dataclass(frozen=True, slots=True)
class SiteCaller:
    """A caller, seen by one unit or more."""

    line: str
    state: str
    """In the words of the bus: ringing, held, unsure, asked, taken, kept."""
    stage: int
    urgent: bool
    wait_s: float
    """The longest that any unit knows of."""
    by: str
    """The unit that takes or took the caller; empty while nobody does."""
    seen_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SiteLineView:
    """A line, by the names that the units gave it."""

    line: str
    label: str


@dataclass(frozen=True, slots=True)
class UnitView:
    """A unit, as far as it has said."""

    unit: str
    online: bool
    software: str
    site_revision: int | None
    """The revision of its site file; None if it has not said."""
    phone_lost: bool | None
    """True while no caller can reach it; None if it has not said."""
    registrations_held: int
    registrations: int
    towers_online: int
    towers: int
    fault_count: int


@dataclass(frozen=True, slots=True)
class SiteView:
    """The site at one instant."""

    site: str
    lines: tuple[SiteLineView, ...]
    callers: tuple[SiteCaller, ...]
    """By line, the longest wait first."""
    units: tuple[UnitView, ...]

    @property
    def revisions_differ(self) -> bool:
        """Return whether units have different site files."""
        return len({unit.site_revision for unit in self.units if unit.online}) > 1


@dataclass(slots=True)
class _Unit:
    state: State | None = None
    info: Info | None = None
    health: Health | None = None
    lines: dict[str, tuple[LineState, float]] = field(default_factory=dict)
    """Each with the instant at which it was said, in seconds."""

    @property
    def is_online(self) -> bool:
        """Whether its state says so."""
        return self.state is not None and self.state.state == "online"


class SiteListener:
    """Hears the messages of a site."""

    def __init__(self, site: str) -> None:
        """Know nothing yet."""
        self._site = site
        self._units: dict[str, _Unit] = {}

    def hear(self, message: Message, now_s: float) -> None:
        """Take a message in. What is of no use here, or malformed, is left: units tell of it in logs."""
        found = topic_of(message.topic)
        if found is None:
            return
        topic, levels = found
        unit = levels["unit"]
        if not message.payload:
            # Cleared: the unit was removed, or the line.
            self._forget(unit, levels.get("line", ""), topic.name)
            return
        try:
            payload = topic.decode(message.payload)
        except MalformedPayload:
            return
        if unit not in self._units and len(self._units) >= WATCHED_UNITS_MAX:
            return
        match payload:
            case State():
                self._of(unit).state = payload
            case Info():
                self._of(unit).info = payload
            case Health():
                self._of(unit).health = payload
            case LineState():
                left_s = LINE_EXPIRY_S if message.expiry_s is None else message.expiry_s
                said_s = now_s - max(0, LINE_EXPIRY_S - left_s)
                self._of(unit).lines[levels["line"]] = (payload, said_s)
            case _:
                pass

    def view(self, now_s: float) -> SiteView:
        """Return the site as it is known at this instant."""
        lines = tuple(self._lines())
        names = [line.line for line in lines]
        callers = [
            caller
            for name in (*names, *sorted(self._lines_with_callers() - set(names)))
            for caller in self._callers(name, now_s)
        ]
        units = tuple(_told(name, unit) for name, unit in sorted(self._units.items()) if unit.state)
        return SiteView(self._site, lines, tuple(callers), units)

    def _of(self, unit: str) -> _Unit:
        return self._units.setdefault(unit, _Unit())

    def _forget(self, unit: str, line: str, topic: str) -> None:
        if unit in self._units and line:
            self._units[unit].lines.pop(line, None)
        elif topic == "state":
            self._units.pop(unit, None)

    def _lines(self) -> Iterator[SiteLineView]:
        told: set[str] = set()
        # Who shows most lines has the site's order, and those of its own after them.
        infos = [unit.info for _, unit in sorted(self._units.items()) if unit.info]
        for info in sorted(infos, key=lambda info: -len(info.lines)):
            for line in info.lines:
                if line.id not in told:
                    told.add(line.id)
                    yield SiteLineView(line.id, line.label)

    def _lines_with_callers(self) -> set[str]:
        return {
            line for unit in self._units.values() for line, (state, _) in unit.lines.items() if state.calls
        }

    def _callers(self, line: str, now_s: float) -> list[SiteCaller]:
        keyed: dict[str, list[tuple[str, SiteCaller]]] = {}
        alone: list[list[SiteCaller]] = []
        for name, unit in sorted(self._units.items()):
            without: list[SiteCaller] = []
            for caller, key in self._seen_by(name, unit, line, now_s):
                if key:
                    keyed.setdefault(key, []).append((name, caller))
                else:
                    without.append(caller)
            alone.append(without)
        found = [_one([caller for _, caller in seen]) for seen in keyed.values()]
        most = max(map(len, alone), default=0)
        found += next((callers for callers in alone if len(callers) == most), [])
        return sorted(found, key=lambda caller: -caller.wait_s)

    def _seen_by(self, name: str, unit: _Unit, line: str, now_s: float) -> Iterator[tuple[SiteCaller, str]]:
        state, said_s = unit.lines.get(line, (None, 0.0))
        is_sure = unit.is_online and now_s - said_s <= LINE_EXPIRY_S
        for call in state.calls if state else ():
            yield _caller(line, call, name, now_s - said_s, is_sure=is_sure), call.key


def _caller(line: str, call: CallOnLine, unit: str, passed_s: float, *, is_sure: bool) -> SiteCaller:
    return SiteCaller(
        line=line,
        state=call.state if is_sure else "unsure",
        stage=call.stage,
        urgent=call.urgent,
        wait_s=round(call.age_s + max(0.0, passed_s), 1),
        by=call.by,
        seen_by=(unit,),
    )


def _one(seen: Iterable[SiteCaller]) -> SiteCaller:
    """Put together what several units say of one caller."""
    callers = sorted(seen, key=lambda caller: _WORST_FIRST.index(caller.state))
    taken = [caller for caller in callers if caller.state == "taken"]
    first = taken[0] if taken else callers[0]
    return SiteCaller(
        line=first.line,
        state=first.state,
        stage=max(caller.stage for caller in callers),
        urgent=any(caller.urgent for caller in callers),
        wait_s=max(caller.wait_s for caller in callers),
        by=next((caller.by for caller in (*taken, *callers) if caller.by), ""),
        seen_by=tuple(sorted({unit for caller in callers for unit in caller.seen_by})),
    )


def _told(name: str, unit: _Unit) -> UnitView:
    info, health = unit.info, unit.health
    registrations: Mapping[str, object] = health.registrations if health else {}
    held = sum(one.held for one in health.registrations.values()) if health else 0
    return UnitView(
        unit=name,
        online=unit.is_online,
        software=info.software if info else "",
        site_revision=info.site_revision if info else None,
        phone_lost=health.phone_lost if health else None,
        registrations_held=held,
        registrations=len(registrations),
        towers_online=sum(tower.online for tower in health.towers) if health else 0,
        towers=len(health.towers) if health else 0,
        fault_count=health.fault_count if health else 0,
    )
