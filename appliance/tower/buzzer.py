"""Sounds of a buzzer that knows on and off only: when it sounds after a chirp was asked for. Pure.

The rhythms are those of a tower with a controller (firmware/src/sound.c), which has notes beside: whoever has
learned one tower by ear knows the other.
"""

from collections.abc import Mapping
from itertools import accumulate
from typing import Final

from appliance.core.effects import Sound
from appliance.core.words import DurationMs, InstantMs

CHIRPS: Final[Mapping[Sound, tuple[DurationMs, ...]]] = {
    Sound.ARRIVED: (DurationMs(280),),
    Sound.WAITING: (DurationMs(120),) * 5,
    Sound.URGENT: (*(DurationMs(80), DurationMs(40)) * 4, DurationMs(80)),
}
"""For how long the buzzer sounds, is silent, sounds, and so on: one long beep, three even ones, five quick
ones. A relay follows within 10 ms."""


class Buzzer:
    """Says whether the buzzer sounds, for one chirp after the other."""

    def __init__(self) -> None:
        """Begin in silence."""
        self._asked: Sound | None = None
        self._edges: tuple[InstantMs, ...] = ()

    def play(self, sound: Sound) -> None:
        """Begin this chirp with the next call of `sounds`; it replaces one that has not ended."""
        self._asked = sound

    def sounds(self, now_ms: InstantMs) -> tuple[bool, InstantMs | None]:
        """Return whether the buzzer sounds at this instant, and when that changes; None if it does not."""
        if self._asked is not None:
            self._edges = tuple(InstantMs(now_ms + end_ms) for end_ms in accumulate(CHIRPS[self._asked]))
            self._asked = None
        ahead = [edge_ms for edge_ms in self._edges if edge_ms > now_ms]
        return len(ahead) % 2 == 1, min(ahead, default=None)
