"""Draws the hardware: its pictures for the README, and the parts to print.

`python -m hardware.render pictures` writes `hardware/pictures/` with the sum of the sources that were drawn,
by which a test sees pictures that are out of date. `python -m hardware.render parts --lines N --way WAY`
writes `build/hardware/`: an STL file for each part to print, and the templates as SVG at full size.
"""

import argparse
import hashlib
import re
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parent
ENCLOSURE: Final = FOLDER / "enclosure"
WIRING: Final = FOLDER / "wiring"
PICTURES: Final = FOLDER / "pictures"
SUM: Final = PICTURES / "sources.sha256"
BUILD: Final = FOLDER.parent / "build" / "hardware"

LINES_MAX: Final = {"controller": 8, "gpio": 6}
"""Lines of a tower, by way; `enclosure/measures.scad` refuses more."""

TOWER_PARTS: Final = ("line_segment", "line_diffuser", "status_row", "status_diffuser", "foot", "foot_lid")
BOX_PARTS: Final = ("box_shell", "box_lid")
PARTS: Final[Mapping[str, tuple[str, ...]]] = {
    "controller": (*TOWER_PARTS, *BOX_PARTS, "lamp_plug"),
    "gpio": BOX_PARTS,
}
TEMPLATES: Final[Mapping[str, tuple[str, ...]]] = {
    "controller": ("drilling_template", "foot_template"),
    "gpio": ("drilling_template",),
}

VIEWS: Final[Mapping[str, Mapping[str, str | int]]] = {
    "tower-4": {"part": "tower", "lines": 4},
    "tower-8": {"part": "tower", "lines": 8},
    "box-controller": {"part": "box", "lines": 4},
    "box-gpio": {"part": "box", "lines": 4, "way": "gpio"},
}
"""The rendered pictures, with the variables that differ from `enclosure.scad`."""

CAMERAS: Final = {"tower": "0,0,0,72,0,36,0", "box": "0,0,0,40,0,15,0"}
"""Where a picture is taken from: a place, then angles around x, y and z in degrees, and a distance."""

PICTURE_SIZE: Final = {"tower": "500,760", "box": "600,500"}
"""In pixels: two of them stand side by side on a page, and none takes 30 kB."""

RENDER_SECONDS_MAX: Final = 120
"""The slowest part takes 4 s on one core."""


class DrawingFailed(Exception):
    """OpenSCAD warned, or a check in `measures.scad` failed; its own words."""


class NothingDrawn(DrawingFailed):
    """The drawing is empty: what a fit should be, and nothing else."""


def openscad(output: Path, variables: Mapping[str, str | int], *options: str, screen: bool = False) -> None:
    """Draw the enclosure with these variables.

    Args:
        output: its suffix says what is made: stl, svg, csg or png.
        variables: by name, as in `enclosure.scad`.
        options: more of OpenSCAD's own.
        screen: True if it needs a display (for png), which is then a virtual one.

    Raises:
        DrawingFailed: with what OpenSCAD said.
        NothingDrawn: all went well, and nothing was there to be drawn.
    """
    display = ["xvfb-run", "--auto-servernum"] if screen else []
    defined = [f"-D{name}={_literal(value)}" for name, value in variables.items()]
    command = [*display, "openscad", *options, *defined, "-o", str(output), str(ENCLOSURE / "enclosure.scad")]
    ended = subprocess.run(
        command,
        check=False,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=RENDER_SECONDS_MAX,
    )
    # A failed check still makes a csg file, and an empty stl one: the words count, the exit code comes after.
    if re.search(r"^(ERROR|WARNING|DEPRECATED|TRACE):", ended.stdout, re.MULTILINE):
        raise DrawingFailed(ended.stdout.strip())
    if "Current top level object is empty." in ended.stdout:
        raise NothingDrawn(ended.stdout.strip())
    if ended.returncode:
        raise DrawingFailed(ended.stdout.strip())


def _literal(value: str | int) -> str:
    return f'"{value}"' if isinstance(value, str) else str(value)


def sources_sum() -> str:
    """Return the SHA-256 over all that the pictures are drawn from, names included."""
    whole = hashlib.sha256()
    for file in sorted([*ENCLOSURE.glob("*.scad"), *WIRING.glob("*.yml"), Path(__file__)]):
        whole.update(f"{file.name}\0".encode() + file.read_bytes())
    return whole.hexdigest()


def draw_pictures() -> None:
    """Render the enclosure, draw the wiring, and write down the sum of their sources."""
    from wireviz.wireviz import parse

    PICTURES.mkdir(exist_ok=True)
    for name, variables in VIEWS.items():
        part = str(variables["part"])
        look = [f"--camera={CAMERAS[part]}", f"--imgsize={PICTURE_SIZE[part]}", "--colorscheme=Tomorrow"]
        openscad(PICTURES / f"{name}.png", variables, *look, "--autocenter", "--viewall", screen=True)
        _say(PICTURES / f"{name}.png")
    for source in sorted(WIRING.glob("*.yml")):
        name = f"wiring-{source.stem}"
        parse(source, output_formats=("svg",), output_dir=PICTURES, output_name=name)
        _say(PICTURES / f"{name}.svg")
    SUM.write_text(sources_sum() + "\n", encoding="ascii")


def make_parts(way: str, lines: int) -> None:
    """Write each part to print, and the templates, for a tower of so many lines."""
    BUILD.mkdir(parents=True, exist_ok=True)
    for suffix, names in (("stl", PARTS[way]), ("svg", TEMPLATES[way])):
        for name in names:
            file = BUILD / f"{name}.{suffix}"
            openscad(file, {"part": name, "lines": lines, "way": way})
            _say(file, copies(name, lines))


def copies(part: str, lines: int) -> int:
    """Return how many of a part a unit with so many lines needs."""
    return {"line_segment": lines, "line_diffuser": lines, "lamp_plug": lines + 3}.get(part, 1)


def _say(file: Path, count: int = 1) -> None:
    print(f"{file.relative_to(FOLDER.parent)}" + (f"  (print {count})" if count > 1 else ""), flush=True)


def main(arguments: Iterable[str] | None = None) -> int:
    """Draw what the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m hardware.render", description=__doc__)
    parser.add_argument("what", choices=("pictures", "parts"))
    parser.add_argument("--way", choices=sorted(LINES_MAX), default="controller")
    parser.add_argument("--lines", type=int, default=4)
    chosen = parser.parse_args(None if arguments is None else list(arguments))
    if not 1 <= chosen.lines <= LINES_MAX[chosen.way]:
        parser.error(f"the {chosen.way} way has 1 to {LINES_MAX[chosen.way]} lines")
    try:
        if chosen.what == "pictures":
            draw_pictures()
        else:
            make_parts(chosen.way, chosen.lines)
    except DrawingFailed as error:
        print(f"render: error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
