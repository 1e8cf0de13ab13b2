"""What becomes of callers who leave our hands: with a person, gone, or back in the queue they came from.

An answer of ours may cross the end of a queue's ring on the way. The phone system then ends the leg that we
have just answered, and the caller, who heard nothing of it all, waits on in the queue and rings again in
seconds. Whoever pressed for them still wants them: the press is armed, as in any other gap of that queue.
"""

from typing import Final

from appliance.core.callers import ANSWERED_WHY, GAVE_UP_WHY, Callers
from appliance.core.calls import Call, CallStep
from appliance.core.notices import CallRangAgain, Outcome
from appliance.core.settings import BoardSettings, CancelMeaning
from appliance.core.words import CALL_LOST_WHY, QUICKER_WHY, DurationMs, InstantMs, RingId

CROSSED_MS: Final = DurationMs(2_000)
"""How soon after our answer a leg ends that was no more to be had. The end comes with the acknowledgement of
the answer (2 ms later, measured on Asterisk 22); one that the network loses is repeated after 0.5 s and again
1 s later (RFC 3261, T1), and half a second is left for a busy unit. A queue's caller who hangs up of their
own within that time is believed to wait for the hold time, as is whoever hangs up while a queue rings."""

_GONE: Final = {QUICKER_WHY: CallStep.ANSWERED, CALL_LOST_WHY: CallStep.WITHDRAWN}


class Partings:
    """How callers leave our hands."""

    def __init__(self, settings: BoardSettings, callers: Callers) -> None:
        """Know what each phone system's words mean."""
        self._meanings: Final = {one.id: one.cancel_meaning for one in settings.extensions}
        self._callers = callers
        self._told: Final = callers.told

    def begin(self, call: Call, ring: RingId, now_ms: InstantMs) -> None:
        """The leg of this ring, which is about to end as one, stands since this instant."""
        call.in_hand_ms = now_ms
        meaning = self._meanings[call.rings[ring].offer.extension]
        call.proves_answers = meaning is not CancelMeaning.ALWAYS

    def redirect(self, call: Call, ring: RingId, now_ms: InstantMs) -> None:
        """The phone system was told to ring elsewhere in place of this ring; others of the caller ring on."""
        self._callers.rings.end(ring)
        if not call.rings:
            why = "the phone system rings the desk phone"
            self._callers.close(call, CallStep.PASSED_ON, Outcome.REDIRECTED, why, now_ms)
            return
        call.step(CallStep.FAILED)
        call.by = None
        self._rings_on(call, now_ms)

    def gone(self, call: Call, why: str, now_ms: InstantMs) -> None:
        """The leg of a caller whom nobody has spoken with is over.

        If they are still wanted and another ring of theirs is alive, `by` says for whom.
        """
        step = _GONE.get(why, CallStep.GAVE_UP)
        is_sure = step is CallStep.WITHDRAWN or (step is CallStep.ANSWERED and call.proves_answers)
        if is_sure or not _crossed(call, now_ms):
            self.end(call, step, why, now_ms)
            return
        by = call.by
        if call.rings:
            self.end(call, CallStep.GAVE_UP, why, now_ms)
        else:
            call.hand = None
            call.withdrawn = call.withdrawn or call.proves_answers
            self._callers.hold(call, now_ms)
        call.by = by

    def end(self, call: Call, step: CallStep, why: str, now_ms: InstantMs) -> None:
        """The caller is no longer in our hands; another ring of theirs that is alive says what follows."""
        if call.rings:
            call.step(CallStep.ONE_RING_ENDED)
            call.hand = call.by = call.joined_ms = None
            self._rings_on(call, now_ms)
            return
        outcome, usual = _OUTCOMES[step]
        if step is CallStep.PASSED_ON:
            call.joined_ms = now_ms if call.joined_ms is None else call.joined_ms
            outcome = Outcome.OVERFLOWED if call.by is None else Outcome.ANSWERED_HERE
        self._callers.close(call, step, outcome, why or usual, now_ms)

    def _rings_on(self, call: Call, now_ms: InstantMs) -> None:
        self._told.append(CallRangAgain(call.id, call.line.id, call.wait_ms(now_ms)))


def _crossed(call: Call, now_ms: InstantMs) -> bool:
    """Return whether our answer crossed the end of a queue's ring: the caller may well wait on."""
    is_soon = call.joined_ms is None and now_ms <= call.in_hand_ms + CROSSED_MS
    # Where the end of another ring said that a colleague answered, the caller does not.
    return call.line.queue and is_soon and not call.answered


_OUTCOMES: Final[dict[CallStep, tuple[Outcome, str]]] = {
    CallStep.PASSED_ON: (Outcome.ANSWERED_HERE, "a person took the caller"),
    CallStep.ANSWERED: (Outcome.ANSWERED_ELSEWHERE, ANSWERED_WHY),
    CallStep.GAVE_UP: (Outcome.ABANDONED, GAVE_UP_WHY),
    CallStep.WITHDRAWN: (Outcome.UNKNOWN, "the caller left our hands, and nobody saw how"),
    CallStep.LOST: (Outcome.DROPPED, "the engine ended"),
}
"""How a call ends with each step, and the reason where none is given."""
