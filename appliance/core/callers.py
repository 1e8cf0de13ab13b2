"""All callers of the board: their calls, their rings, who is shown and who is only counted.

Methods take the instant and append what people should hear of to `told`; the board collects it. A second
ring of a known call, and a word about a call that is over, are ordinary and no errors: the engine repeats
its list every second, and a message may come twice.
"""

from collections.abc import Collection, Iterable, Iterator
from typing import Final

from appliance.core.calls import Call, CallState, CallStep, Ring
from appliance.core.correlation import GAPS, find_call
from appliance.core.endings import Verdict, verdict_of
from appliance.core.escalation import fill_of, next_threshold_ms, stage_of
from appliance.core.events import Offer, RingEnded
from appliance.core.keys import key_of
from appliance.core.notices import (
    CallArrived,
    CallEnded,
    CallHeld,
    CallRangAgain,
    CallShown,
    CallUnsure,
    Notice,
    Outcome,
    StageReached,
    Urgency,
)
from appliance.core.repeats import LostCallers
from appliance.core.rings import Rings
from appliance.core.settings import CancelMeaning, LineSettings
from appliance.core.words import CALLERS_MAX, LEGS_MAX, STAGES, CallId, ExtensionId, InstantMs, LineId, RingId

CALLS_MAX: Final = LEGS_MAX
"""Open calls, shown or counted. As many as there can be rings; beyond it the oldest caller who does not ring
(held or unsure) makes room and ends as unknown, so that a ring always finds a place. Where all others ring,
the few who are in our hands (`PICKUPS_MAX`) come on top."""

ANSWERED_WHY: Final = "a colleague answered"
GAVE_UP_WHY: Final = "the caller gave up"
DIALLED_WHY: Final = "the desk phone dialled for the caller"


