"""What the other units of the site say of each line, as far as it can still be believed.

A unit's word on a line is complete and replaces its word before; `rev` tells which of two is the later one,
and `boot` which start of the unit speaks. Only ages come in, so the clocks of two units may disagree by
hours: an age becomes an instant of our own clock when it is heard.

A unit that falls silent leaves its callers *unsure*: they may wait, and nobody sees it. They are believed
until they end elsewhere (whoever else sees them says so), until the unit speaks again without them, or until
the line's ring limit has passed in silence.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from appliance.core.bus_events import NeighbourCall, NeighbourLine, NeighbourState
from appliance.core.neighbour import Neighbour, NeighbourCaller
from appliance.core.notices import Urgency
from appliance.core.settings import LineSettings
from appliance.core.standing import Standing
from appliance.core.words import LEGS_MAX, NEVER_MS, DurationMs, InstantMs, LineId, UnitId

OTHER_UNITS_MAX: Final = 15
"""Other units that are heard: with this one sixteen, more than a practice has rooms with a phone. The next
one is not heard, and that is a fault which a person must see."""

NEIGHBOUR_CALLERS_MAX: Final = LEGS_MAX
"""Callers of one other unit, over all lines: as many as rings can be alive there. A word with more than that
has what is beyond left out; no unit of ours says it."""

BOOTS_MAX: Final = 4
"""Earlier starts of a unit that are remembered, so that a late word of one is known as such. One that is
forgotten would be taken for a new start, and the next word of the true one puts that right."""

RETOLD_MS_MAX: Final = DurationMs(45_000)
"""How soon a unit that is back says again who waits: it refreshes each line with callers every 30 s. Those
of whom it says nothing for half as long again have left meanwhile."""

WAIT_JITTER_MS: Final = DurationMs(2_000)
"""By how much two words on one wait may differ and still be the same: a message takes its time, and brokers
count what is left of it in whole seconds. A difference that is greater is a correction."""

SAME_WAIT_MS: Final = DurationMs(5_000)
"""Within how much the waits of two anonymous callers agree that may be one: a PBX rings all its extensions
in the same second, and a slow one within a few."""

SITE_FAULT: Final = "site"
"""Names the fault of units that do not agree about the site."""


class Neighbours:
    """All other units."""

    def __init__(
        self,
        lines: Mapping[LineId, LineSettings],
        unit: UnitId,
        standing: Standing,
        touched: set[LineId],
    ) -> None:
        """Begin with nobody heard of; units that are silent are faults of this standing.

        Lines on which something changes are added to `touched`.
        """
        self._lines = lines
        self._unit = unit
        self._standing = standing
        self._units: dict[UnitId, Neighbour] = {}
        self._on_line: dict[LineId, list[NeighbourCaller]] = {}
        self._touched = touched
        self.arrived: list[NeighbourCaller] = []
        """Callers who are new since the board last looked."""
        self.ended: list[NeighbourCaller] = []
        """Callers of whom a unit says no more, or that somebody took them, since the board last looked."""
        self.due_ms = NEVER_MS

    def __iter__(self) -> Iterator[NeighbourCaller]:
        """Walk over all callers whom other units see or saw."""
        return (caller for on_line in self._on_line.values() for caller in on_line)

    @property
    def units(self) -> tuple[Neighbour, ...]:
        """The other units, in the order in which they were first heard."""
        return tuple(self._units.values())

    def on_line(self, line: LineId) -> Sequence[NeighbourCaller]:
        """Return the callers of one line whom other units see or saw."""
        return self._on_line.get(line, ())

    def hear(self, event: NeighbourLine, now_ms: InstantMs) -> None:
        """Take a unit's whole word on a line, unless it is older than what is known."""
        one = self._known(event.unit, event.boot)
        if one is None or event.boot in one.boots:
            return
        self._speaks(one, event.boot)
        if event.line not in self._lines:
            why = f"unit {event.unit} speaks of a line {event.line} that is not known here"
            self._standing.raise_fault(SITE_FAULT, why)
            return
        if event.rev < one.revs.get(event.line, event.rev):
            return
        one.revs[event.line] = event.rev
        room = NEIGHBOUR_CALLERS_MAX - sum(caller.line.id != event.line for caller in one.callers.values())
        told = {call.call: call for call in event.calls[:room]}
        here = [caller for caller in one.callers.values() if caller.line.id == event.line]
        for caller in here:
            if caller.call not in told:
                self._drop(one, caller)
                # What a silent unit leaves behind proves nothing to others.
                if caller.silent_since_ms is None and caller.state is not NeighbourState.TAKEN:
                    self.ended.append(caller)
        for call in told.values():
            self._take(one, call, self._lines[event.line], now_ms)
        self._note(event.line)

    def online(self, unit: UnitId, boot: str, now_ms: InstantMs) -> bool:
        """A unit is on the bus; a new start of it knows nothing of what the one before saw.

        Returns whether it is another start than the one that was heard last.
        """
        one = self._known(unit, boot)
        if one is None:
            return False
        if boot in one.boots:
            one.boots.remove(boot)
        is_new = boot != one.boot
        self._speaks(one, boot)
        one.is_online = True
        for caller in one.callers.values():
            if caller.silent_since_ms is not None and caller.retold_by_ms is None:
                caller.retold_by_ms = InstantMs(now_ms + RETOLD_MS_MAX)
        self._note()
        self._standing.clear_fault(fault_of(unit))
        return is_new

    def silent(self, unit: UnitId, now_ms: InstantMs) -> None:
        """A unit is gone: nobody sees any more whom only it saw."""
        one = self._known(unit, "")
        if one is not None:
            one.is_online = False
            self._lose(one, now_ms)
            self._standing.raise_fault(fault_of(unit), "is silent: its callers are shown as unsure")

    def retire(self, unit: UnitId) -> None:
        """A unit was taken out of the site: nothing of it is believed, and nothing missed."""
        one = self._units.pop(unit, None)
        if one is not None:
            self._forget(one)
            self._standing.clear_fault(fault_of(unit))

    def lose_all(self, now_ms: InstantMs) -> None:
        """The bus is gone, and with it every unit's word."""
        for one in self._units.values():
            self._lose(one, now_ms)

    def pass_time(self, now_ms: InstantMs) -> None:
        """Do what time alone brings by this instant: stages, and the end of what nobody speaks of."""
        if now_ms < self.due_ms:
            return
        for one in self._units.values():
            for caller in list(one.callers.values()):
                caller.advance(now_ms)
                if caller.believed_until_ms <= now_ms:
                    self._drop(one, caller)
        self._note(*self._on_line)

    def end_elsewhere(self, line: LineId, key: str, started_ms: InstantMs) -> None:
        """A caller ended where somebody saw it: whoever remembers the same one remembers in vain.

        Each silent unit has one caller less of those that no key tells apart, the one whose wait is nearest;
        without any key the waits must agree, for there is nothing else to go by. A unit that speaks heard of
        the end, too, and says itself whom it still believes in.
        """
        for one in self._units.values():
            same = [
                caller
                for caller in one.callers.values()
                if caller.silent_since_ms is not None and caller.line.id == line and caller.key == key
                if key or abs(caller.started_ms - started_ms) <= SAME_WAIT_MS
            ]
            if same:
                self._drop(one, min(same, key=lambda caller: abs(caller.started_ms - started_ms)))
        self._note(line)

    def _known(self, unit: UnitId, boot: str) -> Neighbour | None:
        if unit == self._unit:
            return None
        if unit not in self._units:
            if len(self._units) >= OTHER_UNITS_MAX:
                why = f"more than {OTHER_UNITS_MAX} other units: {unit} is not heard"
                self._standing.raise_fault(SITE_FAULT, why)
                return None
            self._units[unit] = Neighbour(unit, boot)
        return self._units[unit]

    def _speaks(self, one: Neighbour, boot: str) -> None:
        if boot == one.boot:
            return
        if one.boot:
            one.boots = [*one.boots, one.boot][-BOOTS_MAX:]
        one.boot = boot
        self._forget(one)

    def _take(self, one: Neighbour, call: NeighbourCall, line: LineSettings, now_ms: InstantMs) -> None:
        started_ms = InstantMs(now_ms - call.age_ms)
        caller = one.callers.get(call.call)
        urgency = None
        if line.priority or call.urgent:
            urgency = Urgency.PRIORITY if line.priority else Urgency.REPEAT
        if caller is None or caller.line.id != line.id:
            caller = NeighbourCaller(
                one.unit, call.call, line, call.key, started_ms, call.state, urgency, call.by
            )
            one.callers[call.call] = caller
            self.arrived.append(caller)
        elif abs(caller.started_ms - started_ms) > WAIT_JITTER_MS:
            caller.started_ms = started_ms
        if call.state is NeighbourState.TAKEN and caller.state is not NeighbourState.TAKEN:
            self.ended.append(caller)
        caller.key, caller.state, caller.urgency, caller.by = call.key, call.state, urgency, call.by
        # The broker keeps the last word of a unit that is gone for a while; it proves no witness.
        caller.silent_since_ms = None if one.is_online else now_ms
        caller.retold_by_ms = None
        caller.advance(now_ms)

    def _lose(self, one: Neighbour, now_ms: InstantMs) -> None:
        for caller in one.callers.values():
            caller.retold_by_ms = None
            if caller.silent_since_ms is None:
                caller.silent_since_ms = now_ms
        self._note(*{caller.line.id for caller in one.callers.values()})

    def _forget(self, one: Neighbour) -> None:
        for caller in list(one.callers.values()):
            self._drop(one, caller)
        one.revs.clear()
        self._note(*self._on_line)

    def _drop(self, one: Neighbour, caller: NeighbourCaller) -> None:
        del one.callers[caller.call]
        self._touched.add(caller.line.id)

    def _note(self, *lines: LineId) -> None:
        """Gather again who is on these lines, and note when time alone next changes something."""
        for line in lines:
            self._touched.add(line)
            every = (caller for one in self._units.values() for caller in one.callers.values())
            self._on_line[line] = [caller for caller in every if caller.line.id == line]
        self.due_ms = min([caller.due_ms for caller in self], default=NEVER_MS)


def fault_of(unit: UnitId) -> str:
    """Return the name of the fault of a unit that is silent."""
    return f"unit {unit}"
