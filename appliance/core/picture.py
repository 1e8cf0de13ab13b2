"""The picture: what the whole tower shows from now on, complete, without a word about calls.

A picture is state, not commands. Together with an instant it gives every pixel (`frames.frame_at`), so a
driver, a microcontroller and a test draw the same thing, and flashing needs nobody to keep it going.

Flashing stays within its limits across any sequence of pictures, by one construction (`settle`):

1. Lights come on at whole steps of the grid only, and within one look every light comes on at most every
   second step (`beats`).
2. A segment whose look changes is dark from that instant until it enters: at a whole step, at least two steps
   after the last step at which anything of the old look can have come on (on a tower that is a little late,
   too).
3. So whatever lies between them, two instants at which a segment, or any pixel or lamp of it, comes on are at
   least two steps apart, and there are never more than three in any one second.

Where nothing was lit there is nothing to wait for: the first caller of a quiet tower is lit at once. The rest
of the picture never waits: while a segment is kept dark for up to two steps and a bit, the picture already
says why it will be lit. A loss that the whole tower shows begins on all its segments at one instant, and two
sweeps begin at least a second apart.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import IntEnum, StrEnum
from typing import Final, NamedTuple

from appliance.core.beats import SHOWN_LATE_MS_MAX, STEP_MS, STEPS_APART_MIN, step_before, step_from
from appliance.core.lamps import ButtonLamp, LampLook, is_still, may_answer, settle_lamps
from appliance.core.words import DurationMs, InstantMs


class Showing(IntEnum):
    """What one line shows. **The order is the table of what wins**: where several hold at once for a line,
    the least number is shown (product: the language of light).
    """

    FAILED = 1
    """Taking failed a moment ago; the caller is still here."""
    ASKED = 2
    """Being taken: asked, not yet decided. A press is answered by light before anything else."""
    URGENT = 3
    """A caller at stage 3."""
    WAITING = 4
    """A caller at stage 1 or 2."""
    HELD = 5
    """A caller between two rings of a queue."""
    TAKEN = 6
    """A caller taken by this unit; while another one waits, that one is shown, with `Segment.taken`."""
    UNSURE = 7
    """A caller whose witness is gone."""
    TESTED = 8
    """The lamp test is at this line: it hides nobody, and whatever it hides comes back after a second."""
    CLOSING = 9
    """Taken elsewhere a moment ago."""
    LINE_LOST = 10
    """The line's registration is lost."""
    NOTHING = 11
    """Nobody waits, and we are sure of it."""


LIVE: Final = frozenset(
    {Showing.FAILED, Showing.ASKED, Showing.URGENT, Showing.WAITING, Showing.HELD, Showing.TAKEN}
)
"""A caller whom we know of: he matters more than anything else."""

STANDS_OUT: Final = LIVE | {Showing.TESTED}
"""What stays visible while the phone system is lost."""


def winner(showings: Iterable[Showing]) -> Showing:
    """Return what a line shows where all of these hold at once; nothing if none does."""
    return min(showings, default=Showing.NOTHING)


class Overlay(StrEnum):
    """What the whole tower does, over the segments."""

    NONE = "none"
    SWEEP = "sweep"
    """A new caller, anywhere: one upward sweep over the dark segments."""
    LOST = "lost"
    """The phone system is lost: a moving pattern over every segment without a live caller."""
    HOST_LOST = "host-lost"
    """Whoever draws has lost the board: covers everything. Shown by towers themselves, never by the board."""


SWEEP_MS: Final = DurationMs(4 * STEP_MS)
"""For how long a picture should ask for a sweep: up to one step to meet the grid, then the three steps
(0.54 s) that it takes."""

SWEEPS_APART_MIN_MS: Final = DurationMs(1_000)
"""The least time between the beginnings of two sweeps: a burst of callers must not make the tower flash."""


