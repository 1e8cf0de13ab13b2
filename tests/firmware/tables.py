"""Writes firmware/src/patterns.h and shades.h from the core's own declarations, so that both draw the same.

`python -m tests.firmware.tables` writes the files; a test compares them. A mask is the pixels of a segment
that are lit, bit n for pixel n from the bottom.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from appliance.core import beats, frames, lamps, patterns
from appliance.core.beats import Beat
from appliance.core.frames import Pixel
from appliance.core.lamps import _BEATS
from appliance.core.patterns import DIM, FULL, HALF, PIXELS, Colour, Layers, pixels_of
from appliance.core.picture import Look, Overlay, Showing
from appliance.tower.wire import Cover, LampLook, Shown

SOURCES: Final = Path(__file__).parents[2] / "firmware/src"

LF: Final = "\n"

SHADES: Final = {
    "DARK": frames.DARK,
    **{colour.name: Pixel(colour, FULL) for colour in Colour},
    "BLUE_HALF": Pixel(Colour.BLUE, HALF),
    "AMBER_HALF": Pixel(Colour.AMBER, HALF),
    "WHITE_HALF": Pixel(Colour.WHITE, HALF),
    "WHITE_DIM": Pixel(Colour.WHITE, DIM),
    "VIOLET_HALF": Pixel(Colour.VIOLET, HALF),
    "GLOW": frames.GLOW,
}
"""Every colour at every level that anything shows."""

CADENCES: Final = {
    "STEADY": replace(beats.FAST, lit=((0, beats.FAST.period),)),
    "SLOW": beats.SLOW,
    "FAST": beats.FAST,
    "TWO_ON_FIVE_OFF": beats.TWO_ON_FIVE_OFF,
    "FIVE_ON_TWO_OFF": beats.FIVE_ON_TWO_OFF,
}
"""Flashes that a light joins: lit from the beginning of the period on."""

LONG_AGO: Final = -1_000_000


@dataclass(frozen=True)
class Pattern:
    """A row of a table: what does not depend on the wait."""

    name: str
    masks: tuple[int, ...]
    """One for each half step: of a period, or from its beginning on if it is played once."""
    shade: str
    once: bool


def mask(pixels: Iterable[int]) -> int:
    """The mask of these pixels."""
    return sum(1 << pixel for pixel in set(pixels))


def pattern(name: str, pixels: Sequence[Layers]) -> Pattern:
    """The row for a look of which no pixel has more than one layer."""
    layers = {pixel: layer for pixel, (layer,) in ((n, one) for n, one in enumerate(pixels) if one)}
    (shade,) = {Pixel(layer.colour, layer.level) for layer in layers.values()} or {frames.DARK}
    beat_of: dict[int, Beat] = {pixel: layer.beat for pixel, layer in layers.items()}
    once = any(one.period == 0 for one in beat_of.values())
    if once:
        halves = 1 + max(end for one in beat_of.values() for _, end in one.lit)
    else:
        halves = max((one.period for one in beat_of.values() if one != beats.STEADY), default=1)
    masks = tuple(
        mask(pixel for pixel, one in beat_of.items() if beats.is_lit(one, half, LONG_AGO, 0))
        for half in range(halves)
    )
    assert once or halves in (1, 2, 4, 8, 16), "an index is cut out of the half step by its lowest bits"
    assert not once or masks[-1] == 0, "it stays at the end"
    return Pattern(name, masks, next(name for name, one in SHADES.items() if one == shade), once)


def looks() -> list[Pattern]:
    """What a line shows, in the order of the wire."""
    wait = (Shown.URGENT, Shown.WAITING, Shown.HELD, Shown.UNSURE)
    showings = [Showing.NOTHING if shown in wait else Showing[shown.name] for shown in Shown]
    return [
        pattern(shown.name, pixels_of(Look(Overlay.NONE, showing, 0, 0, 0, False, False), 0))
        for shown, showing in zip(Shown, showings, strict=True)
    ]


def covers() -> list[Pattern]:
    """What covers the lines, in the order of the wire, on the first of them."""
    return [
        pattern(cover.name, pixels_of(Look(Overlay[cover.name], Showing.NOTHING, 0, 0, 0, False, False), 0))
        for cover in Cover
    ]


def cadences() -> str:
    """The table of the flashes, and the one that says which of them each look of a lamp is."""
    for cadence in CADENCES.values():
        assert cadence.joins
        assert cadence.period in (beats.SLOW.period, beats.FAST.period)
        assert cadence.lit[0][0] == cadence.shift == 0
        assert len(cadence.lit) == 1
    rows = [f"    {{ {one.period}, {one.lit[0][1]} }}," for one in CADENCES.values()]
    names = {**{one: name for name, one in CADENCES.items()}, beats.STEADY: "STEADY"}
    looked = [
        f"    [LAMP_{look.name}] = {names[_BEATS[lamps.LampLook[look.name]]]}," for look in list(LampLook)[1:]
    ]
    return f"""\
