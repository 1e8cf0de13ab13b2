"""A tower in plain words: a line for each change, for pipes, logs and screen readers; no colour."""

from typing import Final, TextIO

from appliance.clock import Clock
from appliance.core.effects import Sound
from appliance.core.lamps import LampLook, buttons_of
from appliance.core.picture import Overlay, Picture, Segment, Showing
from appliance.core.sentences import minutes
from appliance.core.words import STAGES, DurationMs, InstantMs

SHAPES: Final = {
    Showing.FAILED: "lower and upper half in turn",
    Showing.ASKED: "one pixel runs up",
    Showing.TAKEN: "steady from both ends",
    Showing.UNSURE: "dim, two on five off",
    Showing.TESTED: "all white",
    Showing.CLOSING: "closes to the middle",
    Showing.LINE_LOST: "a hole runs down",
}
"""How a segment looks that shows this; a caller's cadence depends on more (`_shape`)."""


class PlainTower:
    """Writes lines such as ``12.345 Main: waiting, stage 2, fill 2, 0:21, slow flash``.

    The number is seconds since the tower was opened.
    """

    def __init__(self, out: TextIO, clock: Clock, bell: bool) -> None:
        """Take over this stream; with `bell`, sounds also ring the terminal's bell."""
        self._out = out
        self._clock = clock
        self._opened_ms = clock.now_ms()
        self._bell = bell
        self._said = ""

    def draw(self, picture: Picture, now_ms: InstantMs) -> InstantMs | None:
        """Write the picture if it says anything new."""
        says = words_of(picture)
        if says != self._said:
            self._said = says
            self._write(words_of(picture, now_ms))
        return None

    def play(self, sound: Sound) -> None:
        """Write the sound's name."""
        self._write(f"sound: {sound.value}" + ("\a" if self._bell else ""))

    def tell(self, sentence: str) -> None:
        """Write the sentence."""
        self._write(sentence)

    def close(self) -> None:
        """Close the stream."""
        self._out.close()

    def _write(self, line: str) -> None:
        self._out.write(f"{(self._clock.now_ms() - self._opened_ms) / 1000:.3f} {line}\n")
        self._out.flush()


def words_of(picture: Picture, now_ms: InstantMs | None = None) -> str:
    """Return a picture in words, with the waits as of this instant, or without them."""
    words = [
        segment_words(segment, now_ms)
        for segment in picture.segments
        if segment.showing is not Showing.NOTHING or segment.more
        if picture.overlay is not Overlay.HOST_LOST
    ]
    if picture.overlay is Overlay.LOST:
        words.append("phone system lost")
    if picture.overlay is Overlay.HOST_LOST:
        words.append("nobody stands behind this tower")
    if picture.more_count:
        words.append(f"and {picture.more_count} more")
    if picture.fault:
        words.append("fault")
    words += [
        f"button {button.value}: {lamp.look.name.lower()}"
        for button, lamp in zip(buttons_of(len(picture.segments)), picture.lamps, strict=False)
        if lamp.look is not LampLook.OFF
    ]
    return "; ".join(words) or ("dark" if picture.alive else "lights out")


def segment_words(segment: Segment, now_ms: InstantMs | None = None) -> str:
    """Return one segment in words."""
    words = [segment.showing.name.lower().replace("_", " ")]
    if segment.stage:
        words += [f"stage {segment.stage}", f"fill {segment.fill}"]
    if segment.marks:
        words.append(f"marks {segment.marks}")
    if segment.more:
        words.append("and more")
    if segment.taken:
        words.append("one taken")
    if segment.waiting_since_ms is not None and now_ms is not None:
        words.append(minutes(DurationMs(now_ms - segment.waiting_since_ms)))
    return f"{segment.label}: {', '.join([*words, *_shape(segment)])}"


def _shape(segment: Segment) -> list[str]:
    if segment.showing in SHAPES:
        return [SHAPES[segment.showing]]
    if segment.showing is Showing.NOTHING:
        return ["top steady"] if segment.more else []
    flash = "fast flash" if segment.showing is Showing.URGENT or segment.stage >= STAGES else "slow flash"
    return [flash, "lowest step steady"] if segment.showing is Showing.HELD else [flash]
