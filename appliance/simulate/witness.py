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
    PickupMoved,
    RingEnded,
    RingsListed,
    RingStarted,
    TimePassed,
)
from appliance.core.notices import Outcome
from appliance.core.partings import CROSSED_MS
from appliance.core.settings import CancelMeaning
from appliance.core.words import LEGS_MAX, QUICKER_WHY, InstantMs, PickupStep, RingId
from appliance.simulate.belief import MOMENT_MS, Belief
from appliance.simulate.visits import Hand, Heard, Standing, Visit


class Witness(Belief):
    """Follows what the board is told."""

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
            case PickupMoved(ring, step, why):
                self._move(ring, step, why, now_ms, heard)
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
            dues += [begun_ms + self.limit_of(ring) for ring, begun_ms in self.rings.items()]
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
        if self.grows_vague(caller, event.offer, now_ms):
            heard.vague_lines.add(line.id)
            self.add_vague((line.id, caller.number), 1, 0)
            return
        visit = self.visits.get(caller)
        if visit is None:
            self.visits[caller] = visit = Visit(caller, line, started_ms)
            self._named[(line.id, caller.number)] = visit
            heard.arrived.append(visit)
        elif visit.standing in (Standing.IN_GAP, Standing.UNSEEN):
            visit.standing = Standing.RINGS
            visit.gave_up = visit.cancelled = False
            heard.returned.append(visit)
        elif visit.standing is Standing.IN_HAND:
            heard.again.append(visit)
        visit.call_ids.add(event.offer.call_id)
        visit.tag = event.offer.tag
        visit.rings[ring] = started_ms
        visit.last_started_ms = max(visit.last_started_ms, started_ms)

    def _end(self, ring: RingId, cancelled: bool, now_ms: InstantMs, heard: Heard) -> None:
        if ring not in self.rings:
            return
        leg = self._legs[ring]
        visit = self.ring_over(ring, now_ms, heard)
        if visit is None:
            return
        if cancelled and leg.ending is not None:
            visit.cancelled = True
            habits = leg.caller.habits
            proves = habits.dialect.said(leg.ending, visit.line.queue).proves
            visit.answered = visit.answered or proves is Outcome.ANSWERED_ELSEWHERE
            visit.gave_up = visit.gave_up or proves is Outcome.ABANDONED
        if visit.rings or visit.standing in (Standing.IN_HAND, Standing.TALKS):
            return
        if visit.answered:
            self.close_visit(visit, visit.answered_by(), now_ms, heard)
        elif visit.line.queue:
            visit.standing = Standing.IN_GAP
            heard.held.append(visit)
        else:
            self.close_visit(visit, visit.proved(), now_ms, heard)

    def _lose_all(self, now_ms: InstantMs, heard: Heard) -> None:
        """The engine is gone: nobody sees the callers any more, and who was in our hands is lost."""
        for ring in list(self.hands):
            self._leave_hand(ring, Outcome.DROPPED, now_ms, heard)
        for line, truth in self.lines.items():
            if truth.ring_count or now_ms <= truth.may_wait_until_ms:
                self.may_wait(line, truth.last_started_ms + self._settings[line].ring_limit_ms)
            if truth.hand_count or line in self.wanted_on:
                self.may_wait(line, now_ms + MOMENT_MS)
            truth.ring_count = 0
        for ring in self.rings:
            line_id = self._legs[ring].caller.habits.line.id
            if self._legs[ring].caller in self._vague:
                heard.vague_lines.add(line_id)
        self.rings.clear()
        for key in self._vague_until_ms:
            if self.key_is_vague(key, now_ms):
                limit_ms = self._settings[key[0]].ring_limit_ms
                self._vague_until_ms[key] = max(self._vague_until_ms[key], now_ms + limit_ms)
        self._vague_ring_count.clear()
        for visit in list(self.visits.values()):
            visit.rings.clear()
            if visit.answered and visit.standing is Standing.RINGS:
                self.close_visit(visit, visit.answered_by(), now_ms, heard)
            visit.standing = Standing.UNSEEN

    def _pass_time(self, now_ms: InstantMs, heard: Heard) -> None:
        for ring in [ring for ring, begun in self.rings.items() if begun + self.limit_of(ring) <= now_ms]:
            if not self._may_outlast_its_limit(ring):
                heard.past_limit.add(ring)
                self._end_by_limit(ring, now_ms, heard)
        for visit in [visit for visit in self.visits.values() if visit.due_ms() <= now_ms]:
            if visit.standing is Standing.UNSEEN:
                self.close_visit(visit, Outcome.UNKNOWN, now_ms, heard)
            else:
                sure = visit.cancelled and visit.caller.habits.dialect.meaning is not CancelMeaning.ALWAYS
                self.close_visit(
                    visit, Outcome.ABANDONED if sure else Outcome.UNKNOWN, visit.last_over_ms, heard
                )

    def _end_by_limit(self, ring: RingId, now_ms: InstantMs, heard: Heard) -> None:
        visit = self.ring_over(ring, now_ms, heard)
        if visit is not None and not visit.rings and visit.standing is Standing.RINGS:
            self.close_visit(visit, visit.proved(), now_ms, heard)

    def ended_late(self, ring: RingId, now_ms: InstantMs, heard: Heard) -> None:
        """The board ends a ring that outlasted its limit while somebody was taken."""
        if ring in self.rings and self.rings[ring] + self.limit_of(ring) <= now_ms:
            heard.past_limit.add(ring)
            self._end_by_limit(ring, now_ms, heard)

    def _may_outlast_its_limit(self, ring: RingId) -> bool:
        """Return whether the board may leave a ring be, since its caller is taken, or may be that one."""
        caller = self._legs[ring].caller
        visit = self.visits.get(caller)
        if visit is None or visit.call is None:
            line = caller.habits.line.id
            return line in self.wanted_on or self.lines[line].hand_count > 0
        return visit.is_wanted or visit.standing is not Standing.RINGS

    def _move(self, ring: RingId, step: PickupStep, why: str, now_ms: InstantMs, heard: Heard) -> None:
        """The engine came so far with a caller; of one who is over it says nothing new."""
        if ring not in self.hands and ring not in self.rings:
            return
        heard.changed = True
        line = self._legs[ring].caller.habits.line
        self.may_wait(line.id, now_ms + MOMENT_MS)
        if step in (PickupStep.ANSWERED, PickupStep.RINGING, PickupStep.JOINED):
            hand = self._hold(ring, now_ms, heard)
            if step is PickupStep.JOINED:
                hand.joined_ms = now_ms if hand.joined_ms is None else hand.joined_ms
                if hand.visit is not None:
                    hand.visit.standing = Standing.TALKS
        elif ring not in self.hands:
            if step is PickupStep.HANDED_OVER:
                visit = self.ring_over(ring, now_ms, heard)
                if visit is not None and not visit.rings:
                    self.close_visit(visit, Outcome.REDIRECTED, now_ms, heard)
        elif step is PickupStep.FAILED:
            self.hands[ring].joined_ms = None
            kept = self.hands[ring].visit
            if kept is not None:
                kept.standing, kept.resumes = Standing.IN_HAND, True
        elif step is PickupStep.HANDED_OVER or (
            step is PickupStep.LEFT and self.hands[ring].joined_ms is not None
        ):
            self._leave_hand(ring, Outcome.ANSWERED_HERE, now_ms, heard)
        elif step is PickupStep.LEFT:
            self._leave_hand(ring, Outcome.UNKNOWN, now_ms, heard)
        elif step is PickupStep.CALLER_GONE:
            quicker = why == QUICKER_WHY
            outcome = Outcome.ANSWERED_ELSEWHERE if quicker else Outcome.ABANDONED
            waits_on = self._may_wait_on(ring, quicker, now_ms)
            self._leave_hand(ring, None if waits_on else outcome, now_ms, heard)
        else:
            self._leave_hand(ring, Outcome.DROPPED, now_ms, heard)

    def _hold(self, ring: RingId, now_ms: InstantMs, heard: Heard) -> Hand:
        """The caller's leg stands."""
        if ring not in self.hands:
            caller = self._legs[ring].caller
            line = caller.habits.line
            visit = self.ring_over(ring, now_ms, heard)
            self.hands[ring] = Hand(line, visit, now_ms)
            self.lines[line.id].hand_count += 1
            if visit is None:
                self.add_vague((line.id, caller.number), 1, 0)
            else:
                visit.standing = Standing.IN_HAND
                visit.answered = visit.gave_up = False
        return self.hands[ring]

    def _may_wait_on(self, ring: RingId, quicker: bool, now_ms: InstantMs) -> bool:
        """Return whether the end of a leg that was just answered may be that of a queue's ring."""
        hand, dialect = self.hands[ring], self._legs[ring].caller.habits.dialect
        is_soon = hand.joined_ms is None and now_ms <= hand.began_ms + CROSSED_MS
        proves_answers = dialect.meaning is not CancelMeaning.ALWAYS
        answered = (quicker and proves_answers) or (hand.visit is not None and hand.visit.answered)
        return hand.line.queue and is_soon and not answered

    def _leave_hand(self, ring: RingId, outcome: Outcome | None, now_ms: InstantMs, heard: Heard) -> None:
        """A caller is no longer in our hands; where another ring of theirs lives, all is open.

        Without an outcome they may wait on in the queue that they came from.
        """
        hand, caller = self.hands.pop(ring), self._legs[ring].caller
        self.lines[hand.line.id].hand_count -= 1
        self.may_wait(hand.line.id, now_ms + (MOMENT_MS if outcome is not None else hand.line.hold_ms))
        visit = hand.visit
        if visit is None:
            heard.vague_lines.add(hand.line.id)
            self.add_vague((hand.line.id, caller.number), -1, now_ms + hand.line.hold_ms * hand.line.queue)
        elif visit.rings:
            visit.standing = Standing.RINGS
            self.forget(visit)
            heard.vague_lines.add(hand.line.id)
        elif outcome is None:
            visit.standing, visit.cancelled, visit.last_over_ms = Standing.IN_GAP, True, now_ms
            heard.held.append(visit)
        else:
            if visit.is_sent_on and outcome is Outcome.ANSWERED_HERE:
                outcome = Outcome.OVERFLOWED
            self.close_visit(visit, outcome, now_ms if hand.joined_ms is None else hand.joined_ms, heard)
