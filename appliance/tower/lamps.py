"""Lamp towers: which lamp shows what, and whether it is lit at an instant. Pure; all drivers of lamps use it.

A lamp that speaks for one line is that line's segment of the picture, with its instants. A lamp that speaks
for several lines (the beacon, a red lamp) is a segment of its own, made of theirs and put on the picture's
beat, so that it keeps the flash limits however quickly the lines behind it change.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from appliance.core.beats import step_from
from appliance.core.frames import lamps_at, next_change_ms
from appliance.core.picture import Picture, Segment, Showing, dark_until_ms, look_of
from appliance.core.words import STAGES, InstantMs


class LampColour(StrEnum):
    """The colours in which lamps are sold."""

    RED = "red"
    YELLOW = "yellow"
    GREEN = "green"
    BLUE = "blue"
    WHITE = "white"


class Use(StrEnum):
    """What a lamp is for."""

    LINE = "line"
    """One line: whatever that line shows."""
    BEACON = "beacon"
    """The most urgent state of several lines, of all that have no lamp of their own."""
    URGENT = "urgent"
    """Urgent callers only, on any of its lines, and the lamp test of each. A red lamp has no other use, or it
    would cry wolf."""
    ALIVE = "alive"
    """Steady while a unit stands behind the tower, so that the dark of the others can be trusted."""
    SPARE = "spare"
    """Nothing yet: there are more lamps than lines."""


@dataclass(frozen=True, slots=True)
class Lamp:
    """One lamp of a tower and what it is for."""

    colour: LampColour
    use: Use
    lines: tuple[int, ...] = ()
    """The places of the lines that it speaks for, from 0; none for `ALIVE` and `SPARE`."""


def assign(colours: Sequence[LampColour], line_count: int, alive: LampColour | None) -> tuple[Lamp, ...]:
    """Return what each lamp of a tower is for (product: the language of light).

    The first lamps are the first lines; where they are too few, the last one is the beacon of all the other
    lines. A red lamp is never given to a line's ordinary state.

    Args:
        colours: the tower's lamps in its own order.
        line_count: how many lines the unit shows, 1 or more.
        alive: the colour of the lamp that says that the unit is alive; None if the tower spares none for it.
    """
    every = tuple(range(line_count))
    special: dict[int, Lamp] = {}
    if alive is not None and alive in colours:
        special[colours.index(alive)] = Lamp(alive, Use.ALIVE)
    for place, colour in enumerate(colours):
        if colour is LampColour.RED and place not in special:
            special[place] = Lamp(colour, Use.URGENT, every)
    ordinary = len(colours) - len(special)
    spoken_for: list[tuple[int, ...]] = [(place,) for place in every]
    if ordinary < line_count:
        spoken_for[max(0, ordinary - 1) :] = [every[max(0, ordinary - 1) :]]
    shares = iter(spoken_for)
    return tuple(
        special[place] if place in special else _lamp(colour, next(shares, ()))
        for place, colour in enumerate(colours)
    )


def _lamp(colour: LampColour, lines: tuple[int, ...]) -> Lamp:
    use = Use.SPARE if not lines else Use.LINE if len(lines) == 1 else Use.BEACON
    return Lamp(colour, use, lines)


class Lamplighter:
    """Says of each lamp whether it is lit, for one picture after the other."""

    def __init__(self, lamps: Iterable[Lamp]) -> None:
        """Take the tower's lamps; all of them are dark."""
        self._lamps: Final = tuple(lamps)
        self._picture: Picture | None = None
        self._shown = Picture(())

    def lit(self, picture: Picture, now_ms: InstantMs) -> tuple[tuple[bool, ...], InstantMs | None]:
        """Return for each lamp whether it is lit, and when that can next differ; None if it never will.

        The answer depends on the pictures before: a beacon whose lines change stays dark for a moment.
        """
        if picture is not self._picture:
            self._shown = _reduced(self._lamps, self._shown, picture, now_ms)
            self._picture = picture
        lamps = lamps_at(self._shown, now_ms)
        of_lines = iter(lamps.lines)
        lit = [
            next(of_lines) if lamp.lines else lamps.alive and lamp.use is Use.ALIVE for lamp in self._lamps
        ]
        return tuple(lit), next_change_ms(self._shown, now_ms)


def _reduced(lamps: Sequence[Lamp], before: Picture, picture: Picture, now_ms: InstantMs) -> Picture:
    """Return the picture with a segment for each lamp that speaks for lines.

    Args:
        lamps: the tower's lamps.
        before: what this function returned for the picture before; at first one without segments.
        picture: what the whole tower shows, a segment for each line.
        now_ms: the instant from which it is shown.
    """
    segments = []
    for lamp in lamps:
        spoken_for = [picture.segments[place] for place in lamp.lines]
        if lamp.use is Use.LINE:
            segments += spoken_for
        elif spoken_for:
            wanted = _urgent(spoken_for) if lamp.use is Use.URGENT else most_urgent(spoken_for)
            place = len(segments)
            last = before.segments[place] if before.segments else Segment(wanted.label)
            segments.append(_settled(last, before, wanted, picture, now_ms))
    return replace(picture, segments=tuple(segments))


def _settled(last: Segment, before: Picture, wanted: Segment, picture: Picture, now_ms: InstantMs) -> Segment:
    """Let a lamp enter its new look with the line that it shows, but two steps after its old one at least."""
    look = look_of(last, before.overlay)
    if look == look_of(wanted, picture.overlay) and before.epoch_ms == picture.epoch_ms:
        return replace(wanted, entered_ms=last.entered_ms)
    dark_ms = last.entered_ms if look is None else dark_until_ms(last, before, now_ms)
    return replace(wanted, entered_ms=step_from(picture.epoch_ms, max(dark_ms, wanted.entered_ms)))


_WAITS: Final = frozenset({Showing.URGENT, Showing.WAITING, Showing.HELD})


def _is_urgent(segment: Segment) -> bool:
    return segment.showing in _WAITS and (segment.showing is Showing.URGENT or segment.stage >= STAGES)


def most_urgent(segments: Sequence[Segment]) -> Segment:
    """Return one segment for several lines: what the most urgent of them shows, and if more callers wait.

    What a single lamp cannot show is left out, so that a change of it does not disturb the lamp.
    """
    leader = min(segments, key=_rank)
    callers = sum(1 + segment.marks for segment in segments if segment.showing in _WAITS)
    return Segment(
        leader.label,
        Showing.URGENT if _is_urgent(leader) else leader.showing,
        STAGES if _is_urgent(leader) else min(leader.stage, 1),
        min(leader.fill, 1),
        marks=int(callers > 1 and leader.showing in _WAITS and not _is_urgent(leader)),
        more=any(segment.more for segment in segments) and not _is_urgent(leader),
        entered_ms=leader.entered_ms,
    )


def _rank(segment: Segment) -> Showing:
    """A caller who is urgent between two rings comes before one who is not; else `Showing` is the order."""
    return Showing.URGENT if _is_urgent(segment) else segment.showing


def _urgent(segments: Sequence[Segment]) -> Segment:
    shown = [one for one in segments if _is_urgent(one) or one.showing is Showing.TESTED]
    if shown:
        return most_urgent(shown)
    return Segment(segments[0].label, entered_ms=max(segment.entered_ms for segment in segments))
