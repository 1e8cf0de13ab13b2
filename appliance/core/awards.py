"""Giving our callers to the other units that ask for them: the first valid request wins.

The owner of a caller decides alone, so that nobody takes a caller twice. Who asks, and for whom, is all that
a request says.
"""

from collections import OrderedDict
from typing import Final

from appliance.core.bus_events import PickupAsked, Verdict
from appliance.core.callers import Callers
from appliance.core.calls import Call, CallState
from appliance.core.claims import CLAIM_MS
from appliance.core.dial import Dial
from appliance.core.effects import AnswerPickup
from appliance.core.pickup import Pickups
from appliance.core.publishing import name_of
from appliance.core.settings import BoardSettings
from appliance.core.words import InstantMs, TransactionId, UnitId

ANSWERS_MAX: Final = 64
"""Answers that are remembered, so that a request asked again gets the same one: each unit of the largest site
asks for a caller on four lines at once. The oldest is forgotten, and then judged anew."""

NOBODY: Final = UnitId("")


class Awards:
    """What we answered."""

    def __init__(self, settings: BoardSettings, callers: Callers, pickups: Pickups) -> None:
        """Begin with nobody asked."""
        self._boot: Final = settings.boot
        self._dial: Final = Dial(settings)
        self._callers = callers
        self._pickups = pickups
        self._answers: OrderedDict[tuple[UnitId, TransactionId], tuple[Verdict, UnitId]] = OrderedDict()
        self.answered: list[AnswerPickup] = []
        """What the askers shall hear."""

    def judge(self, event: PickupAsked, *, phone_lost: bool, now_ms: InstantMs) -> None:
        """Another unit wants a caller: take them for it, or say why not."""
        asked = event.asker, event.transaction
        if asked not in self._answers:
            self._answers[asked] = self._judge(event, phone_lost, now_ms)
            if len(self._answers) > ANSWERS_MAX:
                self._answers.popitem(last=False)
        verdict, winner = self._answers[asked]
        self.answered.append(AnswerPickup(event.asker, event.transaction, verdict, winner))

    def _judge(self, event: PickupAsked, phone_lost: bool, now_ms: InstantMs) -> tuple[Verdict, UnitId]:
        call = next((one for one in self._callers if name_of(self._boot, one.id) == event.call), None)
        if event.age_ms > CLAIM_MS:
            return Verdict.STALE, NOBODY
        if not self._dial.reaches(event.asker):
            return Verdict.REFUSED, NOBODY
        if call is None or (call.answered and not call.is_ours):
            return Verdict.GONE, NOBODY
        if call.by is not None:
            return (Verdict.TAKEN_BY_YOU if call.by == event.asker else Verdict.TAKEN), call.by
        if phone_lost or self._pickups.is_stopping:
            return Verdict.SIP_DOWN, NOBODY
        return self._award(call, event.asker, now_ms)

    def _award(self, call: Call, asker: UnitId, now_ms: InstantMs) -> tuple[Verdict, UnitId]:
        if call.state is CallState.TAKEN:
            return Verdict.TAKEN, NOBODY
        if not call.is_takeable:
            return Verdict.NOT_RINGING, NOBODY
        self._pickups.want(call, asker, now_ms)
        return Verdict.TAKEN_BY_YOU, asker
