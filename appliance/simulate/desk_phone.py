"""The desk phone that is told to dial the pickup code, as `phone/desk.py` tells it: past the engine."""

from collections.abc import Callable
from functools import partial
from typing import Final

from appliance.core.effects import DialPickup
from appliance.core.events import PickupMoved
from appliance.core.words import DurationMs, ExtensionId, PickupStep
from appliance.phone.desk import BUSY_WHY
from appliance.phone.settings import TELL_S_MAX
from appliance.simulate.agenda import Agenda
from appliance.simulate.dice import Dice
from appliance.simulate.faults import Faults
from appliance.simulate.pbx import Pbx
from appliance.simulate.phones import Manner

SLOW_MS_MAX: Final = DurationMs(8_000)
"""How long a slow phone takes from the word to the code: what was meant for the caller may be over."""


class DeskPhone:
    """One desk phone: at most one request at a time, and each is taken as the phone likes."""

    def __init__(
        self,
        name: str,
        faults: Faults,
        agenda: Agenda,
        dice: Dice,
        pbx_at: Callable[[ExtensionId], Pbx],
        post: Callable[[PickupMoved], None],
    ) -> None:
        """Be on its hook; `post` tells the unit that the phone will not dial."""
        self._name = name
        self._manners = tuple(Manner) if faults.bad_phones else (Manner.ANSWERS,)
        self._agenda = agenda
        self._dice = dice
        self._pbx_at = pbx_at
        self._post = post
        self._is_told = False

    def dial(self, order: DialPickup) -> None:
        """Be told to dial for this ring; the ring's end says whether the phone got the caller."""
        if self._is_told:
            self._fail(order, BUSY_WHY)
            return
        self._is_told = True
        quick_ms, dice = self._dice.between(5, 200), self._dice
        dials = partial(self._dial, order.extension)
        match dice.pick(self._manners):
            case Manner.ANSWERS:
                self._agenda.after(quick_ms, self._agree)
                self._agenda.after(quick_ms + dice.between(20, 1_500), dials)
            case Manner.SLOW:
                self._agenda.after(quick_ms, self._agree)
                self._agenda.after(quick_ms + dice.between(20, SLOW_MS_MAX), dials)
            case Manner.VOICEMAIL:
                # It says yes, and its code reaches nobody.
                self._agenda.after(quick_ms, self._agree)
            case Manner.BUSY | Manner.DECLINES:
                self._agenda.after(quick_ms, lambda: self._refuse(order, "the desk phone answered 486"))
            case Manner.DEAD:
                why = "the desk phone did not answer"
                self._agenda.after(TELL_S_MAX * 1000, lambda: self._refuse(order, why))

    def _agree(self) -> None:
        self._is_told = False

    def _refuse(self, order: DialPickup, why: str) -> None:
        self._is_told = False
        self._fail(order, why)

    def _fail(self, order: DialPickup, why: str) -> None:
        self._post(PickupMoved(order.ring, PickupStep.FAILED, why, order.order))

    def _dial(self, extension: ExtensionId) -> None:
        """Dial the code: it gets somebody who rings at that extension, not always the one who was meant."""
        self._pbx_at(extension).pick_up(extension, self._name)
