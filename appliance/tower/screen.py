"""The only import of Rich: one frame of a tower as text for a terminal, and a screen to put it on."""

import sys
from dataclasses import dataclass
from typing import Final, TextIO

from rich.cells import set_cell_size
from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.style import Style
from rich.text import Text

from appliance.core.frames import Frame, Pixel
from appliance.core.lamps import LampLook, buttons_of
from appliance.core.patterns import PIXELS
from appliance.core.picture import Overlay, Picture, Segment, Showing
from appliance.core.sentences import minutes
from appliance.core.words import DurationMs, InstantMs

COLUMN_MIN: Final = 9
COLUMN_MAX: Final = 16
"""Letters of a line's column: a label of ordinary length fits into the widest; a narrower one cuts it."""

HEIGHT_MIN: Final = 16
"""Rows that upright segments need with a few sentences under them; on a lower screen they lie down."""

WIDE_PIXELS_MIN: Final = 50
"""Columns from which on a pixel of a lying segment is two letters wide."""

ROW_LABEL_MAX: Final = 10
"""Letters of a label before a lying segment; a longer one is cut."""

OFF: Final = Style(color="rgb(52,52,52)")
"""A dark pixel: the segment's place stays visible."""

FAINT: Final = Style(dim=True)
STRONG: Final = Style(bold=True)

GAMMA: Final = 2.2
"""A screen's level is a perceived one and an LED's is not: a dim pixel must look dim here, and not dark."""


@dataclass(frozen=True, slots=True)
class Caption:
    """What is written around the segments."""

    sound: str | None = None
    """The last sound; None before the first."""
    sounds_now: bool = False
    sentences: tuple[str, ...] = ()
    """The last sentences, the newest last."""


class Screen:
    """A whole terminal, given back on `close`."""

    def __init__(self, out: TextIO) -> None:
        """Take the terminal behind this stream."""
        self._console = Console(file=out, highlight=False, markup=False, emoji=False)
        self._live = Live(
            console=self._console,
            screen=True,
            auto_refresh=False,
            redirect_stdout=False,
            redirect_stderr=False,
        )
        # The log may go to this terminal too, and writes across the tower.
        self._is_shared = sys.stderr.isatty()
        self._live.start()
        self._size = self._console.size

    @property
    def is_stale(self) -> bool:
        """True if the terminal has another size than when it was drawn on, or others may write on it."""
        return self._is_shared or self._console.size != self._size

    def draw(self, picture: Picture, frame: Frame, now_ms: InstantMs, caption: Caption) -> None:
        """Draw this frame, and around it what the picture says of this instant."""
        self._size = self._console.size
        width, height = self._size
        self._live.update(render(picture, frame, now_ms, caption, width, height), refresh=True)

    def ring(self) -> None:
        """Ring the terminal's bell."""
        self._console.bell()

    def close(self) -> None:
        """Leave the terminal as it was."""
        try:
            self._live.stop()
        finally:
            self._console.file.close()


