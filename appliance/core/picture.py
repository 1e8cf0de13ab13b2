"""The picture: what the whole tower shows from now on, complete, without a word about calls.

A picture is state, not commands. Together with an instant it gives every pixel (`frames.frame_at`), so a
driver, a microcontroller and a test draw the same thing, and flashing needs nobody to keep it going.
"""

from dataclasses import dataclass
from enum import IntEnum, StrEnum

from appliance.core.words import InstantMs


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
    """A caller taken by this unit. With another one waiting, that one is shown and `Segment.taken` is true."""
    UNSURE = 7
    """A caller whose witness is gone."""
    CLOSING = 8
    """Taken elsewhere a moment ago."""
    LINE_LOST = 9
    """The line's registration is lost."""
    NOTHING = 10
    """Nobody waits, and we are sure of it."""


class Overlay(StrEnum):
    """What the whole tower does, over the segments."""

    NONE = "none"
    SWEEP = "sweep"
    """A new caller, anywhere: one upward sweep over the dark segments."""
    LOST = "lost"
    """The phone system is lost: a moving pattern over every segment without a live caller."""


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
    """When `showing` began, on the beat (see `frames`): a segment is dark before it."""
    waiting_since_ms: InstantMs | None = None
    """Since when the longest waiter waits; for drivers that can write m:ss."""


@dataclass(frozen=True, slots=True)
class Picture:
    """The whole tower."""

    segments: tuple[Segment, ...]
    overlay: Overlay = Overlay.NONE
    overlay_entered_ms: InstantMs = InstantMs(0)
    fault: bool = False
    """True while something needs a person (status pixel; the alive lamp blinks off)."""
    more_count: int = 0
    """Callers that are counted and not shown, over all lines."""
    epoch_ms: InstantMs = InstantMs(0)
    """The origin of the beat: every moment at which a lamp lights is a whole number of grid steps after it."""
