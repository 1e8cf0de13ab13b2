"""Were the pictures true? Judges what a tower showed against what SIPp's own log says of its callers. Pure.

For each line the log gives what the segment had to show at every instant: how far the longest waiter has
come and how many more there are. What was shown must have been true at some instant close by: `LATE_MS_MAX`
before, for an INVITE takes its time to become a picture, or `EARLY_MS_MAX` after, for there are two clocks.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from appliance.core.picture import Overlay, Picture, Segment, Showing
from appliance.core.words import DurationMs, InstantMs
from tests.peers.trace import Ending, Placed

LATE_MS_MAX: Final = 500.0
"""A picture may lag so far behind the truth. On an idle machine it is a few milliseconds; a busy one may give
a process no turn for some hundred. The morning's thresholds lie at least four times as far apart."""
EARLY_MS_MAX: Final = 20.0
"""A picture may be so far ahead of SIPp's log, whose wall clock is read beside ours only once."""
CLOSING_MS: Final = 1_000.0
"""For so long a segment closes to the middle after a colleague answered (product: the language of light)."""
MARKS_MAX: Final = 2
FOREVER: Final = math.inf


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture and the instant from which it was shown."""

    at_ms: InstantMs
    picture: Picture


@dataclass(frozen=True, slots=True)
class JudgedLine:
    """What must be known of a line: its place on the tower is its place in the sequence."""

    label: str
    numbers: tuple[str, ...]
    """The numbers that its callers dial."""
    thresholds_ms: tuple[DurationMs, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the judge found."""

    troubles: tuple[str, ...]
    """One sentence for each thing that was not as it should have been; empty if all was true."""
    placed_count: int
    latencies_ms: tuple[float, ...]
    """From INVITE to picture, for each caller who was lit, in the order of their INVITEs."""


@dataclass(frozen=True, slots=True)
class Look:
    """What a segment says of its callers."""

    showing: Showing
    stage: int = 0
    marks: int = 0

    def __str__(self) -> str:
        if self.showing is Showing.NOTHING:
            return "dark"
        further = f" and {self.marks} more" if self.marks else ""
        return f"{self.showing.name.lower()} at stage {self.stage}{further}"


DARK: Final = Look(Showing.NOTHING)
CLOSING: Final = Look(Showing.CLOSING)


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of time in which a segment had one look to show."""

    from_ms: float
    to_ms: float
    look: Look


def judge(
    placed: Sequence[Placed], shown: Sequence[Shown], lines: Sequence[JudgedLine], until_ms: float = FOREVER
) -> Verdict:
    """Compare everything that was shown with everything that SIPp's log says.

    `shown` begins with the picture before the first caller; its last picture is taken to stand until
    `until_ms`. By default that is for ever, so it must be dark if every caller has ended. Of a caller placed
    so shortly before `until_ms` that a picture may still have been on its way nothing is asked.
    """
    troubles: list[str] = []
    numbers = {number for line in lines for number in line.numbers}
    troubles += [
        f"{caller.dialled} is no line's number" for caller in placed if caller.dialled not in numbers
    ]
    if not shown:
        return Verdict((*troubles, "the tower showed nothing at all"), len(placed), ())
    start_ms = shown[0].at_ms
    for at in shown:
        if at.picture.overlay in (Overlay.LOST, Overlay.HOST_LOST):
            troubles.append(f"{_clock(at.at_ms, start_ms)}: the tower said {at.picture.overlay.value}")
        if len(at.picture.segments) != len(lines):
            troubles.append(f"{_clock(at.at_ms, start_ms)}: {len(at.picture.segments)} segments")
            return Verdict(tuple(troubles), len(placed), ())
    latencies: dict[str, float] = {}
    for place, line in enumerate(lines):
        callers = [caller for caller in placed if caller.dialled in line.numbers]
        pieces = expected(callers, line.thresholds_ms)
        troubles += _untrue(place, line, pieces, callers, shown, until_ms)
        for caller in callers:
            at_ms = _lit_at(place, caller, callers, shown)
            if at_ms is not None:
                latencies[caller.call_id] = at_ms - caller.invited_at_ms
            elif caller.invited_at_ms + LATE_MS_MAX < until_ms:
                troubles.append(
                    f"{line.label}: the caller of {_clock(caller.invited_at_ms, start_ms)} was never shown"
                )
    in_order = sorted(placed, key=lambda caller: caller.invited_at_ms)
    found = tuple(latencies[caller.call_id] for caller in in_order if caller.call_id in latencies)
    return Verdict(tuple(troubles), len(placed), found)


def expected(callers: Sequence[Placed], thresholds_ms: Sequence[DurationMs]) -> list[Piece]:
    """What one line's segment had to show, from the beginning of time to its end."""
    boundaries: set[float] = set()
    for caller in callers:
        ended_ms = _ended_ms(caller)
        boundaries |= {caller.invited_at_ms + passed for passed in thresholds_ms if passed < ended_ms}
        boundaries.add(ended_ms)
    starts = [-FOREVER, *sorted(boundaries - {FOREVER})]
    ends = [*starts[1:], FOREVER]
    return [
        Piece(start, end, _look(callers, thresholds_ms, start))
        for start, end in zip(starts, ends, strict=True)
    ]


