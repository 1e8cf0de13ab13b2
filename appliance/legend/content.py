"""What the legend of a unit says, before it is put on paper or into a terminal."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from appliance.config.configuration import Configuration
from appliance.core.effects import Sound
from appliance.core.escalation import URGENT_REPEAT_MS
from appliance.core.settings import BoardSettings, LineSettings
from appliance.legend.buttons import ANSWERED, DARKENS, ButtonWords, words_of_buttons
from appliance.legend.faces import Face, faces_of, numbered
from appliance.legend.looks import SeenLamps, SeenPixels, look_at
from appliance.legend.situations import NOBODY, Situation, after, situations_of
from appliance.tower.lamps import Lamp, LampColour, Use

FULLER: Final = (
    "The fuller it is, the longer its caller has waited: two, four or six pixels. Where a colour is hard to"
    " tell, count."
)
"""What is said of a pixel tower before all else."""


@dataclass(frozen=True, slots=True)
class ToldLamp:
    """One lamp of a look."""

    name: str
    colour: LampColour
    lit: tuple[bool, ...]
    """For each half step over the time that is compared."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One look of a tower, and everything that it may mean."""

    seen: SeenPixels | SeenLamps
    situations: tuple[Situation, ...]
    lamps: tuple[ToldLamp, ...]
    """The lamps that tell it: those that are not as they are while nobody waits."""
    is_quiet: bool
    """True for the look of a tower with nothing to say."""

    @property
    def tells_status(self) -> bool:
        """True if the small lights of a pixel tower are a part of what it says."""
        more = isinstance(self.seen, SeenPixels) and self.seen.frames[0].more.level > 0
        return self.is_whole or self.is_quiet or more

    @property
    def is_whole(self) -> bool:
        """True if it is about the whole tower, and no line of it."""
        return self.situations[0].segment is None


@dataclass(frozen=True, slots=True)
class TowerLegend:
    """Everything about one tower."""

    face: Face
    entries: tuple[Entry, ...]
    """The first one is the look of a tower with nothing to say."""
    sounds: tuple[tuple[str, str], ...]
    """How each sound is heard, and what it means."""
    buttons: tuple[ButtonWords, ...]
    hidden: tuple[str, ...]
    """What this tower does not show at all; each goes on a sentence "this tower does not show"."""
    notes: tuple[str, ...]
    """What else people must know before they trust it."""

    @property
    def button_notes(self) -> tuple[str, ...]:
        """What holds for all of its buttons."""
        return (ANSWERED, DARKENS) if self.face.buttons_are_lit else (DARKENS,)


@dataclass(frozen=True, slots=True)
class Legend:
    """The legend of a unit."""

    unit: str
    lines: tuple[LineSettings, ...]
    towers: tuple[TowerLegend, ...]


def legend_of(configuration: Configuration) -> Legend:
    """Return the legend of the unit that runs with this configuration."""
    board = configuration.board
    faces = faces_of(configuration.towers, len(board.lines))
    return Legend(
        configuration.name,
        board.lines,
        tuple(_tower(face, board) for face in faces),
    )


def lamp_names(face: Face, lines: Sequence[LineSettings]) -> tuple[str, ...]:
    """Return what each lamp is called: its colour, or what it is for where nobody knows the colour."""
    if face.lamps_are_coloured:
        return numbered([lamp.colour for lamp in face.lamps])
    return numbered(
        [lines[lamp.lines[0]].label if lamp.use is Use.LINE else f"{lamp.use} lamp" for lamp in face.lamps]
    )


def lamp_words(face: Face, lines: Sequence[LineSettings]) -> tuple[str, ...]:
    """Return what each lamp is for."""
    pairs = zip(lamp_names(face, lines), face.lamps, strict=True)
    words = ((name, _lamp_words(lamp, lines)) for name, lamp in pairs)
    return tuple("a lamp of its own" if said == name else said for name, said in words)


def _lamp_words(lamp: Lamp, lines: Sequence[LineSettings]) -> str:
    labels = [lines[place].label for place in lamp.lines]
    match lamp.use:
        case Use.LINE:
            return labels[0]
        case Use.BEACON:
            whole = len(labels) == len(lines)
            return "every line" if whole else f"all other lines: {', '.join(labels)}"
        case Use.URGENT:
            return "urgent callers only, on any line"
        case Use.ALIVE:
            return "lit while all is well"
        case Use.SPARE:
            return "not used"


