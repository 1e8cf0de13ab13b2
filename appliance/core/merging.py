"""One caller, seen by several units, is one caller: whom each line has, over the whole site.

Callers whom no key tells apart are as many as the unit that sees most of them, and the first of each unit is
taken for the same one, and the second, and so on, by the length of their waits. A caller has a key of their
own but for rare cases (two people behind one company's number), so that this is one rule for all: of those
with the same key, and of those without any.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import zip_longest

from appliance.core.bus_events import NeighbourState
from appliance.core.calls import Call
from appliance.core.neighbour import NeighbourCaller
from appliance.core.words import InstantMs, UnitId

Member = Call | NeighbourCaller


@dataclass(slots=True)
class SiteCaller:
    """A caller of the site, with everybody who sees them."""

    own: Call | None
    """Our own call, if the caller rings or rang here."""
    others: tuple[NeighbourCaller, ...]
    """What other units see of the caller, those of silent units too."""

    @property
    def members(self) -> tuple[Member, ...]:
        """Our own call and what others see, in one."""
        return self.others if self.own is None else (self.own, *self.others)

    @property
    def shown(self) -> bool:
        """False for a caller of ours who is only counted."""
        return self.own is None or self.own.shown

    @property
    def is_unsure(self) -> bool:
        """True if nobody sees the caller any more."""
        return all(member.is_unsure for member in self.members)

    @property
    def started_ms(self) -> InstantMs:
        """Since when the caller waits: the longest wait that anybody knows of."""
        return min(member.started_ms for member in self._sure)

    @property
    def fill(self) -> int:
        """How many of the line's thresholds that wait has passed."""
        return max(member.fill for member in self._sure)

    @property
    def stage(self) -> int:
        """The highest stage that the caller has with anybody."""
        return max(member.stage for member in self._sure)

    @property
    def is_seen(self) -> bool:
        """True while anybody sees the caller wait."""
        return any(member.is_seen for member in self.members)

    @property
    def muted(self) -> bool:
        """True if somebody wants no more sound for the caller, whoever sees them."""
        return any(member.muted for member in self.members)

    @property
    def hushed_until_ms(self) -> InstantMs:
        """Until when another unit wants no sound for the caller; stage 3 sounds nevertheless."""
        return max(member.hushed_until_ms for member in self.members)

    @property
    def staged_ms(self) -> InstantMs:
        """When the stage was reached."""
        stage = self.stage
        return min(member.staged_ms for member in self._sure if member.stage == stage)

    @property
    def sounded(self) -> int:
        """The stage for which a sound was last wanted here, whoever saw the caller then."""
        return max(member.sounded for member in self.members)

    @sounded.setter
    def sounded(self, stage: int) -> None:
        """Note it with everybody who sees the caller: whoever of them stays does not sound for it again."""
        for member in self.members:
            member.sounded = stage

    @property
    def units(self) -> tuple[UnitId, ...]:
        """The other units that see the caller, or saw them."""
        return tuple(other.unit for other in self.others)

    @property
    def _sure(self) -> list[Member]:
        """Those who see the caller; if nobody does, those who did."""
        members = list(self.members)
        return [member for member in members if not member.is_unsure] or members


def merge(own: Iterable[Call], others: Iterable[NeighbourCaller], unit: UnitId) -> list[SiteCaller]:
    """Return the callers of one line, the longest waiter first.

    Whom another unit's people speak with waits no more, and is none of them; whom ours speak with is.
    """
    groups: dict[str, dict[UnitId, list[Member]]] = {}
    for call in own:
        groups.setdefault(call.key, {}).setdefault(unit, []).append(call)
    for other in others:
        if other.state is not NeighbourState.TAKEN or other.by == unit:
            groups.setdefault(other.key, {}).setdefault(other.unit, []).append(other)
    callers = []
    for group in groups.values():
        by_wait = (sorted(seen, key=lambda member: member.started_ms) for seen in group.values())
        for members in zip_longest(*by_wait):
            ours = [member for member in members if isinstance(member, Call)]
            theirs = tuple(member for member in members if isinstance(member, NeighbourCaller))
            callers.append(SiteCaller(ours[0] if ours else None, theirs))
    return sorted(callers, key=lambda caller: caller.started_ms)
