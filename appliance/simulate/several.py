"""One practice of a site with 2 to 6 units on a bus, in virtual time from a seed.

Each unit is held to what holds of every board, and every second all of them are looked at together.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from appliance.core.board import Board
from appliance.core.settings import BoardSettings, SiteSettings, SiteUnit
from appliance.core.words import DurationMs, InstantMs, RingId, UnitId
from appliance.simulate.agenda import Agenda
from appliance.simulate.agreement import OF_A_SITE, SETTLE_MS, Look, Missed, SiteMoment
from appliance.simulate.broken import Broken
from appliance.simulate.broker import Broker
from appliance.simulate.callers import Caller, Leg
from appliance.simulate.crowd import PATIENCE_MS_MAX, Crowd
from appliance.simulate.dice import Dice
from appliance.simulate.faults import BusFaults, Faults
from appliance.simulate.invariants import promise_of
from appliance.simulate.mishaps import Mishaps
from appliance.simulate.pbx import Pbx
from appliance.simulate.phones import Phones
from appliance.simulate.practice import Report
from appliance.simulate.shell import SiteBoard
from appliance.simulate.site import furnish, random_pickup, random_settings
from appliance.simulate.staff import Staff
from appliance.simulate.story import Story
from appliance.simulate.surroundings import Surroundings
from appliance.simulate.switchboard import Switchboard
from appliance.simulate.unit import Unit

UNITS: Final = (2, 2, 2, 3, 3, 4, 6)
"""How many units a site has; large ones are rarer, as they cost the most time."""

MORNING_MS_MAX: Final = 90_000.0
"""How long callers come. What goes wrong then heals, or does not, while the last of them wait."""

ARRIVALS_MAX: Final = 25
"""How many people call: each of them costs every unit time, and a crowd is seen at one unit as well."""

LOOK_EVERY_MS: Final = DurationMs(1_000)
"""How often the whole site is looked at."""

SITE_KEY: Final = b"the secret of this practice"


class SitePractice:
    """A practice of several units that can be run once."""

    def __init__(
        self,
        seed: int,
        make_board: Callable[[BoardSettings], SiteBoard] = Board,
        sentences_max: int | None = 0,
        faults: tuple[Faults, BusFaults] | None = None,
        rivals: BoardSettings | None = None,
    ) -> None:
        """Prepare the practice of this seed; the arguments are those of `Practice`, but for the last.

        `rivals` makes it a site of two units with these settings, at which both press for everybody.
        """
        self._seed = seed
        self._dice = dice = Dice(seed)
        self._story = Story(sentences_max)
        self._agenda = Agenda()
        swarm = replace(Faults.swarm(dice), floods=False, bursts=False), BusFaults.swarm(dice)
        self._faults, self._bus_faults = swarm if faults is None else faults
        self._broker = Broker(self._bus_faults, self._agenda, dice, self._story)
        self._legs: dict[RingId, Leg] = {}
        self._has_key = dice.chance(0.8)
        settings = random_settings(dice) if rivals is None else rivals
        self._rivals = rivals
        self._lines = [line.id for line in settings.lines]
        self._site = furnish(settings, dice)
        self._crowd = Crowd(self._site.habits, self._faults, self._agenda, dice)
        phones = Phones(self._faults, self._agenda, dice)
        around = Surroundings(self._agenda, dice, self._story, self._broker, self._legs, self._crowd, phones)
        self._units = self._make_units(settings, around, make_board)
        unit_of = {one.id: unit for unit in self._units for one in unit.settings.extensions}
        switchboard = Switchboard(unit_of)
        self._crowd.pbxes = self._pbxes = tuple(
            Pbx(f"pbx-{number}", switchboard, self._agenda, dice, self._story, self._legs, self._crowd.lose)
            for number in range(1 + max(self._site.pbx_of.values()))
        )
        for unit in self._units:
            unit.engine.pbxes = self._pbxes
        self._staffs: list[Staff] = []
        self._raced: list[Caller] = []
        self._touched_ms: dict[UnitId, InstantMs | None] = {unit.name: None for unit in self._units}
        self._left_ms: dict[UnitId, InstantMs] = {unit.name: InstantMs(0) for unit in self._units}
        self._known: dict[RingId, set[UnitId]] = {}
        self._mishaps = Mishaps(
            (self._faults, self._bus_faults),
            self._agenda,
            dice,
            self._units,
            self._pbxes,
            self._broker,
            self._known,
        )

    def run(self) -> Report:
        """Run it until every caller has gone and every tower is dark, and report."""
        report = Report(self._seed, faults=(*self._faults.names(), *self._bus_faults.names()))
        report.follow(self._play, self._story, self._agenda)
        report.units = len(self._units)
        report.races = tuple(len(caller.spoke_with) for caller in self._raced)
        report.callers = len(self._crowd.made)
        report.fates = self._crowd.fates
        report.rings = len(self._legs)
        report.steps = sum(unit.step_count for unit in self._units)
        report.virtual_ms = self._agenda.now_ms
        for unit in self._units:
            for outcome, count in unit.outcome_counts.items():
                report.outcomes[outcome] = report.outcomes.get(outcome, 0) + count
        report.story = str(self._story)
        return report

    def _make_units(
        self, settings: BoardSettings, around: Surroundings, make_board: Callable[[BoardSettings], SiteBoard]
    ) -> tuple[Unit, ...]:
        dice = self._dice
        count = dice.pick(UNITS) if self._rivals is None else 2
        names = [UnitId(f"unit-{number}") for number in range(1, 1 + count)]
        phones = {name: f"phone of {name}" for name in names}
        reached = tuple(SiteUnit(name, target=phones[name] if dice.chance(0.8) else "") for name in names)
        site = SiteSettings(reached, SITE_KEY if self._has_key else b"")
        owners = {one.id: dice.pick(names) for one in settings.extensions}
        units = []
        for name in names:
            extensions = tuple(one for one in settings.extensions if owners[one.id] == name)
            own = {one.id for one in extensions}
            pickup = random_pickup(dice) if self._rivals is None else self._rivals.pickup
            pickup = replace(pickup, target=phones[name])
            whose = replace(settings, unit=name, boot=f"boot-{name}", site=site, pickup=pickup)
            units.append(
                Unit(
                    around,
                    replace(whose, extensions=extensions),
                    self._faults,
                    {line: tuple(one for one in by if one in own) for line, by in self._site.serving.items()},
                    {one: pbx for one, pbx in self._site.pbx_of.items() if one in own},
                    make_board,
                )
            )
        return tuple(units)

    def _play(self) -> None:
        length_ms = InstantMs(self._dice.between(20_000, MORNING_MS_MAX))
        for unit in self._units:
            self._agenda.at(self._dice.between(0, 3_000), unit.start)
            staff = Staff(self._lines, unit.time, self._dice, unit.post)
            self._staffs.append(staff)
            if self._faults.pressed_buttons:
                staff.work(InstantMs(unit.time.now_ms + length_ms))
        if self._faults.impatient_staff:
            self._crowd.watched = self._watch
        self._crowd.come(self._crowd.arrivals(length_ms)[:ARRIVALS_MAX])
        self._mishaps.plan(length_ms)
        self._agenda.at(LOOK_EVERY_MS, self._look)
        limit_ms = max(line.ring_limit_ms for line in self._site.settings.lines)
        latest_ms = length_ms + 3 * limit_ms + PATIENCE_MS_MAX + 180_000
        while self._agenda.now_ms < latest_ms and not (self._agenda.now_ms > length_ms and self._all_gone()):
            self._turn()
        self._close()

    def _watch(self, caller: Caller) -> None:
        """Have a caller seen at one unit, or at two: then both may press at the same instant."""
        first = self._dice.pick(self._staffs)
        presses = first.watch(caller)
        if presses and (self._rivals is not None or self._dice.chance(0.3)):
            self._raced.append(caller)
            self._dice.pick([staff for staff in self._staffs if staff is not first]).press_too(
                caller, presses
            )

    def _turn(self) -> None:
        """Let happen what is next: a unit's step, or what is on the agenda."""
        wakes = [(wake_ms, unit) for unit in self._units if (wake_ms := unit.wake_ms) is not None]
        wake_ms, unit = min(wakes, key=lambda wake: wake[0], default=(None, None))
        next_ms = self._agenda.next_ms
        if unit is not None and wake_ms is not None and (next_ms is None or wake_ms <= next_ms):
            self._agenda.move_to(wake_ms)
            unit.shell.step()
        else:
            self._agenda.run_next()

    def _all_gone(self) -> bool:
        return self._crowd.is_gone and all(unit.is_at_rest for unit in self._units)

    def _close(self) -> None:
        for unit in self._units:
            unit.close()
        self._crowd.close()

    def _look(self) -> None:
        """Look at the whole site."""
        now_ms = self._agenda.now_ms
        self._agenda.after(LOOK_EVERY_MS, self._look)
        looks = {unit.name: unit.look(self._touch(unit, now_ms)) for unit in self._units}
        moment = SiteMoment(
            now_ms,
            now_ms - self._mishaps.trouble_until_ms,
            tuple(looks.values()),
            tuple(self._missed(looks, now_ms)),
            self._has_key,
        )
        for invariant in OF_A_SITE:
            what = invariant(moment)
            if what is not None:
                raise Broken(promise_of(invariant), what)

    def _touch(self, unit: Unit, now_ms: InstantMs) -> float:
        """Return for how long a unit has been in touch with the others, and note when it was last."""
        if not self._broker.serves(unit.name) or now_ms < unit.thaws_ms:
            if self._touched_ms[unit.name] is not None:
                self._left_ms[unit.name] = now_ms
            self._touched_ms[unit.name] = None
            return 0.0
        since_ms = self._touched_ms[unit.name]
        if since_ms is None:
            since_ms = self._touched_ms[unit.name] = now_ms
        return now_ms - since_ms

    def _missed(self, looks: dict[UnitId, Look], now_ms: InstantMs) -> list[Missed]:
        """Return the callers of units out of touch; learn who knows of the others by now."""
        missed = []
        for unit in self._units:
            owner = looks[unit.name]
            for ring, (leg, since_ms) in unit.engine.legs.items():
                age_ms = unit.time.now_ms - since_ms
                if not leg.alive or age_ms > leg.caller.habits.line.ring_limit_ms - SETTLE_MS:
                    continue
                knowing = self._known.setdefault(ring, set())
                if owner.in_touch_ms > SETTLE_MS and age_ms > SETTLE_MS:
                    knowing |= {look.name for look in looks.values() if look.in_touch_ms > SETTLE_MS}
                if self._touched_ms[unit.name] is None:
                    silent_ms = now_ms - self._left_ms[unit.name]
                    missed += [
                        Missed(leg.caller, unit.name, looks[name], silent_ms)
                        for name in sorted(knowing - {unit.name})
                        if now_ms >= self._unit(name).thaws_ms
                    ]
        return missed

    def _unit(self, name: UnitId) -> Unit:
        return next(unit for unit in self._units if unit.name == name)
