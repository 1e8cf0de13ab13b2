"""When to register where: one extension's attempts, as a pure function of answers and instants.

The library refreshes a registration that holds. What to do when it does not hold is decided here, because
the library never retries a wrong password and knows only one registrar.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from appliance.core.words import DurationMs, InstantMs

NEXT_REGISTRAR_MS: Final = DurationMs(250)
"""The pause before the next registrar of the list: short, for another one may be well."""

FIRST_RETRY_MS: Final = DurationMs(2_000)
"""The pause after the whole list failed once: a phone system that restarts is back soon."""

RETRY_MS: Final = DurationMs(15_000)
"""The pause after it failed again. The library's own default of 300 s leaves the tower lying for minutes."""

WRONG_PASSWORD_RETRY_MS: Final = DurationMs(150_000)
"""The pause after a wrong password: four attempts in ten minutes, where the usual guard against break-ins
locks an address out at five. It holds for the whole list, whatever else the list's other registrars say."""

ATTEMPT_MS: Final = DurationMs(8_000)
"""How long an answer may take before the next registrar is tried and the extension counts as not held. The
library itself gives up only after 32 s (RFC 3261, timer F); an answer that comes later still counts."""

SILENCE_FACTOR: Final = 1.5
"""A registration without a refresh for this many times its expiry is lost, though nobody said so: a TLS peer
that never answers gives no event at all."""

JITTER: Final = 0.1
"""Each pause is stretched or shortened by up to a tenth, so that the units of a site do not all knock at once
on a phone system that has just restarted."""

_WRONG_PASSWORD: Final = frozenset({401, 407})


@dataclass(frozen=True, slots=True)
class Standing:
    """How the extension stands, to be told."""

    held: bool
    code: int
    why: str
    expires_ms: DurationMs = DurationMs(0)


class Registering:
    """One extension's attempts at its registrars."""

    def __init__(self, registrar_count: int, random: Callable[[], float]) -> None:
        """Begin unregistered; the first attempt is due at once. `random` gives numbers from 0 to 1."""
        assert registrar_count > 0, "a phone system has at least one registrar"
        self._registrar_count = registrar_count
        self._random = random
        self._failure_count = 0
        self._password_refused = False
        """True if a registrar refused the password since the list was last begun."""
        self._index = 0
        self._attempt_due_ms: InstantMs | None = InstantMs(0)
        self._answer_due_ms: InstantMs | None = None
        self._silence_due_ms: InstantMs | None = None
        self._held_at: int | None = None

    @property
    def held(self) -> bool:
        """True while a registrar holds the registration."""
        return self._held_at is not None

    def attempt(self, now_ms: InstantMs) -> int | None:
        """Return the place in the list of the registrar to ask now, once; None if none is due."""
        if self._attempt_due_ms is None or now_ms < self._attempt_due_ms:
            return None
        self._attempt_due_ms = None
        self._answer_due_ms = InstantMs(now_ms + ATTEMPT_MS)
        return self._index

    def accepted(self, index: int, expires_ms: DurationMs, now_ms: InstantMs) -> Standing:
        """A registrar holds us now."""
        self._index = self._held_at = index
        self._failure_count = 0
        self._password_refused = False
        self._attempt_due_ms = self._answer_due_ms = None
        self._silence_due_ms = InstantMs(now_ms + SILENCE_FACTOR * expires_ms)
        return Standing(True, 200, "", expires_ms)

    def failed(self, index: int, code: int, why: str, now_ms: InstantMs) -> Standing | None:
        """A registrar refused us or did not answer; None if another one is being asked or holds us."""
        if index != self._index:
            return None
        if self._answer_due_ms is None and not self.held:
            # The answer to an attempt that was given up before: the next one is planned already.
            return None
        self._held_at = self._silence_due_ms = self._answer_due_ms = None
        self._failure_count += 1
        self._index = (index + 1) % self._registrar_count
        self._password_refused = self._password_refused or code in _WRONG_PASSWORD
        pause_ms = self._pause_ms()
        self._attempt_due_ms = InstantMs(now_ms + self._jittered(pause_ms))
        if code in _WRONG_PASSWORD:
            why = "wrong user or password"
        if pause_ms == WRONG_PASSWORD_RETRY_MS:
            self._password_refused = False
            why = f"{why}; the next attempt is in {pause_ms / 1000:.0f} s"
        return Standing(False, code, why)

    def doubt(self, now_ms: InstantMs) -> None:
        """Something changed on the way to the registrar (connection, address): ask again soon."""
        if self._answer_due_ms is None:
            self._attempt_due_ms = InstantMs(now_ms + self._random() * NEXT_REGISTRAR_MS)

    def pass_time(self, now_ms: InstantMs) -> Standing | None:
        """Return what time alone has changed by this instant."""
        if self._answer_due_ms is not None and now_ms >= self._answer_due_ms:
            return self.failed(self._index, 408, "no answer", now_ms)
        if self._silence_due_ms is not None and now_ms >= self._silence_due_ms:
            return self.failed(self._index, 408, f"no refresh for {SILENCE_FACTOR} times the expiry", now_ms)
        return None

    def _pause_ms(self) -> DurationMs:
        if self._index != 0:
            return NEXT_REGISTRAR_MS
        if self._password_refused:
            return WRONG_PASSWORD_RETRY_MS
        return FIRST_RETRY_MS if self._failure_count <= self._registrar_count else RETRY_MS

    def _jittered(self, pause_ms: DurationMs) -> float:
        return pause_ms * (1 + JITTER * (2 * self._random() - 1))
