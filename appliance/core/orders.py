"""The orders by which our callers are taken, each with a number of its own.

The unit and whoever carries out its orders speak past each other for some milliseconds: a desk phone may
decline at the very moment in which its caller is sent to the return target. So every word about a caller says
which order it follows, and a failure of what was over already is not taken for one of what has just begun.
"""

from typing import Final

from appliance.core.calls import Call
from appliance.core.dial import Dial
from appliance.core.effects import DialPickup, HangUp, PickupEffect, ReturnCaller
from appliance.core.settings import BoardSettings
from appliance.core.words import NO_ORDER, DurationMs, OrderId, UnitId

SEND_ON_MS: Final = DurationMs(20_000)
"""How long a unit that is told to end waits, if it has callers who must be sent on first, or people who speak
through it. A second word ends it at once."""


class Orders:
    """What the engine, or the desk phone, shall do with our callers."""

    def __init__(self, settings: BoardSettings) -> None:
        """Begin with none given."""
        self._dial: Final = Dial(settings)
        self._return_target: Final = settings.pickup.return_target
        self._count = 0
        self.given: list[PickupEffect] = []
        """Those that were not yet fetched."""

    def take(self, call: Call, by: UnitId) -> None:
        """Have this caller taken for a unit's people."""
        order = self._dial.order(call, by, self._next(call, by))
        call.dialled = isinstance(order, DialPickup)
        self.given.append(order)

    def send_on(self, call: Call) -> None:
        """Have the target of last resort called for this caller, who is in our hands."""
        assert call.hand is not None, "only who is in our hands is sent on"
        self.given.append(ReturnCaller(call.hand, self._return_target, self._next(call, None)))

    def hang_up(self, call: Call) -> None:
        """Have the conversation with this caller ended, or the attempt at one."""
        self.given += map(HangUp, call.rings if call.hand is None else (call.hand,))

    def _next(self, call: Call, by: UnitId | None) -> OrderId:
        self._count += 1
        order = OrderId(self._count)
        call.orders[order] = by
        return order


def is_overtaken(call: Call, order: OrderId) -> bool:
    """Return whether another order for this caller was on its way when the word about this one was said."""
    return order < max(call.orders, default=NO_ORDER)


def forget_later(call: Call, order: OrderId) -> None:
    """Forget what was ordered after this one: it came too late, a person speaks with the caller already."""
    call.orders = {number: by for number, by in call.orders.items() if number <= order}