class Callers:
    """Everybody who waits, in the order of arrival."""

    def __init__(self, lines: Iterable[LineId], site_key: bytes = b"") -> None:
        """Begin with nobody on these lines. With a site's key, callers are known to other units by theirs."""
        self._site_key = site_key
        self._calls: dict[CallId, Call] = {}
        self._on_line: dict[LineId, dict[CallId, Call]] = {line: {} for line in lines}
        self.rings: Final = Rings()
        self._lost = LostCallers()
        self._last_id = 0
        self._shown_count = 0
        self.told: list[Notice] = []
        self.rose = False
        """True if a call reached a stage since the board last looked: the tower may chirp."""
        self.closed: list[tuple[Call, CallStep, InstantMs]] = []
        """Calls that ended since the board last looked, how and when."""
        self.touched: set[LineId] = set()
        """Lines whose callers changed since the board last looked: only these are drawn again."""
        self.is_overdue = False
        """True if a call is past its time already: a ring that was first heard of after its limit, say."""

    def __iter__(self) -> Iterator[Call]:
        """Walk over the open calls in the order of arrival."""
        return iter(self._calls.values())

    @property
    def is_empty(self) -> bool:
        """True if nobody waits, rings, is held or is unsure."""
        return not self._calls

    @property
    def lines(self) -> Iterable[LineId]:
        """The lines."""
        return self._on_line.keys()

    def on_line(self, line: LineId) -> Collection[Call]:
        """Return the open calls of one line, in the order of arrival."""
        return self._on_line[line].values()

    @property
    def counted(self) -> int:
        """How many callers are only counted: beyond those that are shown."""
        return len(self._calls) - self._shown_count

    def extension_of(self, ring: RingId) -> ExtensionId | None:
        """Return the extension at which a ring is alive; None if it is over or was never seen."""
        call = self.rings.call_of(ring)
        return None if call is None else call.rings[ring].offer.extension

    def start(self, offer: Offer, line: LineSettings, started_ms: InstantMs, now_ms: InstantMs) -> None:
        """A ring began: it continues an open call, or opens one."""
        call = find_call(offer, self._on_line[line.id].values())
        if call is None:
            call = self._open(offer, line, started_ms)
        else:
            again = call.state in GAPS
            if not call.is_ours:
                call.step(CallStep.RANG)
            if again:
                call.gave_up = call.withdrawn = False
                self.told.append(CallRangAgain(call.id, line.id, call.wait_ms(now_ms)))
        self.rings.begin(Ring(offer, started_ms), call)
        call.call_ids.add(offer.call_id)
        # A caller who is sent on to ring here again has a new tag.
        call.tag = offer.tag or call.tag
        call.number = call.number or offer.number
        call.key = key_of(call, self._site_key)
        call.last_ring_started_ms = max(call.last_ring_started_ms, started_ms)
        self.advance(call, now_ms)

    def end(self, event: RingEnded, meaning: CancelMeaning, now_ms: InstantMs) -> None:
        """A ring is over. The last one decides what becomes of the call, with all that the others said."""
        call = self.rings.end(event.ring)
        verdict = verdict_of(event.cancelled, event.reasons, meaning)
        call.answered = call.answered or verdict is Verdict.ANSWERED
        call.gave_up = call.gave_up or verdict is Verdict.GAVE_UP
        call.withdrawn = call.withdrawn or (event.cancelled and meaning is not CancelMeaning.ALWAYS)
        call.last_ring_ended_ms = now_ms
        if call.is_ours:
            # What the other phones are told says nothing of a caller who is with us.
            pass
        elif call.rings:
            call.step(CallStep.ONE_RING_ENDED)
        elif call.answered:
            self.close(call, CallStep.ANSWERED, Outcome.ANSWERED_ELSEWHERE, ANSWERED_WHY, now_ms)
        elif call.line.queue:
            self.hold(call, now_ms)
        elif call.gave_up:
            self.close(call, CallStep.GAVE_UP, Outcome.ABANDONED, GAVE_UP_WHY, now_ms)
        else:
            why = "the phone system withdrew the call" if event.cancelled else "the ring was lost"
            self.close(call, CallStep.WITHDRAWN, Outcome.UNKNOWN, why, now_ms)
        if call.state is not CallState.ENDED:
            self._schedule(call, now_ms)

    def hold(self, call: Call, now_ms: InstantMs) -> None:
        """The caller of a queue rings nowhere, and may ring again."""
        call.step(CallStep.MAY_RETURN)
        call.last_ring_ended_ms = now_ms
        self.told.append(CallHeld(call.id, call.line.id, call.wait_ms(now_ms)))

    def lose_witness(self, now_ms: InstantMs) -> None:
        """The engine is gone: every caller is unsure until he rings again or the ring limit passes.

        One of whom a ring already said that a colleague answered is no such caller: his other rings were
        about to end. And who was in our hands is lost.
        """
        self.rings.lose_all()
        for call in list(self._calls.values()):
            if call.is_ours:
                self.close(call, CallStep.LOST, Outcome.DROPPED, "the engine was lost", now_ms)
                continue
            if call.answered:
                self.close(call, CallStep.ANSWERED, Outcome.ANSWERED_ELSEWHERE, ANSWERED_WHY, now_ms)
                continue
            if call.state is not CallState.UNSURE:
                self.told.append(CallUnsure(call.id, call.line.id, call.wait_ms(now_ms)))
            call.step(CallStep.WITNESS_LOST)
            self._schedule(call, now_ms)

    def pass_time(self, now_ms: InstantMs) -> list[RingId]:
        """Do what time alone changes by this instant; return the rings that the engine must end."""
        self.is_overdue = False
        over_limit: list[RingId] = []
        for call in [call for call in self._calls.values() if call.due_ms <= now_ms]:
            if call.state is CallState.RINGING:
                over_limit += self._end_old_rings(call, now_ms)
            elif now_ms < call.lasts_until_ms:
                pass
            elif call.state in (CallState.HELD, CallState.ARMED):
                self._leave_queue(call)
            else:
                why = "nothing was heard of the caller until the ring limit"
                self.close(call, CallStep.LIMIT_REACHED, Outcome.UNKNOWN, why, now_ms)
            if call.state is not CallState.ENDED:
                self.advance(call, now_ms)
        return over_limit

    def wait_since(self, call: Call, started_ms: InstantMs, now_ms: InstantMs) -> None:
        """Another unit knows that the caller has waited since then: what follows from the wait follows."""
        call.started_ms = started_ms
        self.advance(call, now_ms)

    def end_elsewhere(self, call: Call, answered: bool, now_ms: InstantMs) -> None:
        """Another unit saw the end of a caller. One who rings here rings until our own PBX says otherwise."""
        if answered and call.state in GAPS:
            self.close(call, CallStep.ANSWERED, Outcome.ANSWERED_ELSEWHERE, ANSWERED_WHY, now_ms)
        elif call.state is CallState.UNSURE:
            why = "another unit saw the end"
            self.close(call, CallStep.ENDED_ELSEWHERE, Outcome.UNKNOWN, why, now_ms)

    def promote(self, now_ms: InstantMs) -> None:
        """Give places that fell free to the callers who were only counted, the longest waiter first."""
        if not self.counted:
            return
        for call in self._calls.values():
            if self._shown_count >= CALLERS_MAX:
                return
            if not call.shown:
                call.shown = True
                self._shown_count += 1
                self.touched.add(call.line.id)
                self.told.append(CallShown(call.id, call.line.id, call.wait_ms(now_ms)))

    def _open(self, offer: Offer, line: LineSettings, started_ms: InstantMs) -> Call:
        if len(self._calls) >= CALLS_MAX:
            self._make_room(started_ms)
        self._last_id += 1
        call = Call(
            CallId(self._last_id),
            line,
            offer.number,
            offer.tag,
            set(),
            started_ms,
            self._shown_count < CALLERS_MAX,
        )
        if line.priority:
            call.urgency = Urgency.PRIORITY
        elif self._lost.returns(offer.number, started_ms):
            call.urgency = Urgency.REPEAT
        self._shown_count += call.shown
        self._calls[call.id] = call
        self._on_line[line.id][call.id] = call
        self.told.append(CallArrived(call.id, line.id, call.shown))
        return call

    def _make_room(self, now_ms: InstantMs) -> None:
        quiet = [call for call in self._calls.values() if call.state in GAPS]
        if quiet:
            call = min(quiet, key=lambda call: call.last_ring_started_ms)
            why = "the room was needed for a caller who rings"
            self.close(call, CallStep.BOARD_FULL, Outcome.UNKNOWN, why, now_ms)

    def _end_old_rings(self, call: Call, now_ms: InstantMs) -> list[RingId]:
        """End the rings that are older than the limit: a PBX that died sends no CANCEL."""
        limit_ms = call.line.ring_limit_ms
        old = [ring for ring, alive in call.rings.items() if now_ms >= alive.started_ms + limit_ms]
        for ring in old:
            self.rings.end(ring)
            call.last_ring_ended_ms = now_ms
        if old and not call.rings and call.answered:
            self.close(call, CallStep.ANSWERED, Outcome.ANSWERED_ELSEWHERE, ANSWERED_WHY, now_ms)
        elif old and not call.rings and call.gave_up and not call.line.queue:
            self.close(call, CallStep.GAVE_UP, Outcome.ABANDONED, GAVE_UP_WHY, now_ms)
        elif old and not call.rings:
            why = "cleared: it rang past the ring limit and the phone system never ended it"
            self.close(call, CallStep.LIMIT_REACHED, Outcome.UNKNOWN, why, now_ms)
        elif old:
            call.step(CallStep.ONE_RING_ENDED)
        return old

    def _leave_queue(self, call: Call) -> None:
        outcome = Outcome.ABANDONED if call.withdrawn else Outcome.UNKNOWN
        why = "the caller left the queue" if call.withdrawn else "the queue did not ring again"
        self.close(call, CallStep.HOLD_OVER, outcome, why, call.last_ring_ended_ms)

    def close(self, call: Call, step: CallStep, outcome: Outcome, why: str, ended_ms: InstantMs) -> None:
        """Move a call to its end, and tell how it ended."""
        if step is CallStep.ANSWERED and call.state is CallState.TAKING and call.dialled:
            step, outcome, why = CallStep.PASSED_ON, Outcome.ANSWERED_HERE, DIALLED_WHY
        call.step(step)
        self.touched.add(call.line.id)
        del self._calls[call.id]
        del self._on_line[call.line.id][call.id]
        self._shown_count -= call.shown
        self._lost.end(call.number, outcome, ended_ms)
        self.closed.append((call, step, ended_ms))
        self.told.append(CallEnded(call.id, call.line.id, outcome, call.wait_ms(ended_ms), why))

    def advance(self, call: Call, now_ms: InstantMs) -> None:
        """Let fill and stage follow the wait, unless nobody sees the caller wait."""
        if call.is_seen:
            call.fill = fill_of(call, now_ms)
            if call.fill == STAGES and call.urgency is None:
                call.urgency = Urgency.WAITED
            stage = stage_of(call)
            if stage > call.stage:
                if stage > 1:
                    wait_ms = call.wait_ms(now_ms)
                    self.told.append(StageReached(call.id, call.line.id, stage, wait_ms, call.urgency))
                call.stage, call.staged_ms = stage, now_ms
                self.rose = True
        self._schedule(call, now_ms)

    def _schedule(self, call: Call, now_ms: InstantMs) -> None:
        """Note when time alone next changes the call, and that its line must be drawn again."""
        self.touched.add(call.line.id)
        call.due_ms = min(call.lasts_until_ms, next_threshold_ms(call))
        self.is_overdue = self.is_overdue or call.due_ms <= now_ms
