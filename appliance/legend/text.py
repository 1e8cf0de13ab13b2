"""The legend for a terminal: plain letters, no colour, 80 columns."""

import textwrap
from collections.abc import Iterator, Sequence
from typing import Final

from appliance.core.frames import Pixel
from appliance.legend.content import FULLER, Entry, Legend, TowerLegend, lamp_names, lamp_words
from appliance.legend.looks import (
    HALVES,
    SeenLamps,
    SeenPixels,
    film_of,
    moves,
    pixel_words,
    rhythm_of,
    rhythm_words,
    status_words,
)

COLUMNS: Final = 80

NAME: Final = 10
"""Letters of a lamp's name before its bar; a longer one moves the bar."""

LIT: Final = "▆"
DARK: Final = "▁"


def text_of(legend: Legend) -> str:
    """Return the whole legend."""
    return "\n".join(line for tower in legend.towers for line in _tower(tower, legend)) + "\n"


def _tower(tower: TowerLegend, legend: Legend) -> Iterator[str]:
    title = f"{tower.face.name} of {legend.unit}"
    yield from (title, "=" * len(title))
    if tower.face.pixels:
        labels = ", ".join(line.label for line in legend.lines)
        yield from _wrapped(f"Each line has a segment of its own: {labels}.")
        yield from _wrapped(FULLER)
        yield from _wrapped("It is drawn lying, its lowest pixel at the left. A bar is 2.5 seconds long.")
    names, words = lamp_names(tower.face, legend.lines), lamp_words(tower.face, legend.lines)
    yield from (f"{name:<{NAME}} {said}" for name, said in zip(names, words, strict=True))
    for entry in tower.entries:
        yield ""
        yield from _look(entry)
        for one in entry.situations:
            said = " ".join(part for part in (one.meaning, one.detail, one.act) if part)
            yield from _wrapped(said if one is entry.situations[0] else f"Or: {said}", "    ")
    yield from _listed("Sounds", [f"{how}: {means}" for how, means in tower.sounds])
    if tower.buttons:
        yield from _listed("Buttons", [*_buttons(tower), *tower.button_notes])
    hidden = [f"It does not show {what}." for what in tower.hidden]
    yield from _listed("Before you trust it", [*tower.notes, *hidden])
    yield ""


def _look(entry: Entry) -> Iterator[str]:
    match entry.seen:
        case SeenPixels() as seen:
            columns = seen.columns(0)
            words = pixel_words(columns)
            if entry.tells_status:
                words += f", {status_words(seen.frames[0])}"
            yield f"{' > '.join(_segment(columns[half]) for half in film_of(columns))}  {words}"
            if not moves(columns) and any(rhythm_of(columns)):
                yield _bar(rhythm_of(columns))
        case SeenLamps():
            for told in entry.lamps:
                yield f"{told.name:<{NAME}} {_bar(told.lit[:HALVES])}  {rhythm_words(told.lit)}"


def _segment(column: Sequence[Pixel]) -> str:
    return "".join(LIT if pixel.level else DARK for pixel in column)


def _bar(lit: Sequence[bool]) -> str:
    return "".join(LIT if on else DARK for on in lit)


def _buttons(tower: TowerLegend) -> Iterator[str]:
    for button in tower.buttons:
        presses = " ".join(f"{how}: {does}" for how, does in button.presses)
        yield f"{button.name}, {presses}" + (f" Lit: {button.lit}" if button.lit else "")


def _listed(title: str, items: Sequence[str]) -> Iterator[str]:
    if items:
        yield from ("", title)
        for item in items:
            yield from textwrap.wrap(item, COLUMNS, initial_indent="  - ", subsequent_indent="    ")


def _wrapped(sentence: str, indent: str = "") -> Iterator[str]:
    yield from textwrap.wrap(sentence, COLUMNS, initial_indent=indent, subsequent_indent=indent)
