"""The site of a practice: the board's settings, and the habits of the PBX that rings it.

The settings come from the seed, or from a site's own configuration. The habits always come from the seed, but
fit the settings: a PBX declared `freepbx-default` talks as FreePBX does, and a queue rings again before the
hold time is over.
"""

from dataclasses import dataclass
from enum import Enum
from typing import Final

from appliance.core.settings import (
    BoardSettings,
    CancelMeaning,
    ExtensionSettings,
    LineSettings,
    LineSource,
    PickupSettings,
)
from appliance.core.words import LINES_MAX, DurationMs, ExtensionId, LineId, Way
from appliance.simulate.dialects import Dialect, dialects_of
from appliance.simulate.dice import Dice

GROUP_AGAIN: Final = "the group"
"""A target of last resort that rings our own units, too: what the caller called."""


class Evidence(Enum):
    """What joins the rings of one caller at several extensions."""

    TAG = "a tag header"
    CALL_ID = "one Call-ID"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Door:
    """A way by which a line's caller can ring: an extension, and what its INVITEs say of the line."""

    extension: ExtensionId
    line_header: str
    dialled: str


@dataclass(frozen=True, slots=True)
class Habits:
    """How the PBX treats the callers of one line."""

    line: LineSettings
    pbx: int
    """Which PBX serves the line, counted from 0."""
    doors: tuple[Door, ...]
    dialect: Dialect
    evidence: Evidence
    ring_ms: DurationMs
    """How long a group rings, or a queue's member before the gap."""
    retry_ms: DurationMs
    """The gap between two rings of a queue."""


@dataclass(frozen=True, slots=True)
class Site:
    """A whole site."""

    settings: BoardSettings
    habits: tuple[Habits, ...]
    pbx_of: dict[ExtensionId, int]
    """The PBX of each extension."""
    serving: dict[LineId, tuple[ExtensionId, ...]]
    """The extensions that can bring a caller to each line."""


_SHARED = (
    (LineSource.HEADER,),
    (LineSource.DIALLED,),
    (LineSource.DIALLED, LineSource.HEADER),
    (LineSource.HEADER, LineSource.EXTENSION),
    (LineSource.EXTENSION, LineSource.HEADER),
)
"""How an extension that several lines share may find the line of a ring."""


def random_settings(dice: Dice) -> BoardSettings:
    """Return a site as this seed wants it: one to eight lines, with extensions of their own or shared."""
    names = [f"line-{number}" for number in range(1, 1 + dice.count(1, dice.pick((2, 4, LINES_MAX))))]
    lines = tuple(_random_line(name, dice) for name in names)
    meanings = {name: dice.pick(tuple(CancelMeaning)) for name in names}
    extensions = [
        ExtensionSettings(
            ExtensionId(f"{name}-{number}"), LineId(name), (LineSource.EXTENSION,), meanings[name]
        )
        for name in names
        for number in range(1, 1 + dice.pick((1, 1, 2, 3)))
    ]
    if dice.chance(0.3):
        meaning = dice.pick(tuple(CancelMeaning))
        shared = ExtensionSettings(ExtensionId("shared"), lines[0].id, dice.pick(_SHARED), meaning)
        extensions = [shared, *(extensions if dice.chance(0.3) else ())]
    away_ms = DurationMs(dice.between(1_000, 60_000))
    return BoardSettings(lines, tuple(extensions), away_ms, pickup=random_pickup(dice))


def random_pickup(dice: Dice) -> PickupSettings:
    """Return how a unit takes callers: in some way, or not at all."""
    return PickupSettings(
        way=dice.pick((None, None, Way.PHONE, Way.PHONE, Way.HANDSET, Way.REDIRECT, Way.DIAL)),
        target="201",
        confirm_key=dice.chance(0.3),
        answer_within_ms=DurationMs(dice.pick((15_000.0, dice.between(1_000, 15_000)))),
        return_target=dice.pick(("", "600", GROUP_AGAIN)),
        return_after_ms=DurationMs(dice.between(2_000, 60_000)),
    )


