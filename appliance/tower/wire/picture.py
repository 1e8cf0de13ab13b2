"""A picture of the core, at an instant, as the SET that tells it to a controller."""

import math
from typing import Final

from appliance.core import lamps
from appliance.core.beats import half_nearest
from appliance.core.lamps import ButtonLamp
from appliance.core.picture import Overlay, Picture, Segment, Showing
from appliance.core.words import InstantMs
from appliance.tower.wire.set import Set, SetLamp, SetLine
from appliance.tower.wire.words import ENTERED_MAX, GRID_MS, KEYS, LONG_AGO, Chirp, Cover, LampLook, Shown

HALVES: Final = 112
"""Half steps in `GRID_MS`."""

ROUNDING_MS: Final = 1e-4
"""By how much an instant may lie before a millisecond and still count as it: far above what the rounding of
a float does to a clock that ran for a year, far below anything that is drawn."""


def set_of(
    picture: Picture,
    now_ms: InstantMs,
    brightness: int = 255,
    volume: int = 3,
    chirp: Chirp = Chirp.NONE,
    chirps: int = 0,
) -> Set:
    """Return what a controller must be told to show this picture from now on.

    Args:
        picture: the picture, with at least one line.
        now_ms: the instant at which it will be sent.
        brightness: 1 to 255.
        volume: 0 (silent) to 3.
        chirp: the last sound that was played.
        chirps: counts the sounds, modulo 8.
    """
    elapsed_ms = math.floor(now_ms - picture.epoch_ms + ROUNDING_MS)
    now = half_of(elapsed_ms)

    def entered(entered_ms: InstantMs) -> int:
        return max(LONG_AGO, min(ENTERED_MAX, half_nearest(picture.epoch_ms, entered_ms) - now))

    def line(segment: Segment) -> SetLine:
        return SetLine(
            SHOWN[segment.showing],
            segment.stage,
            segment.fill,
            segment.marks,
            segment.more,
            segment.taken,
            entered(segment.entered_ms),
        )

    def lamp(one: ButtonLamp) -> SetLamp:
        return SetLamp(LAMPS[one.look], one.blinks % BLINKS, entered(one.entered_ms))

    return Set(
        phase_ms=elapsed_ms % GRID_MS,
        lines=tuple(map(line, picture.segments)),
        lamps=tuple(map(lamp, picture.lamps)) or (SetLamp(),) * (len(picture.segments) + len(KEYS)),
        cover=COVERS[picture.overlay],
        alive=picture.alive,
        fault=picture.fault,
        more=picture.more_count > 0,
        cover_entered=entered(picture.overlay_entered_ms),
        fault_entered=entered(picture.fault_entered_ms),
        more_entered=entered(picture.more_entered_ms),
        brightness=brightness,
        volume=volume,
        chirp=chirp,
        chirps=chirps,
    )


def half_of(elapsed_ms: int) -> int:
    """Return the half step in which a whole millisecond after the epoch lies, as the controller counts it."""
    return elapsed_ms * HALVES // GRID_MS


BLINKS: Final = 4
"""After how many blinks the wire's counter begins anew."""

LAMPS: Final = {look: LampLook[look.name] for look in lamps.LampLook}

COVERS: Final = {overlay: Cover[overlay.name] for overlay in Overlay}

SHOWN: Final = {showing: Shown[showing.name] for showing in Showing}
