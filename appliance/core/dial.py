"""Whom the engine calls for a caller who is taken, and how: only ever from our own settings."""

from typing import Final

from appliance.core.effects import TakeRing
from appliance.core.settings import BoardSettings
from appliance.core.words import RingId, UnitId, Way


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

    def order(self, ring: RingId, by: UnitId, *, in_hand: bool) -> TakeRing:
        """Return what the engine is told.

        Args:
            ring: by which the engine knows the caller.
            by: the unit whose people take them, one that `reaches` is true of.
            in_hand: whether the caller was answered already: nobody can be redirected then.
        """
        ours = self._ours
        way, target = Way.PHONE, ours.target
        if by == self._unit:
            assert ours.way is not None, "a unit that takes nobody asks for nobody"
            way = Way.PHONE if ours.way is Way.REDIRECT and in_hand else ours.way
        elif not self._units[by].target:
            # The unit's own extension: it answers by itself, and has no key to press.
            return TakeRing(ring, Way.PHONE, self._units[by].extension)
        else:
            target = self._units[by].target
        if way is not Way.PHONE:
            return TakeRing(ring, way, "" if way is Way.HANDSET else target)
        return TakeRing(ring, way, target, ours.headers, ours.confirm_key, ours.answer_within_ms)
