"""The legend as a page to print: HTML by itself, A5, to be read without colours too."""

from collections.abc import Iterator, Sequence
from html import escape
from importlib.resources import files
from itertools import chain
from typing import Final

from appliance.core.settings import LineSettings
from appliance.legend.content import FULLER, Entry, Legend, TowerLegend, lamp_names, lamp_words
from appliance.legend.drawing import bar, column, film, lamp, status
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

NEIGHBOURS: Final = 2
"""Segments that are drawn where the whole tower moves: enough to see how neighbours differ."""


def page_of(legend: Legend) -> str:
    """Return the whole page."""
    style = files("appliance.legend").joinpath("page.css").read_text(encoding="utf-8")
    title = f"What the light says: {legend.unit}"
    parts = [
        "<!DOCTYPE html>",
        '<html lang="en"><head><meta charset="utf-8"/>',
        f"<title>{escape(title)}</title>",
        f"<style>\n{style}</style></head><body>",
        *chain.from_iterable(_tower(tower, legend) for tower in legend.towers),
        "</body></html>",
    ]
    return "\n".join(parts) + "\n"


def _tower(tower: TowerLegend, legend: Legend) -> Iterator[str]:
    whose = escape(f"{tower.face.name} · {legend.unit}")
    yield f'<section class="tower"><header><h1>What the light says</h1><p>{whose}</p></header>'
    yield from _map(tower, legend.lines)
    quiet, *others = tower.entries
    yield f'<ul class="entries quiet">{_entry(quiet)}</ul>'
    for title, whole in (("A line", False), ("The whole tower", True)):
        entries = "".join(_entry(entry) for entry in others if entry.is_whole is whole)
        if entries:
            yield f'<div class="group"><h2>{title}</h2><ul class="entries">{entries}</ul></div>'
    yield '<p class="key">A bar is 2.5 seconds long; black is lit. Arrows go on to the next moment.</p>'
    yield '<div class="lists">'
    yield from _listed("Sounds", [f"<b>{escape(how)}</b> {escape(means)}" for how, means in tower.sounds])
    if tower.buttons:
        yield from _listed("Buttons", [*_buttons(tower), *map(escape, tower.button_notes)])
    hidden = [f"It does not show {escape(what)}." for what in tower.hidden]
    yield from _listed("Before you trust it", [*map(escape, tower.notes), *hidden])
    yield "</div></section>"


def _map(tower: TowerLegend, lines: Sequence[LineSettings]) -> Iterator[str]:
    """What stands where: the lines in the order of the tower, or each lamp."""
    if tower.face.pixels:
        labels = "".join(f"<li>{escape(line.label)}</li>" for line in lines)
        yield f"<p>Each line has a segment of its own. {FULLER}</p>"
        yield f'<ol class="lines">{labels}</ol>'
        return
    yield '<ul class="lamps">'
    face = tower.face
    for name, words, one in zip(lamp_names(face, lines), lamp_words(face, lines), face.lamps, strict=True):
        drawn = lamp(one.colour, lit=True).svg("lamp")
        yield f"<li>{drawn}<span><b>{escape(name)}</b> {escape(words)}</span></li>"
    yield "</ul>"


def _entry(entry: Entry) -> str:
    said: list[str] = []
    for one in entry.situations:
        meaning = f"Or: {escape(one.meaning)}" if said else f"<b>{escape(one.meaning)}</b>"
        said.append(f"<p>{meaning} {escape(one.detail)} <i>{escape(one.act)}</i></p>")
    says = "".join(said)
    match entry.seen:
        case SeenPixels() as seen:
            return f"<li>{_pixels(seen, entry)}<div>{says}{_pixel_look(seen, entry)}</div></li>"
        case SeenLamps():
            return f"<li><div>{says}{_lamps(entry)}</div></li>"


def _pixels(seen: SeenPixels, entry: Entry) -> str:
    """The segment at the moments that tell it; where the whole tower moves, its neighbour too."""
    columns = seen.columns(0)
    neighbours = NEIGHBOURS if entry.is_whole and moves(columns) else 1
    moments = []
    for half in film_of(columns):
        first, *rest = map(column, seen.frames[half].segments[:neighbours])
        for segment in rest:
            first = first.beside(segment, 0.6)
        moments.append(first)
    return film(moments).above(status(seen.frames[0]), 1.2).svg("pixels")


def _pixel_look(seen: SeenPixels, entry: Entry) -> str:
    columns = seen.columns(0)
    words = pixel_words(columns)
    if entry.tells_status:
        words += f", {status_words(seen.frames[0])}"
    drawn = "" if moves(columns) or words.startswith("dark") else bar(rhythm_of(columns)).svg("bar")
    return f'<p class="look">{drawn}<small>{words}</small></p>'


def _lamps(entry: Entry) -> str:
    rows = []
    for told in entry.lamps:
        drawn = lamp(told.colour, lit=any(told.lit)).svg("lamp") + bar(told.lit[:HALVES]).svg("bar")
        words = f"{escape(told.name)}: {rhythm_words(told.lit)}"
        rows.append(f'<p class="look">{drawn}<small>{words}</small></p>')
    return "".join(rows)


def _buttons(tower: TowerLegend) -> Iterator[str]:
    for button in tower.buttons:
        presses = " ".join(f"<i>{escape(how)}:</i> {escape(does)}" for how, does in button.presses)
        lit = f" <i>Lit:</i> {escape(button.lit)}" if button.lit else ""
        yield f"<b>{escape(button.name)}</b> {presses}{lit}"


def _listed(title: str, items: Sequence[str]) -> Iterator[str]:
    if items:
        said = "".join(f"<li>{item}</li>" for item in items)
        yield f'<div><h2>{title}</h2><ul class="list">{said}</ul></div>'
