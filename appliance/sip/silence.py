"""Whether a caller who waits in our hands may be gone without a word: pure, told how much sound has come.

A phone system that dies or restarts sends no BYE, and would leave a caller here who is nobody: shown for
ever, and put through to a person who hears nothing. A leg that brings no sound is asked about, within its
dialog. Only one that the phone system does not know (481), or that nobody answers for (408), is taken for
lost: a caller who is muted, or on hold somewhere, sends no sound either.
"""

from collections.abc import Callable
from typing import Final

from appliance.core.words import DurationMs, InstantMs

SILENT_MS: Final = DurationMs(15_000)
"""How long no sound may come before it is asked. A phone sends 50 packets a second, also of silence; what
takes longer than this is no stutter of a network."""

ASK_AGAIN_MS: Final = DurationMs(40_000)
"""How soon it is asked again: the library waits 32 s for an answer (RFC 3261, timer F)."""

LOOK_MS: Final = DurationMs(1_000)
"""How often it is looked whether sound has come."""


class Silence:
    """Listens to one leg."""

    def __init__(self) -> None:
        """Begin with nothing heard; the first look begins the time."""
        self._heard_count = -1
        self._look_ms = self._ask_ms = InstantMs(float("-inf"))

    def must_ask(self, count_packets: Callable[[], int], now_ms: InstantMs) -> bool:
        """Return whether it is time to ask; `count_packets` tells how many have come so far."""
        if now_ms < self._look_ms:
            return False
        self._look_ms = InstantMs(now_ms + LOOK_MS)
        heard_count = count_packets()
        if heard_count != self._heard_count:
            self._heard_count, self._ask_ms = heard_count, InstantMs(now_ms + SILENT_MS)
        if now_ms < self._ask_ms:
            return False
        self._ask_ms = InstantMs(now_ms + ASK_AGAIN_MS)
        return True
