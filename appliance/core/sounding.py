"""For whom the tower chirps, and when: each unit has its own delay for each stage.

The desk sounds at once; a room behind it may sound only for a caller whom the desk did not take in a set
time. What the people chose comes first: a caller who is muted is not heard, one whom another unit wants
hushed is heard at stage 3 only, and while the people of a unit that we cover are away no delay counts.
"""

from collections.abc import Iterable
from typing import Final

from appliance.core.calls import Call
from appliance.core.effects import Sound
from appliance.core.escalation import Chirps
from appliance.core.merging import SiteCaller
from appliance.core.words import NEVER_MS, STAGES, DurationMs, InstantMs

HUSH_MS: Final = DurationMs(60_000)
"""For how long another unit's mute holds here: long enough to see to the caller, short enough that one who
is forgotten is heard again before long."""


class Sounding:
    """The tower's voice."""

    def __init__(self, delays_ms: tuple[DurationMs, DurationMs, DurationMs]) -> None:
        """Begin in silence.

        Args:
            delays_ms: how long after the beginning of each stage it sounds here.
        """
        self._delays_ms: Final = delays_ms
        self._chirps = Chirps()
        self._due_ms = NEVER_MS

    @property
    def due_ms(self) -> InstantMs:
        """The instant at which `take` next has something to say, if nothing else happens."""
        return min(self._chirps.due_ms, self._due_ms)

    def rest(self, now_ms: InstantMs) -> None:
        """Keep the pause after a sound that was played for another reason than a caller."""
        self._chirps.rest(now_ms)

    def take(
        self, everyone: Iterable[Call | SiteCaller], now_ms: InstantMs, *, at_once: bool
    ) -> Sound | None:
        """Return the chirp to play at this instant, or None.

        Args:
            everyone: all callers for whom this unit may sound.
            now_ms: the instant.
            at_once: true if no delay counts.
        """
        self._due_ms = NEVER_MS
        urgent = anyone = False
        for caller in everyone:
            if caller.muted or not caller.is_seen:
                continue
            stage = caller.stage
            if stage < STAGES and now_ms < caller.hushed_until_ms:
                self._due_ms = min(self._due_ms, caller.hushed_until_ms)
                continue
            anyone = True
            ready_ms = caller.staged_ms
            if not at_once:
                ready_ms = InstantMs(ready_ms + self._delays_ms[stage - 1])
            if now_ms < ready_ms:
                self._due_ms = min(self._due_ms, ready_ms)
                continue
            urgent = urgent or stage == STAGES
            if stage > caller.sounded:
                self._chirps.stage_reached(stage)
            caller.sounded = stage
        return self._chirps.take(now_ms, urgent, anyone)