def render(
    picture: Picture, frame: Frame, now_ms: InstantMs, caption: Caption, width: int, height: int
) -> RenderableType:
    """Return the tower with these pixels at this instant, fitted into so many columns and rows."""
    count = max(1, len(picture.segments))
    upright = height >= HEIGHT_MIN and width >= count * COLUMN_MIN
    if upright:
        tower = _upright(picture, frame, now_ms, min(COLUMN_MAX, width // count))
    else:
        tower = _lying(picture, frame, now_ms, 2 if width >= WIDE_PIXELS_MIN else 1)
    rows = [*tower, Text(), _status(picture, frame, caption)]
    room = height - len(rows) - 1
    if room > 0 and caption.sentences:
        rows += [Text(), *map(Text, caption.sentences[-room:])]
    for row in rows:
        row.truncate(width, overflow="ellipsis")
    return Group(*rows)


def _upright(picture: Picture, frame: Frame, now_ms: InstantMs, column: int) -> list[Text]:
    """Segments side by side, the first pixel at the bottom, and what is known of each line under it."""
    bar = column - 3
    rows = []
    for pixel in reversed(range(PIXELS)):
        row = Text()
        for segment in frame.segments:
            row.append(" ").append(_block(segment[pixel]) * bar, _style(segment[pixel])).append("  ")
        rows.append(row)
    for words, style in ((_labels, STRONG), (_waits, Style()), (_states, Style())):
        row = Text()
        for said in words(picture, now_ms):
            row.append(f" {set_cell_size(said, column - 2)} ", style)
        rows.append(row)
    if frame.buttons:
        row = Text()
        for lamp in frame.buttons[: len(frame.segments)]:
            row.append(" ").append(_lamp(lamp), _style(lamp)).append(" " * (column - 2))
        rows.append(row)
    return rows


def _lying(picture: Picture, frame: Frame, now_ms: InstantMs, wide: int) -> list[Text]:
    """One row a line, the first pixel at the left: for narrow and for low screens."""
    rows = []
    said = zip(_labels(picture, now_ms), _waits(picture, now_ms), _states(picture, now_ms), strict=True)
    for place, (segment, (label, wait, state)) in enumerate(zip(frame.segments, said, strict=True)):
        row = Text(f"{set_cell_size(label, ROW_LABEL_MAX)} ", STRONG)
        for pixel in segment:
            row.append(_block(pixel) * wide, _style(pixel))
        for lamp in frame.buttons[place : place + 1]:
            row.append(" ").append(_lamp(lamp), _style(lamp))
        row.append(f" {wait:>5} {state}".rstrip())
        rows.append(row)
    return rows


def _labels(picture: Picture, _now_ms: InstantMs) -> list[str]:
    return [segment.label for segment in picture.segments]


def _waits(picture: Picture, now_ms: InstantMs) -> list[str]:
    """How long the longest waiter waits, and how many more there are."""
    if picture.overlay is Overlay.HOST_LOST:
        return [""] * len(picture.segments)
    return [_wait(segment, now_ms) for segment in picture.segments]


def _wait(segment: Segment, now_ms: InstantMs) -> str:
    words = []
    if segment.waiting_since_ms is not None:
        words.append(minutes(DurationMs(now_ms - segment.waiting_since_ms)))
    if segment.marks:
        words.append(f"+{segment.marks}")
    if segment.more:
        words.append("more")
    return " ".join(words)


def _states(picture: Picture, _now_ms: InstantMs) -> list[str]:
    return [_state(segment) for segment in picture.segments]


def _state(segment: Segment) -> str:
    words = segment.showing.name.lower().replace("_", " ")
    return {Showing.NOTHING: "", Showing.WAITING: f"stage {segment.stage}"}.get(segment.showing, words)


def _status(picture: Picture, frame: Frame, caption: Caption) -> Text:
    row = Text(" ")
    row.append("●", _style(frame.alive)).append(" alive " if picture.alive else " ----- ")
    if picture.fault:
        row.append(" ●", _style(frame.fault)).append(" fault")
    if picture.overlay is Overlay.LOST:
        row.append("  phone system lost", STRONG)
    if picture.overlay is Overlay.HOST_LOST:
        row.append("  the unit has fallen silent", STRONG)
    if picture.more_count:
        row.append(" ●", _style(frame.more)).append(f" and {picture.more_count} more")
    count = len(picture.segments)
    for button, lamp in zip(buttons_of(count)[count:], frame.buttons[count:], strict=False):
        if lamp.level or picture.lamps[buttons_of(count).index(button)].look is not LampLook.OFF:
            row.append("  ").append(_lamp(lamp), _style(lamp)).append(f" {button.value}")
    if caption.sound is not None:
        row.append(f"  ♪ {caption.sound}", STRONG if caption.sounds_now else FAINT)
    return row


def _block(pixel: Pixel) -> str:
    """A lit pixel is told from a dark one by its shape too, for screens and eyes with few colours."""
    return "▆" if pixel.level else "▁"


def _lamp(pixel: Pixel) -> str:
    return "●" if pixel.level else "○"


def _style(pixel: Pixel) -> Style:
    if pixel.level == 0:
        return OFF
    seen = (pixel.level / 255) ** (1 / GAMMA)
    red, green, blue = (round(part * seen) for part in pixel.colour.value)
    return Style(color=f"rgb({red},{green},{blue})")
