"""A tower as people see it over 2.5 seconds: one frame a step of the grid, the time under them."""

from collections.abc import Sequence
from html import escape

from appliance.core.beats import STEP_MS
from appliance.core.frames import Frame, Pixel
from appliance.tower.lamps import LampColour
from tests.trial.sights import Paint

STEPS = 14

ROOM, TOWER, DARK, INK = "#3a3f46", "#0d0f12", "#23272d", "#e8eaed"

SCREEN_GAMMA = 2.2
"""A screen's level is a perceived one, and an LED's is not."""

LAMPS = {
    LampColour.RED: (255, 42, 31),
    LampColour.YELLOW: (255, 196, 0),
    LampColour.GREEN: (24, 201, 100),
    LampColour.BLUE: (47, 123, 255),
    LampColour.WHITE: (255, 255, 255),
}

COLUMN_LINES = 4
"""Lines of one column of a pixel tower (hardware/): the first line is the lowest of the first column."""


def pixels(frames: Sequence[Frame], labels: Sequence[str], paint: Paint) -> str:
    """A pixel tower: each segment with its label, the first line at the bottom, status lights in the foot."""
    wide, tall, gap = 11, 6, 5
    column_count = -(-len(labels) // COLUMN_LINES)
    rows = min(len(labels), COLUMN_LINES)
    height = rows * (8 * tall + gap) + 20
    width = max(column_count * (wide + 5) + 6, 32)
    strip = []
    for step, frame in enumerate(frames):
        x = 90 + step * (width + 8)
        strip.append(f'<rect x="{x}" y="10" width="{width}" height="{height}" rx="4" fill="{TOWER}"/>')
        for line, segment in enumerate(frame.segments):
            column, row = divmod(line, COLUMN_LINES)
            left = x + 3 + column * (wide + 5) + (width - 6 - column_count * (wide + 5) + 5) / 2
            bottom = 10 + height - 18 - row * (8 * tall + gap)
            for place, pixel in enumerate(segment):
                y = bottom - (place + 1) * tall
                size = f'width="{wide}" height="{tall - 1}" rx="1"'
                strip.append(f'<rect x="{left:g}" y="{y:g}" {size} fill="{_seen(pixel, paint)}"/>')
        for place, pixel in enumerate((frame.alive, frame.fault, frame.more)):
            strip.append(
                f'<circle cx="{x + 8 + 8 * place}" cy="{height + 2}" r="3.2" fill="{_seen(pixel, paint)}"/>'
            )
    for line, label in enumerate(labels):
        column, row = divmod(line, COLUMN_LINES)
        y = 10 + height - 18 - row * (8 * tall + gap) - 4 * tall + 4
        # The labels of a second column stand on the other side of the tower.
        x, anchor = (84, "end") if column == 0 else (90 + STEPS * (width + 8), "start")
        strip.append(f'<text x="{x}" y="{y:g}" text-anchor="{anchor}">{escape(label)}</text>')
    return _picture(strip, 90, width + 8, height + 10, 90 * column_count + STEPS * (width + 8))


def lamps(frames: Sequence[Sequence[bool]], colours: Sequence[LampColour], paint: Paint) -> str:
    """A tower of lamps, in its own order from the top down."""
    size = 40
    strip = []
    for step, lit in enumerate(frames):
        x = 20 + step * (size + 10)
        for place, (on, colour) in enumerate(zip(lit, colours, strict=True)):
            y = 10 + place * size
            glass = tuple(part // 5 + 22 for part in LAMPS[colour])
            fill = paint(LAMPS[colour] if on else (glass[0], glass[1], glass[2]))
            strip.append(f'<rect x="{x}" y="{y}" width="{size}" height="{size}" rx="4" fill="{TOWER}"/>')
            if on:
                strip.append(f'<circle cx="{x + 20}" cy="{y + 20}" r="19" fill="{fill}" opacity="0.3"/>')
            strip.append(f'<circle cx="{x + 20}" cy="{y + 20}" r="14" fill="{fill}"/>')
    return _picture(strip, 20, size + 10, 10 + len(colours) * size, 30 + STEPS * (size + 10))


def _seen(pixel: Pixel, paint: Paint) -> str:
    if pixel.level == 0:
        return DARK
    seen = (pixel.level / 255) ** (1 / SCREEN_GAMMA)
    red, green, blue = (round(part * seen) for part in pixel.colour.value)
    return paint((red, green, blue))


def _picture(strip: Sequence[str], left: int, step: int, bottom: int, width: int) -> str:
    """The whole picture, with the time in seconds under the frames."""
    axis = [f'<path d="M{left} {bottom + 8} h{STEPS * step}" stroke="{INK}"/>']
    for half_seconds in range(6):
        x = left + half_seconds * 500 / STEP_MS * step
        axis.append(f'<path d="M{x:.1f} {bottom + 8} v5" stroke="{INK}"/>')
        axis.append(f'<text x="{x:.1f}" y="{bottom + 27}" text-anchor="middle">{half_seconds / 2:g} s</text>')
    height = bottom + 36
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width + 20}" height="{height}"'
        f' viewBox="0 0 {width + 20} {height}" font-family="DejaVu Sans" font-size="12" fill="{INK}">'
        f'<rect width="100%" height="100%" fill="{ROOM}"/>{"".join(strip)}{"".join(axis)}</svg>\n'
    )
