"""Several desks on one bus, in one virtual time: what one says, the others hear at the same instant.

Nothing is lost here but what a story loses: a unit is unplugged, cut off, or started again. As a broker does,
the bus keeps the last word on each line and gives it to whoever comes.
"""

from dataclasses import dataclass, field

from appliance.core.bus_events import (
    AwayAsked,
    BusBack,
    BusLost,
    MuteAsked,
    NeighbourCall,
    NeighbourLine,
    NeighbourOnline,
    NeighbourSilent,
    PickupAnswered,
    PickupAsked,
)
from appliance.core.effects import AnswerPickup, AskAway, AskMute, AskPickup, Effect, PublishLine
from appliance.core.events import Event, TimePassed
from appliance.core.settings import LineSettings, PickupSettings, SiteSettings, SiteUnit
from appliance.core.words import DurationMs, InstantMs, LineId, UnitId
from tests.core.desk import NO_PICKUP, Desk, extension, line

KEY = b"the secret of this site"


@dataclass
class UnitDesk(Desk):
    """A desk of a site. `ahead_s` is by how much its clock is ahead of the story's."""

    bus: "Bus | None" = None
    ahead_s: float = 0.0

    def wait_until(self, at_s: float) -> None:
        """Time passes for all units alike."""
        assert self.bus is not None
        self.bus.wait_until(at_s)

    def _receive(self, event: Event, at_ms: InstantMs) -> tuple[Effect, ...]:
        effects = super()._receive(event, InstantMs(at_ms + self.ahead_s * 1000))
        self.now_s = at_ms / 1000
        if self.bus is not None:
            self.bus.carry(self, effects)
        return effects

    @property
    def due_s(self) -> float:
        """When time alone next changes something, in the story's time."""
        due_ms = self.board.deadline_ms
        return float("inf") if due_ms is None else due_ms / 1000 - self.ahead_s


