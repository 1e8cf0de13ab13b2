"""What the legend of a unit says, before it is put on paper or into a terminal."""

from dataclasses import dataclass, replace

from appliance.config.configuration import Configuration
from appliance.core.effects import Sound
from appliance.core.escalation import URGENT_REPEAT_MS
from appliance.core.settings import BoardSettings, LineSettings
from appliance.legend.buttons import ButtonWords, buttons_of_unit
from appliance.legend.faces import Face, faces_of
from appliance.legend.looks import SeenLamps, SeenPixels, look_at
from appliance.legend.situations import NOBODY, Situation, after, situations_of
from appliance.tower.lamps import Lamp, Use


@dataclass(frozen=True, slots=True)
class Entry:
    """One look of a tower, and everything that it may mean."""

    seen: SeenPixels | SeenLamps
    situations: tuple[Situation, ...]
    lamps: tuple[int, ...]
    """The lamps that tell it, by their places: those that are not as they are while nobody waits."""
    is_quiet: bool
    """True for the look of a tower with nothing to say."""

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
    hidden: tuple[str, ...]
    """What this tower does not show at all; each goes on a sentence "this tower does not show"."""
    notes: tuple[str, ...]
    """What else people must know before they trust it."""


@dataclass(frozen=True, slots=True)
class Legend:
    """The legend of a unit."""

    unit: str
    lines: tuple[LineSettings, ...]
    towers: tuple[TowerLegend, ...]
    buttons: tuple[ButtonWords, ...]


def legend_of(configuration: Configuration) -> Legend:
    """Return the legend of the unit that runs with this configuration."""
    board = configuration.board
    faces = faces_of(configuration.towers)
    has_buttons = any(face.has_buttons for face in faces)
    return Legend(
        configuration.name,
        board.lines,
        tuple(_tower(face, board) for face in faces),
        buttons_of_unit(board) if has_buttons else (),
    )


def lamp_words(lamp: Lamp, lines: tuple[LineSettings, ...]) -> str:
    """Return what a lamp is for."""
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
        entries.append(Entry(seen, tuple(said), _telling(seen, quiet), seen == quiet))
    return TowerLegend(
        face, tuple(entries), tuple(_sounds(face, board)), tuple(hidden), tuple(_notes(face, entries))
    )


def _telling(seen: SeenPixels | SeenLamps, quiet: SeenPixels | SeenLamps) -> tuple[int, ...]:
    if isinstance(seen, SeenPixels) or isinstance(quiet, SeenPixels):
        return ()
    every = range(len(seen.lit[0]))
    return tuple(lamp for lamp in every if seen == quiet or seen.of(lamp) != quiet.of(lamp))


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


def _notes(face: Face, entries: list[Entry]) -> list[str]:
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
    for lamp in face.lamps:
        if lamp.use is Use.BEACON:
            notes.append(
                f"The {lamp.colour} lamp shows the most urgent caller of its lines, and not which line it is."
            )
    if face.sounds is None:
        notes.append("This tower makes no sound.")
    elif len(set(face.sounds.values())) == 1:
        notes.append("Every sound is the same bell.")
    return notes