def _random_line(name: str, dice: Dice) -> LineSettings:
    second_ms = dice.between(2_000, 25_000)
    queue = dice.chance(0.5)
    return LineSettings(
        id=LineId(name),
        label=name.capitalize(),
        thresholds_ms=(DurationMs(0), DurationMs(second_ms), DurationMs(second_ms + dice.between(1, 30_000))),
        queue=queue,
        hold_ms=DurationMs(dice.between(4_000, 12_000)),
        ring_limit_ms=DurationMs(dice.between(30_000, 200_000)),
        priority=dice.chance(0.15),
        header_values=(name,),
        dialled=(f"number-of-{name}",),
    )


def furnish(settings: BoardSettings, dice: Dice) -> Site:
    """Return the site with habits of its PBX that fit the settings.

    Raises:
        ValueError: no extension can bring a caller to any line.
    """
    doors = {line.id: _doors_of(line, settings.extensions) for line in settings.lines}
    pbx_of = _share_out(settings, doors)
    meaning_of = {extension.id: extension.cancel_meaning for extension in settings.extensions}
    habits = []
    for line in settings.lines:
        if not doors[line.id]:
            continue
        first = doors[line.id][0].extension
        meaning = meaning_of[first]
        same = tuple(door for door in doors[line.id] if meaning_of[door.extension] is meaning)
        habits.append(_habits_of(line, pbx_of[first], same, meaning, dice))
    if not habits:
        raise ValueError("no extension can bring a caller to any line")
    serving = {line: tuple(door.extension for door in through) for line, through in doors.items()}
    return Site(settings, tuple(habits), pbx_of, serving)


def _habits_of(
    line: LineSettings, pbx: int, doors: tuple[Door, ...], meaning: CancelMeaning, dice: Dice
) -> Habits:
    limit_ms = line.ring_limit_ms
    if line.queue:
        ring_ms = min(dice.pick((15_000.0, dice.between(3_000, 20_000))), limit_ms / 2)
        retry_ms = min(dice.pick((5_000.0, dice.between(500, 7_000))), line.hold_ms * 0.7)
    else:
        ring_ms, retry_ms = dice.between(15_000, 90_000), 0.0
        if dice.chance(0.1):
            ring_ms = limit_ms + dice.between(-1_000, 30_000)
    dialect, evidence = dice.pick(dialects_of(meaning)), dice.pick(tuple(Evidence))
    return Habits(line, pbx, doors, dialect, evidence, DurationMs(max(1.0, ring_ms)), DurationMs(retry_ms))


def _doors_of(line: LineSettings, extensions: tuple[ExtensionSettings, ...]) -> tuple[Door, ...]:
    doors = []
    for extension in extensions:
        for source in extension.line_from:
            if source is LineSource.HEADER and line.header_values:
                doors.append(Door(extension.id, line.header_values[0], ""))
            elif source is LineSource.DIALLED and line.dialled:
                doors.append(Door(extension.id, "", line.dialled[0]))
            elif source is LineSource.EXTENSION and extension.line != line.id:
                break
            else:
                continue
            break
        else:
            if extension.line == line.id:
                doors.append(Door(extension.id, "", ""))
    return tuple(doors)


def _share_out(settings: BoardSettings, doors: dict[LineId, tuple[Door, ...]]) -> dict[ExtensionId, int]:
    """Give each extension a PBX: extensions that share a line share a PBX."""
    pbx_of = {extension.id: number for number, extension in enumerate(settings.extensions)}
    for line in settings.lines:
        joined = {pbx_of[door.extension] for door in doors[line.id]}
        if joined:
            least = min(joined)
            pbx_of = {one: least if pbx in joined else pbx for one, pbx in pbx_of.items()}
    return pbx_of
