"""Whose people are away, and whether this unit sounds for them."""

from typing import Final

from appliance.core.lamps import LampLook
from appliance.core.neighbours import OTHER_UNITS_MAX
from appliance.core.notices import Notice, OtherAway, OtherBack
from appliance.core.settings import BoardSettings
from appliance.core.words import NEVER_MS, DurationMs, InstantMs, UnitId

AWAY_MS_MAX: Final = DurationMs(14_400_000)
"""For how long another unit may be away, four hours: no unit's configuration allows more. What is longer is
cut, so that a wrong word is over by the end of the day."""


class Coverage:
    """The other units whose people are away; at most as many as are heard, and the next one is not."""

    def __init__(self, settings: BoardSettings, told: list[Notice]) -> None:
        """Begin with everybody at their place; what people should hear of is added to `told`."""
        units = settings.site.units if settings.site is not None else ()
        self._covered: Final = frozenset(
            one for unit in units if unit.id == settings.unit for one in unit.covers
        )
        self._covered_by_somebody: Final = frozenset(one for unit in units for one in unit.covers)
        self._until_ms: dict[UnitId, InstantMs] = {}
        self._told = told

    @property
    def units(self) -> tuple[UnitId, ...]:
        """The units whose people are away."""
        return tuple(self._until_ms)

    @property
    def lamp_look(self) -> LampLook:
        """What the lamp of *away* says of the others: it flashes slowly while the people of one are away."""
        return LampLook.TAKEABLE if self._until_ms else LampLook.OFF

    @property
    def sounds_at_once(self) -> bool:
        """True while this unit sounds for somebody who is away, without any delay."""
        return any(unit in self._covered or unit not in self._covered_by_somebody for unit in self._until_ms)

    @property
    def due_ms(self) -> InstantMs:
        """When the first of them is back by itself."""
        return min(self._until_ms.values(), default=NEVER_MS)

    def away(self, unit: UnitId, for_ms: DurationMs, now_ms: InstantMs) -> None:
        """The people of another unit go elsewhere, or said so again; those who go for no time stay."""
        if for_ms <= 0:
            return
        if unit not in self._until_ms:
            if len(self._until_ms) >= OTHER_UNITS_MAX:
                return
            self._told.append(OtherAway(unit, for_ms))
        self._until_ms[unit] = InstantMs(now_ms + min(for_ms, AWAY_MS_MAX))

    def back(self, unit: UnitId, why: str) -> None:
        """The people of another unit are back; those who were not away are no error."""
        if self._until_ms.pop(unit, None) is not None:
            self._told.append(OtherBack(unit, why))

    def pass_time(self, now_ms: InstantMs) -> None:
        """Let those be back whose time is over."""
        for unit in [unit for unit, until_ms in self._until_ms.items() if until_ms <= now_ms]:
            self.back(unit, "the time for it is over")
