"""Meters how often a tower flashes: its segments, the lamps of its buttons, and what all of it does, across
every change of picture.

A picture that stands still repeats itself, and each one is proved by itself elsewhere; what only a practice
can show are the changes. So frames are drawn for a little more than a second before and after each change.
"""

from collections import deque
from typing import Final

from appliance.core.frames import frame_at, next_change_ms
from appliance.core.lamps import buttons_of
from appliance.core.picture import Picture, covers
from appliance.core.words import InstantMs

FLASHES_MAX: Final = 3
"""How often anything may light in any one second (WCAG 2.3.1, IEC 60073; product: the language of light)."""

SECOND_MS: Final = 1_000

AROUND_MS: Final = 1_100
"""For how long frames are drawn on either side of a change."""


class FlashMeter:
    """Counts the moments at which a segment or a button's lamp lights, or what the overlay covers after all
    of it was dark.

    Two segments may flash side by side in turns (product: that stays under the limit by its area); what the
    whole tower does together may not.
    """

    def __init__(self, segment_count: int) -> None:
        """Begin with everything dark."""
        self._picture: Picture | None = None
        self._since_ms = InstantMs(0)
        button_count = len(buttons_of(segment_count))
        self._lit = [False] * (segment_count + 1 + button_count)
        self._names = [f"segment {place + 1}" for place in range(segment_count)] + ["the whole tower"]
        self._names += [f"the lamp of button {button.value}" for button in buttons_of(segment_count)]
        self._rises: list[deque[float]] = [deque(maxlen=FLASHES_MAX + 1) for _ in self._lit]
        self.frame_count = 0

    def show(self, picture: Picture, at_ms: InstantMs) -> str | None:
        """Draw what was shown until this instant; return a sentence if it flashed too often."""
        at_ms = max(at_ms, self._since_ms)
        told = None if self._picture is None else self._draw(self._picture, self._since_ms, at_ms)
        self._picture, self._since_ms = picture, at_ms
        return told

    def _draw(self, picture: Picture, begin_ms: float, end_ms: float) -> str | None:
        if end_ms - begin_ms <= 2 * AROUND_MS:
            return self._stretch(picture, begin_ms, end_ms, True)
        told = self._stretch(picture, begin_ms, begin_ms + AROUND_MS, True)
        return told or self._stretch(picture, end_ms - AROUND_MS, end_ms, False)

    def _stretch(self, picture: Picture, begin_ms: float, end_ms: float, seen_before: bool) -> str | None:
        at_ms: InstantMs | None = InstantMs(begin_ms)
        while at_ms is not None and at_ms < end_ms:
            self.frame_count += 1
            told = self._look(picture, at_ms, seen_before)
            if told is not None:
                return told
            seen_before = True
            at_ms = next_change_ms(picture, at_ms)
        return None

    def _look(self, picture: Picture, at_ms: InstantMs, seen_before: bool) -> str | None:
        frame = frame_at(picture, at_ms)
        segments = frame.segments
        lit = [any(pixel.level for pixel in segment) for segment in segments]
        covered = [covers(picture.overlay, segment) for segment in picture.segments]
        lit.append(any(one and over for one, over in zip(lit, covered, strict=True)))
        buttons = [lamp.level > 0 for lamp in frame.buttons]
        lit += buttons or [False] * (len(self._lit) - len(lit))
        told = None
        for place, (before, after) in enumerate(zip(self._lit, lit, strict=True)):
            if after and not before and seen_before:
                rises = self._rises[place]
                rises.append(at_ms)
                if len(rises) > FLASHES_MAX and at_ms - rises[0] < SECOND_MS:
                    told = f"{self._names[place]} lit {len(rises)} times within {at_ms - rises[0]:.1f} ms"
        self._lit = lit
        return told