@dataclass(frozen=True, slots=True)
class Segment:
    """The tower's part for one line."""

    label: str
    showing: Showing = Showing.NOTHING
    stage: int = 0
    """1 to 3 where a caller waits (the colour repeats it), else 0."""
    fill: int = 0
    """0 to 3: how many of the line's thresholds the longest wait has passed."""
    marks: int = 0
    """0 to 2: further callers on the line."""
    more: bool = False
    """True if this line has callers that only are counted: beyond the 32 shown."""
    taken: bool = False
    """True if a call of this line is taken by this unit while another one is shown."""
    entered_ms: InstantMs = InstantMs(0)
    """When the look began, on the beat: the segment is dark before it. Where nothing is shown, the instant
    before which nothing may be."""
    waiting_since_ms: InstantMs | None = None
    """Since when the longest waiter waits; for drivers that can write m:ss."""


@dataclass(frozen=True, slots=True)
class Picture:
    """The whole tower."""

    segments: tuple[Segment, ...]
    overlay: Overlay = Overlay.NONE
    overlay_entered_ms: InstantMs = InstantMs(0)
    """When the sweep begins; without one, the instant before which none may."""
    fault: bool = False
    """True while something needs a person (status pixel; the alive lamp blinks off)."""
    fault_entered_ms: InstantMs = InstantMs(0)
    """When `fault` last changed, on the beat: its light comes on no sooner."""
    more_count: int = 0
    """Callers that are counted and not shown, over all lines."""
    more_entered_ms: InstantMs = InstantMs(0)
    """When `more_count` last became or ceased to be zero, on the beat: its light comes on no sooner."""
    alive: bool = True
    """True while a unit stands behind the picture: the calm glow that makes darkness trustworthy."""
    epoch_ms: InstantMs = InstantMs(0)
    """The origin of the beat: lamps light a whole number of grid steps after it."""
    lamps: tuple[ButtonLamp, ...] = ()
    """The lamps of the buttons in the order of `lamps.buttons_of`: those of the lines, mute, away, owed.
    Empty means that all are off."""


def settle(previous: Picture, wanted: Picture, now_ms: InstantMs) -> Picture:
    """Put a wanted picture on the beat of the one before it, so that flashing stays within its limits.

    Every instant in `wanted` but `waiting_since_ms` is ignored and set here. Settling the same picture again
    changes nothing, at any later instant.
    """
    epoch_ms = previous.epoch_ms
    # A segment that was lit a moment ago keeps the old beat: a new one could put its return off for ever.
    if not _draws(previous) and _draws(wanted) and _may_light(previous, now_ms):
        epoch_ms = now_ms
    befores = previous.segments
    if len(befores) != len(wanted.segments):
        blanks = (Segment(segment.label) for segment in wanted.segments[len(befores) :])
        befores = (*befores[: len(wanted.segments)], *blanks)
    together_ms = _together_ms(previous, wanted, befores, now_ms)
    segments = []
    for before, after in zip(befores, wanted.segments, strict=True):
        if after is before and wanted.overlay is previous.overlay:
            segments.append(before)
            continue
        if look_of(before, previous.overlay) == look_of(after, wanted.overlay):
            entered_ms = before.entered_ms
        else:
            dark_ms = dark_until_ms(before, previous, now_ms)
            if covers(wanted.overlay, after):
                dark_ms = max(dark_ms, together_ms)
            entered_ms = step_from(epoch_ms, dark_ms)
        segments.append(after if after.entered_ms == entered_ms else replace(after, entered_ms=entered_ms))
    return Picture(
        tuple(segments),
        wanted.overlay,
        _overlay_entered_ms(previous, wanted.overlay, epoch_ms, now_ms),
        wanted.fault,
        _switched_ms(previous.fault, wanted.fault, previous.fault_entered_ms, epoch_ms, now_ms),
        wanted.more_count,
        _switched_ms(
            previous.more_count > 0, wanted.more_count > 0, previous.more_entered_ms, epoch_ms, now_ms
        ),
        wanted.alive,
        epoch_ms,
        settle_lamps(previous.lamps, wanted.lamps, epoch_ms, now_ms),
    )


def is_rested(picture: Picture, now_ms: InstantMs) -> bool:
    """Return whether nothing is lit, and anything may be lit at once without a look at this picture."""
    quiet = all(lamp.look is LampLook.OFF and may_answer(lamp, now_ms) for lamp in picture.lamps)
    still = not _draws(picture) and _may_light(picture, now_ms)
    return quiet and still and picture.overlay_entered_ms <= now_ms


