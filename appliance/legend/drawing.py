"""Lights as SVG, drawn from the core's frames. Sizes are in the units of the drawings, which the page scales.

What is lit is large and what is dark is a dot, so that a drawing can be read without its colours.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from appliance.core.frames import Frame, Pixel
from appliance.core.patterns import FULL
from appliance.tower.lamps import LampColour

PITCH: Final = 4.0
"""From one pixel to the next."""

WIDTH: Final = 6.0
"""Of a segment: its diffuser makes a band of each pixel."""

CELL: Final = 1.5
"""Half a step of the grid in a bar."""

BODY: Final = "#1b1e24"
"""The tower itself."""

DARK: Final = "#626a76"
"""A light that is off."""

EYE: Final = 1 / 3
"""How an eye takes a level: paper has no glow, so dim lights are drawn brighter than a screen shows them."""

LAMPS: Final[Mapping[LampColour, str]] = {
    LampColour.RED: "#ff2a1f",
    LampColour.YELLOW: "#ffc400",
    LampColour.GREEN: "#18c964",
    LampColour.BLUE: "#2f7bff",
    LampColour.WHITE: "#ffffff",
}
"""The colours of lamps as people see them lit."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """A piece of SVG and its size."""

    content: str
    width: float
    height: float

    def beside(self, other: "Drawing", gap: float = 0.0) -> "Drawing":
        """Return this with the other one to its right."""
        moved = f'<g transform="translate({self.width + gap:g} 0)">{other.content}</g>'
        return Drawing(self.content + moved, self.width + gap + other.width, max(self.height, other.height))

    def above(self, other: "Drawing", gap: float = 0.0) -> "Drawing":
        """Return this with the other one under it."""
        moved = f'<g transform="translate(0 {self.height + gap:g})">{other.content}</g>'
        return Drawing(self.content + moved, max(self.width, other.width), self.height + gap + other.height)

    def svg(self, kind: str) -> str:
        """Return the whole drawing; `kind` is the class by which the page sets its size."""
        return (
            f'<svg class="{kind}" viewBox="0 0 {self.width:g} {self.height:g}" aria-hidden="true"'
            f' style="--w:{self.width:g};--h:{self.height:g}">{self.content}</svg>'
        )


def column(pixels: Sequence[Pixel]) -> Drawing:
    """Return a segment, the first pixel at the bottom."""
    height = len(pixels) * PITCH
    lights = []
    for place, pixel in enumerate(pixels):
        middle = height - PITCH * (place + 0.5)
        colour = _seen(pixel)
        if colour is None:
            lights.append(_light(WIDTH / 2, middle, 1.6, None))
        else:
            lights.append(
                f'<rect x="0.6" y="{middle - 1.5:g}" width="{WIDTH - 1.2:g}" height="3" rx="0.9"'
                f' fill="{colour}" stroke="#fff" stroke-width="0.3"/>'
            )
    return _in_body(lights, WIDTH, height)


def film(frames: Sequence[Drawing]) -> Drawing:
    """Return moments from left to right, each with an arrow to the next."""
    drawn, *rest = frames
    for frame in rest:
        middle = drawn.height / 2
        arrow = f'<path d="M0 {middle - 1.2:g} l1.6 1.2 l-1.6 1.2 z" fill="#555"/>'
        drawn = drawn.beside(Drawing(arrow, 1.6, 0), 0.6).beside(frame, 0.6)
    return drawn


def status(frame: Frame) -> Drawing:
    """Return the status lights of a pixel tower: alive, fault, more."""
    lights = [
        _light(2 + 3.4 * place, 2, 1.3, _seen(pixel))
        for place, pixel in enumerate((frame.alive, frame.fault, frame.more))
    ]
    return _in_body(lights, 10.8, 4)


def lamp(colour: LampColour, *, lit: bool) -> Drawing:
    """Return a single lamp."""
    return _in_body([_light(4, 4, 3, LAMPS[colour] if lit else None)], 8, 8)


def bar(lit: Sequence[bool]) -> Drawing:
    """Return a rhythm over time from left to right: black is lit."""
    drawn = [f'<rect y="2.1" width="{CELL * len(lit):g}" height="0.6" fill="#9aa0a8"/>']
    for place, on in enumerate(lit):
        if on:
            # A hair wider than the cell, so that no gap is seen between two.
            drawn.append(f'<rect x="{CELL * place:g}" width="{CELL + 0.05:g}" height="4.8" fill="#111"/>')
    return Drawing("".join(drawn), CELL * len(lit), 4.8)


def _in_body(lights: Sequence[str], width: float, height: float) -> Drawing:
    rect = f'<rect width="{width:g}" height="{height:g}" rx="1.6" fill="{BODY}"/>'
    return Drawing(rect + "".join(lights), width, height)


def _light(x: float, y: float, radius: float, colour: str | None) -> str:
    if colour is None:
        return f'<circle cx="{x:g}" cy="{y:g}" r="{radius * 0.35:g}" fill="{DARK}"/>'
    return f'<circle cx="{x:g}" cy="{y:g}" r="{radius:g}" fill="{colour}" stroke="#fff" stroke-width="0.3"/>'


def _seen(pixel: Pixel) -> str | None:
    """Return a pixel's colour as it is seen; None if it is dark."""
    if pixel.level == 0:
        return None
    seen = (pixel.level / FULL) ** EYE
    red, green, blue = (round(part * seen) for part in pixel.colour.value)
    return f"#{red:02x}{green:02x}{blue:02x}"
