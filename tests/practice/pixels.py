"""Pixels decoded from the emulated board, as frames of the core, and whether they were true. Pure.

What the tower's pixels showed is held against two witnesses: the picture that the unit's recorder was handed
at the same time, pixel by pixel, and SIPp's log, caller by caller.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from appliance.core.beats import HALF_STEP_MS, STEP_MS, half_at, instant_of
from appliance.core.frames import DARK, GLOW, Frame, Pixel, frame_at
from appliance.core.patterns import DIM, FULL, HALF, PIXELS, STAGE_COLOURS, Colour
from appliance.core.words import InstantMs
from appliance.tower.wire import KEYS
from tests.core.lights import bars
from tests.peers.board import CHAIN_PIXELS, Pixels, Rgb
from tests.peers.trace import Placed
from tests.practice.expected import CLOSING_MS, FOREVER, NOBODY_ELSE, JudgedLine, Witnessed
from tests.practice.judge import EARLY_MS_MAX, LATE_MS_MAX, Shown

STATUS_PIXELS: Final = 9

PALETTE: Final = [
    Pixel(colour, level) for colour in Colour for level in (FULL, HALF, DIM, GLOW.level, *range(8, FULL, 8))
]
"""What a pixel can be, the levels that the core uses first: the current limit may have dimmed it."""

OTHER_BEAT_MS: Final = PIXELS * STEP_MS
"""By so much two beats may differ in when something lights: a pixel that runs over a segment, a step on each
place, may be anywhere in its run."""

CALLER_COLOURS: Final = frozenset(STAGE_COLOURS.values())


@cache
def pixel_of(rgb: Rgb) -> Pixel:
    """The colour and the level of the core that this is, or is next to."""
    if not any(rgb):
        return DARK
    return min(PALETTE, key=lambda pixel: sum(abs(a - b) for a, b in zip(pixel.rgb, rgb, strict=True)))


def frame_of(colours: Sequence[Rgb], lines: int) -> Frame:
    """The frame of a chain of so many lines. Behind what was sent it is dark: all that was lit is sent."""
    pixels = tuple(map(pixel_of, colours)) + (DARK,) * (CHAIN_PIXELS - len(colours))
    lamps_at = STATUS_PIXELS + PIXELS * lines
    return Frame(
        segments=tuple(pixels[at : at + PIXELS] for at in range(STATUS_PIXELS, lamps_at, PIXELS)),
        alive=pixels[0],
        fault=pixels[1],
        more=pixels[2],
        buttons=pixels[lamps_at : lamps_at + lines + len(KEYS)],
    )


@dataclass(frozen=True, slots=True)
class Decoded:
    """A frame of the tower's pixels and the instant from which they showed it."""

    at_ms: float
    frame: Frame


def decoded(shown: Sequence[Pixels], lines: int) -> list[Decoded]:
    """Every frame that differs from the one before it."""
    frames: list[Decoded] = []
    for pixels in shown:
        frame = frame_of(pixels.colours, lines)
        if not frames or frame != frames[-1].frame:
            frames.append(Decoded(pixels.at_ms, frame))
    return frames


Shape = tuple[tuple[Colour | None, ...], ...]


def shape_of(frame: Frame) -> Shape:
    """Which pixels are lit, and in which colour, status pixels first; dimmed or not."""
    groups = ((frame.alive, frame.fault, frame.more), *frame.segments)
    return tuple(tuple(pixel.colour if pixel.level else None for pixel in group) for group in groups)


def unlike_pictures(frames: Sequence[Decoded], shown: Sequence[Shown], known: Witnessed) -> list[str]:
    """Every frame with a part that no picture handed over close by would have given.

    Part by part, for a tower that was kept waiting catches up segment by segment: each is dark first for as
    long as its own flashing asks.
    """
    start_ms = shown[0].at_ms
    return [
        f"{(one.at_ms - start_ms) / 1000:.2f} s: the pixels showed {bars(one.frame)}, and no picture did"
        for one in frames
        if one.at_ms > start_ms + LATE_MS_MAX
        and not known.excused(None, one.at_ms)
        and not _is_like(shape_of(one.frame), list(_shapes(shown, one.at_ms)))
    ]


