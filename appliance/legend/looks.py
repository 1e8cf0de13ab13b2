"""How a situation looks on a tower, sampled from the core's frames, and in words.

Nothing here knows a pattern by name: whatever the towers draw, the legend shows, and what looks the same is
seen to be the same.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from appliance.core import beats
from appliance.core.beats import HALF_STEP_MS, Beat, instant_of, is_lit
from appliance.core.frames import ALIVE_WITH_FAULT, Frame, Pixel, frame_at
from appliance.core.patterns import DIM, PIXELS
from appliance.core.picture import Picture
from appliance.core.words import InstantMs
from appliance.legend.faces import Face
from appliance.legend.situations import BEGAN_MS
from appliance.tower.lamps import Lamplighter

HALVES: Final = 28
"""Half steps that are drawn: 14 steps, 2.5 s. All patterns come round in it, but a chase of many lamps."""

SEEN_HALVES: Final = 4 * HALVES
"""Half steps over which two looks are compared: 10 s."""

FILM: Final = 4
"""Frames by which a movement is drawn."""

RHYTHMS: Final[Sequence[tuple[Beat, str]]] = (
    (beats.STEADY, "steady"),
    (beats.SLOW, "slow flash"),
    (beats.FAST, "fast flash"),
    (beats.LONG_SHORT, "long flash, short flash"),
    (beats.TWO_ON_FIVE_OFF, "short flash, long pause"),
    (beats.FIVE_ON_TWO_OFF, "long flash, short pause"),
    (beats.THREE_QUICK, "three quick flashes, pause"),
    (beats.SEVEN_ON_SEVEN_OFF, "on and off, more than a second each"),
    (ALIVE_WITH_FAULT, "goes out for a moment, every 2.5 seconds"),
)


def rhythm_words(lit: Sequence[bool]) -> str:
    """Return a rhythm in words; `in turn` for one that is none of the tower's flashes."""
    if not any(lit):
        return "dark"
    for beat, words in RHYTHMS:
        if any(_follows(lit, beat, shift) for shift in range(beat.period)):
            return words
    return "in turn"


def _follows(lit: Sequence[bool], beat: Beat, shift: int) -> bool:
    return all(is_lit(beat, half + shift, 0, 0) == on for half, on in enumerate(lit))


@dataclass(frozen=True, slots=True)
class SeenPixels:
    """A pixel tower over the time that is compared."""

    frames: tuple[Frame, ...]
    """For each half step."""

    def columns(self, place: int) -> tuple[tuple[Pixel, ...], ...]:
        """Return one segment over the time that is drawn."""
        return tuple(frame.segments[place] for frame in self.frames[:HALVES])


@dataclass(frozen=True, slots=True)
class SeenLamps:
    """A lamp tower over the time that is compared."""

    lit: tuple[tuple[bool, ...], ...]
    """For each half step, whether each lamp is lit."""

    def of(self, lamp: int) -> tuple[bool, ...]:
        """Return one lamp, by its place, over the whole time."""
        return tuple(lamps[lamp] for lamps in self.lit)


def look_at(face: Face, picture: Picture) -> SeenPixels | SeenLamps:
    """Return what people see on this tower from the instant at which the picture begins."""
    middles = [InstantMs(instant_of(BEGAN_MS, half) + HALF_STEP_MS / 2) for half in range(SEEN_HALVES)]
    if face.pixels:
        return SeenPixels(tuple(frame_at(picture, at_ms) for at_ms in middles))
    lamplighter = Lamplighter(face.lamps)
    return SeenLamps(tuple(lamplighter.lit(picture, at_ms)[0] for at_ms in middles))


def moves(columns: Sequence[tuple[Pixel, ...]]) -> bool:
    """Return whether a segment does more than flash."""
    return len(set(columns)) > 2


def film_of(columns: Sequence[tuple[Pixel, ...]]) -> tuple[int, ...]:
    """Return the half steps that tell a segment: one or two if it flashes, `FILM` if it moves."""
    if moves(columns):
        return tuple(range(0, 2 * FILM, 2))
    distinct = [columns.index(one) for one in dict.fromkeys(columns)]
    return tuple(half for half in distinct if _is_on(columns[half])) or (0,)


def rhythm_of(columns: Sequence[tuple[Pixel, ...]]) -> tuple[bool, ...]:
    """Return when a segment that flashes is lit, or shows the more of its two looks."""
    fullest = max(columns, key=lambda column: sum(pixel.level > 0 for pixel in column))
    return tuple(_is_on(column) and column == fullest for column in columns)


def pixel_words(columns: Sequence[tuple[Pixel, ...]]) -> str:
    """Return a segment in words: its colours from the bottom up, and its rhythm."""
    colours: dict[str, None] = {}
    for pixel in (pixel for column in columns for pixel in column if pixel.level):
        colours[("dim " if pixel.level <= DIM else "") + pixel.colour.name.lower()] = None
    if not colours:
        return "dark"
    said = ", ".join(
        (" and ".join(colours), _movement(columns) if moves(columns) else rhythm_words(rhythm_of(columns)))
    )
    if len(film_of(columns)) == 2:
        if not any(all(column[place].level for column in columns) for place in range(PIXELS)):
            return f"{said}, one half and then the other"
        # Part of it goes on while the rest flashes.
        end = "lowest" if all(column[0].level for column in columns) else "top"
        said += f", the {end} two pixels steady"
    return said


def _movement(columns: Sequence[tuple[Pixel, ...]]) -> str:
    """Return a movement in words, for those who cannot go by its colour."""
    lit_counts = {sum(pixel.level > 0 for pixel in column) for column in columns}
    if len(lit_counts) > 1:
        return "moving"
    return "a gap runs through it" if min(lit_counts) > PIXELS // 2 else "dots run through it"


def status_words(frame: Frame) -> str:
    """Return the status lights that are lit, in words."""
    lights = (
        ("the first small light below glows (green)", frame.alive),
        ("the second is lit (violet)", frame.fault),
        ("the third is lit (white)", frame.more),
    )
    lit = [words for words, pixel in lights if pixel.level]
    return (
        " and ".join(lit) if frame.alive.level else ", but ".join(("no small light glows green below", *lit))
    )


def _is_on(column: Iterable[Pixel]) -> bool:
    return any(pixel.level for pixel in column)
