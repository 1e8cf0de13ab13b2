"""The lamp test: one light after the other, and then the sounds, each told by its name.

It walks; nothing flashes together. What a tower has to say meanwhile goes on: a lost phone system is shown
around it, and whoever rings ends it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Final

from appliance.core.effects import Sound
from appliance.core.lamps import buttons_of
from appliance.core.settings import LineSettings
from appliance.core.words import NEVER_MS, Button, DurationMs, InstantMs, LineId

PART_MS: Final = DurationMs(1_000)
"""How long each part is shown: long enough to look for it, and the pause that two chirps need. A tower of
eight lines takes 24 s."""


class Light(Enum):
    """The lights of the tower that belong to no line and no button. The alive light proves itself."""

    FAULT = "the fault light"
    MORE = "the light for callers who are only counted"


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that is tested: one of its fields but `words` is set, and none while no test runs."""

    words: str
    line: LineId | None = None
    button: Button | None = None
    light: Light | None = None
    sound: Sound | None = None


NO_PART: Final = Part("nothing")


def _parts(lines: tuple[LineSettings, ...]) -> Iterator[Part]:
    yield from (Part(f"line {line.label}", line=line.id) for line in lines)
    yield from (Part(f"the lamp of button {one.value}", button=one) for one in buttons_of(len(lines)))
    yield from (Part(light.value, light=light) for light in Light)
    yield from (Part(f"the sound '{sound.value}'", sound=sound) for sound in Sound)


class LampTest:
    """The walk. `part` is what is tested now."""

    def __init__(self, lines: Iterable[LineSettings]) -> None:
        """Be ready to test a tower of these lines."""
        self._parts: Final = tuple(_parts(tuple(lines)))
        self._next = 0
        self.part = NO_PART
        self.due_ms = NEVER_MS
        """When the walk goes on; never while no test runs."""

    @property
    def is_running(self) -> bool:
        """True while a part is tested."""
        return self.due_ms != NEVER_MS

    def begin(self, now_ms: InstantMs) -> None:
        """Begin with the first part."""
        self._next = 0
        self.walk(now_ms)

    def walk(self, now_ms: InstantMs) -> None:
        """Go on to the next part; after the last one the test is over."""
        if self._next == len(self._parts):
            self.end()
            return
        self.part, self.due_ms = self._parts[self._next], InstantMs(now_ms + PART_MS)
        self._next += 1

    def end(self) -> None:
        """Test nothing any more."""
        self.part, self.due_ms = NO_PART, NEVER_MS
