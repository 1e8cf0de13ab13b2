"""When an engine counts as lost and when the next one starts: pure, told every instant."""

from typing import Final

from appliance.core.words import DurationMs, InstantMs

SILENCE_MS: Final = DurationMs(2_500)
"""Silence that makes an engine lost: two beats of a second may be late, a third one not."""

SILENCE_IN_HAND_MS: Final = DurationMs(8_000)
"""The same where the engine has callers in its hands: they are lost when it is ended, and may be saved where
it only waits for a slow card. Meanwhile the tower says that it sees nobody new. More would keep everybody
else's rings from the light for too long."""

START_MS: Final = DurationMs(15_000)
"""How long an engine may take to its first word: the slowest board some 3 s, and up to 10 s more where the
library looks up the machine's own name and no name server answers (resolv.conf(5))."""

NAP_MS: Final = DurationMs(1_500)
"""From one turn of who listens to the next at least, where the machine gave it none: awake it comes round
each second, or half a second later where it sees an engine vanish."""

FIRST_PAUSE_MS: Final = DurationMs(200)
"""The pause before the second engine in a row; the first one is started at once."""

PAUSE_MAX_MS: Final = DurationMs(10_000)
"""The pause doubles up to this: an engine that cannot start must not eat the processor."""

HEALTHY_MS: Final = DurationMs(10_000)
"""An engine that lived this long after its first word has shown that starting works: the next one that dies
is the first in a row again."""


class Watch:
    """Follows one engine after the other."""

    def __init__(self) -> None:
        """Begin without an engine; one is due at once."""
        self._losses = 0
        self._ready_ms: InstantMs | None = None
        self._turned_ms: InstantMs | None = None
        self.start_due_ms: InstantMs | None = InstantMs(0)
        """When to start the next engine; None while one runs."""
        self.silence_due_ms: InstantMs | None = None
        """When silence makes the running engine lost; None while none runs."""
        self.doubt_due_ms: InstantMs | None = None
        """When silence must be told of before that; None if it was, or makes the engine lost by itself."""
        self.is_in_doubt = False
        """True while the running engine is silent and was not given up yet."""

    def started(self, now_ms: InstantMs) -> None:
        """An engine was started."""
        self.start_due_ms = self.doubt_due_ms = self._ready_ms = None
        self.silence_due_ms = InstantMs(now_ms + START_MS)

    def heard(self, now_ms: InstantMs, *, has_callers: bool = False) -> None:
        """The engine said something, and has callers in its hands or has none."""
        if self._ready_ms is None:
            self._ready_ms = now_ms
        self.silence_due_ms = InstantMs(now_ms + (SILENCE_IN_HAND_MS if has_callers else SILENCE_MS))
        self.doubt_due_ms = InstantMs(now_ms + SILENCE_MS) if has_callers else None
        self.is_in_doubt = False

    def doubt(self, now_ms: InstantMs) -> bool:
        """Return whether it must be told now that the running engine is silent; once for each silence."""
        if self.doubt_due_ms is None or now_ms < self.doubt_due_ms:
            return False
        self.doubt_due_ms, self.is_in_doubt = None, True
        return True

    def turned(self, now_ms: InstantMs) -> None:
        """Who listens came round. After a nap the engine has its time anew, for it may have slept as well: to
        take it for dead would end every ring and every conversation in it."""
        slept = self._turned_ms is not None and now_ms - self._turned_ms >= NAP_MS
        if slept and self.silence_due_ms is not None:
            self.silence_due_ms = max(self.silence_due_ms, InstantMs(now_ms + SILENCE_MS))
            if self.doubt_due_ms is not None:
                self.doubt_due_ms = InstantMs(now_ms + SILENCE_MS)
        self._turned_ms = now_ms

    def silent(self, now_ms: InstantMs) -> bool:
        """Return whether the running engine has been silent for too long."""
        return self.silence_due_ms is not None and now_ms >= self.silence_due_ms

    def lost(self, now_ms: InstantMs) -> None:
        """The engine is gone; the next one is planned."""
        if self._ready_ms is not None and now_ms - self._ready_ms >= HEALTHY_MS:
            self._losses = 0
        pause_ms = 0.0 if self._losses == 0 else FIRST_PAUSE_MS * 2 ** min(self._losses - 1, 10)
        self._losses += 1
        self.silence_due_ms = self.doubt_due_ms = self._ready_ms = None
        self.is_in_doubt = False
        self.start_due_ms = InstantMs(now_ms + min(pause_ms, PAUSE_MAX_MS))

    @property
    def due_ms(self) -> InstantMs | None:
        """The next instant at which there is something to do."""
        if self.start_due_ms is not None:
            return self.start_due_ms
        return self.silence_due_ms if self.doubt_due_ms is None else self.doubt_due_ms
