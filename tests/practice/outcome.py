"""What came of the demonstration: the judgements on both towers, on the people, and the last words."""

import statistics
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tests.peers.trace import Placed
from tests.practice.expected import Excuse, Taking, Witnessed
from tests.practice.judge import Verdict, judge
from tests.practice.morning import BACK, FRONT, TAKEN, judged_lines, visit_of
from tests.practice.pixels import PixelVerdict, decoded, judge_pixels
from tests.practice.place import RunningPractice
from tests.practice.record import read_record, since_registered
from tests.practice.staff import Staff


@dataclass(frozen=True, slots=True)
class Judged:
    """What the judges say of one unit's tower."""

    pictures: Verdict
    pixels: PixelVerdict | None
    """None where no pixel was decoded."""
    unjudged_s: float = 0.0
    """For how long it was not judged: something was killed, or no desk phone got a caller who was taken."""

    @property
    def troubles(self) -> tuple[str, ...]:
        return self.pictures.troubles + (self.pixels.troubles if self.pixels is not None else ())


@dataclass(frozen=True, slots=True)
class Played:
    """What came of it."""

    placed: Sequence[Placed]
    """The callers that SIPp's log tells of."""
    front: Judged
    back: Judged
    takings: Mapping[str, Taking]
    """By Call-ID."""
    unheard: Sequence[str]
    """The numbers of callers who were taken, and not heard at the desk phone."""
    by_script: bool
    """Whether nobody pressed a button but the morning's own people, so that it is known how all must end."""

    @property
    def troubles(self) -> list[str]:
        """One sentence for each thing that was not as it should have been."""
        found = [f"front, {one}" for one in self.front.troubles]
        found += [f"back, {one}" for one in self.back.troubles]
        found += [f"the caller {number} was not heard at the desk phone" for number in self.unheard]
        if self.by_script:
            for one in self.placed:
                wanted, way = visit_of(one.number).ends, self.way(one)
                if way != wanted:
                    found.append(f"the caller {one.number} was to end so: {wanted}, and ended so: {way}")
        return found

    def way(self, caller: Placed) -> str:
        """How a caller ended."""
        if taking := self.takings.get(caller.call_id):
            return TAKEN[taking.by]
        return "still waiting" if caller.ending is None else caller.ending.value


def judged(practice: RunningPractice, staff: Staff, tempo: float, until_ms: float, by_script: bool) -> Played:
    """Let every witness speak, end the units, and judge."""
    # Read before the units let go of their rings: whoever waits still waits.
    placed = practice.callers.placed()
    takings, lines = staff.takings(placed), judged_lines(tempo)
    boards = [place.tower.board for place in practice.places]
    frames = [None if board is None else decoded(board.pixels, len(lines)) for board in boards]
    towers = {}
    for place, pixels in zip(practice.places, frames, strict=True):
        place.unit.end()
        shown = since_registered(read_record(place.unit.record_file))
        known = Witnessed(place.name, takings, staff.excuses(place.name, placed), until_ms)
        towers[place.name] = Judged(
            judge(placed, shown, lines, known),
            None if pixels is None else judge_pixels(placed, pixels, shown, lines, known),
            unjudged_s(known.excuses, min(until_ms, time.monotonic() * 1000)),
        )
    return Played(placed, towers[FRONT], towers[BACK], takings, staff.unheard(placed, until_ms), by_script)


def unjudged_s(excuses: Sequence[Excuse], end_ms: float) -> float:
    """For how long at least one of these excuses held, until this end."""
    total_ms, covered_to_ms = 0.0, 0.0
    for one in sorted(excuses, key=lambda one: one.from_ms):
        from_ms, to_ms = max(one.from_ms, covered_to_ms), min(one.to_ms, end_ms)
        total_ms += max(0.0, to_ms - from_ms)
        covered_to_ms = max(covered_to_ms, to_ms)
    return total_ms / 1000


def summary(played: Played) -> str:
    """What is said at the end."""
    placed, both = played.placed, (played.front, played.back)
    ways = Counter(map(played.way, placed))
    taken = Counter(taking.by for taking in played.takings.values())
    lit = [len(one.pictures.latencies_ms) for one in both]
    rows = [
        f"callers placed    {len(placed)}",
        f"lit               {lit[0]} at the front, {lit[1]} in the back",
        f"how ended         {', '.join(f'{count} {way}' for way, count in ways.items()) or 'none'}",
        f"units took        {taken[FRONT]} at the front, {taken[BACK]} in the back",
    ]
    for where, one in zip(("front", "back"), both, strict=True):
        rows += latency(where, "picture", one.pictures.latencies_ms)
        rows += latency(where, "pixels", one.pixels.latencies_ms if one.pixels is not None else ())
    if any(one.unjudged_s for one in both):
        front_s, back_s = (one.unjudged_s for one in both)
        rows.append(f"not judged        {front_s:.0f} s of the front, {back_s:.0f} s of the back")
    rows += [f"NOT TRUE: {trouble}" for trouble in played.troubles]
    if not played.troubles:
        what = "picture" if played.front.pixels is None else "picture and every pixel"
        after = ", dark after the end" if all(one.ending for one in placed) else ""
        rows.append(f"Every {what} of both towers was true: right line, right stage, right time{after}.")
    return "\n".join(rows)


def latency(where: str, what: str, latencies_ms: Sequence[float]) -> list[str]:
    """How long it took from the INVITE to this, if anybody was lit."""
    if not latencies_ms:
        return []
    median, worst = statistics.median(latencies_ms), max(latencies_ms)
    return [f"INVITE to {where} {what:7} median {median:.1f} ms, worst {worst:.1f} ms"]
