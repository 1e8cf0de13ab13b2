"""The lamps of buttons: what each shows, and how it answers a press with one blink at once.

A lamp is a light of its own: its pattern lies on the beat of the tower, but a finger does not wait for the
grid. A dark lamp answers by being lit for one step from the instant of the press; a lit one goes dark at that
instant, for a step at least. Then it is dark until its look enters, at a whole step, at least two steps after
anything of it came on: so a lamp comes on at most three times in any one second, as everything here does.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Final

from appliance.core import beats
from appliance.core.beats import (
    SHOWN_LATE_MS_MAX,
    STEP_MS,
    STEPS_APART_MIN,
    Beat,
    half_at,
    half_nearest,
    instant_of,
    is_lit,
    next_edge,
    step_before,
    step_from,
)
from appliance.core.words import LINE_BUTTONS, Button, InstantMs


class LampLook(IntEnum):
    """What a button's lamp shows, in the order of `Showing`: what a person must act on comes first."""

    FAILED = 1
    """Taking failed a moment ago; the caller is still here."""
    ASKED = 2
    """Being taken: asked, not yet decided."""
    TAKEABLE = 3
    """Somebody can be taken."""
    STEADY = 4
    """Yours; or what the button switches is on (muted, away); or the lamp test is at it."""
    OFF = 5
    """Nothing to take, nothing switched on."""


_BEATS: Final[Mapping[LampLook, Beat]] = {
    LampLook.FAILED: beats.FAST,
    LampLook.ASKED: beats.FIVE_ON_TWO_OFF,
    LampLook.TAKEABLE: beats.SLOW,
    LampLook.STEADY: beats.STEADY,
}


@dataclass(frozen=True, slots=True)
class ButtonLamp:
    """One lamp."""

    look: LampLook = LampLook.OFF
    entered_ms: InstantMs = InstantMs(0)
    """When the look began, on the beat; but for a blink, the lamp is dark before it."""
    blinks: int = 0
    """How many presses were answered so far. A controller, which draws by a clock of its own, answers when
    this is another number than in the picture before."""
    blinked_ms: InstantMs | None = None
    """From when on the lamp is lit for one step as an answer; None as long as it never was."""


def buttons_of(line_count: int) -> tuple[Button, ...]:
    """Return the buttons that have a lamp, in the order of `Picture.lamps`."""
    return (*LINE_BUTTONS[:line_count], Button.MUTE, Button.AWAY, Button.OWED)


def is_still(lamp: ButtonLamp) -> bool:
    """Return whether the lamp does not flash, so that it needs no beat."""
    return lamp.look is LampLook.OFF or lamp.look is LampLook.STEADY


def is_lamp_lit(lamp: ButtonLamp, epoch_ms: InstantMs, instant_ms: InstantMs) -> bool:
    """Return whether the lamp is lit at this instant, on the beat of this epoch."""
    if lamp.blinked_ms is not None and lamp.blinked_ms <= instant_ms < lamp.blinked_ms + STEP_MS:
        return True
    return _follows(lamp, epoch_ms, half_at(epoch_ms, instant_ms))


def lamp_change_ms(lamp: ButtonLamp, epoch_ms: InstantMs, instant_ms: InstantMs) -> InstantMs | None:
    """Return the next instant at which the lamp can differ; None if it never will."""
    dues = []
    if lamp.blinked_ms is not None:
        dues += [lamp.blinked_ms, InstantMs(lamp.blinked_ms + STEP_MS)]
    if lamp.look is not LampLook.OFF:
        entered = half_nearest(epoch_ms, lamp.entered_ms)
        edge = next_edge(_BEATS[lamp.look], half_at(epoch_ms, instant_ms), entered, entered)
        dues += [] if edge is None else [instant_of(epoch_ms, edge)]
    return min((due_ms for due_ms in dues if due_ms > instant_ms), default=None)


def may_answer(lamp: ButtonLamp, now_ms: InstantMs) -> bool:
    """Return whether a press at this instant gets a blink of its own.

    While a blink is under way, or a new look about to enter, a press is answered by that one: a finger that
    drums ten times a second must not make the lamp flash ten times.
    """
    blinks = lamp.blinked_ms is not None and now_ms < lamp.blinked_ms + STEPS_APART_MIN * STEP_MS
    return not blinks and now_ms >= lamp.entered_ms


