"""What the witness believes: who rings, who is in our hands, and who cannot be told from another."""

from collections.abc import Collection
from typing import Final

from appliance.core.events import Offer
from appliance.core.moments import SHOWN_MS
from appliance.core.notices import Outcome
from appliance.core.settings import LineSettings
from appliance.core.words import InstantMs, LineId, RingId
from appliance.simulate.callers import Caller, Leg
from appliance.simulate.site import Evidence
from appliance.simulate.visits import Hand, Heard, LineTruth, Standing, Visit

Key = tuple[LineId, str]

MOMENT_MS: Final = max(SHOWN_MS.values())
"""For how long a line shows what has happened to a caller who is gone, at the longest."""


class Belief:
    """All of it."""

    def __init__(self, lines: dict[LineId, LineSettings], legs: dict[RingId, Leg]) -> None:
        """Know these lines, and the person behind each ring."""
        self._settings = lines
        self._legs = legs
        self.lines = {line: LineTruth() for line in lines}
        self.rings: dict[RingId, InstantMs] = {}
        """Every ring that the board was told of and that is not over, with its beginning."""
        self.over: set[RingId] = set()
        self.hands: dict[RingId, Hand] = {}
        """The callers in our hands, by the rings that brought them."""
        self.wanted_on: Collection[LineId] = ()
        """Lines on which the board says that somebody is taken: there a ring's limit may wait."""
        self.visits: dict[Caller, Visit] = {}
        """Open visits of callers who can be told apart."""
        self._due_ms = float("inf")
        self._vague: set[Caller] = set()
        self._vague_until_ms: dict[Key, float] = {}
        self._vague_ring_count: dict[Key, int] = {}
        self._named: dict[Key, Visit] = {}

    def is_vague(self, caller: Caller) -> bool:
        """Return whether nobody could tell this caller from another one."""
        return caller in self._vague

    def hold_ms(self, line: LineId) -> float:
        """Return for how long a caller of this line may be held."""
        settings = self._settings[line]
        return settings.hold_ms if settings.queue else 0.0

    def limit_ms(self, line: LineId) -> float:
        """Return how old a ring of this line may be."""
        return self._settings[line].ring_limit_ms

    def grows_vague(self, caller: Caller, offer: Offer, now_ms: InstantMs) -> bool:
        """Return whether this caller cannot be told from others, and mark the others with him."""
        habits, key = caller.habits, (caller.habits.line.id, caller.number)
        other, own = self._named.get(key), self.visits.get(caller)
        if own is not None and not own.may_be(offer):
            self.forget(own)
        if habits.evidence is Evidence.TAG:
            return caller in self._vague
        clear = (other is None or other.caller is caller) and not self.key_is_vague(key, now_ms)
        alone = habits.evidence is Evidence.CALL_ID or len(habits.doors) == 1
        joined = own is None or own.standing is not Standing.RINGS or offer.call_id in own.call_ids
        if clear and alone and joined and caller not in self._vague:
            return False
        self._vague.add(caller)
        for visit in (own, other):
            if visit is not None and visit.caller in self.visits:
                self.forget(visit)
        return True

    def forget(self, visit: Visit) -> None:
        """Follow a visit no more: what becomes of it cannot be known."""
        self.visits.pop(visit.caller, None)
        self._named.pop((visit.line.id, visit.caller.number), None)
        key = (visit.line.id, visit.caller.number)
        count = len(visit.rings)
        for hand in self.hands.values():
            if hand.visit is visit:
                hand.visit, count = None, count + 1
        self.add_vague(key, count, 0 if count else visit.due_ms())
        self._vague.add(visit.caller)

    def add_vague(self, key: Key, ring_count: int, until_ms: float) -> None:
        """Count rings of vague callers of this number on this line, or remember them until then."""
        self._vague_ring_count[key] = self._vague_ring_count.get(key, 0) + ring_count
        self._vague_until_ms[key] = max(self._vague_until_ms.get(key, 0.0), until_ms)

    def key_is_vague(self, key: Key, now_ms: InstantMs) -> bool:
        """Return whether a vague caller of this number rings on this line, or may be remembered there."""
        return self._vague_ring_count.get(key, 0) > 0 or self._vague_until_ms.get(key, 0.0) >= now_ms

    def ring_over(self, ring: RingId, now_ms: InstantMs, heard: Heard) -> Visit | None:
        """A ring is over; return the visit it belonged to, or None for a vague caller's."""
        heard.changed = True
        del self.rings[ring]
        self.over.add(ring)
        caller = self._legs[ring].caller
        line = caller.habits.line
        truth = self.lines[line.id]
        truth.ring_count -= 1
        if line.queue:
            self.may_wait(line.id, now_ms + line.hold_ms)
        if line.id in self.wanted_on:
            self.may_wait(line.id, now_ms + MOMENT_MS)
        visit = self.visits.get(caller)
        if visit is None:
            heard.vague_lines.add(line.id)
            self.add_vague((line.id, caller.number), -1, now_ms + line.hold_ms * line.queue)
            return None
        del visit.rings[ring]
        visit.last_over_ms = now_ms
        return visit

    def may_wait(self, line: LineId, until_ms: float) -> None:
        """Somebody may wait on this line until then, though nothing rings."""
        truth = self.lines[line]
        truth.may_wait_until_ms = InstantMs(max(truth.may_wait_until_ms, until_ms))

    def limit_of(self, ring: RingId) -> float:
        """Return how old this ring may be."""
        return self._legs[ring].caller.habits.line.ring_limit_ms

    def close_visit(self, visit: Visit, outcome: Outcome, ended_ms: InstantMs, heard: Heard) -> None:
        """A visit is over."""
        del self.visits[visit.caller]
        self._named.pop((visit.line.id, visit.caller.number), None)
        heard.changed = True
        heard.ended.append((visit, outcome, ended_ms))
