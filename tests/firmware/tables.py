"""Writes firmware/src/patterns.h and shades.h from the core's own declarations, so that both draw the same.

`python -m tests.firmware.tables` writes the files; a test compares them. A mask is the pixels of a segment
that are lit, bit n for pixel n from the bottom.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from appliance.core import beats, frames, patterns
from appliance.core.beats import Beat
from appliance.core.frames import Pixel
from appliance.core.patterns import DIM, FULL, HALF, PIXELS, Colour
from appliance.core.picture import Look, Overlay, Showing

SOURCES: Final = Path(__file__).parents[2] / "firmware/src"

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

LF: Final = "\n"

CADENCES: Final = {
    "SLOW": beats.SLOW,
    "FAST": beats.FAST,
    "TWO_ON_FIVE_OFF": beats.TWO_ON_FIVE_OFF,
    "FIVE_ON_TWO_OFF": beats.FIVE_ON_TWO_OFF,
}
"""Flashes that a light joins: lit from the beginning of the period on."""

MOVING: Final = {
    "UP": patterns.UP,
    "HOLE_DOWN": patterns.HOLE_DOWN,
    "HALVES": patterns.HALVES,
    "DROPS_EVEN": patterns._drops(0),
    "DROPS_ODD": patterns._drops(1),
    "CLOSE": patterns.CLOSE,
    "SWEEP_UP": patterns.SWEEP_UP,
}
"""Patterns that move over a segment; the last two are played once."""


def mask(pixels: Iterable[int]) -> int:
    """The mask of these pixels."""
    return sum(1 << pixel for pixel in set(pixels))


def masks(moving: Sequence[Beat]) -> list[int]:
    """The masks of a moving pattern, one for each half step of its period, or until it is over."""
    halves = moving[0].period or max(end for one in moving for _, end in one.lit)
    long_ago = -1_000_000
    return [
        mask(pixel for pixel, one in enumerate(moving) if beats.is_lit(one, half, long_ago, 0))
        for half in range(halves)
    ]


def still(showing: Showing, overlay: Overlay = Overlay.NONE) -> int:
    """The mask of a look that stands still."""
    layers = patterns.pixels_of(Look(overlay, showing, 0, 0, 0, False, False), 0)
    return mask(pixel for pixel, layer in enumerate(layers) if layer)


def patterns_header() -> str:
    """The text of patterns.h."""
    for cadence in CADENCES.values():
        assert cadence.joins
        assert cadence.lit[0][0] == cadence.shift == 0
        assert len(cadence.lit) == 1
    cadences = [
        f"#define {name} ((struct cadence){{ {one.period}, {one.lit[0][1]} }})"
        for name, one in CADENCES.items()
    ]
    return f"""\
/* Written by tests/firmware/tables.py from appliance/core/patterns.py and beats.py: the parts of which every
   pattern is made. Included by the file that draws them, and by no other. */
#ifndef PATTERNS_H
#define PATTERNS_H

#include <stdint.h>

#include "flash.h"

/* Half steps after which a cadence repeats, and for how many of them it is lit. */
struct cadence {{
    uint8_t period;
    uint8_t lit;
}};

{LF.join(cadences)}

/* Pixels of a segment, bit 0 for the lowest. */
#define PIXELS_A_STEP {patterns.PIXELS_A_STEP}
#define MARK_PIXEL {patterns.MARK_PIXELS[0]}
#define MORE_MASK {mask(patterns.MARK_PIXELS):#04x}
#define TAKEN_AS_WELL_MASK {mask((0, PIXELS - 1)):#04x}
#define TAKEN_MASK {still(Showing.TAKEN):#04x}
#define HOST_LOST_MASK {still(Showing.NOTHING, Overlay.HOST_LOST):#04x}

/* A mask for each half step. */
{LF.join(table(name, masks(moving)) for name, moving in MOVING.items())}

#endif
"""


def table(name: str, values: Sequence[int]) -> str:
    """A table of masks, eight to a line."""
    rows = [values[first : first + 8] for first in range(0, len(values), 8)]
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
