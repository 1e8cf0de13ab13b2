"""The beat: one grid of instants for the whole tower, and when one light is lit on it.

Product: two flash rates only, slow 0.8 Hz and fast 2.8 Hz, 50 % duty. Both fit one grid: seven steps to a
slow period, two to a fast one. The slow flash is lit for three and a half steps, so everything here is
counted in half steps, as whole numbers: no edge depends on how a float was rounded. Lights come on at whole
steps only.

One rule makes a beat safe: a light stays lit for at least one step and dark for at least one, so that it
comes on at most every second step.
"""

import math
from dataclasses import dataclass
from typing import Final

from appliance.core.words import DurationMs, InstantMs

STEP_MS: Final = DurationMs(2500 / 14)
"""One step of the grid, 178.57 ms: a fourteenth of two slow periods (product: the language of light)."""

STEPS_APART_MIN: Final = 2
"""Steps between two instants at which the same light comes on. Two are 357 ms: the fourth would come 1071 ms
after the first, so there are never more than three in any one second (WCAG 2.3.1, IEC 60073)."""

SHOWN_LATE_MS_MAX: Final = DurationMs(70)
"""How late a tower may show a picture without flashing too often for it. Until then the picture before goes
on, and may come on once more. Three times two steps are 1,071 ms: a first light that is late by 71 ms would
still leave a second for the fourth. A picture that is replaced before it could be seen has no such reserve:
for its sake a light could be put off again and again."""

HALF_STEP_MS: Final = DurationMs(STEP_MS / 2)

ROUNDING: Final = 1e-6
"""Half steps by which an instant may lie before its grid point and still count as on it. It is far below a
microsecond, and far above what the rounding of a float does to a clock that ran for a year."""


@dataclass(frozen=True, slots=True)
class Beat:
    """When one light is lit, in half steps."""

    period: int
    """After how many half steps it repeats; 0 for a beat that is played once, from its origin."""
    lit: tuple[tuple[int, int], ...]
    """Stretches of the period in which it is lit, from the first half step to the one after the last."""
    shift: int = 0
    """By how many half steps the period begins later than the epoch of the picture."""
    joins: bool = False
    """True for a flash: a light that comes on in the middle of the period is lit until the beat goes dark
    after a whole first stretch, so that it joins the others without a short blink. Moving patterns do not."""


def beat(
    period: int, *lit: tuple[float, float], shift: int = 0, joins: bool = False, once: bool = False
) -> Beat:
    """Make a beat from whole and half steps, as people write it."""
    halves = tuple((round(2 * start), round(2 * end)) for start, end in lit)
    return Beat(0 if once else 2 * period, halves, 2 * shift, joins)


STEADY: Final = beat(1, (0, 1))
SLOW: Final = beat(7, (0, 3.5), joins=True)
FAST: Final = beat(2, (0, 1), joins=True)
LONG_SHORT: Final = beat(7, (0, 3), (4, 5), joins=True)
"""More than one caller on a single lamp: long, short, and a pause that keeps the pairs apart."""
TWO_ON_FIVE_OFF: Final = beat(7, (0, 2), joins=True)
FIVE_ON_TWO_OFF: Final = beat(7, (0, 5), joins=True)
THREE_QUICK: Final = beat(7, (0, 1), (2, 3), (4, 5), joins=True)
SEVEN_ON_SEVEN_OFF: Final = beat(14, (0, 7), joins=True)


def is_lit(beat: Beat, half: int, entered: int, origin: int) -> bool:
    """Return whether a light is lit in this half step.

    Args:
        beat: its beat.
        half: the half step, counted from the epoch of the picture.
        entered: the half step before which the light is dark in any case.
        origin: the half step at which a beat that is played once begins.
    """
    if half < entered:
        return False
    if beat.period == 0:
        phase = half - origin
        return any(start <= phase < end for start, end in beat.lit)
    phase = (half - beat.shift) % beat.period
    if any(start <= phase < end for start, end in beat.lit):
        return True
    return beat.joins and half < _joined(beat, entered)


def _joined(beat: Beat, entered: int) -> int:
    """Return the first half step at which a light that came on at `entered` goes dark."""
    start, end = beat.lit[0]
    whole = entered + end - start
    return whole + (end - (whole - beat.shift)) % beat.period


def next_edge(beat: Beat, half: int, entered: int, origin: int) -> int | None:
    """Return the next half step after this one in which the light can differ; None if it never will."""
    if half < entered:
        return entered
    edges = {edge for stretch in beat.lit for edge in stretch}
    if beat.period == 0:
        return min((origin + edge for edge in edges if origin + edge > half), default=None)
    if beat.lit == ((0, beat.period),):
        return None
    phase = (half - beat.shift) % beat.period
    return half + min((edge - phase - 1) % beat.period + 1 for edge in edges)


def half_at(epoch_ms: InstantMs, instant_ms: InstantMs) -> int:
    """Return the half step of the grid in which this instant lies."""
    return math.floor((instant_ms - epoch_ms) / HALF_STEP_MS + ROUNDING)


def half_nearest(epoch_ms: InstantMs, instant_ms: InstantMs) -> int:
    """Return the half step nearest to an instant that was put on the grid earlier."""
    return round((instant_ms - epoch_ms) / HALF_STEP_MS)


def instant_of(epoch_ms: InstantMs, half: int) -> InstantMs:
    """Return the instant at which a half step begins."""
    return InstantMs(epoch_ms + half * HALF_STEP_MS)


def step_from(epoch_ms: InstantMs, instant_ms: InstantMs) -> InstantMs:
    """Return the first whole step at or after this instant."""
    steps = math.ceil((instant_ms - epoch_ms) / STEP_MS - ROUNDING)
    return InstantMs(epoch_ms + steps * STEP_MS)


def step_before(epoch_ms: InstantMs, instant_ms: InstantMs) -> InstantMs:
    """Return the last whole step at or before this instant: when a light can last have come on."""
    steps = math.floor((instant_ms - epoch_ms) / STEP_MS + ROUNDING)
    return InstantMs(epoch_ms + steps * STEP_MS)