def covers(overlay: Overlay, segment: Segment) -> bool:
    """Return whether the overlay is drawn over this segment."""
    if overlay is Overlay.NONE:
        return False
    if overlay is Overlay.SWEEP:
        return segment.showing is Showing.NOTHING and not segment.more
    if overlay is Overlay.LOST:
        return segment.showing not in STANDS_OUT and not (segment.showing is Showing.NOTHING and segment.more)
    return overlay is Overlay.HOST_LOST


class Look(NamedTuple):
    """All that decides what is drawn on a segment, apart from instants."""

    overlay: Overlay
    """The overlay that covers the segment, or none."""
    showing: Showing
    stage: int
    fill: int
    marks: int
    more: bool
    taken: bool


def look_of(segment: Segment, overlay: Overlay) -> Look | None:
    """Return all that decides what is drawn on a segment, apart from instants; None if it is dark."""
    over = overlay if covers(overlay, segment) else Overlay.NONE
    if over is Overlay.NONE and segment.showing is Showing.NOTHING and not segment.more:
        return None
    return Look(
        over, segment.showing, segment.stage, segment.fill, segment.marks, segment.more, segment.taken
    )


def _draws(picture: Picture) -> bool:
    """Return whether anything is lit, or will be, besides the status pixels."""
    if picture.overlay is not Overlay.NONE:
        return True
    dark = Showing.NOTHING
    for segment in picture.segments:
        if segment.showing is not dark or segment.more:
            return True
    return not all(map(is_still, picture.lamps))


def _may_light(picture: Picture, now_ms: InstantMs) -> bool:
    """Return whether no segment and no lamp is kept dark for what it showed a moment ago."""
    segments = all(segment.entered_ms <= now_ms for segment in picture.segments)
    return segments and all(lamp.entered_ms <= now_ms for lamp in picture.lamps)


def dark_until_ms(segment: Segment, picture: Picture, now_ms: InstantMs) -> InstantMs:
    """Return the first instant at which a segment may come on with another look than it has in this picture.

    It is two steps after the segment last can have come on. That may have been a little after now: the tower
    goes on with the picture before until it shows the next one.
    """
    if segment.entered_ms > now_ms:
        return segment.entered_ms
    if look_of(segment, picture.overlay) is None:
        return now_ms
    last_ms = step_before(picture.epoch_ms, InstantMs(now_ms + SHOWN_LATE_MS_MAX))
    return InstantMs(last_ms + STEPS_APART_MIN * STEP_MS)


def _together_ms(
    previous: Picture, wanted: Picture, befores: tuple[Segment, ...], now_ms: InstantMs
) -> InstantMs:
    """Return when a loss that begins now is shown: as soon as every segment that it covers may come on."""
    if wanted.overlay is previous.overlay or wanted.overlay in (Overlay.NONE, Overlay.SWEEP):
        return now_ms
    pairs = zip(befores, wanted.segments, strict=True)
    return max(
        (dark_until_ms(before, previous, now_ms) for before, after in pairs if covers(wanted.overlay, after)),
        default=now_ms,
    )


def _overlay_entered_ms(
    previous: Picture, wanted: Overlay, epoch_ms: InstantMs, now_ms: InstantMs
) -> InstantMs:
    if wanted is previous.overlay:
        return previous.overlay_entered_ms
    free_ms = previous.overlay_entered_ms
    if previous.overlay is Overlay.SWEEP and free_ms <= now_ms:
        free_ms = InstantMs(free_ms + SWEEPS_APART_MIN_MS)
    return step_from(epoch_ms, max(now_ms, free_ms)) if wanted is Overlay.SWEEP else free_ms


def _switched_ms(
    before: bool, after: bool, entered_ms: InstantMs, epoch_ms: InstantMs, now_ms: InstantMs
) -> InstantMs:
    """Return when a steady light enters its new state."""
    if before == after:
        return entered_ms
    if entered_ms <= now_ms and before:
        entered_ms = InstantMs(entered_ms + STEPS_APART_MIN * STEP_MS)
    return step_from(epoch_ms, max(now_ms, entered_ms))
