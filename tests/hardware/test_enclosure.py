"""The enclosure: parts render without a warning and fit each other, and a wrong measure is refused."""

import re
from pathlib import Path

import pytest

from appliance.core.patterns import PIXELS, PIXELS_A_STEP
from hardware import bill
from hardware.measures import measures
from hardware.render import (
    ENCLOSURE,
    PARTS,
    PICTURES,
    SUM,
    TEMPLATES,
    VIEWS,
    WIRING,
    DrawingFailed,
    NothingDrawn,
    copies,
    openscad,
    sources_sum,
)
from tests.hardware import firmware

FITS = tuple(re.findall(r'fit == "(\w+)"', (ENCLOSURE / "fits.scad").read_text(encoding="utf-8")))
BOX_FITS = tuple(fit for fit in FITS if fit.endswith(("_box", "_board")))

DENSITY_OF_PLA = 1.24
"""Grams a cubic centimetre (makers' data sheets: 1.23 to 1.25)."""


def measured(stl: Path) -> tuple[tuple[float, ...], float, float]:
    """Return a part's width, depth and height, and where its underside is, in millimetres; and its grams.

    The weight is that of a part that is printed solid, as walls of this thickness nearly are.
    """
    numbers = re.findall(r"vertex (\S+) (\S+) (\S+)", stl.read_text(encoding="ascii"))
    corners = [(float(x), float(y), float(z)) for x, y, z in numbers]
    # The tetrahedra from the origin to each triangle, with their signs, add up to the volume.
    volume = 0.0
    for a, b, c in zip(corners[::3], corners[1::3], corners[2::3], strict=True):
        volume += a[0] * (b[1] * c[2] - b[2] * c[1]) - a[1] * (b[0] * c[2] - b[2] * c[0])
        volume += a[2] * (b[0] * c[1] - b[1] * c[0])
    edges = tuple(max(axis) - min(axis) for axis in zip(*corners, strict=True))
    lowest = min(z for _, _, z in corners)
    return edges, lowest, volume / 6 / 1000 * DENSITY_OF_PLA


@pytest.mark.parametrize("way", PARTS)
def test_every_part_can_be_printed_and_the_bill_knows_its_weight(tmp_path: Path, way: str) -> None:
    lines = 4
    bed = measures()["bed"]
    grams = {"black": 0.0, "white": 0.0}
    for part in PARTS[way]:
        stl = tmp_path / f"{part}.stl"
        openscad(stl, {"part": part, "lines": lines, "way": way})
        edges, lowest, weight = measured(stl)
        assert max(edges[:2]) <= bed, part
        assert lowest == pytest.approx(0, abs=0.001), f"{part} does not lie on the bed"
        grams["white" if "diffuser" in part or "plug" in part else "black"] += weight * copies(part, lines)
    for colour, weight in grams.items():
        bought = [row.quantity for row in bill.read(way) if row.item == f"PLA {colour}"]
        assert sum(bought) == pytest.approx(weight, rel=0.05, abs=1), colour


@pytest.mark.parametrize("way", TEMPLATES)
def test_templates_are_drawn_at_full_size(tmp_path: Path, way: str) -> None:
    for name in TEMPLATES[way]:
        file = tmp_path / f"{name}.svg"
        openscad(file, {"part": name, "lines": 4, "way": way})
        (width, unit, box) = re.findall(r'width="(\d+)(\w+)" .*?viewBox="\S+ \S+ (\d+)', file.read_text())[0]
        assert (unit, box) == ("mm", width)


def overlaps(folder: Path, **variables: str | int) -> bool:
    """Return whether two parts would fill the same place."""
    try:
        # Circles with few corners: the same measures, a tenth of the time.
        openscad(folder / "fit.stl", {"part": "fit", "fine": 8, **variables})
    except NothingDrawn:
        return False
    return True


@pytest.mark.parametrize("fit", FITS)
def test_the_parts_of_the_largest_tower_fit_each_other(tmp_path: Path, fit: str) -> None:
    assert not overlaps(tmp_path, fit=fit, lines=8)


def test_a_fit_that_could_not_be_drawn_is_no_fit(tmp_path: Path) -> None:
    with pytest.raises(DrawingFailed, match="no fit is called x"):
        overlaps(tmp_path, fit="x")
    with pytest.raises(DrawingFailed, match="1 to 8 lines"):
        overlaps(tmp_path, fit="lid_under_foot", lines=9)


@pytest.mark.parametrize("fit", BOX_FITS)
def test_the_parts_of_the_largest_gpio_box_fit_each_other(tmp_path: Path, fit: str) -> None:
    assert not overlaps(tmp_path, fit=fit, lines=6, way="gpio")


def test_a_part_that_does_not_fit_is_seen(tmp_path: Path) -> None:
    assert overlaps(tmp_path, fit="diffuser_in_segment", clearance=-1)


@pytest.mark.parametrize("lines", range(1, 9))
def test_every_number_of_lines_passes_the_checks(tmp_path: Path, lines: int) -> None:
    openscad(tmp_path / "all.csg", {"part": "tower", "lines": lines})
    if lines <= 6:
        openscad(tmp_path / "box.csg", {"part": "box", "lines": lines, "way": "gpio"})


@pytest.mark.parametrize(
    ("variables", "reason"),
    [
        ({"lines": 9}, "a tower has 1 to 8 lines"),
        ({"lines": 7, "way": "gpio"}, "the GPIO way has at most six lines"),
        ({"way": "steam"}, "way is controller or gpio"),
        ({"strip_width": 20}, "the strip is wider than the column"),
        ({"step_wall": 4}, "a step is too low to be read at 10 m"),
        ({"button_depth": 40}, "the box is too low for its buttons"),
        ({"bed": 180}, "a part of the tower does not fit the bed"),
        ({"part": "chimney"}, "no part is called chimney"),
    ],
)
def test_a_wrong_measure_is_refused_in_one_line(
    tmp_path: Path, variables: dict[str, str | int], reason: str
) -> None:
    with pytest.raises(DrawingFailed, match=reason):
        openscad(tmp_path / "all.csg", variables)


def test_the_enclosure_has_the_steps_that_the_pictures_have() -> None:
    size = measures()
    assert (size["pixels"], size["pixels_a_step"]) == (PIXELS, PIXELS_A_STEP)
    assert size["pixels"] == firmware.number("chain.h", "SEGMENT_PIXELS")
    assert size["status_pixels"] == firmware.number("chain.h", "STATUS_PIXELS")
    assert size["lit_height_min"] == 30


def test_the_pictures_are_those_of_today_s_sources() -> None:
    assert SUM.read_text(encoding="ascii").strip() == sources_sum(), "run `make pictures`, and look at them"
    drawn = {f"{name}.png" for name in VIEWS} | {f"wiring-{file.stem}.svg" for file in WIRING.glob("*.yml")}
    assert {file.name for file in PICTURES.iterdir()} == drawn | {SUM.name}


def test_the_pictures_stay_small() -> None:
    for file in PICTURES.iterdir():
        assert file.stat().st_size < 250_000, file.name
