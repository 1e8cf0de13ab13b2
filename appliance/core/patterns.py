"""Patterns: what each look draws, as data. Eight pixels for a segment of a pixel tower, or one lamp.

Position says the line, fill says the wait, cadence says the urgency. Colour repeats and never adds: every row
here differs from every other one in shape or in cadence too, for people who see few colours. The colours run
from cool to warm with the stage; red is for urgent callers only.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from functools import cache
from typing import Final

from appliance.core.beats import (
    FAST,
    FIVE_ON_TWO_OFF,
    LONG_SHORT,
    SEVEN_ON_SEVEN_OFF,
    SLOW,
    STEADY,
    THREE_QUICK,
    TWO_ON_FIVE_OFF,
    Beat,
    beat,
)
from appliance.core.picture import Look, Overlay, Showing
from appliance.core.words import STAGES

PIXELS: Final = 8
"""Pixels of a segment: four steps of two. At 60 LEDs a metre a step is 33 mm high, which is read at 10 m."""

PIXELS_A_STEP: Final = 2

MARK_PIXELS: Final = (6, 7)
"""The top step, which no fill reaches: one pixel for each further caller."""


class Colour(Enum):
    """The colours of the tower: red, green and blue as an LED takes them, 0 to 255."""

    BLUE = (0, 110, 255)
    """A caller who just rang."""
    AMBER = (255, 130, 0)
    """A caller who waits."""
    RED = (255, 0, 0)
    """An urgent caller, and nothing else."""
    WHITE = (255, 255, 255)
    """Further callers, callers whose witness is gone (dim), taking that failed, the lamp test; and the lamps
    of buttons that take nobody."""
    GREEN = (0, 210, 70)
    """A person has the caller, or is about to; and the lamps of line buttons."""
    VIOLET = (190, 0, 255)
    """Nothing that a caller did: something is lost or faulty."""


FULL: Final = 255
HALF: Final = 96
DIM: Final = 40
"""Levels of 255. An LED's light is linear in its level and the eye is not: 40 looks about half as bright as
255, and is still told from dark across a lit room."""


@dataclass(frozen=True, slots=True)
class Layer:
    """One thing that a pixel shows while its beat is lit."""

    beat: Beat
    colour: Colour
    level: int = FULL


Layers = tuple[Layer, ...]
"""What one pixel shows; the first layer that is lit is seen."""

STAGE_COLOURS: Final = {1: Colour.BLUE, 2: Colour.AMBER, 3: Colour.RED}

UP: Final = tuple(beat(8, (0, 1), shift=pixel) for pixel in range(PIXELS))
"""Being asked: one pixel runs up, a step of the grid each."""

HOLE_DOWN: Final = tuple(beat(8, (2, 8), shift=-pixel) for pixel in range(PIXELS))
"""One line's registration lost: all lit but a hole of two pixels, which runs down."""

CLOSE: Final = tuple(beat(0, (0, 1 + min(pixel, 7 - pixel)), once=True) for pixel in range(PIXELS))
"""Taken elsewhere: closes from both ends to the middle in four steps (0.71 s)."""

