"""Frames: every pixel and every lamp of a picture at one instant. Pure, and exact to half a step of the beat.

A frame stands still between the edges of its beats; `next_change_ms` says until when, so that whoever draws
sleeps until then instead of polling.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

from appliance.core.beats import Beat, beat, half_at, half_nearest, instant_of, is_lit, next_edge
from appliance.core.lamps import buttons_of, is_lamp_lit, lamp_change_ms
from appliance.core.patterns import FULL, HALF, PIXELS, Colour, Layers, lamp_of, pixels_of
from appliance.core.picture import Look, Overlay, Picture, look_of
from appliance.core.words import LINE_BUTTONS, Button, InstantMs


@dataclass(frozen=True, slots=True)
class Pixel:
    """One light: its colour, and its level from 0 (dark) to 255."""

    colour: Colour
    level: int

    @property
    def rgb(self) -> tuple[int, int, int]:
        """Red, green and blue as a WS2812 takes them, 0 to 255 each."""
        red, green, blue = self.colour.value
        return red * self.level // FULL, green * self.level // FULL, blue * self.level // FULL


DARK: Final = Pixel(Colour.WHITE, 0)

ALL_DARK: Final = (DARK,) * PIXELS

GLOW: Final = Pixel(Colour.GREEN, 24)
"""The calm glow that says: a unit stands behind this picture, and what is dark is dark for a reason."""


@dataclass(frozen=True, slots=True)
class Frame:
    """A pixel tower at one instant."""

    segments: tuple[tuple[Pixel, ...], ...]
    """For each line the pixels of its segment, from the bottom up."""
    alive: Pixel
    fault: Pixel
    more: Pixel
    """Lit while callers wait who are only counted."""
    buttons: tuple[Pixel, ...]
    """The lamps of the buttons, in the order of `lamps.buttons_of`; none where the picture has none."""


@dataclass(frozen=True, slots=True)
class Lamps:
    """A tower of single lamps at one instant."""

    lines: tuple[bool, ...]
    alive: bool
    buttons: tuple[bool, ...]
    """The lamps of the buttons, as in `Frame`."""


ALIVE_WITH_FAULT: Final = beat(14, (0, 12))
"""The alive lamp while a fault holds: off two steps of every fourteen, from when the fault entered."""


def frame_at(picture: Picture, instant_ms: InstantMs) -> Frame:
    """Return every pixel of a pixel tower at this instant."""
    half = half_at(picture.epoch_ms, instant_ms)
    origin = half_nearest(picture.epoch_ms, picture.overlay_entered_ms)
    segments: list[tuple[Pixel, ...]] = []
    for place, segment in enumerate(picture.segments):
        look = look_of(segment, picture.overlay)
        if look is None:
            segments.append(ALL_DARK)
            continue
        entered = half_nearest(picture.epoch_ms, segment.entered_ms)
        begun = origin if look.overlay is Overlay.SWEEP else entered
        segments.append(tuple(_pixel(layers, half, entered, begun) for layers in pixels_of(look, place)))
    fault = picture.fault and half >= half_nearest(picture.epoch_ms, picture.fault_entered_ms)
    more = picture.more_count > 0 and half >= half_nearest(picture.epoch_ms, picture.more_entered_ms)
    return Frame(
        segments=tuple(segments),
        alive=GLOW if picture.alive else DARK,
        fault=Pixel(Colour.VIOLET, HALF) if fault else DARK,
        more=Pixel(Colour.WHITE, HALF) if more else DARK,
        buttons=tuple(
            _button_pixel(button, lit)
            for button, lit in zip(buttons_of(len(segments)), _buttons(picture, instant_ms), strict=False)
        ),
    )


def lamps_at(picture: Picture, instant_ms: InstantMs) -> Lamps:
    """Return every lamp of a lamp tower with one lamp a line at this instant."""
    half = half_at(picture.epoch_ms, instant_ms)
    count = len(picture.segments)
    lines = []
    for place, segment in enumerate(picture.segments):
        look = look_of(segment, picture.overlay)
        beats = () if look is None else lamp_of(look, place, count)
        entered = half_nearest(picture.epoch_ms, segment.entered_ms)
        lines.append(any(is_lit(one, half, entered, entered) for one in beats))
    return Lamps(tuple(lines), picture.alive and _alive_lamp(picture, half), _buttons(picture, instant_ms))


def next_change_ms(picture: Picture, instant_ms: InstantMs) -> InstantMs | None:
    """Return the next instant at which a pixel or a lamp of this picture can differ; None if none will."""
    half = half_at(picture.epoch_ms, instant_ms)
    dues = [instant_of(picture.epoch_ms, edge) for edge in _edges(picture, half)]
    for lamp in picture.lamps:
        change_ms = lamp_change_ms(lamp, picture.epoch_ms, instant_ms)
        dues += [] if change_ms is None else [change_ms]
    return min(dues, default=None)


def _pixel(layers: Layers, half: int, entered: int, origin: int) -> Pixel:
    for layer in layers:
        if is_lit(layer.beat, half, entered, origin):
            return Pixel(layer.colour, layer.level)
    return DARK


def _buttons(picture: Picture, instant_ms: InstantMs) -> tuple[bool, ...]:
    return tuple(is_lamp_lit(lamp, picture.epoch_ms, instant_ms) for lamp in picture.lamps)


def _button_pixel(button: Button, lit: bool) -> Pixel:
    if not lit:
        return DARK
    return Pixel(Colour.GREEN if button in LINE_BUTTONS else Colour.WHITE, FULL)


def _alive_lamp(picture: Picture, half: int) -> bool:
    entered = half_nearest(picture.epoch_ms, picture.fault_entered_ms)
    return not picture.fault or half < entered or is_lit(ALIVE_WITH_FAULT, half - entered, 0, 0)


@cache
def _beats_of(look: Look, place: int, count: int) -> frozenset[Beat]:
    pixels = {layer.beat for layers in pixels_of(look, place) for layer in layers}
    return frozenset(pixels | set(lamp_of(look, place, count)))


def _edges(picture: Picture, half: int) -> Iterator[int]:
    """Yield, for each light that ever changes after this half step, the half step at which it next can."""
    sweep_origin = half_nearest(picture.epoch_ms, picture.overlay_entered_ms)
    for place, segment in enumerate(picture.segments):
        look = look_of(segment, picture.overlay)
        if look is None:
            continue
        entered = half_nearest(picture.epoch_ms, segment.entered_ms)
        origin = sweep_origin if look.overlay is Overlay.SWEEP else entered
        for one in _beats_of(look, place, len(picture.segments)):
            edge = next_edge(one, half, entered, origin)
            if edge is not None:
                yield edge
    entered = half_nearest(picture.epoch_ms, picture.fault_entered_ms)
    if picture.fault:
        edge = entered if half < entered else next_edge(ALIVE_WITH_FAULT, half - entered, 0, 0)
        yield entered if half < entered else entered + (edge or 0)
    more_entered = half_nearest(picture.epoch_ms, picture.more_entered_ms)
    if picture.more_count > 0 and half < more_entered:
        yield more_entered