enum cadences {{ {", ".join(CADENCES)} }};
static const IN_FLASH struct cadence CADENCES[] = {{
{LF.join(rows)}
}};

#define SLOW_PERIOD {beats.SLOW.period}
#define FAST_PERIOD {beats.FAST.period}

/* The cadence of a lamp, by its look; one that is off has none. */
static const IN_FLASH uint8_t LAMPS[] = {{
{LF.join(looked)}
}};"""


def patterns_header() -> str:
    """The text of patterns.h."""
    masks: list[int] = []
    look_rows = [row(one, masks) for one in looks()]
    cover_rows = [row(one, masks) for one in covers()]
    fills = [
        mask(patterns._filled(Look(Overlay.NONE, Showing.WAITING, 1, fill, 0, False, False)))
        for fill in range(4)
    ]
    marks = [mask(patterns.MARK_PIXELS[:marks]) for marks in range(3)]
    return f"""\
/* Written by tests/firmware/tables.py from appliance/core/patterns.py and beats.py: the parts of which every
   pattern is made. Included by the file that draws them, and by no other. A mask is pixels of a segment, bit
   0 for the lowest. */
#ifndef PATTERNS_H
#define PATTERNS_H

#include <stdbool.h>
#include <stdint.h>

#include "flash.h"
#include "set.h"
#include "shades.h"

/* Half steps after which a cadence repeats, and for how many of them it is lit, from its beginning on. There
   are two periods only. */
struct cadence {{
    uint8_t period;
    uint8_t lit;
}};

{cadences()}

#define STEP_MASK {mask(range(patterns.PIXELS_A_STEP)):#04x}
#define MORE_MASK {mask(patterns.MARK_PIXELS):#04x}
#define TAKEN_AS_WELL_MASK {mask((0, PIXELS - 1)):#04x}

/* By how many thresholds the wait has passed: a caller is never dark. And by the number of marks. */
{table("FILL", fills)}
{table("MARKS", marks)}

/* A pattern that does not depend on the wait: its masks, one for each half step, from `first` on. One that is
   played once stays at its last mask; of the others the number is a power of two. */
struct pattern {{
    uint8_t first;
    uint8_t last;
    uint8_t shade;
    bool once;
}};

/* By what a line shows; what depends on the wait is none. */
static const IN_FLASH struct pattern LOOKS[] = {{
{LF.join(look_rows)}
}};

/* By what covers the lines: on the first of them. */
static const IN_FLASH struct pattern COVERS[] = {{
{LF.join(cover_rows)}
}};

{table("MASKS", masks)}

#endif
"""


def row(one: Pattern, masks: list[int]) -> str:
    """The row of a pattern, whose masks are added to the others."""
    first = len(masks)
    masks += one.masks
    once = str(one.once).lower()
    words = one.name.lower().replace("_", " ")
    return f"    {{ {first}, {len(one.masks) - 1}, SHADE_{one.shade}, {once} }}, /* {words} */"


def table(name: str, values: Sequence[int]) -> str:
    """A table of masks, sixteen to a line."""
    rows = [values[first : first + 16] for first in range(0, len(values), 16)]
    lines = ["    " + ", ".join(f"{one:#04x}" for one in row) + "," for row in rows]
    return LF.join([f"static const IN_FLASH uint8_t {name}[] = {{", *lines, "};"])


def shades_header() -> str:
    """The text of shades.h."""
    rows = [f"    X({name}, {', '.join(map(str, pixel.rgb))})" for name, pixel in SHADES.items()]
    return f"""\
/* Written by tests/firmware/tables.py from appliance/core/patterns.py and frames.py: every colour at every
   level that anything shows, as a WS2812B takes it by day. X(name, red, green, blue) */
#ifndef SHADES_H
#define SHADES_H

#define SHADES(X) \\
{(" " + chr(92) + LF).join(rows)}

#define SHADE_NAME(name, red, green, blue) SHADE_##name,
enum shade {{ SHADES(SHADE_NAME) SHADES_COUNT }};

#endif
"""


HEADERS: Final = {"patterns.h": patterns_header, "shades.h": shades_header}

if __name__ == "__main__":
    for name, text in HEADERS.items():
        (SOURCES / name).write_text(text(), encoding="utf-8")
        print(f"wrote {SOURCES / name}")
