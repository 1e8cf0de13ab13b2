"""Taking our own callers: from the press until a person has them, and what becomes of whom nobody took.

The engine answers a caller, calls a person, joins the two and steps out; here is decided whom it takes and
for whom, and what its steps mean for the call. Three rules. A caller is taken for one unit at a time. A
pickup that fails leaves the caller here, shown with the full wait, for anyone to take. And whoever dials for
a caller looks the number up in the settings here: a request says who asks, never where to.
"""

from collections.abc import Iterator
from typing import Final

from appliance.core.callers import Callers
from appliance.core.calls import Call, CallState, CallStep
from appliance.core.events import PickupMoved
from appliance.core.moments import Moments
from appliance.core.orders import Orders, forget_later, is_overtaken
from appliance.core.partings import Partings
from appliance.core.pickup_notices import CallTaken, PickupArmed, PickupBegan, PickupFailed, ReturnBegan
from appliance.core.picture import Showing
from appliance.core.settings import BoardSettings
from appliance.core.words import (
    NEVER_MS,
    CallId,
    DurationMs,
    InstantMs,
    LineId,
    OrderId,
    PickupStep,
    RingId,
    UnitId,
    Way,
)

TAKING_MS_MAX: Final = DurationMs(4_000)
"""How long the engine may take to answer a caller for us, or the desk phone to get one by dialling: as long
as a press may be late (product). Beyond it the taking has failed and the caller rings on; an answer that
comes later still counts."""

_STOPPED_WHY: Final = "the unit was told to stop"
_ON_HANDSET: Final = (CallState.TAKING, CallState.ANSWERED, CallState.TAKEN)


