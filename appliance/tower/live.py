"""The tower drawn live in a terminal: every beat, every wait, and a plain sentence for what happened."""

from collections import deque
from typing import Final

from appliance.clock import Clock
from appliance.core.effects import Sound
from appliance.core.frames import frame_at, next_change_ms
from appliance.core.picture import Picture
from appliance.core.sentences import minutes
from appliance.core.words import DurationMs, InstantMs
from appliance.tower.screen import Caption, Screen

REDRAW_MS: Final = DurationMs(60)
"""The least time between two redraws: 16 a second. The beat's own edges lie at least 89 ms apart."""

LOOK_MS: Final = DurationMs(1_000)
"""How often the terminal is looked at while nothing else changes: it may have another size."""

SENTENCES_SHOWN: Final = 8

SOUND_SHOWN_MS: Final = DurationMs(1_500)
"""For how long a sound is written in bright letters after it was played."""


class LiveTower:
    """Draws the frame of the instant, and sleeps until the next one differs."""

    def __init__(self, screen: Screen, clock: Clock, bell: bool) -> None:
        """Take over the screen; with `bell`, sounds also ring the terminal's bell."""
        self._screen = screen
        self._clock = clock
        self._bell = bell
        self._opened_ms = clock.now_ms()
        self._drawn_ms = InstantMs(float("-inf"))
        self._due_ms = InstantMs(float("-inf"))
        self._shown: Picture | None = None
        self._news = False
        self._sound: tuple[Sound, InstantMs] | None = None
        self._sentences: deque[str] = deque(maxlen=SENTENCES_SHOWN)

    def draw(self, picture: Picture, now_ms: InstantMs) -> InstantMs | None:
        """Draw if anything differs; too soon after the last time, put it off."""
        differs = self._news or picture != self._shown or now_ms >= self._due_ms or self._screen.is_stale
        if not differs:
            return InstantMs(min(self._due_ms, now_ms + LOOK_MS))
        if now_ms < self._drawn_ms + REDRAW_MS and self._shown is not None and picture.alive:
            return InstantMs(self._drawn_ms + REDRAW_MS)
        self._screen.draw(picture, frame_at(picture, now_ms), now_ms, self._caption(now_ms))
        self._shown, self._drawn_ms, self._news = picture, now_ms, False
        self._due_ms = min(self._dues(picture, now_ms), default=InstantMs(float("inf")))
        return InstantMs(min(self._due_ms, now_ms + LOOK_MS))

    def play(self, sound: Sound) -> None:
        """Write the sound's name, and ring the bell if asked."""
        self._sound = sound, self._clock.now_ms()
        self._news = True
        if self._bell:
            self._screen.ring()

    def tell(self, sentence: str) -> None:
        """Write the sentence under the tower, with the time since the tower was opened."""
        since_ms = DurationMs(self._clock.now_ms() - self._opened_ms)
        self._sentences.append(f"{minutes(since_ms)} {sentence}")
        self._news = True

    def close(self) -> None:
        """Give the terminal back as it was."""
        self._screen.close()

    def _caption(self, now_ms: InstantMs) -> Caption:
        sound, at_ms = self._sound or (None, InstantMs(0))
        return Caption(
            sound=None if sound is None else sound.value,
            sounds_now=sound is not None and now_ms < at_ms + SOUND_SHOWN_MS,
            sentences=tuple(self._sentences),
        )

    def _dues(self, picture: Picture, now_ms: InstantMs) -> list[InstantMs]:
        """Every instant at which something on the screen next differs."""
        change_ms = next_change_ms(picture, now_ms)
        dues = [] if change_ms is None else [change_ms]
        for segment in picture.segments:
            if segment.waiting_since_ms is not None:
                seconds = int((now_ms - segment.waiting_since_ms) / 1000 + 1e-6)
                dues.append(InstantMs(segment.waiting_since_ms + (seconds + 1) * 1000))
        if self._sound is not None and now_ms < self._sound[1] + SOUND_SHOWN_MS:
            dues.append(InstantMs(self._sound[1] + SOUND_SHOWN_MS))
        return dues
