"""The standing of each extension with its PBX, as the board believes it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from appliance.core.events import RegistrationChanged
from appliance.core.words import NEVER_MS, ExtensionId, InstantMs

SILENCE_FACTOR: Final = 1.5
"""A registration that saw no successful refresh for this many times its expiry is lost, even if nobody says
so: pjsip refreshes before the expiry, and a TLS peer that never answers gives no event at all (measured)."""


@dataclass(frozen=True, slots=True)
class Registration:
    """One extension's standing."""

    extension: ExtensionId
    held: bool
    code: int
    why: str
    since_ms: InstantMs | None
    """Since when it is held or not; None before the first answer."""
    due_ms: InstantMs | None = None
    """When silence makes it lost, while it is held."""


class Registrations:
    """All extensions' standings. Answers which changed; the board tells."""

    def __init__(self, extensions: Iterable[ExtensionId]) -> None:
        """Begin with nothing held: until the PBX has answered, no caller can reach us."""
        self._all = {
            extension: Registration(extension, False, 0, "not yet registered", None)
            for extension in extensions
        }
        self.due_ms = NEVER_MS
        """The first instant at which silence loses a registration; asked for at every event."""

    def __getitem__(self, extension: ExtensionId) -> Registration:
        """Return one extension's standing."""
        return self._all[extension]

    @property
    def all(self) -> tuple[Registration, ...]:
        """Every extension's standing, in the order of the configuration."""
        return tuple(self._all.values())

    def change(self, event: RegistrationChanged, now_ms: InstantMs) -> Registration | None:
        """Take the PBX's answer; return the new standing if it must be told, None for a mere refresh."""
        before = self._all[event.extension]
        moved = before.since_ms is None or before.held != event.held
        told = moved or (not event.held and before.code != event.code)
        self._all[event.extension] = after = Registration(
            event.extension,
            event.held,
            event.code,
            event.why,
            now_ms if moved else before.since_ms,
            InstantMs(now_ms + SILENCE_FACTOR * event.expires_ms)
            if event.held and event.expires_ms > 0
            else None,
        )
        self._note_due()
        return after if told else None

    def lose_all(self, why: str, now_ms: InstantMs) -> None:
        """The engine is gone, and with it every registration; told as one loss of the phone system."""
        for extension, before in self._all.items():
            since_ms = now_ms if before.held or before.since_ms is None else before.since_ms
            self._all[extension] = Registration(extension, False, 0, why, since_ms)
        self._note_due()

    def pass_time(self, now_ms: InstantMs) -> list[Registration]:
        """Return the registrations that silence has lost by this instant."""
        lost = []
        for extension, before in self._all.items():
            if before.due_ms is not None and before.due_ms <= now_ms:
                why = f"no refresh for {SILENCE_FACTOR} times the expiry"
                self._all[extension] = Registration(extension, False, 408, why, now_ms)
                lost.append(self._all[extension])
        self._note_due()
        return lost

    @property
    def any_held(self) -> bool:
        """True if at least one extension is registered."""
        return any(registration.held for registration in self._all.values())

    @property
    def all_held(self) -> bool:
        """True if every extension is registered."""
        return all(registration.held for registration in self._all.values())

    def _note_due(self) -> None:
        dues = [one.due_ms for one in self._all.values() if one.due_ms is not None]
        self.due_ms = min(dues, default=NEVER_MS)
