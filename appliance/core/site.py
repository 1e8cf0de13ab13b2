"""One board for a site: our own callers and those whom other units see, each shown once.

A unit that works alone has one of these, too, with nobody in it but its own callers: then each question is
answered by `Callers` itself.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import chain
from typing import Final, assert_never

from appliance.core.bus_events import (
    AwayAsked,
    BusBack,
    BusEvent,
    BusLost,
    MuteAsked,
    NeighbourLine,
    NeighbourOnline,
    NeighbourRetired,
    NeighbourSilent,
    NeighbourState,
    PickupAnswered,
    PickupAsked,
)
from appliance.core.callers import Callers
from appliance.core.calls import Call, CallStep
from appliance.core.coverage import Coverage
from appliance.core.effects import PublishLine
from appliance.core.lines import Lines
from appliance.core.merging import Member, SiteCaller, merge
from appliance.core.moments import Moments
from appliance.core.neighbours import WAIT_JITTER_MS, Neighbours
from appliance.core.notices import CallArrived, HushAsked, Notice
from appliance.core.picture import Showing
from appliance.core.publishing import Publishing
from appliance.core.settings import BoardSettings
from appliance.core.sounding import HUSH_MS
from appliance.core.standing import Standing
from appliance.core.view import CallView, ElsewhereView, UnitView
from appliance.core.words import NEVER_MS, DurationMs, InstantMs, LineId, UnitId

BUS_FAULT: Final = "broker"
"""Names the fault of a bus that does not answer."""

ASKED_LATE_MS_MAX: Final = DurationMs(4_000)
"""How old a wish of another unit may be, as a press of a button here: what it was meant for may be over."""

_SEEN_TO_END: Final = (CallStep.ANSWERED, CallStep.GAVE_UP, CallStep.WITHDRAWN, CallStep.HOLD_OVER)
"""Ends of a caller whom somebody saw; by the others we only cease to believe."""


class Site:
    """All callers of the site as this unit knows them. `moved` says that more may have changed than lines."""

    def __init__(
        self,
        settings: BoardSettings,
        lines: Lines,
        callers: Callers,
        standing: Standing,
        moments: Moments,
    ) -> None:
        """Begin with no other unit heard of."""
        self._unit = settings.unit
        self._callers = callers
        self._standing = standing
        self._neighbours = Neighbours(lines.settings, settings.unit, standing, callers.touched)
        self._publishing = None if settings.site is None else Publishing(settings.boot)
        self.told: list[Notice] = []
        self.coverage: Final = Coverage(settings, self.told)
        self._hushed: tuple[UnitId, InstantMs] | None = None
        """Which unit last wanted quiet here, and until when."""
        self._moments = moments
        self.moved = False

    def __iter__(self) -> Iterator[Member]:
        """Walk over everybody who waits, as each unit sees them."""
        if self._publishing is None:
            return iter(self._callers)
        others = (one for one in self._neighbours if one.state is not NeighbourState.TAKEN)
        return chain(self._callers, others)

    @property
    def neighbours(self) -> Neighbours:
        """The other units."""
        return self._neighbours

    @property
    def hushed_by(self) -> UnitId | None:
        """Which unit wants quiet here, while that holds."""
        return None if self._hushed is None else self._hushed[0]

    @property
    def is_empty(self) -> bool:
        """True if nobody waits, rings, is held or is unsure, anywhere."""
        return self._callers.is_empty and next(iter(self), None) is None

    @property
    def due_ms(self) -> InstantMs:
        """When time alone next changes something here."""
        if self._publishing is None:
            return NEVER_MS
        hush_ms = NEVER_MS if self._hushed is None else self._hushed[1]
        return min(self._neighbours.due_ms, self.coverage.due_ms, hush_ms)

    def on_line(self, line: LineId) -> Collection[Call] | Sequence[SiteCaller]:
        """Return who is on a line, each once: our own calls where nobody else sees anybody."""
        others = self._neighbours.on_line(line)
        own = self._callers.on_line(line)
        return merge(own, others, self._unit) if others else own

    def everyone(self) -> Iterable[Call | SiteCaller]:
        """Return all callers of the site, each once."""
        if self._publishing is None:
            return self._callers
        return chain.from_iterable(map(self.on_line, self._callers.lines))

    def hear(self, event: BusEvent, now_ms: InstantMs) -> None:
        """Take what other units and the broker bring about; a unit that works alone has none."""
        if self._publishing is None:
            return
        self.moved = True
        match event:
            case BusBack():
                self._standing.clear_fault(BUS_FAULT)
            case BusLost(why):
                self._standing.raise_fault(BUS_FAULT, why)
                self._neighbours.lose_all(now_ms)
            case NeighbourOnline(unit, boot):
                if self._neighbours.online(unit, boot, now_ms):
                    self.coverage.back(unit, "the unit started again")
            case NeighbourSilent(unit):
                self._neighbours.silent(unit, now_ms)
            case NeighbourRetired(unit):
                self._neighbours.retire(unit)
                self.coverage.back(unit, "the unit was retired")
            case NeighbourLine():
                self._neighbours.hear(event, now_ms)
            case AwayAsked(asker, True, for_ms):
                self.coverage.away(asker, for_ms, now_ms)
            case AwayAsked(asker):
                self.coverage.back(asker, "the button was pressed again")
            case MuteAsked(asker, age_ms):
                self._hush(asker, age_ms, now_ms)
            case PickupAsked() | PickupAnswered():
                # These are for whoever takes callers (`Taking`).
                pass
            case _:
                assert_never(event)

    def pass_time(self, now_ms: InstantMs) -> None:
        """Do what time alone brings by this instant."""
        if now_ms < self.due_ms:
            return
        self.moved = True
        self._neighbours.pass_time(now_ms)
        self.coverage.pass_time(now_ms)
        if self._hushed is not None and self._hushed[1] <= now_ms:
            self._hushed = None

    def settle(self, now_ms: InstantMs) -> None:
        """Let what one unit knows correct what the others believe."""
        if self._publishing is None:
            return
        for call, step, at_ms in self._callers.closed:
            if step is CallStep.ANSWERED:
                self._publishing.answered(call, at_ms)
        if not self._neighbours.units:
            return
        for call, step, _ in self._callers.closed:
            if step in _SEEN_TO_END:
                self._neighbours.end_elsewhere(call.line.id, call.key, call.started_ms)
        for ended in self._neighbours.ended:
            self._neighbours.end_elsewhere(ended.line.id, ended.key, ended.started_ms)
            is_taken = ended.state is NeighbourState.TAKEN
            if is_taken and ended.by != self._unit:
                self._moments.begin(ended.line.id, Showing.CLOSING, now_ms)
            for call in [call for call in self._callers.on_line(ended.line.id) if ended.key == call.key]:
                if ended.key:
                    self._callers.end_elsewhere(call, is_taken, now_ms)
        self._neighbours.ended.clear()
        for line in self._callers.lines:
            if line in self._callers.touched and self._neighbours.on_line(line):
                self._share_waits(line, now_ms)

    def calls(self, now_ms: InstantMs) -> tuple[CallView, ...]:
        """Return our own calls, each with the other units that see the same caller."""
        also = {
            caller.own.id: caller.units
            for line in self._callers.lines
            for caller in self.on_line(line)
            if isinstance(caller, SiteCaller) and caller.own is not None
        }
        return tuple(
            CallView(
                c.id,
                c.line.id,
                c.state,
                c.stage,
                c.urgency,
                c.wait_ms(now_ms),
                c.shown,
                len(c.rings),
                also.get(c.id, ()),
            )
            for c in self._callers
        )

    def elsewhere(self, now_ms: InstantMs) -> tuple[ElsewhereView, ...]:
        """Return the callers whom only other units see."""
        found = []
        for line in self._callers.lines:
            for caller in self.on_line(line):
                if isinstance(caller, SiteCaller) and caller.own is None:
                    first = next((one for one in caller.others if not one.is_unsure), caller.others[0])
                    state = NeighbourState.UNSURE if first.is_unsure else first.state
                    wait_ms = DurationMs(now_ms - caller.started_ms)
                    found.append(
                        ElsewhereView(first.call, caller.units, line, state, caller.stage, wait_ms, first.by)
                    )
        return tuple(found)

    @property
    def units(self) -> tuple[UnitView, ...]:
        """Return the other units that were heard of."""
        away = self.coverage.units
        return tuple(UnitView(one.unit, one.is_online, one.unit in away) for one in self._neighbours.units)

    def take_arrivals(self) -> bool:
        """Return whether somebody came since the board last looked whom no unit had seen before."""
        calls = [notice.call for notice in self._callers.told if isinstance(notice, CallArrived)]
        if self._publishing is None:
            return bool(calls)
        others = set(map(id, self._neighbours.arrived))
        self._neighbours.arrived.clear()
        return bool(calls or others) and any(
            caller.id in calls
            if isinstance(caller, Call)
            else all(
                one.id in calls if isinstance(one, Call) else id(one) in others for one in caller.members
            )
            for caller in self.everyone()
        )

    def news(self, now_ms: InstantMs) -> list[PublishLine]:
        """Return what must be said of the lines that changed."""
        if self._publishing is None or not self._callers.touched:
            return []
        # In the order of the lines: the same history says the same words in the same order, on any Python.
        touched = [line for line in self._callers.lines if line in self._callers.touched]
        return self._publishing.changed([(line, self._callers.on_line(line)) for line in touched], now_ms)

    def _share_waits(self, line: LineId, now_ms: InstantMs) -> None:
        """Take over a longer wait of the same caller; it stays ours if the unit that saw it goes.

        A caller without a key may be another one, so that only the picture shows the longest wait of those.
        """
        for caller in merge(self._callers.on_line(line), self._neighbours.on_line(line), self._unit):
            own = caller.own
            if own is None or not own.key:
                continue
            longest_ms = min((one.started_ms for one in caller.others if one.is_seen), default=own.started_ms)
            if longest_ms < own.started_ms - WAIT_JITTER_MS:
                self._callers.wait_since(own, longest_ms, now_ms)

    def _hush(self, asker: UnitId, age_ms: DurationMs, now_ms: InstantMs) -> None:
        if age_ms > ASKED_LATE_MS_MAX:
            return
        until_ms = InstantMs(now_ms + HUSH_MS - age_ms)
        loud = [one for one in self if not one.muted]
        for one in loud:
            one.hushed_until_ms = max(one.hushed_until_ms, until_ms)
        if loud:
            self._hushed = asker, until_ms
            self.told.append(HushAsked(asker, HUSH_MS))