def _look(callers: Iterable[Placed], thresholds_ms: Sequence[DurationMs], at_ms: float) -> Look:
    """The look from this instant on, until anything happens."""
    waits = [
        at_ms - caller.invited_at_ms
        for caller in callers
        if caller.invited_at_ms <= at_ms < _ended_ms(caller)
    ]
    if not waits:
        return DARK
    # Differences of instants carry the error of floating point; a threshold is met a microsecond early.
    stage = sum(threshold <= max(waits) + 0.001 for threshold in thresholds_ms)
    showing = Showing.URGENT if stage == len(thresholds_ms) else Showing.WAITING
    return Look(showing, stage, min(len(waits) - 1, MARKS_MAX))


def look_of(segment: Segment) -> Look:
    """What a drawn segment says; what the judge does not expect keeps its name and matches nothing."""
    if segment.showing in (Showing.NOTHING, Showing.CLOSING):
        return Look(segment.showing)
    return Look(segment.showing, segment.stage, segment.marks)


def _untrue(
    place: int,
    line: JudgedLine,
    pieces: Sequence[Piece],
    callers: Sequence[Placed],
    shown: Sequence[Shown],
    until_ms: float,
) -> list[str]:
    """Every stretch in which the segment showed what was not so."""
    closings = [
        Piece(_ended_ms(caller), _ended_ms(caller) + CLOSING_MS, CLOSING)
        for caller in callers
        if caller.ending is Ending.ANSWERED
    ]
    troubles = []
    start_ms = shown[0].at_ms
    for at, next_ms in zip(shown, [*(later.at_ms for later in shown[1:]), until_ms], strict=True):
        segment = at.picture.segments[place]
        look = look_of(segment)
        true = [piece for piece in (*pieces, *closings) if piece.look == look]
        from_ms = _first_untrue(at.at_ms, next_ms, true)
        if from_ms is not None:
            was = next(piece.look for piece in pieces if piece.from_ms <= from_ms < piece.to_ms)
            troubles.append(f"{line.label}, {_clock(from_ms, start_ms)}: shown {look}, and was {was}")
        elif segment.waiting_since_ms is not None and not _since_is_true(segment.waiting_since_ms, callers):
            troubles.append(
                f"{line.label}, {_clock(at.at_ms, start_ms)}: the wait does not begin with a caller"
            )
    return troubles


def _first_untrue(from_ms: float, to_ms: float, true: Iterable[Piece]) -> float | None:
    """The first instant of a stretch that no piece covers, each piece widened by the tolerances."""
    covered_to = from_ms
    for piece in sorted(true, key=lambda piece: piece.from_ms):
        if piece.from_ms - EARLY_MS_MAX <= covered_to <= piece.to_ms + LATE_MS_MAX:
            covered_to = piece.to_ms + LATE_MS_MAX
    return None if covered_to >= to_ms else covered_to


def _since_is_true(since_ms: float, callers: Iterable[Placed]) -> bool:
    return any(
        caller.invited_at_ms - EARLY_MS_MAX <= since_ms <= caller.invited_at_ms + LATE_MS_MAX
        for caller in callers
    )


def _lit_at(
    place: int, caller: Placed, callers: Sequence[Placed], shown: Sequence[Shown]
) -> InstantMs | None:
    """When the segment first counted this caller, if it did before the caller's end or soon after it."""
    for at in shown:
        if at.at_ms < caller.invited_at_ms - EARLY_MS_MAX:
            continue
        if at.at_ms > _ended_ms(caller) + LATE_MS_MAX:
            return None
        # A burst is counted one by one: this caller is in as soon as the segment counts all who were placed
        # before and still wait, and one more.
        before = sum(_order(other) < _order(caller) and _ended_ms(other) > at.at_ms for other in callers)
        segment = at.picture.segments[place]
        counted = segment.marks + 1 if segment.showing in (Showing.WAITING, Showing.URGENT) else 0
        if counted >= min(before + 1, MARKS_MAX + 1):
            return at.at_ms
    return None


def _order(caller: Placed) -> tuple[float, str]:
    return caller.invited_at_ms, caller.call_id


def _ended_ms(caller: Placed) -> float:
    return FOREVER if caller.ended_at_ms is None else caller.ended_at_ms


def _clock(at_ms: float, start_ms: float) -> str:
    return f"{(at_ms - start_ms) / 1000:.2f} s"
