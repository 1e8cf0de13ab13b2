"""The ladder of a waiting caller: fill from the wait, stage from fill and urgency, chirps from the stage."""

from enum import IntEnum
from typing import Final, Protocol

from appliance.core.effects import Sound
from appliance.core.notices import Urgency
from appliance.core.settings import LineSettings
from appliance.core.words import NEVER_MS, STAGES, DurationMs, InstantMs

CHIRP_GAP_MS: Final = DurationMs(1_000)
"""The least time between two chirps: the cap on continuous sound. Each chirp is shorter, so that a burst of
callers stays a row of single sounds (IEC 60601-1-8 asks for pauses as good practice). What falls into the gap
waits for its end, and only the most urgent of it sounds."""

URGENT_REPEAT_MS: Final = DurationMs(10_000)
"""How often the urgent chirp repeats while a caller is at stage 3 (product: every 10 s)."""


class Waiter(Protocol):
    """Somebody who waits on a line: a call of our own, or a caller whom another unit sees."""

    line: LineSettings
    started_ms: InstantMs
    fill: int
    urgency: Urgency | None

    @property
    def is_seen(self) -> bool:
        """True while somebody sees the caller wait."""


def fill_of(call: Waiter, now_ms: InstantMs) -> int:
    """Return how many of the line's thresholds the wait has passed: 1 to 3, since the first is 0.

    It compares the instants that `next_threshold_ms` names: a difference may fall short by its rounding.
    """
    _, second, third = call.line.thresholds_ms
    return 1 + (now_ms >= call.started_ms + second) + (now_ms >= call.started_ms + third)


def stage_of(call: Waiter) -> int:
    """Return the stage: the fill, but 3 from the start for a caller who is urgent for another reason."""
    return call.fill if call.urgency is None or call.urgency is Urgency.WAITED else STAGES


def next_threshold_ms(call: Waiter) -> InstantMs:
    """Return when the call's fill next grows; never at the top, or while nobody sees the caller wait."""
    if not call.is_seen or call.fill >= STAGES:
        return NEVER_MS
    return InstantMs(call.started_ms + call.line.thresholds_ms[call.fill])


class _Rank(IntEnum):
    """Which of two chirps matters more."""

    ARRIVED = 1
    WAITING = 2
    URGENT = 3


_RANK: Final = {Sound.ARRIVED: _Rank.ARRIVED, Sound.WAITING: _Rank.WAITING, Sound.URGENT: _Rank.URGENT}
_CHIRP_OF_STAGE: Final = {1: Sound.ARRIVED, 2: Sound.WAITING, 3: Sound.URGENT}


class Chirps:
    """When the tower chirps. Asked for sounds by stages, it answers with one sound at a time."""

    def __init__(self) -> None:
        """Begin in silence."""
        self._wanted: set[Sound] = set()
        self._quiet_until_ms = InstantMs(float("-inf"))
        self._repeat_at_ms = NEVER_MS

    def stage_reached(self, stage: int) -> None:
        """Want the chirp of this stage; of several that wait, only the most urgent one will sound."""
        self._wanted.add(_CHIRP_OF_STAGE[stage])

    def take(self, now_ms: InstantMs, urgent: bool, anyone: bool) -> Sound | None:
        """Return the chirp to play at this instant, or None.

        `urgent` says whether a caller at stage 3 is heard, `anyone` whether any caller is: a chirp that was
        put off for a caller who has gone meanwhile, or was muted, is forgotten.
        """
        if not anyone:
            self._wanted.clear()
        if not urgent:
            self._repeat_at_ms = NEVER_MS
            self._wanted.discard(Sound.URGENT)
        elif now_ms >= self._repeat_at_ms:
            self._wanted.add(Sound.URGENT)
        if not self._wanted or now_ms < self._quiet_until_ms:
            return None
        sound = max(self._wanted, key=_RANK.__getitem__)
        self._wanted.clear()
        self._quiet_until_ms = InstantMs(now_ms + CHIRP_GAP_MS)
        if urgent:
            self._repeat_at_ms = InstantMs(now_ms + URGENT_REPEAT_MS)
        return sound

    def rest(self, now_ms: InstantMs) -> None:
        """Keep the pause after a sound that was played for another reason than a caller."""
        self._quiet_until_ms = InstantMs(now_ms + CHIRP_GAP_MS)

    @property
    def due_ms(self) -> InstantMs:
        """The instant at which `take` next has something to say, if nothing else happens."""
        if self._wanted:
            return self._quiet_until_ms
        return self._repeat_at_ms