def _is_like(shape: Shape, given: Sequence[Shape]) -> bool:
    """Whether each part was given by some picture."""
    return all(any(part == one[place] for one in given) for place, part in enumerate(shape))


def _shapes(shown: Sequence[Shown], at_ms: float) -> Iterator[Shape]:
    """All that the pictures in force around an instant gave, or would have given had they stayed until then.

    A tower goes on with the last one until it has heard of the next. One that was kept waiting has a beat of
    its own from then on (appliance/tower/writer.py), and lights where the recorder's beat comes to it later.
    """
    first_ms, last_ms = at_ms - LATE_MS_MAX, at_ms + EARLY_MS_MAX
    ends = [*(later.at_ms for later in shown[1:]), FOREVER]
    for one, end_ms in zip(shown, ends, strict=True):
        if end_ms <= first_ms or one.at_ms >= last_ms:
            continue
        from_ms = max(one.at_ms, first_ms)
        yield shape_of(frame_at(one.picture, InstantMs(from_ms)))
        half = half_at(one.picture.epoch_ms, InstantMs(from_ms)) + 1
        while (edge_ms := instant_of(one.picture.epoch_ms, half)) < last_ms + OTHER_BEAT_MS:
            yield shape_of(frame_at(one.picture, InstantMs(edge_ms + HALF_STEP_MS / 2)))
            half += 1


@dataclass(frozen=True, slots=True)
class PixelVerdict:
    """What is to be said of the pixels."""

    troubles: tuple[str, ...]
    latencies_ms: tuple[float, ...]
    """From INVITE to the pixels, for each caller who found the line free."""


def judge_pixels(
    placed: Sequence[Placed],
    frames: Sequence[Decoded],
    shown: Sequence[Shown],
    lines: Sequence[JudgedLine],
    known: Witnessed = NOBODY_ELSE,
) -> PixelVerdict:
    """Hold the pixels against the pictures and against SIPp's log."""
    if not shown or not frames:
        return PixelVerdict(("no pixel was ever lit",), ())
    frames = [one for one in frames if one.at_ms < known.until_ms]
    troubles, latencies = unlike_pictures(frames, shown, known), []
    for place, line in enumerate(lines):
        callers = sorted(
            (caller for caller in placed if caller.dialled in line.numbers),
            key=lambda caller: caller.invited_at_ms,
        )
        lit = [one.at_ms for one in frames if _shows_caller(one.frame, place)]
        free_ms = -FOREVER
        for caller in callers:
            invited_ms = caller.invited_at_ms
            if invited_ms > free_ms:
                at_ms = next((at_ms for at_ms in lit if at_ms >= invited_ms - EARLY_MS_MAX), FOREVER)
                # A finger may be quicker than the light.
                due_ms = min(known.until_ms, known.asked_at_ms(caller))
                if at_ms <= invited_ms + LATE_MS_MAX:
                    latencies.append(at_ms - invited_ms)
                elif invited_ms + LATE_MS_MAX < due_ms and not known.excused(line, invited_ms):
                    troubles.append(f"{line.label}: the pixels of a caller were not lit")
                troubles += _not_dark(line, lit, free_ms, invited_ms, known)
            free_ms = max(free_ms, known.counted_until_ms(caller) + CLOSING_MS + LATE_MS_MAX)
        troubles += _not_dark(line, lit, free_ms, known.until_ms, known)
        dark = not _shows_caller(frames[-1].frame, place) or known.excused(line, frames[-1].at_ms)
        if free_ms < known.until_ms and not dark:
            troubles.append(f"{line.label}: the pixels did not go dark after the end")
    return PixelVerdict(tuple(troubles), tuple(latencies))


def _shows_caller(frame: Frame, place: int) -> bool:
    """Whether a segment shows a caller: a sweep, a loss and a closing look otherwise."""
    return any(pixel.colour in CALLER_COLOURS and pixel.level > HALF for pixel in frame.segments[place])


def _not_dark(
    line: JudgedLine, lit: Sequence[float], from_ms: float, to_ms: float, known: Witnessed
) -> Iterator[str]:
    """Every instant at which a caller was lit while the line was free."""
    for at_ms in lit:
        if from_ms < at_ms < to_ms - EARLY_MS_MAX and not known.excused(line, at_ms):
            yield f"{line.label}: the pixels showed a caller when there was none"
