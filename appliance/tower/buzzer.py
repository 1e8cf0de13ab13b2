"""Sounds of a buzzer that knows on and off only: when it sounds after a chirp was asked for. Pure.

A chirp has as many beeps as the stage that it stands for, so that it is understood with eyes elsewhere.
"""

from collections.abc import Mapping
from typing import Final

from appliance.core.effects import Sound
from appliance.core.words import DurationMs, InstantMs

BEEP_MS: Final = DurationMs(140)
"""One beep, and the pause after it. A relay has closed within 10 ms, and four such stretches a second are
counted without effort; three beeps take 0.7 s, within the second that the board keeps between two chirps."""

BEEPS: Final[Mapping[Sound, int]] = {Sound.ARRIVED: 1, Sound.WAITING: 2, Sound.URGENT: 3}


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
            stretches = range(2 * BEEPS[self._asked])
            self._edges = tuple(InstantMs(now_ms + BEEP_MS * stretch) for stretch in stretches)
            self._asked = None
        ahead = [edge_ms for edge_ms in self._edges if edge_ms > now_ms]
        return len(ahead) % 2 == 1, min(ahead, default=None)