HALVES: Final = tuple(beat(2, (0, 1), shift=int(pixel >= PIXELS // 2)) for pixel in range(PIXELS))
"""Taking failed: the lower and the upper half in turn."""

SWEEP_UP: Final = tuple(beat(0, (band, band + 1), once=True) for band in (0, 0, 0, 1, 1, 2, 2, 2))
"""A new caller: three bands light one after the other in three steps (0.54 s)."""

SECOND_FROM_EACH_END: Final = (0, 1, 6, 7)


def _drops(place: int) -> tuple[Beat, ...]:
    """The phone system is lost: two drops a segment fall, those of neighbours in turn."""
    return tuple(beat(4, (0, 1), shift=-(pixel + 2 * place)) for pixel in range(PIXELS))


def _is_urgent(look: Look) -> bool:
    return look.showing is Showing.URGENT or look.stage >= STAGES


def _filled(look: Look) -> range:
    """Pixels of the fill; a caller is never dark."""
    return range(max(look.fill, 1) * PIXELS_A_STEP)


def _each(beats: Iterable[Beat], colour: Colour, level: int = FULL) -> list[Layers]:
    return [(Layer(one, colour, level),) for one in beats]


def _on(pixels: Iterable[int], layer: Layer) -> list[Layers]:
    lit = frozenset(pixels)
    return [(layer,) if pixel in lit else () for pixel in range(PIXELS)]


def _stacked(*over_to_under: list[Layers]) -> list[Layers]:
    return [sum(pixel, ()) for pixel in zip(*over_to_under, strict=True)]


def _waiting(look: Look) -> list[Layers]:
    """Fill from the bottom, marks at the top, cadence by urgency; a held caller's lowest step is steady."""
    cadence = FAST if _is_urgent(look) else SLOW
    colour = Colour.RED if _is_urgent(look) else STAGE_COLOURS[max(look.stage, 1)]
    lowest = range(PIXELS_A_STEP if look.showing is Showing.HELD else 0)
    return _stacked(
        _on(lowest, Layer(STEADY, colour)),
        _on(_filled(look), Layer(cadence, colour)),
        _on(MARK_PIXELS[: look.marks], Layer(cadence, Colour.WHITE)),
    )


def _unsure(look: Look) -> list[Layers]:
    lit = (*_filled(look), *MARK_PIXELS[: look.marks])
    return _on(lit, Layer(TWO_ON_FIVE_OFF, Colour.WHITE, DIM))


def _base(look: Look) -> list[Layers]:
    match look.showing:
        case Showing.FAILED:
            return _each(HALVES, Colour.WHITE)
        case Showing.ASKED:
            return _each(UP, Colour.GREEN)
        case Showing.URGENT | Showing.WAITING | Showing.HELD:
            return _waiting(look)
        case Showing.TAKEN:
            return _on(SECOND_FROM_EACH_END, Layer(STEADY, Colour.GREEN))
        case Showing.UNSURE:
            return _unsure(look)
        case Showing.TESTED:
            return _on(range(PIXELS), Layer(STEADY, Colour.WHITE))
        case Showing.CLOSING:
            return _each(CLOSE, Colour.GREEN)
        case Showing.LINE_LOST:
            return _each(HOLE_DOWN, Colour.VIOLET, HALF)
        case Showing.NOTHING:
            return _on((), Layer(STEADY, Colour.WHITE))


@cache
def pixels_of(look: Look, place: int) -> tuple[Layers, ...]:
    """Return what the pixels of one segment show, from the bottom up.

    Args:
        look: what is drawn (`picture.look_of`).
        place: the segment's place on the tower, from 0.
    """
    if look.overlay is Overlay.SWEEP:
        return tuple(_each(SWEEP_UP, Colour.BLUE, HALF))
    if look.overlay is Overlay.HOST_LOST:
        return tuple(_on(range(0, PIXELS, 2), Layer(STEADY, Colour.VIOLET, HALF)))
    if look.overlay is Overlay.LOST:
        under = _unsure(look) if look.showing is Showing.UNSURE else _on((), Layer(STEADY, Colour.WHITE))
        return tuple(_stacked(_each(_drops(place), Colour.VIOLET), under))
    return tuple(
        _stacked(
            _on(MARK_PIXELS if look.more else (), Layer(STEADY, Colour.WHITE)),
            _base(look),
            _on((0, PIXELS - 1) if look.taken else (), Layer(STEADY, Colour.GREEN)),
        )
    )


def _chase(place: int, count: int) -> Beat:
    """The phone system is lost: the lamps take turns; a single one is off seven steps of every fourteen."""
    if count == 1:
        return SEVEN_ON_SEVEN_OFF
    if count == 2:
        return beat(14, (7 * place, 7 * place + 7))
    return beat(2 * count, (2 * place, 2 * place + 2))


def _lamp(look: Look) -> tuple[Beat, ...]:
    many = look.marks > 0 or look.more
    match look.showing:
        case Showing.FAILED:
            return (THREE_QUICK,)
        case Showing.ASKED:
            return (FIVE_ON_TWO_OFF,)
        case Showing.URGENT | Showing.WAITING | Showing.HELD:
            return (FAST,) if _is_urgent(look) else (LONG_SHORT if many else SLOW,)
        case Showing.TAKEN | Showing.TESTED:
            return (STEADY,)
        case Showing.UNSURE:
            return (TWO_ON_FIVE_OFF,)
        case Showing.CLOSING:
            return ()
        case Showing.LINE_LOST:
            return (SEVEN_ON_SEVEN_OFF,)
        case Showing.NOTHING:
            return (SLOW,) if look.more else ()


@cache
def lamp_of(look: Look, place: int, count: int) -> tuple[Beat, ...]:
    """Return the beats of a line's single lamp; it is lit while any of them is.

    Args:
        look: what is drawn (`picture.look_of`).
        place: the lamp's place on the tower, from 0.
        count: how many lamps the tower has.
    """
    if look.overlay is Overlay.SWEEP:
        return ()
    if look.overlay is Overlay.HOST_LOST:
        return (STEADY,)
    if look.overlay is Overlay.LOST:
        under = (TWO_ON_FIVE_OFF,) if look.showing is Showing.UNSURE else ()
        return (_chase(place, count), *under)
    return _lamp(look)
