"""Which pictures are shown, chosen by a seed, and what is right to say of each."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import cycle, islice
from pathlib import Path

from appliance.core.beats import STEP_MS
from appliance.core.frames import frame_at
from appliance.core.picture import Overlay, Picture, Segment, Showing, settle
from appliance.core.words import InstantMs
from appliance.legend.content import Entry, TowerLegend
from appliance.legend.situations import Situation
from appliance.tower.lamps import Lamplighter, Use
from tests.trial import drawing
from tests.trial.sights import SIGHTS, paint_of
from tests.trial.towers import TOWERS, TrialTower

PICTURES_A_TOWER = 8

WHOLES = 3
"""Of these, those that are about the whole tower."""

LINES_AT_ONCE = 3
"""Lines of a pixel tower that have something to say in one picture, at most."""


@dataclass(frozen=True)
class Shown:
    """One picture of the trial."""

    tower: TrialTower
    sight: str
    svg: str
    answers: tuple[str, ...]
    """What it shows: a line for each thing that a reader should name."""


def pictures(seed: int, folder: Path) -> list[Shown]:
    """Forty pictures in an order of their own; the same seed gives the same."""
    dice = random.Random(seed)
    sights = cycle(dice.sample(list(SIGHTS), len(SIGHTS)))
    shown = []
    for turn, tower in enumerate(TOWERS):
        legend = tower.only(folder)
        wholes = [entry for entry in legend.entries if entry.is_whole]
        # Every tower has its turn of the same order, so that together they show more of it.
        random.Random(seed).shuffle(wholes)
        first = turn * WHOLES % len(wholes) if wholes else 0
        chosen = (wholes[first:] + wholes[:first])[:WHOLES]
        parts = [{0: whole} for whole in chosen]
        parts += islice(_of_lines(tower, legend, dice), PICTURES_A_TOWER - len(parts))
        shown += [_shown(tower, legend, one, next(sights), dice) for one in parts]
    dice.shuffle(shown)
    return shown


def _of_lines(tower: TrialTower, legend: TowerLegend, dice: random.Random) -> Iterator[dict[int, Entry]]:
    """For each picture what is so on which line; every look once, and then again, at another moment."""
    tested = [entry for entry in legend.entries if _shows(entry, Showing.TESTED)]
    others = [entry for entry in legend.entries if not entry.is_whole and entry not in tested]
    dice.shuffle(others)
    at_once = min(tower.line_count, LINES_AT_ONCE) if legend.face.pixels else 1
    of_any_line = cycle(others)
    # A ring ends the lamp test, so nothing is ever shown beside it.
    yield {dice.randrange(tower.line_count): entry for entry in tested}
    while True:
        places = sorted(dice.sample(range(tower.line_count), at_once))
        yield {place: next(of_any_line) for place in places}


def _shown(
    tower: TrialTower, legend: TowerLegend, parts: dict[int, Entry], sight: str, dice: random.Random
) -> Shown:
    situations = {place: dice.choice(entry.situations) for place, entry in parts.items()}
    picture = _picture(tower.labels, situations)
    # What is played once is seen from its beginning; whoever looks at a beat may begin anywhere.
    is_once = any(
        one.overlay is Overlay.SWEEP or _shows(parts[place], Showing.CLOSING)
        for place, one in situations.items()
    )
    begins = 0 if is_once else dice.randrange(drawing.STEPS)
    instants = [InstantMs((begins + step + 0.25) * STEP_MS) for step in range(drawing.STEPS)]
    paint = paint_of(sight)
    if legend.face.pixels:
        svg = drawing.pixels([frame_at(picture, at_ms) for at_ms in instants], tower.labels, paint)
    else:
        lamplighter = Lamplighter(legend.face.lamps)
        lit = [lamplighter.lit(picture, at_ms)[0] for at_ms in (InstantMs(0), *instants)][1:]
        svg = drawing.lamps(lit, [lamp.colour for lamp in legend.face.lamps], paint)
    answers = tuple(
        f"{_whose(tower, legend, place, entry)}{_meaning(entry)}" for place, entry in parts.items()
    )
    return Shown(tower, sight, svg, answers)


def _shows(entry: Entry, showing: Showing) -> bool:
    return any(one.segment is not None and one.segment.showing is showing for one in entry.situations)


def _picture(labels: Sequence[str], situations: dict[int, Situation]) -> Picture:
    """All of these at once, each on its line."""
    quiet = Picture(tuple(map(Segment, labels)))
    segments = list(quiet.segments)
    for place, situation in situations.items():
        if situation.segment is not None:
            segments[place] = replace(situation.segment, label=labels[place])
    first = next(iter(situations.values()))
    wanted = Picture(
        tuple(segments),
        first.overlay,
        fault=first.fault,
        more_count=sum(one.more_count for one in situations.values()),
        alive=first.alive,
    )
    return settle(quiet, wanted, InstantMs(0))


def _whose(tower: TrialTower, legend: TowerLegend, place: int, entry: Entry) -> str:
    if entry.is_whole:
        return ""
    if legend.face.pixels:
        return f"{tower.labels[place]}: "
    speaking = next(lamp for lamp in legend.face.lamps if place in lamp.lines and lamp.use is not Use.URGENT)
    return f"{' or '.join(tower.labels[line] for line in speaking.lines)}: "


def _meaning(entry: Entry) -> str:
    return " OR ".join(situation.meaning for situation in entry.situations)