def _tower(face: Face, board: BoardSettings) -> TowerLegend:
    labels = [line.label for line in board.lines]
    quiet = look_at(face, NOBODY.picture(labels))
    trust = "The dark can be trusted while the small green light below glows." if face.pixels else ""
    groups: dict[SeenPixels | SeenLamps, list[Situation]] = {}
    for situation in situations_of(board):
        groups.setdefault(look_at(face, situation.picture(labels)), []).append(situation)
    hidden: list[str] = []
    entries = []
    for seen, situations in groups.items():
        said = situations
        if seen == quiet:
            # What has to be acted on is told beside the dark that it looks like.
            hidden = [one.what for one in situations if one is not NOBODY and not one.act]
            said = [replace(NOBODY, detail=trust), *(one for one in situations if one.act)]
        told = _told(face, board.lines, seen, quiet, of_line=said[0].segment is not None)
        entries.append(Entry(seen, tuple(said), told, seen == quiet))
    return TowerLegend(
        face,
        tuple(entries),
        tuple(_sounds(face, board)),
        words_of_buttons(face, board),
        tuple(hidden),
        tuple(_notes(face, board.lines, entries)),
    )


def _told(
    face: Face,
    lines: Sequence[LineSettings],
    seen: SeenPixels | SeenLamps,
    quiet: SeenPixels | SeenLamps,
    *,
    of_line: bool,
) -> tuple[ToldLamp, ...]:
    if isinstance(seen, SeenPixels) or isinstance(quiet, SeenPixels):
        return ()
    names = lamp_names(face, lines)
    several = sum(lamp.use in (Use.LINE, Use.BEACON) for lamp in face.lamps) > 1
    told = []
    for place, lamp in enumerate(face.lamps):
        lit = seen.of(place)
        if seen != quiet and lit == quiet.of(place):
            continue
        if of_line and several and lamp.use in (Use.LINE, Use.BEACON):
            # The lamp of the first line stands for that of any line, whatever its colour.
            told.append(ToldLamp("its lamp", LampColour.WHITE, lit))
        else:
            told.append(ToldLamp(names[place], lamp.colour, lit))
    if seen != quiet and all(len(set(one.lit)) == 1 for one in told):
        # Nothing flashes: what the other lamps do tells this look from one that means the opposite.
        known = {one.name for one in told}
        for place, lamp in enumerate(face.lamps):
            is_said = names[place] in known or lamp.use is Use.SPARE
            if not is_said and (lamp.use is Use.ALIVE or not of_line):
                told.append(ToldLamp(names[place], lamp.colour, seen.of(place)))
    return tuple(told)


def _sounds(face: Face, board: BoardSettings) -> list[tuple[str, str]]:
    if face.sounds is None:
        return []
    again = f"Again every {URGENT_REPEAT_MS / 1000:.0f} seconds while the caller waits."
    means = {
        Sound.ARRIVED: "A caller has just rung.",
        Sound.WAITING: f"A caller has waited for more than {after(board.lines, 2)}.",
        Sound.URGENT: f"An urgent caller. {again}",
    }
    return [(face.sounds[sound], meaning) for sound, meaning in means.items()]


def _notes(face: Face, lines: Sequence[LineSettings], entries: list[Entry]) -> list[str]:
    notes = []
    if not face.proves_life:
        notes.append("Dark proves nothing here: no lamp is lit while all is well.")
    if face.keeps:
        notes.append(
            "If the unit stops or a cable comes out while this tower has power, its lamps stay as they are."
        )
    if face.keeps or not face.proves_life:
        notes.append("If the phone rings and no lamp changes, the light is broken: tell IT.")
    if any(len({one.segment.stage for one in entry.situations if one.segment}) > 1 for entry in entries):
        told = ": the sound tells" if face.sounds else ", and nothing else on this tower does"
        notes.append(f"The lamps do not tell how long a caller has waited{told}.")
    for name, lamp in zip(lamp_names(face, lines), face.lamps, strict=True):
        if lamp.use is Use.BEACON:
            called = name[:1].upper() + name[1:]
            notes.append(f"{called}: it shows the most urgent caller of its lines, and not which line it is.")
    if face.sounds is None:
        notes.append("This tower makes no sound.")
    elif len(set(face.sounds.values())) == 1:
        notes.append("Every sound is the same bell.")
    return notes
