"""What befalls the units of a site, its bus and its phone systems, in a morning."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

from appliance.core.words import DurationMs, InstantMs, RingId, UnitId
from appliance.simulate.agenda import Agenda
from appliance.simulate.broker import GONE_MS, Broker
from appliance.simulate.dice import Dice
from appliance.simulate.faults import BusFaults, Faults
from appliance.simulate.pbx import Pbx
from appliance.simulate.unit import Unit


class Mishaps:
    """All of it; `trouble_until_ms` says until when something between the units goes wrong."""

    def __init__(
        self,
        faults: tuple[Faults, BusFaults],
        agenda: Agenda,
        dice: Dice,
        units: Sequence[Unit],
        pbxes: Sequence[Pbx],
        broker: Broker,
        known: dict[RingId, set[UnitId]],
    ) -> None:
        """Begin with nothing planned; `known`, who knows of which ring, forgets a unit that starts again."""
        self._faults, self._bus_faults = faults
        self._agenda = agenda
        self._dice = dice
        self._units: Final = units
        self._pbxes: Final = pbxes
        self._broker = broker
        self._known = known
        self.trouble_until_ms = InstantMs(0)

    def plan(self, length_ms: InstantMs) -> None:
        """Plan all that befalls the site in a morning of this length."""
        dice, faults, bus = self._dice, self._faults, self._bus_faults
        plans: Sequence[tuple[bool, int, Callable[[], None]]] = (
            (faults.engine_deaths, 4, lambda: dice.pick(self._units).engine.die()),
            (faults.silent_engines, 2, lambda: dice.pick(self._units).engine.fall_silent()),
            (faults.pbx_restarts, 2, lambda: dice.pick(self._pbxes).restart(self._away_ms())),
            (faults.pbx_kills, 1, lambda: dice.pick(self._pbxes).kill(self._away_ms())),
            (bus.cut_cables, 3, lambda: self._cut(dice.pick(self._units))),
            (bus.broker_restarts, 2, self._restart_broker),
            (bus.frozen_units, 2, lambda: self._freeze(dice.pick(self._units))),
            (bus.power_cuts, 2, lambda: self._cut_power(dice.pick(self._units))),
            (bus.stopped_units, 2, lambda: self._stop(dice.pick(self._units))),
        )
        for unit in self._units:
            unit.engine.took_a_step = partial(self._strike, unit)
        for is_on, times_max, action in plans:
            for _ in range(dice.count(1, times_max) if is_on else 0):
                self._agenda.at(dice.between(1_000, length_ms), action)

    def _away_ms(self) -> DurationMs:
        return DurationMs(self._dice.pick((self._dice.between(500, 10_000), self._dice.between(500, 60_000))))

    def _trouble(self, for_ms: float) -> None:
        self.trouble_until_ms = max(self.trouble_until_ms, InstantMs(self._agenda.now_ms + for_ms))

    def _cut(self, unit: Unit) -> None:
        """The cable between a unit and the broker is out for a while."""
        if unit.name in self._broker.cut:
            return
        for_ms = self._away_ms()
        self._trouble(for_ms)
        unit.story.tell(unit.time.now_ms, f"the cable is out for {for_ms / 1000:.1f} s")
        self._part(unit, for_ms)

    def _part(self, unit: Unit, for_ms: DurationMs) -> None:
        """Part a unit from the broker for a while: its will is told, and it cannot come back sooner."""
        self._broker.cut.add(unit.name)
        self._broker.lose(unit.name)
        self._agenda.after(for_ms, lambda: self._broker.cut.discard(unit.name))

    def _restart_broker(self) -> None:
        if self._broker.up:
            away_ms = self._away_ms()
            self._trouble(away_ms)
            self._broker.restart(away_ms)

    def _freeze(self, unit: Unit) -> None:
        """A unit stops; a broker that hears nothing of it for long enough takes it for gone."""
        if not self._is_whole(unit):
            return
        for_ms = self._away_ms()
        self._trouble(for_ms)
        unit.freeze(for_ms)
        if for_ms > GONE_MS:
            self._part(unit, for_ms)

    def _is_whole(self, unit: Unit) -> bool:
        """Return whether nothing has befallen a unit yet."""
        is_in_trouble = unit.name in self._broker.cut or self._agenda.now_ms < unit.thaws_ms
        return not is_in_trouble and not unit.is_stopping

    def _strike(self, unit: Unit) -> None:
        """The unit took a step with a caller in its hands: now and then, that is when it goes off."""
        kinds = (self._bus_faults.power_cuts, self._cut_power), (self._bus_faults.stopped_units, self._stop)
        for is_on, action in kinds:
            if is_on and self._dice.chance(0.1):
                self._agenda.after(self._dice.often_little(0, 2_000), partial(action, unit))

    def _cut_power(self, unit: Unit) -> None:
        if self._is_whole(unit):
            self._go_off(unit, "the power is cut")

    def _stop(self, unit: Unit) -> None:
        if self._is_whole(unit):
            unit.stop(lambda: self._go_off(unit, "the unit has ended"))

    def _go_off(self, unit: Unit, why: str) -> None:
        """A unit is off for a while; what it knew of others, another start of it must hear again."""
        for_ms = self._away_ms()
        self._trouble(for_ms)
        self._part(unit, for_ms)
        unit.go_off(for_ms, why)
        for knowing in self._known.values():
            knowing.discard(unit.name)
