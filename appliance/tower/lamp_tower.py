"""A tower of single lamps and perhaps a buzzer, whatever switches them: every driver of lamps is this one.

Nothing blinks by itself: each edge of each lamp is switched from here, so that all lamps keep the one beat
and the flash limits, and a blink that nobody stands behind cannot go on.
"""

from collections.abc import Iterable, Sequence
from typing import Final, Protocol

from appliance.core.effects import Sound
from appliance.core.picture import Picture
from appliance.core.words import DurationMs, InstantMs
from appliance.tower.buzzer import Buzzer
from appliance.tower.lamps import Lamp, Lamplighter

RESEND_MS: Final = DurationMs(2_000)
"""How often everything is switched again while nothing changes: so a tower that was unplugged is found out,
and one that missed a command is put right."""


class Outlets(Protocol):
    """What the lamps hang on. It may block for less than `writer.BLOCKED_MS`, or raise."""

    def put(self, lit: Sequence[bool], buzzes: bool) -> None:
        """Switch all lamps, in the tower's order, and the buzzer."""
        ...

    def close(self) -> None:
        """Let go of the tower as it is."""
        ...


class LampTower:
    """Draws pictures on lamps (`lamps`) and chirps on a buzzer (`buzzer`)."""

    def __init__(self, lamps: Iterable[Lamp], outlets: Outlets) -> None:
        """Take over these outlets, and switch everything off: the tower may show what somebody left on it.

        Raises:
            Exception: whatever the outlets raise; they are closed then.
        """
        lamps = tuple(lamps)
        self._lamplighter = Lamplighter(lamps)
        self._buzzer = Buzzer()
        self._outlets = outlets
        self._last = (False,) * len(lamps), False
        self._resend_at_ms = InstantMs(float("-inf"))
        try:
            outlets.put(*self._last)
        except Exception:
            outlets.close()
            raise

    def draw(self, picture: Picture, now_ms: InstantMs) -> InstantMs | None:
        """Switch what differs at this instant; return when something next does, or all is switched again."""
        lit, change_ms = self._lamplighter.lit(picture, now_ms)
        buzzes, edge_ms = self._buzzer.sounds(now_ms)
        if (lit, buzzes) != self._last or now_ms >= self._resend_at_ms:
            self._outlets.put(lit, buzzes)
            self._last = lit, buzzes
            self._resend_at_ms = InstantMs(now_ms + RESEND_MS)
        return min(due_ms for due_ms in (self._resend_at_ms, change_ms, edge_ms) if due_ms is not None)

    def play(self, sound: Sound) -> None:
        """Chirp from the next `draw` on, which follows at once."""
        self._buzzer.play(sound)

    def tell(self, sentence: str) -> None:
        """Write nothing: there is nothing to write on."""

    def close(self) -> None:
        """Let go of the outlets."""
        self._outlets.close()
