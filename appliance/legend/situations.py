"""All that a tower may have to say, each with its picture, in the words of a front desk."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from appliance.core.picture import Overlay, Picture, Segment, Showing, settle
from appliance.core.settings import BoardSettings, LineSettings
from appliance.core.words import STAGES, DurationMs, InstantMs

BEGAN_MS: Final = InstantMs(0)
"""When every picture of the legend begins."""


@dataclass(frozen=True, slots=True)
class Situation:
    """Something that may be so, and what the board then shows."""

    meaning: str
    """For people: a whole sentence."""
    what: str
    """The same after "this tower does not show"."""
    act: str = ""
    """What to do, if that does not go without saying: a whole sentence."""
    detail: str = ""
    """More about it, for who wants to know: a whole sentence."""
    segment: Segment | None = None
    """What the line shows; None if it is about the whole tower."""
    overlay: Overlay = Overlay.NONE
    fault: bool = False
    more_count: int = 0
    alive: bool = True

    def picture(self, labels: Sequence[str]) -> Picture:
        """Return what is shown, from `BEGAN_MS` on, when this is so on the first line."""
        quiet = Picture(tuple(map(Segment, labels)))
        segments = quiet.segments
        if self.segment is not None:
            segments = (replace(self.segment, label=labels[0]), *segments[1:])
        wanted = Picture(
            segments, self.overlay, fault=self.fault, more_count=self.more_count, alive=self.alive
        )
        return settle(quiet, wanted, BEGAN_MS)


NOBODY: Final = Situation("Nobody is waiting.", "that nobody is waiting")
"""What a tower with nothing to say means."""

AS_WITHOUT: Final = "Answer the phone as if there were no light, and tell IT."


def situations_of(board: BoardSettings) -> tuple[Situation, ...]:
    """Return everything that can be so at this site, the most ordinary first."""
    takes = board.pickup.way is not None or board.site is not None
    return (NOBODY, *_of_a_line(board.lines), *(_of_taking() if takes else ()), *_of_the_tower())


def _of_a_line(lines: Sequence[LineSettings]) -> Iterator[Situation]:
    yield Situation("A caller has just rung.", "a caller who has just rung", segment=_waits(1))
    waited = f"has waited for more than {after(lines, 2)}"
    yield Situation(f"A caller {waited}.", f"a caller who {waited}", segment=_waits(2))
    yield Situation(
        "Urgent: answer this caller first.",
        "an urgent caller",
        detail=urgent_words(lines),
        segment=Segment("", Showing.URGENT, STAGES, STAGES),
    )
    yield Situation("Two callers wait.", "a second caller", segment=replace(_waits(1), marks=1))
    yield Situation(
        "Three callers wait, or more.",
        "a third caller",
        segment=replace(_waits(1), marks=2),
    )
    if any(line.queue for line in lines):
        yield Situation(
            "The caller is still in the queue, and rings again in a moment.",
            "that the caller is between two rings",
            segment=Segment("", Showing.HELD, 2, 2),
        )
    yield Situation(
        "Somebody may be waiting: the light has lost sight of this caller.",
        "a caller of whom we are not sure",
        "Look at the phone.",
        segment=Segment("", Showing.UNSURE, 2, 2),
    )
    yield Situation(
        "A colleague has answered.", "that a colleague has answered", segment=Segment("", Showing.CLOSING)
    )
    if len(lines) > 1:
        yield Situation(
            "This line has lost the phone system: its callers are not shown.",
            "that a line has lost the phone system",
            "Tell IT.",
            segment=Segment("", Showing.LINE_LOST),
        )
    yield Situation(
        "The lamp test, one light after the other: nobody is calling.",
        "the lamp test",
        segment=Segment("", Showing.TESTED),
    )


def _of_taking() -> Iterator[Situation]:
    yield Situation(
        "Somebody takes this caller: the phone beside the light rings.",
        "that a caller is being taken",
        segment=replace(_waits(1), showing=Showing.ASKED),
    )
    yield Situation(
        "You speak with this caller.", "that you have the caller", segment=Segment("", Showing.TAKEN)
    )
    yield Situation(
        "You speak with one caller, and another one waits.",
        "that another caller waits while you speak with one",
        segment=replace(_waits(1), taken=True),
    )
    yield Situation(
        "Nobody took the caller, who still waits.",
        "that nobody took the caller",
        "Press again, or answer the phone.",
        segment=replace(_waits(1), showing=Showing.FAILED),
    )


def _of_the_tower() -> Iterator[Situation]:
    yield Situation(
        "A new caller, on whichever line.",
        "that a new caller has come",
        detail="The line shows the caller right after.",
        overlay=Overlay.SWEEP,
    )
    yield Situation(
        "More callers wait than the light can show.",
        "callers beyond the 32 that it can show",
        segment=replace(_waits(2), marks=2, more=True),
        more_count=1,
    )
    yield Situation(
        "Something needs a look. Callers are shown as always.",
        "that something needs a look",
        "Tell IT.",
        fault=True,
    )
    yield Situation(
        "No connection to the phone system: no caller is shown.",
        "that the phone system is lost",
        AS_WITHOUT,
        overlay=Overlay.LOST,
    )
    yield Situation(
        "The light has lost its unit, and knows of no caller.",
        "that it has lost its unit",
        AS_WITHOUT,
        overlay=Overlay.HOST_LOST,
        fault=True,
        alive=False,
    )
    yield Situation("The light is switched off.", "that it is switched off", AS_WITHOUT, alive=False)


def _waits(stage: int) -> Segment:
    return Segment("", Showing.WAITING, stage, stage)


def urgent_words(lines: Sequence[LineSettings]) -> str:
    """Return why a caller is urgent, as the board counts it: a whole sentence."""
    first = [line.label for line in lines if line.priority]
    reasons = ["called before within the hour and was not reached"]
    if len(first) < len(lines):
        reasons.insert(0, f"has waited for more than {after(lines, STAGES)}")
    if first:
        reasons.append(f"rings on {' or '.join(first)}")
    return f"The caller {', or '.join(reasons)}."


def after(lines: Sequence[LineSettings], stage: int) -> str:
    """Return the wait at which a stage begins, in words; of several lines the shortest and the longest."""
    waits_ms = sorted(
        {line.thresholds_ms[stage - 1] for line in lines if not line.priority or stage < STAGES}
    )
    if len(waits_ms) == 1:
        return span(waits_ms[0])
    return f"{span(waits_ms[0])} (or {span(waits_ms[-1])}, by line)"


def span(wait_ms: DurationMs) -> str:
    """Return a time as people say it: `20 seconds`, `1 minute`, `2.5 minutes`."""
    seconds = wait_ms / 1000
    if seconds < 120 and seconds != 60:
        return f"{seconds:g} seconds"
    return "1 minute" if seconds == 60 else f"{seconds / 60:.3g} minutes"
