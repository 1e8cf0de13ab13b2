"""What the pixels of the chain should show, as the core draws it."""

from collections.abc import Sequence
from math import lcm
from typing import Final

from appliance.core.beats import HALF_STEP_MS, half_at, half_nearest, instant_of
from appliance.core.frames import Pixel, frame_at
from appliance.core.patterns import PIXELS, pixels_of
from appliance.core.picture import Picture, look_of
from appliance.core.words import InstantMs
from tests.peers.board import Rgb
from tests.peers.tower import Tower

STATUS_PIXELS: Final = 9

FULL_BRIGHTNESS: Final = 255


def segment_at(place: int) -> slice:
    """Where the pixels of a line are in the chain."""
    return slice(STATUS_PIXELS + PIXELS * place, STATUS_PIXELS + PIXELS * (place + 1))


def dimmed(pixel: Pixel, brightness: int) -> Rgb:
    """A pixel at less than full brightness."""
    red, green, blue = (part * (brightness + 1) // 256 for part in pixel.rgb)
    return red, green, blue


def expected(picture: Picture, instant_ms: float, brightness: int = FULL_BRIGHTNESS) -> list[Rgb]:
    """Status pixels and segments of a picture that says nothing of owed callers and voicemail."""
    frame = frame_at(picture, InstantMs(instant_ms))
    dark = (0, 0, 0)
    status = [dimmed(pixel, brightness) for pixel in (frame.alive, frame.fault, frame.more)] + [dark] * 6
    return status + [dimmed(pixel, brightness) for segment in frame.segments for pixel in segment]


def unlike(seen: Sequence[Rgb | None], wanted: Sequence[Rgb]) -> list[str]:
    """Every pixel that differs by more than the rounding of a dimmed level, in words."""
    return [
        f"pixel {place} is {one}, not {other}"
        for place, (one, other) in enumerate(zip(seen, wanted, strict=True))
        if one is None
        or any(one) != any(other)
        or any(abs(level - right) > 1 for level, right in zip(one, other, strict=True))
    ]


def last_half(picture: Picture) -> int:
    """The half step by which everything in the picture has entered and been through its whole period."""
    entered = half_nearest(picture.epoch_ms, picture.overlay_entered_ms)
    periods = []
    for place, segment in enumerate(picture.segments):
        look = look_of(segment, picture.overlay)
        if look is not None:
            entered = max(entered, half_nearest(picture.epoch_ms, segment.entered_ms))
            layers = [layer for of_pixel in pixels_of(look, place) for layer in of_pixel]
            # What is played once is over within four steps.
            periods += [layer.beat.period or 8 for layer in layers]
    return entered + lcm(*periods)


def middles(picture: Picture, from_ms: float) -> list[InstantMs]:
    """The middle of every half step from an instant on until the picture has repeated."""
    first = half_at(picture.epoch_ms, InstantMs(from_ms)) + 1
    return [
        InstantMs(instant_of(picture.epoch_ms, half) + HALF_STEP_MS / 2)
        for half in range(first, last_half(picture) + 1)
    ]


def run_to(tower: Tower, instant_ms: float) -> None:
    """Let time pass until this instant, if it is still to come."""
    if instant_ms > tower.now_ms:
        tower.run(instant_ms - tower.now_ms)