def settle_lamps(
    befores: tuple[ButtonLamp, ...], wanted: tuple[ButtonLamp, ...], epoch_ms: InstantMs, now_ms: InstantMs
) -> tuple[ButtonLamp, ...]:
    """Put the wanted lamps on the beat: one whose `blinks` moved answers a press, and new looks enter.

    The instants in `wanted` are ignored. Where there were no lamps before, or none are wanted, the count of
    blinks is taken over and nothing is answered.
    """
    if wanted is befores:
        return befores
    befores = befores or tuple(ButtonLamp(blinks=lamp.blinks) for lamp in wanted)
    wanted = wanted or tuple(ButtonLamp(blinks=lamp.blinks) for lamp in befores)
    pairs = zip(befores, wanted, strict=True)
    return tuple([_settle(before, after, epoch_ms, now_ms) for before, after in pairs])


def _settle(before: ButtonLamp, after: ButtonLamp, epoch_ms: InstantMs, now_ms: InstantMs) -> ButtonLamp:
    lamp = before
    if after.blinks != before.blinks:
        if may_answer(before, now_ms):
            lamp = _answered(before, epoch_ms, now_ms)
        lamp = replace(lamp, blinks=after.blinks)
    if after.look is lamp.look:
        return lamp
    return replace(lamp, look=after.look, entered_ms=step_from(epoch_ms, _free_ms(lamp, epoch_ms, now_ms)))


def _answered(lamp: ButtonLamp, epoch_ms: InstantMs, now_ms: InstantMs) -> ButtonLamp:
    """Let a lamp answer a press: lit for one step, or dark for one if it was lit."""
    free_ms = _came_on_ms(lamp, epoch_ms, now_ms) + STEPS_APART_MIN * STEP_MS
    if is_lamp_lit(lamp, epoch_ms, now_ms):
        return replace(lamp, entered_ms=step_from(epoch_ms, InstantMs(max(now_ms + STEP_MS, free_ms))))
    on_ms = InstantMs(max(now_ms, free_ms))
    if lamp.look is LampLook.OFF:
        return replace(lamp, blinked_ms=on_ms)
    entered_ms = step_from(epoch_ms, InstantMs(on_ms + STEPS_APART_MIN * STEP_MS))
    return replace(lamp, entered_ms=entered_ms, blinked_ms=on_ms)


def _came_on_ms(lamp: ButtonLamp, epoch_ms: InstantMs, now_ms: InstantMs) -> float:
    """Return when the look last came on, within the two steps that matter; else an instant long past."""
    half = half_at(epoch_ms, now_ms)
    for earlier in range(half, half - 2 * STEPS_APART_MIN - 1, -1):
        if _follows(lamp, epoch_ms, earlier) and not _follows(lamp, epoch_ms, earlier - 1):
            return instant_of(epoch_ms, earlier)
    return float("-inf")


def _free_ms(lamp: ButtonLamp, epoch_ms: InstantMs, now_ms: InstantMs) -> InstantMs:
    """Return the first instant at which a new look may come on.

    As for segments, the tower may go on with the old look for a little while; with one that was about to
    enter, too, for fingers are quicker than callers.
    """
    free_ms = max(now_ms, lamp.entered_ms)
    if lamp.blinked_ms is not None:
        free_ms = max(free_ms, InstantMs(lamp.blinked_ms + STEPS_APART_MIN * STEP_MS))
    last_ms = step_before(epoch_ms, InstantMs(now_ms + SHOWN_LATE_MS_MAX))
    if lamp.look is LampLook.OFF or lamp.entered_ms > last_ms:
        return free_ms
    return max(free_ms, InstantMs(last_ms + STEPS_APART_MIN * STEP_MS))


def _follows(lamp: ButtonLamp, epoch_ms: InstantMs, half: int) -> bool:
    """Return whether the look, without any blink, lights the lamp in this half step."""
    if lamp.look is LampLook.OFF:
        return False
    entered = half_nearest(epoch_ms, lamp.entered_ms)
    return is_lit(_BEATS[lamp.look], half, entered, entered)
