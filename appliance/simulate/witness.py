"""The witness: what a careful reader of the same messages, who knows each caller by face, would believe.

It is written from the facts about PBXes and the product's words, apart from the core, and it cheats in one
way that the core cannot: it knows which person every ring belongs to. Where even it could not tell two people
apart by what a PBX sends (several anonymous callers, several from one number, several rings joined by
nothing), it calls them *vague*, and only what holds for everybody is asked of them.
"""

from appliance.core.events import (
    EngineLost,
    EngineStarted,
    Event,
    RingEnded,
    RingsListed,
    RingStarted,
    TimePassed,
)
from appliance.core.notices import Outcome
from appliance.core.settings import CancelMeaning, LineSettings
from appliance.core.words import LEGS_MAX, InstantMs, LineId, RingId
from appliance.simulate.callers import Caller, Leg
from appliance.simulate.site import Evidence
from appliance.simulate.visits import Heard, LineTruth, Standing, Visit

Key = tuple[LineId, str]


class Witness:
    """Follows what the board is told."""

    def __init__(self, lines: dict[LineId, LineSettings], legs: dict[RingId, Leg]) -> None:
        """Know these lines, and the person behind each ring."""
        self._settings = lines
        self._legs = legs
        self.lines = {line: LineTruth() for line in lines}
        self.rings: dict[RingId, InstantMs] = {}
        """Every ring that the board was told of and that is not over, with its beginning."""
        self.over: set[RingId] = set()
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

    def hear(self, event: Event, now_ms: InstantMs) -> Heard:
        """Believe what the board was told at this instant, after what time alone brought until then."""
        heard = Heard()
        if now_ms >= self._due_ms:
            self._pass_time(now_ms, heard)
        match event:
            case RingStarted():
                self._start(event, now_ms, heard)
            case RingEnded(ring, cancelled, _):
                self._end(ring, cancelled, now_ms, heard)
            case RingsListed(rings):
                listed = {one.offer.ring for one in rings}
                for ring in [ring for ring in self.rings if ring not in listed]:
                    self._end(ring, False, now_ms, heard)
                heard.lingering = listed & self.over
                heard.changed = heard.changed or bool(heard.lingering)
                for one in rings:
                    self._start(one, now_ms, heard)
            case EngineLost() | EngineStarted():
                heard.changed = True
                self._lose_all(now_ms, heard)
                self._pass_time(now_ms, heard)
            case TimePassed():
                pass
            case _:
                heard.changed = True
        if heard.changed:
            dues = [visit.due_ms() for visit in self.visits.values()]
            dues += [begun_ms + self._limit_of(ring) for ring, begun_ms in self.rings.items()]
            self._due_ms = min(dues, default=float("inf"))
        return heard

    def _start(self, event: RingStarted, now_ms: InstantMs, heard: Heard) -> None:
        ring, started_ms = event.offer.ring, InstantMs(now_ms - event.age_ms)
        if ring in self.rings or ring in self.over:
            return
        if len(self.rings) >= LEGS_MAX:
            heard.refused.add(ring)
            heard.changed = True
            return
        caller = self._legs[ring].caller
        line = caller.habits.line
        heard.changed = True
        self.rings[ring] = started_ms
        truth = self.lines[line.id]
        truth.ring_count += 1
        truth.last_started_ms = max(truth.last_started_ms, started_ms)
        if self._grows_vague(caller, event.offer.call_id, now_ms):
            heard.vague_lines.add(line.id)
            self._add_vague((line.id, caller.number), 1, 0)
            return
        visit = self.visits.get(caller)
        if visit is None:
            self.visits[caller] = visit = Visit(caller, line, started_ms)
            self._named[(line.id, caller.number)] = visit
            heard.arrived.append(visit)
        elif visit.standing is not Standing.RINGS:
            visit.standing = Standing.RINGS
            visit.gave_up = visit.cancelled = False
            heard.returned.append(visit)
        visit.call_ids.add(event.offer.call_id)
        visit.rings[ring] = started_ms
        visit.last_started_ms = max(visit.last_started_ms, started_ms)

    def _grows_vague(self, caller: Caller, call_id: str, now_ms: InstantMs) -> bool:
        """Return whether this caller cannot be told from others, and mark the others with him."""
        habits, key = caller.habits, (caller.habits.line.id, caller.number)
        if habits.evidence is Evidence.TAG:
            return caller in self._vague
        other, own = self._named.get(key), self.visits.get(caller)
        clear = (other is None or other.caller is caller) and not self._key_is_vague(key, now_ms)
        alone = habits.evidence is Evidence.CALL_ID or len(habits.doors) == 1
        joined = own is None or own.standing is not Standing.RINGS or call_id in own.call_ids
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
        self._add_vague(key, len(visit.rings), 0 if visit.rings else visit.due_ms())
        self._vague.add(visit.caller)

    def _add_vague(self, key: Key, ring_count: int, until_ms: float) -> None:
        self._vague_ring_count[key] = self._vague_ring_count.get(key, 0) + ring_count
        self._vague_until_ms[key] = max(self._vague_until_ms.get(key, 0.0), until_ms)

    def _key_is_vague(self, key: Key, now_ms: InstantMs) -> bool:
        """Return whether a vague caller of this number rings on this line, or may be remembered there."""
        return self._vague_ring_count.get(key, 0) > 0 or self._vague_until_ms.get(key, 0.0) >= now_ms

    def _end(self, ring: RingId, cancelled: bool, now_ms: InstantMs, heard: Heard) -> None:
        if ring not in self.rings:
            return
        leg = self._legs[ring]
        visit = self._ring_over(ring, now_ms, heard)
        if visit is None:
            return
        if cancelled and leg.ending is not None:
            visit.cancelled = True
            habits = leg.caller.habits
            proves = habits.dialect.said(leg.ending, visit.line.queue).proves
            visit.answered = visit.answered or proves is Outcome.ANSWERED_ELSEWHERE
            visit.gave_up = visit.gave_up or proves is Outcome.ABANDONED
        if visit.rings:
            return
        if visit.answered:
            self._close(visit, Outcome.ANSWERED_ELSEWHERE, now_ms, heard)
        elif visit.line.queue:
            visit.standing = Standing.IN_GAP
            heard.held.append(visit)
        else:
            self._close(visit, visit.proved(), now_ms, heard)

    def _ring_over(self, ring: RingId, now_ms: InstantMs, heard: Heard) -> Visit | None:
        """A ring is over; return the visit it belonged to, or None for a vague caller's."""
        heard.changed = True
        del self.rings[ring]
        self.over.add(ring)
        caller = self._legs[ring].caller
        line = caller.habits.line
        truth = self.lines[line.id]
        truth.ring_count -= 1
        if line.queue:
            truth.may_wait_until_ms = max(truth.may_wait_until_ms, InstantMs(now_ms + line.hold_ms))
        visit = self.visits.get(caller)
        if visit is None:
            heard.vague_lines.add(line.id)
            self._add_vague((line.id, caller.number), -1, now_ms + line.hold_ms * line.queue)
            return None
        del visit.rings[ring]
        visit.last_over_ms = now_ms
        return visit

    def _lose_all(self, now_ms: InstantMs, heard: Heard) -> None:
        """The engine is gone: nobody sees the callers any more."""
        for line, truth in self.lines.items():
            if truth.ring_count or now_ms <= truth.may_wait_until_ms:
                until_ms = InstantMs(truth.last_started_ms + self._settings[line].ring_limit_ms)
                truth.may_wait_until_ms = max(truth.may_wait_until_ms, until_ms)
            truth.ring_count = 0
        for ring in self.rings:
            line_id = self._legs[ring].caller.habits.line.id
            if self._legs[ring].caller in self._vague:
                heard.vague_lines.add(line_id)
        self.rings.clear()
        for key in self._vague_until_ms:
            if self._key_is_vague(key, now_ms):
                limit_ms = self._settings[key[0]].ring_limit_ms
                self._vague_until_ms[key] = max(self._vague_until_ms[key], now_ms + limit_ms)
        self._vague_ring_count.clear()
        for visit in list(self.visits.values()):
            visit.rings.clear()
            if visit.answered and visit.standing is Standing.RINGS:
                self._close(visit, Outcome.ANSWERED_ELSEWHERE, now_ms, heard)
            visit.standing = Standing.UNSEEN

    def _pass_time(self, now_ms: InstantMs, heard: Heard) -> None:
        for ring in [ring for ring, begun in self.rings.items() if begun + self._limit_of(ring) <= now_ms]:
            heard.past_limit.add(ring)
            visit = self._ring_over(ring, now_ms, heard)
            if visit is not None and not visit.rings:
                self._close(visit, visit.proved(), now_ms, heard)
        for visit in [visit for visit in self.visits.values() if visit.due_ms() <= now_ms]:
            if visit.standing is Standing.UNSEEN:
                self._close(visit, Outcome.UNKNOWN, now_ms, heard)
            else:
                sure = visit.cancelled and visit.caller.habits.dialect.meaning is not CancelMeaning.ALWAYS
                self._close(visit, Outcome.ABANDONED if sure else Outcome.UNKNOWN, visit.last_over_ms, heard)

    def _limit_of(self, ring: RingId) -> float:
        return self._legs[ring].caller.habits.line.ring_limit_ms

    def _close(self, visit: Visit, outcome: Outcome, ended_ms: InstantMs, heard: Heard) -> None:
        del self.visits[visit.caller]
        self._named.pop((visit.line.id, visit.caller.number), None)
        heard.changed = True
        heard.ended.append((visit, outcome, ended_ms))