@dataclass
class Bus:
    """The desks by their names, and what the broker keeps."""

    lines: tuple[LineSettings, ...] = (line("main"), line("lab"))
    covers: dict[str, tuple[str, ...]] = field(default_factory=dict)
    phones: dict[str, SiteUnit] = field(default_factory=dict)
    """How the people of each unit are reached, for sites whose units take callers."""
    answers_lost: int = 0
    """How many answers to requests are still to be lost."""
    words_lost: bool = False
    """True while what units say of their lines is lost, too."""
    key: bytes = KEY
    desks: dict[str, UnitDesk] = field(default_factory=dict)
    now_s: float = 0.0
    _cut: set[str] = field(default_factory=set)
    _starts: int = 0
    _rev: int = 0
    _kept: dict[tuple[str, LineId], PublishLine] = field(default_factory=dict)

    def starts(
        self,
        unit: str,
        *,
        serves: tuple[str, ...] | None = None,
        sound_delays_s: tuple[float, float, float] = (0, 0, 0),
        ahead_s: float = 0.0,
        pickup: PickupSettings = NO_PICKUP,
    ) -> UnitDesk:
        """A unit starts, again or for the first time, with an extension for each line that it serves."""
        self._starts += 1
        units = tuple(self.phones.values()) or tuple(
            SiteUnit(UnitId(one), covers=tuple(map(UnitId, covered))) for one, covered in self.covers.items()
        )
        names = [one.id for one in self.lines] if serves is None else serves
        desk = UnitDesk(
            self.lines,
            tuple(extension(f"ext-{name}", name) for name in names) or (extension("ext-none", "main"),),
            self.now_s,
            unit=unit,
            boot=f"boot-{self._starts}",
            site=SiteSettings(units, self.key),
            sound_delays_s=sound_delays_s,
            pickup=pickup,
            bus=self,
            ahead_s=ahead_s,
        )
        self.desks[unit] = desk
        self._cut.discard(unit)
        self._kept = {key: said for key, said in self._kept.items() if key[0] != unit}
        desk.engine_starts()
        for one in desk.extensions:
            desk.registration(one.id, held=True)
        self._join(desk)
        desk.forget()
        return desk

    def is_unplugged(self, unit: str, at_s: float) -> None:
        """A unit is gone without a word; the broker says so."""
        self.wait_until(at_s)
        del self.desks[unit]
        self._to_others(unit, NeighbourSilent(UnitId(unit)))

    def is_cut_off(self, unit: str, at_s: float) -> None:
        """The cable of a unit is out: it goes on alone, and the others miss it."""
        self.wait_until(at_s)
        self._to_others(unit, NeighbourSilent(UnitId(unit)))
        self._cut.add(unit)
        self.desks[unit].tell(BusLost("the broker does not answer"))

    def is_mended(self, unit: str, at_s: float) -> None:
        """The cable is in again: the unit says again what it has, and hears what the broker kept."""
        self.wait_until(at_s)
        self._cut.discard(unit)
        desk = self.desks[unit]
        desk.tell(BusBack())
        self._join(desk)
        for (owner, _), said in list(self._kept.items()):
            if owner == unit:
                self._to_others(unit, self._word(desk, said))

    def wait_until(self, at_s: float) -> None:
        """Let time pass for all units, each told at its deadlines."""
        while self.desks and (first := min(self.desks.values(), key=lambda desk: desk.due_s)).due_s <= at_s:
            assert first.due_s > first.now_s - 1e-9
            self._now(first.due_s)
            first._receive(TimePassed(), InstantMs(first.due_s * 1000))
        self._now(at_s)

    def carry(self, desk: UnitDesk, effects: tuple[Effect, ...]) -> None:
        """Let the others hear what a unit says."""
        for effect in effects:
            match effect:
                case PublishLine(line_id):
                    self._kept[desk.unit, line_id] = effect
                    if not self.words_lost:
                        self._to_others(desk.unit, self._word(desk, effect))
                case AskAway(on, for_ms):
                    self._to_others(desk.unit, AwayAsked(UnitId(desk.unit), on, for_ms))
                case AskMute():
                    self._to_others(desk.unit, MuteAsked(UnitId(desk.unit), DurationMs(0)))
                case AskPickup(owner, transaction, call):
                    asked = PickupAsked(UnitId(desk.unit), transaction, call, DurationMs(0))
                    self._to(owner, desk.unit, asked)
                case AnswerPickup(asker, transaction, verdict, winner):
                    if self.answers_lost:
                        self.answers_lost -= 1
                        continue
                    answer = PickupAnswered(UnitId(desk.unit), transaction, verdict, winner)
                    self._to(asker, desk.unit, answer)

    def _join(self, desk: UnitDesk) -> None:
        self._to_others(desk.unit, NeighbourOnline(UnitId(desk.unit), desk.boot))
        for other in list(self.desks.values()):
            if other is not desk and other.unit not in self._cut:
                desk.tell(NeighbourOnline(UnitId(other.unit), other.boot))
        for (owner, _), said in list(self._kept.items()):
            if owner in self.desks and owner not in {desk.unit, *self._cut}:
                desk.tell(self._word(self.desks[owner], said))

    def _word(self, desk: UnitDesk, said: PublishLine) -> NeighbourLine:
        self._rev += 1
        now_ms = (self.now_s + desk.ahead_s) * 1000
        calls = tuple(
            NeighbourCall(
                one.call,
                one.key,
                one.state,
                one.stage,
                one.urgent,
                DurationMs(now_ms - one.started_ms),
                one.by,
            )
            for one in said.calls
        )
        return NeighbourLine(UnitId(desk.unit), desk.boot, said.line, self._rev, calls)

    def _to_others(self, unit: str, event: Event) -> None:
        if unit in self._cut:
            return
        for desk in list(self.desks.values()):
            if desk.unit != unit and desk.unit not in self._cut:
                desk._receive(event, InstantMs(self.now_s * 1000))

    def _to(self, unit: UnitId, of_unit: str, event: Event) -> None:
        if unit in self.desks and not {unit, of_unit} & self._cut:
            self.desks[unit]._receive(event, InstantMs(self.now_s * 1000))

    def _now(self, at_s: float) -> None:
        self.now_s = at_s
        for desk in self.desks.values():
            desk.now_s = at_s
