"""Whom the engine calls for a caller who is taken, and how: only ever from our own settings."""

from typing import Final

from appliance.core.calls import Call
from appliance.core.claims import AWARD_MS
from appliance.core.effects import DialPickup, TakeRing
from appliance.core.settings import BoardSettings
from appliance.core.words import OrderId, UnitId, Way


class Dial:
    """Our own people, and those of the other units."""

    def __init__(self, settings: BoardSettings) -> None:
        """Read the settings of this unit and of the site."""
        self._unit: Final = settings.unit
        self._ours: Final = settings.pickup
        units = () if settings.site is None else settings.site.units
        self._units: Final = {unit.id: unit for unit in units if unit.id != settings.unit}

    def reaches(self, unit: UnitId) -> bool:
        """Return whether a caller can be taken for this unit's people."""
        if unit == self._unit:
            return self._ours.way is not None
        return unit in self._units and bool(self._units[unit].target or self._units[unit].extension)

    def order(self, call: Call, by: UnitId, number: OrderId) -> TakeRing | DialPickup:
        """Return what is to be done for a caller who is taken by a unit that `reaches` is true of."""
        # One who was answered already rings nowhere: nobody can be redirected then, or picked up.
        ring = next(iter(call.rings)) if call.hand is None else call.hand
        ours = self._ours
        if by == self._unit and ours.way is Way.DIAL and call.hand is None:
            return DialPickup(ring, call.rings[ring].offer.extension, number)
        way, target = Way.PHONE, ours.target
        if by == self._unit:
            assert ours.way is not None, "a unit that takes nobody asks for nobody"
            way = ours.way if ours.way is Way.HANDSET or call.hand is None else Way.PHONE
        elif not self._units[by].target:
            # The unit's own extension: it answers by itself for as long as that, and has no key to press.
            extension = self._units[by].extension
            return TakeRing(ring, Way.PHONE, extension, answer_within_ms=AWARD_MS, order=number)
        else:
            target = self._units[by].target
        if way is not Way.PHONE:
            return TakeRing(ring, way, "" if way is Way.HANDSET else target, order=number)
        return TakeRing(ring, way, target, ours.headers, ours.confirm_key, ours.answer_within_ms, number)