class Pickups:
    """The callers of ours who are being taken, or are in our hands."""

    def __init__(self, settings: BoardSettings, callers: Callers, moments: Moments) -> None:
        """Begin with empty hands."""
        self._unit: Final = settings.unit
        self._settings: Final = settings.pickup
        self._callers = callers
        self._moments = moments
        self._partings: Final = Partings(settings, callers)
        self.followed: dict[CallId, Call] = {}
        """The callers who are being taken, or are in our hands."""
        self.is_stopping = False
        """True once the unit was told to end: nobody is taken any more."""
        self.orders: Final = Orders(settings)
        self.gone: list[LineId] = []
        """Lines on which a press came to nothing since the board last looked: the caller is gone."""
        self._told: Final = callers.told
        """The callers' own list: what is told of one caller keeps its order."""

    @property
    def due_ms(self) -> InstantMs:
        """When time alone next changes something here."""
        return min(map(self._due_ms, self.followed.values()), default=NEVER_MS)

    @property
    def holds_callers(self) -> bool:
        """True while the end of the unit would cut somebody off, or leave them to nobody.

        Whoever speaks with a person through us is one of them: the phone system would not take them over.
        A kept caller whom nobody can be found for is not; the unit's end is no worse than what they have.
        """
        open_states = (CallState.TAKING, CallState.ANSWERED, CallState.TAKEN, CallState.RETURNING)
        return any(call.state in open_states for call in self.followed.values())

    @property
    def ours(self) -> Iterator[Call]:
        """The callers in our hands."""
        return (call for call in self.followed.values() if call.is_ours)

    def want(self, call: Call, by: UnitId, now_ms: InstantMs) -> None:
        """Take this caller, who is takeable, for a unit's people."""
        call.step(CallStep.WANTED)
        call.by, call.wanted_ms = by, now_ms
        if call.state is CallState.ARMED:
            self._told.append(PickupArmed(call.id, call.line.id, by))
        else:
            self.followed[call.id] = call
            self.orders.take(call, by)
            self._told.append(PickupBegan(call.id, call.line.id, by))
        self._callers.advance(call, now_ms)

    def rang(self, ring: RingId, now_ms: InstantMs) -> None:
        """A ring began: if a press waited for it, it is taken."""
        call = self._callers.rings.call_of(ring)
        if call is not None:
            self._take_again(call, now_ms)

    def moved(self, event: PickupMoved, now_ms: InstantMs) -> None:
        """The engine came so far with a caller; a word about one who is over is ordinary."""
        ring, step, why, order = event.ring, event.step, event.why, event.order
        call = self._callers.rings.call_of(ring) or self._in_hand(ring)
        if call is None:
            return
        match step:
            case PickupStep.ANSWERED | PickupStep.RINGING:
                self._hold(call, event, now_ms)
                self._send_on_at_the_end(call, now_ms)
            case PickupStep.JOINED:
                self._hold(call, event, now_ms)
                self._join(call, order, now_ms)
            case PickupStep.FAILED if is_overtaken(call, order):
                # Somebody else is being called for the caller: whether they come is not known yet.
                return
            case PickupStep.FAILED:
                self._fail(call, why, now_ms)
                if call.orders.get(order) is not None:
                    self._send_on_at_the_end(call, now_ms)
            case PickupStep.HANDED_OVER if not call.is_ours:
                self._partings.redirect(call, ring, now_ms)
            case PickupStep.HANDED_OVER:
                self._partings.end(call, CallStep.PASSED_ON, why, now_ms)
            case _ if not call.is_ours:
                # The end of its ring says what became of the caller.
                return
            case PickupStep.CALLER_GONE:
                self._partings.gone(call, why, now_ms)
                self._take_again(call, now_ms)
            case PickupStep.LEFT:
                talked = call.state is CallState.TAKEN
                self._partings.end(call, CallStep.PASSED_ON if talked else CallStep.WITHDRAWN, why, now_ms)
            case PickupStep.DROPPED:
                self._partings.end(call, CallStep.LOST, why, now_ms)
        if call.state is not CallState.ENDED:
            self._callers.advance(call, now_ms)

    def lose_engine(self, now_ms: InstantMs) -> None:
        """The engine is gone: nobody will answer for a press. Who was in our hands has ended already."""
        for call in self._callers:
            if call.by is not None:
                self._show_failed(call, now_ms)
                call.by = None
        self._forget()

    def hook_on(self) -> None:
        """The handset was put back: that ends the conversation on it, or the attempt at one.

        The word that they were joined may still be on its way; a caller who waits is never ended by it.
        """
        for call in self.followed.values() if self._settings.way is Way.HANDSET else ():
            if call.by == self._unit and call.state in _ON_HANDSET:
                self.orders.hang_up(call)

    def stop(self, now_ms: InstantMs) -> None:
        """The unit ends: who is with us and speaks with nobody is sent on at once."""
        self.is_stopping = True
        for call in list(self.followed.values()):
            self._send_on_at_the_end(call, now_ms)

    def pass_time(self, now_ms: InstantMs) -> None:
        """Give up what took too long, and send on whom nobody takes."""
        for call in list(self.followed.values()):
            if now_ms < self._due_ms(call):
                continue
            if call.state is CallState.KEPT:
                self._send_on(call, now_ms)
            else:
                what = "the desk phone did not get" if call.dialled else "the engine did not answer"
                self._fail(call, f"{what} the caller", now_ms)
                self._callers.advance(call, now_ms)

    def settle(self) -> None:
        """See to the calls that ended since the board last looked."""
        for call, step, ended_ms in self._callers.closed:
            line = call.line.id
            spoke = call.dialled or call.joined_ms is not None
            if step is CallStep.PASSED_ON and call.by == self._unit and spoke:
                self._moments.begin(line, Showing.TAKEN, ended_ms)
            elif step is CallStep.ANSWERED or (step is CallStep.PASSED_ON and call.joined_ms is None):
                self._moments.begin(line, Showing.CLOSING, ended_ms)
            if call.by == self._unit and step is not CallStep.PASSED_ON:
                self.gone.append(line)
        self._forget()

    def _due_ms(self, call: Call) -> InstantMs:
        if call.state is CallState.TAKING:
            return InstantMs(call.wanted_ms + TAKING_MS_MAX)
        if call.state is CallState.KEPT and self._settings.return_target and not self.is_stopping:
            return InstantMs(call.wanted_ms + self._settings.return_after_ms)
        return NEVER_MS

    def _take_again(self, call: Call, now_ms: InstantMs) -> None:
        """Take a caller who rings if a press waits for that; one of a unit that ends waits in vain."""
        if call.state is not CallState.RINGING or call.by is None:
            return
        if self.is_stopping:
            self._fail(call, _STOPPED_WHY, now_ms)
        else:
            self.want(call, call.by, now_ms)

    def _in_hand(self, ring: RingId) -> Call | None:
        return next((call for call in self.followed.values() if call.hand == ring), None)

    def _hold(self, call: Call, event: PickupMoved, now_ms: InstantMs) -> None:
        """The caller's leg stands: their ring is over, and the call goes on in our hands."""
        if call.hand == event.ring:
            return
        self._partings.begin(call, event.ring, now_ms)
        self._callers.rings.end(event.ring)
        if not call.is_ours:
            call.step(CallStep.IN_OUR_HANDS)
        call.hand = event.ring
        call.answered = call.gave_up = False
        if call.by is None:
            # It was given up here before the answer came.
            call.by = call.orders.get(event.order, self._unit)
        self.followed[call.id] = call

    def _join(self, call: Call, order: OrderId, now_ms: InstantMs) -> None:
        call.by = call.orders.get(order, call.by)
        forget_later(call, order)
        call.step(CallStep.JOINED)
        if call.joined_ms is not None:
            return
        call.joined_ms = now_ms
        self._told.append(CallTaken(call.id, call.line.id, call.by, call.wait_ms(now_ms)))
        if call.by != self._unit:
            self._moments.begin(call.line.id, Showing.CLOSING, now_ms)

    def _fail(self, call: Call, why: str, now_ms: InstantMs) -> None:
        call.step(CallStep.FAILED)
        self._show_failed(call, now_ms)
        call.by = call.joined_ms = None
        call.dialled = False
        call.wanted_ms = now_ms
        # Whoever was not taken is heard again.
        call.sounded = 0
        self._callers.rose = True
        self._told.append(PickupFailed(call.id, call.line.id, why))

    def _show_failed(self, call: Call, now_ms: InstantMs) -> None:
        if call.by == self._unit:
            self._moments.begin(call.line.id, Showing.FAILED, now_ms)

    def _send_on(self, call: Call, now_ms: InstantMs) -> None:
        call.step(CallStep.SENT_ON)
        self.orders.send_on(call)
        self._told.append(ReturnBegan(call.id, call.line.id, call.wait_ms(now_ms)))
        self._callers.advance(call, now_ms)

    def _send_on_at_the_end(self, call: Call, now_ms: InstantMs) -> None:
        """Send on whom nobody speaks with when the unit ends.

        Not again if the return target itself did not take them: a busy one is not hammered.
        """
        if not self.is_stopping or not self._settings.return_target:
            return
        if call.state is CallState.ANSWERED:
            self._fail(call, _STOPPED_WHY, now_ms)
        if call.state is CallState.KEPT:
            self._send_on(call, now_ms)

    def _forget(self) -> None:
        for call in list(self.followed.values()):
            if call.state is CallState.ENDED or not (call.is_ours or call.state is CallState.TAKING):
                del self.followed[call.id]
