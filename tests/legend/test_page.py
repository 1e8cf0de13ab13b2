"""The legend as a page: whole, safe, and drawn from the core's frames."""

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from appliance.cli import main
from appliance.core.frames import frame_at
from appliance.core.picture import Overlay, Picture, Segment, Showing, settle
from appliance.core.words import InstantMs
from appliance.legend.content import legend_of
from appliance.legend.drawing import BODY, DARK, bar, column, film, lamp, status
from appliance.legend.page import page_of
from appliance.tower.lamps import LampColour
from tests.config.files import accepted, written
from tests.legend.sites import ADAFRUIT, BEACON, CONTROLLER, SITE, site


def parsed(folder: Path, *towers: str) -> ElementTree.Element:
    """The page as a tree: it is XML too, but for its first line."""
    return ElementTree.fromstring(page_of(legend_of(site(folder, *towers))).partition("\n")[2])


def words(element: ElementTree.Element) -> str:
    return " ".join("".join(element.itertext()).split())


def test_the_page_has_a_section_for_each_tower_and_loads_nothing_from_elsewhere(tmp_path: Path) -> None:
    page = parsed(tmp_path, CONTROLLER, ADAFRUIT, BEACON)
    sections = page.findall("body/section")
    assert [words(section.find("header") or section) for section in sections] == [
        "What the light saysThe LED tower · front",
        "What the light saysThe lamp tower · front",
        "What the light saysThe signal tower · front",
    ]
    text = page_of(legend_of(site(tmp_path, CONTROLLER, ADAFRUIT, BEACON)))
    assert not re.search(r"<(script|link|img|iframe)|url\(|@import|href|src=", text)


def test_the_page_says_all_that_the_terminal_says(tmp_path: Path) -> None:
    legend = legend_of(site(tmp_path, CONTROLLER, ADAFRUIT, BEACON))
    for section, tower in zip(
        parsed(tmp_path, CONTROLLER, ADAFRUIT, BEACON).iter("section"), legend.towers, strict=True
    ):
        said = words(section)
        for entry in tower.entries:
            for situation in entry.situations:
                assert all(part in said for part in (situation.meaning, situation.detail, situation.act))
        assert all(part in said for part in [*tower.notes, *tower.hidden, *(how for how, _ in tower.sounds)])


def test_a_label_is_text_and_nothing_else(tmp_path: Path) -> None:
    hostile = "<script>&\\\"'</script>"
    text = SITE.replace('label = "Main"', f'label = "{hostile}"')
    text += f"\n[[tower]]\n{BEACON}\n[[tower]]\n{CONTROLLER}\n"
    page = page_of(legend_of(accepted(tmp_path, text)))
    assert "<script" not in page
    assert "&lt;script&gt;&amp;" in page


def lights(drawing: str) -> list[str]:
    """The colours of a drawing's lights in their order, a dot for a dark one."""
    found = re.findall(r'(?:rx="0.9"|r="[\d.]+") fill="(#\w+)"', drawing)
    return ["." if colour == DARK else colour for colour in found]


def test_a_segment_is_drawn_as_the_frame_has_it_from_the_bottom_up() -> None:
    urgent = Segment("Main", Showing.URGENT, 3, 2, marks=1)
    picture = settle(Picture((Segment("Main"),)), Picture((urgent,)), InstantMs(0))
    drawn = column(frame_at(picture, InstantMs(1)).segments[0])
    assert lights(drawn.content) == ["#ff0000"] * 4 + [".", ".", "#ffffff", "."]
    heights = [float(y) for y in re.findall(r'(?: y| cy)="([\d.]+)"', drawn.content)]
    assert heights == sorted(heights, reverse=True)
    assert BODY in drawn.content


def test_a_dim_light_is_drawn_dimmer_than_a_bright_one_and_still_seen() -> None:
    unsure = settle(
        Picture((Segment("Main"),)), Picture((Segment("Main", Showing.UNSURE, 1, 1),)), InstantMs(0)
    )
    assert lights(column(frame_at(unsure, InstantMs(1)).segments[0]).content)[0] == "#8a8a8a"
    assert lights(status(frame_at(unsure, InstantMs(1))).content) == ["#006020", ".", "."]


def test_drawings_beside_and_above_each_other_take_the_room_of_both() -> None:
    dark = frame_at(Picture((Segment("Main"),), Overlay.NONE), InstantMs(0))
    one = column(dark.segments[0])
    assert (one.beside(one, 2).width, one.above(status(dark), 1).height) == (
        2 * one.width + 2,
        one.height + 5,
    )
    three = film([one, one, one])
    assert three.width == pytest.approx(3 * one.width + 2 * (0.6 + 1.6 + 0.6))
    assert three.content.count("<path") == 2


def test_a_bar_is_black_where_the_light_is_lit() -> None:
    drawn = bar([True, True, False, True])
    assert re.findall(r'<rect x="([\d.]+)"', drawn.content) == ["0", "1.5", "4.5"]


def test_a_dark_lamp_is_a_dot_and_a_lit_one_a_disc() -> None:
    assert lights(lamp(LampColour.YELLOW, lit=True).content) == ["#ffc400"]
    assert lights(lamp(LampColour.YELLOW, lit=False).content) == ["."]


def test_the_command_prints_the_legend_or_writes_the_page(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = written(tmp_path, f"{SITE}\n[[tower]]\n{ADAFRUIT}\n")
    assert main(["legend", str(file)]) == 0
    assert capsys.readouterr().out.startswith("The lamp tower of front\n")
    assert main(["legend", str(file), "--html", "-"]) == 0
    page = capsys.readouterr().out
    assert page.startswith("<!DOCTYPE html>\n")
    assert main(["legend", str(file), "--html", str(tmp_path / "legend.html")]) == 0
    assert capsys.readouterr().out == ""
    assert (tmp_path / "legend.html").read_text(encoding="utf-8") == page


def test_the_command_never_writes_over_a_configuration(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = written(tmp_path, f"{SITE}\n[[tower]]\n{ADAFRUIT}\n")
    assert main(["legend", "--html", str(file)]) == 2
    assert "must end in .html, or be -" in capsys.readouterr().err
    assert file.read_text().startswith("[[pbx]]")
