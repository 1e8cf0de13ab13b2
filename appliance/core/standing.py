"""How far the unit can be trusted: the engine, the registrations and the faults, and what follows from them.

What follows is weighed once after a change and kept, since an event a second must not walk over all of it.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from appliance.core.events import RegistrationChanged
from appliance.core.lines import Lines
from appliance.core.notices import (
    FaultBegan,
    FaultOver,
    Notice,
    PhoneSystemBack,
    PhoneSystemLost,
    RegistrationHeld,
    RegistrationLost,
)
from appliance.core.registrations import Registration, Registrations
from appliance.core.words import ExtensionId, InstantMs, LineId

FAULTS_MAX: Final = 32
"""Faults that are kept at once. Their names come from our own adapters, a handful each; one beyond it is
told like any other, lights no lamp, and its end is not seen."""


class Standing:
    """Engine, registrations and faults of one unit. `moved` says that something changed since `weigh`."""

    def __init__(self, lines: Lines) -> None:
        """Begin lost: until the PBX has answered, no caller can reach us, and the tower says so."""
        self._serving: Mapping[LineId, tuple[ExtensionId, ...]] = {
            line: lines.served_by(line) for line in lines.settings
        }
        self._registrations = Registrations(lines.extensions)
        self._engine_lost_why: str | None = "the SIP engine has not started yet"
        self._engine_silent_why: str | None = None
        self._faults: dict[str, str] = {}
        self.moved = True
        self.told: list[Notice] = []
        self.phone_lost_why: str | None = self._engine_lost_why
        """Why no caller can reach us, or None while one can."""
        self.lost_lines: frozenset[LineId] = frozenset()
        """Lines that nobody can bring a caller to, while the phone system as a whole is not lost."""
        self.needs_a_person = True
        """True while a fault holds or an extension is not registered."""

    @property
    def registrations(self) -> tuple[Registration, ...]:
        """Every extension's standing, in the order of the configuration."""
        return self._registrations.all

    @property
    def faults(self) -> tuple[tuple[str, str], ...]:
        """Name and reason of each fault that holds."""
        return tuple(self._faults.items())

    @property
    def due_ms(self) -> InstantMs:
        """The first instant at which silence loses a registration."""
        return self._registrations.due_ms

    def start_engine(self, now_ms: InstantMs) -> None:
        """A new engine answers, and has registered nothing yet."""
        self._engine_lost_why = self._engine_silent_why = None
        self._registrations.lose_all("not yet registered", now_ms)
        self.moved = True

    def lose_engine(self, why: str, now_ms: InstantMs) -> None:
        """The engine is gone, and every registration with it."""
        self._engine_lost_why = why
        self._registrations.lose_all(why, now_ms)
        self.moved = True

    def doubt_engine(self, why: str | None) -> None:
        """The engine is silent, or speaks again: what it knew holds, but nobody new is seen meanwhile."""
        self._engine_silent_why = why
        self.moved = True

    def register(self, event: RegistrationChanged, now_ms: InstantMs) -> None:
        """The PBX answered a REGISTER; a mere refresh is not told."""
        changed = self._registrations.change(event, now_ms)
        if changed is not None:
            self._tell([changed])

    def pass_time(self, now_ms: InstantMs) -> None:
        """Lose what silence has lost by this instant."""
        self._tell(self._registrations.pass_time(now_ms))

    def raise_fault(self, fault: str, why: str) -> None:
        """A fault begins, or gives another reason than before."""
        if self._faults.get(fault) == why:
            return
        if fault in self._faults or len(self._faults) < FAULTS_MAX:
            self._faults[fault] = why
            self.moved = True
        self.told.append(FaultBegan(fault, why))

    def clear_fault(self, fault: str) -> None:
        """A fault is over; one that does not hold is no error."""
        if self._faults.pop(fault, None) is not None:
            self.moved = True
            self.told.append(FaultOver(fault))

    def line_lost(self, line: LineId) -> bool:
        """Return whether no extension that serves this line is registered."""
        serving = self._serving[line]
        return bool(serving) and not any(self._registrations[extension].held for extension in serving)

    def weigh(self) -> frozenset[LineId]:
        """Conclude what is lost; return the lines for which that changed."""
        self.moved = False
        was_lost = self.phone_lost_why is not None
        self.phone_lost_why = self._why_lost()
        if was_lost and self.phone_lost_why is None:
            self.told.append(PhoneSystemBack())
        elif not was_lost and self.phone_lost_why is not None:
            self.told.append(PhoneSystemLost(self.phone_lost_why))
        before = self.lost_lines
        lost = filter(self.line_lost, self._serving) if self.phone_lost_why is None else ()
        self.lost_lines = frozenset(lost)
        self.needs_a_person = bool(self._faults) or not self._registrations.all_held
        return before ^ self.lost_lines

    def _why_lost(self) -> str | None:
        if self._engine_lost_why is not None:
            return self._engine_lost_why
        if self._engine_silent_why is not None:
            return self._engine_silent_why
        if self._registrations.any_held:
            return None
        return "; ".join(f"{one.extension}: {one.code} {one.why}" for one in self._registrations.all)

    def _tell(self, changed: Iterable[Registration]) -> None:
        for one in changed:
            self.moved = True
            if one.held:
                self.told.append(RegistrationHeld(one.extension))
            else:
                self.told.append(RegistrationLost(one.extension, one.code, one.why))
