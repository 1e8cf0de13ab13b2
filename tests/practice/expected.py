"""What a segment had to show: from the callers that SIPp's log tells of, and from who took them. Pure."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from appliance.core.moments import SHOWN_MS
from appliance.core.picture import Showing
from appliance.core.words import DurationMs
from tests.peers.trace import Ending, Placed

CLOSING_MS: Final = 1_000.0
"""For so long a segment closes to the middle after a colleague answered (product: the language of light)."""
GLOW_MS: Final = SHOWN_MS[Showing.TAKEN]
"""For so long a unit may go on to show a conversation whose end it could not know."""
MARKS_MAX: Final = 2
FOREVER: Final = math.inf


@dataclass(frozen=True, slots=True)
class JudgedLine:
    """What must be known of a line: its place on the tower is its place in the sequence."""

    label: str
    numbers: tuple[str, ...]
    """The numbers that its callers dial."""
    thresholds_ms: tuple[DurationMs, ...]


@dataclass(frozen=True, slots=True)
class Taking:
    """A caller whom a press took."""

    by: str
    """The unit whose button was pressed."""
    pressed_at_ms: float
    connected_at_ms: float
    """When the desk phone beside that unit picked up."""


@dataclass(frozen=True, slots=True)
class Excuse:
    """A stretch of time in which a unit's segments are not judged, for somebody has spoiled its knowledge."""

    from_ms: float
    to_ms: float = FOREVER
    line: str = ""
    """The label of the only line that is excused; empty for all of them."""

    def holds(self, line: JudgedLine | None, at_ms: float) -> bool:
        """Whether a line, or the whole tower, is excused at this instant."""
        mine = not self.line or (line is not None and line.label == self.line)
        return mine and self.from_ms <= at_ms < self.to_ms


@dataclass(frozen=True, slots=True)
class Witnessed:
    """What else is known of a practice, for one unit's tower to be judged by."""

    unit: str = ""
    takings: Mapping[str, Taking] = field(default_factory=dict)
    """By the callers' Call-IDs."""
    excuses: Sequence[Excuse] = ()
    until_ms: float = FOREVER
    """When the last picture ceased to be shown; by default never, so it must be dark if every caller has
    ended. Of one placed so shortly before that a picture may still have been on its way nothing is asked."""

    def excused(self, line: JudgedLine | None, at_ms: float) -> bool:
        """Whether nothing is asked of a line, or of the whole tower, at this instant."""
        return any(excuse.holds(line, at_ms) for excuse in self.excuses)

    def counted_until_ms(self, caller: Placed) -> float:
        """When a caller ceased to be somebody who waits or is being taken."""
        if taking := self.takings.get(caller.call_id):
            return min(taking.connected_at_ms, self.shown_until_ms(caller))
        return FOREVER if caller.ended_at_ms is None else caller.ended_at_ms

    def asked_at_ms(self, caller: Placed) -> float:
        """When somebody pressed for a caller who was taken: their light is another one from then on."""
        taking = self.takings.get(caller.call_id)
        return FOREVER if taking is None else taking.pressed_at_ms

    def shown_until_ms(self, caller: Placed) -> float:
        """When a caller's own light had to go out: on the unit that took them, when they hung up."""
        ended_ms = caller.left_at_ms if caller.call_id in self.takings else caller.ended_at_ms
        return FOREVER if ended_ms is None else ended_ms


NOBODY_ELSE: Final = Witnessed()


@dataclass(frozen=True, slots=True)
class Look:
    """What a segment says of its callers."""

    showing: Showing
    stage: int = 0
    marks: int = 0
    taken: bool = False

    def __str__(self) -> str:
        if self.showing is Showing.NOTHING:
            return "dark"
        if self.showing in (Showing.TAKEN, Showing.CLOSING):
            return self.showing.name.lower()
        further = f" and {self.marks} more" if self.marks else ""
        taken = " and one taken" if self.taken else ""
        return f"{self.showing.name.lower()} at stage {self.stage}{further}{taken}"


DARK: Final = Look(Showing.NOTHING)
CLOSING: Final = Look(Showing.CLOSING)


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of time in which a segment had one look to show."""

    from_ms: float
    to_ms: float
    look: Look


def expected(
    callers: Sequence[Placed], line: JudgedLine, known: Witnessed, *, glow_ms: float = 0
) -> list[Piece]:
    """What one line's segment had to show, from the beginning of time to its end.

    With `glow_ms`, callers who hung up are taken to be in their conversation for so long more.
    """
    boundaries: set[float] = set()
    for caller in callers:
        counted_ms = known.counted_until_ms(caller)
        asked_ms = min(counted_ms, known.asked_at_ms(caller))
        boundaries |= {caller.invited_at_ms + passed for passed in line.thresholds_ms}
        boundaries |= {asked_ms, counted_ms, known.shown_until_ms(caller) + glow_ms}
    starts = [-FOREVER, *sorted(boundaries - {FOREVER})]
    ends = [*starts[1:], FOREVER]
    return [
        Piece(start, end, _look(callers, line, known, start, glow_ms))
        for start, end in zip(starts, ends, strict=True)
    ]


def closings(callers: Sequence[Placed], known: Witnessed) -> Iterator[Piece]:
    """When a segment may close: after a colleague answered, or another unit's people did."""
    for caller in callers:
        taking = known.takings.get(caller.call_id)
        if caller.ending is Ending.ANSWERED and (taking is None or taking.by != known.unit):
            ended_ms = known.counted_until_ms(caller)
            yield Piece(ended_ms, ended_ms + CLOSING_MS, CLOSING)


def _look(
    callers: Sequence[Placed], line: JudgedLine, known: Witnessed, at_ms: float, glow_ms: float
) -> Look:
    """The look from this instant on, until anything happens."""
    waits: list[float] = []
    asked, taken = False, False
    for caller in callers:
        taking = known.takings.get(caller.call_id)
        if caller.invited_at_ms <= at_ms < known.counted_until_ms(caller):
            # The wait of a caller whom somebody takes grows no more.
            grown_ms = at_ms if taking is None else min(at_ms, taking.pressed_at_ms)
            waits.append(grown_ms - caller.invited_at_ms)
            asked = asked or (taking is not None and at_ms >= taking.pressed_at_ms)
        elif taking is not None and taking.connected_at_ms <= at_ms < known.shown_until_ms(caller) + glow_ms:
            taken = taken or taking.by == known.unit
    if not waits:
        return Look(Showing.TAKEN) if taken else DARK
    # Differences of instants carry the error of floating point; a threshold is met a microsecond early.
    stage = sum(threshold <= max(waits) + 0.001 for threshold in line.thresholds_ms)
    urgent = stage == len(line.thresholds_ms)
    showing = Showing.ASKED if asked else Showing.URGENT if urgent else Showing.WAITING
    return Look(showing, stage, min(len(waits) - 1, MARKS_MAX), taken)
