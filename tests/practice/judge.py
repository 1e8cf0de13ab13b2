"""Were the pictures true? Judges what a tower showed against what SIPp's own log says of its callers. Pure.

For each line the log gives what the segment had to show at every instant: how far the longest waiter has
come and how many more there are. What was shown must have been true at some instant close by: `LATE_MS_MAX`
before, for an INVITE takes its time to become a picture, or `EARLY_MS_MAX` after, for there are two clocks.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from appliance.core.picture import Overlay, Picture, Segment, Showing
from appliance.core.words import InstantMs
from tests.peers.trace import Placed
from tests.practice.expected import (
    GLOW_MS,
    MARKS_MAX,
    NOBODY_ELSE,
    JudgedLine,
    Look,
    Piece,
    Witnessed,
    closings,
    expected,
)

LATE_MS_MAX: Final = 1_000.0
"""A picture may lag so far behind the truth. On an idle machine it is a few milliseconds; a busy one may give
each of the processes between a caller and the other unit's tower no turn for some hundred. The morning's
thresholds lie at least twice as far apart."""
EARLY_MS_MAX: Final = 20.0
"""A picture may be so far ahead of SIPp's log, whose wall clock is read beside ours only once."""
_COUNTED: Final = (Showing.WAITING, Showing.URGENT, Showing.ASKED)


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture and the instant from which it was shown."""

    at_ms: InstantMs
    picture: Picture


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the judge found."""

    troubles: tuple[str, ...]
    """One sentence for each thing that was not as it should have been; empty if all was true."""
    placed_count: int
    latencies_ms: tuple[float, ...]
    """From INVITE to picture, for each caller who was lit, in the order of their INVITEs."""


def judge(
    placed: Sequence[Placed],
    shown: Sequence[Shown],
    lines: Sequence[JudgedLine],
    known: Witnessed = NOBODY_ELSE,
) -> Verdict:
    """Compare everything that was shown with everything that SIPp's log says.

    `shown` begins with the picture before the first caller; its last picture is taken to stand until the end.
    """
    # One unit still shows what it knows of another that ends before it.
    shown = [one for one in shown if one.at_ms < known.until_ms]
    troubles: list[str] = []
    numbers = {number for line in lines for number in line.numbers}
    troubles += [
        f"{caller.dialled} is no line's number" for caller in placed if caller.dialled not in numbers
    ]
    if not shown:
        return Verdict((*troubles, "the tower showed nothing at all"), len(placed), ())
    start_ms = shown[0].at_ms
    for at in shown:
        lost = at.picture.overlay in (Overlay.LOST, Overlay.HOST_LOST)
        if lost and not known.excused(None, at.at_ms):
            troubles.append(f"{_clock(at.at_ms, start_ms)}: the tower said {at.picture.overlay.value}")
        if len(at.picture.segments) != len(lines):
            troubles.append(f"{_clock(at.at_ms, start_ms)}: {len(at.picture.segments)} segments")
            return Verdict(tuple(troubles), len(placed), ())
    latencies: dict[str, float] = {}
    for place, line in enumerate(lines):
        callers = [caller for caller in placed if caller.dialled in line.numbers]
        troubles += _untrue(place, line, callers, shown, known)
        for caller in callers:
            invited_ms = caller.invited_at_ms
            at_ms = _lit_at(place, caller, callers, shown, known)
            if at_ms is not None:
                latencies[caller.call_id] = at_ms - invited_ms
            elif invited_ms + LATE_MS_MAX < known.until_ms and not known.excused(line, invited_ms):
                troubles.append(f"{line.label}: the caller of {_clock(invited_ms, start_ms)} was never shown")
    in_order = sorted(placed, key=lambda caller: caller.invited_at_ms)
    found = tuple(latencies[caller.call_id] for caller in in_order if caller.call_id in latencies)
    return Verdict(tuple(troubles), len(placed), found)


def look_of(segment: Segment) -> Look:
    """What a drawn segment says; what the judge does not expect keeps its name and matches nothing."""
    if segment.showing in (Showing.NOTHING, Showing.CLOSING, Showing.TAKEN):
        return Look(segment.showing)
    return Look(segment.showing, segment.stage, segment.marks, segment.taken)


def _untrue(
    place: int, line: JudgedLine, callers: Sequence[Placed], shown: Sequence[Shown], known: Witnessed
) -> list[str]:
    """Every stretch in which the segment showed what was not so."""
    pieces = expected(callers, line, known)
    may_be = [*closings(callers, known), *expected(callers, line, known, glow_ms=GLOW_MS)]
    troubles = []
    start_ms = shown[0].at_ms
    for at, next_ms in zip(shown, [*(later.at_ms for later in shown[1:]), known.until_ms], strict=True):
        segment = at.picture.segments[place]
        look = look_of(segment)
        true = [piece for piece in (*pieces, *may_be) if piece.look == look]
        # Whatever is shown is as good as true where nothing is asked.
        true += [
            Piece(excuse.from_ms, excuse.to_ms, look)
            for excuse in known.excuses
            if excuse.holds(line, excuse.from_ms)
        ]
        from_ms = _first_untrue(at.at_ms, next_ms, true)
        since_ms = segment.waiting_since_ms
        if from_ms is not None:
            was = next(piece.look for piece in pieces if piece.from_ms <= from_ms < piece.to_ms)
            troubles.append(f"{line.label}, {_clock(from_ms, start_ms)}: shown {look}, and was {was}")
        elif since_ms is not None and not (
            _since_is_true(since_ms, callers) or known.excused(line, at.at_ms)
        ):
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
    place: int, caller: Placed, callers: Sequence[Placed], shown: Sequence[Shown], known: Witnessed
) -> InstantMs | None:
    """When the segment first counted this caller, if it did before the caller's end or soon after it."""
    for at in shown:
        if at.at_ms < caller.invited_at_ms - EARLY_MS_MAX:
            continue
        if at.at_ms > known.counted_until_ms(caller) + LATE_MS_MAX:
            return None
        # A burst is counted one by one: this caller is in as soon as the segment counts all who were placed
        # before and still wait, and one more.
        before = sum(
            _order(other) < _order(caller) and known.counted_until_ms(other) > at.at_ms for other in callers
        )
        segment = at.picture.segments[place]
        counted = segment.marks + 1 if segment.showing in _COUNTED else 0
        if counted >= min(before + 1, MARKS_MAX + 1):
            return at.at_ms
    return None


def _order(caller: Placed) -> tuple[float, str]:
    return caller.invited_at_ms, caller.call_id


def _clock(at_ms: float, start_ms: float) -> str:
    return f"{(at_ms - start_ms) / 1000:.2f} s"
