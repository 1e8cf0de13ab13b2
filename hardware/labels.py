"""The label sheet: what is glued beside the segments, under the status row and on the box, at full size.

`python -m hardware.labels FILE` reads a configuration and prints an HTML page. It is no sub-command of
`call-light`: only who builds a tower needs it, once, and its measures are the enclosure's, which is no part
of the product. (`call-light legend` prints what the lights mean.)
"""

import argparse
import sys
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Final

from appliance.config import read
from appliance.errors import CallLightError
from hardware.measures import measures

STATUS: Final = (("alive", 1), ("fault", 1), ("more", 1), ("owed", 3), ("voicemail", 3))
"""The status pixels from the left, as in `firmware/README.md`, and how many each has."""

KEYS: Final = ("Mute", "Away", "Owed")
"""The buttons in the box's front row, from the left."""

EM_OF_LETTER: Final = 0.72
"""How wide a letter of a bold sans-serif face is in its size, on average over short words of wide letters."""

SIZE_OF_HEIGHT: Final = 0.7
"""Size of the letters in the height of their label: the rest is air, and room for accents."""

RULER_MM: Final = 100
"""The bar to be measured before anything is cut: printers shrink pages unless they are told not to."""

_PAGE: Final = """\
<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<title>Labels</title>
<style>
@page {{ margin: 10mm }}
body {{ font: 3.5mm sans-serif; margin: 0 }}
svg {{ display: block; margin: 0 0 2mm; overflow: visible }}
svg, div {{ break-inside: avoid }}
rect {{ fill: none; stroke: #999; stroke-width: 0.1 }}
text {{ font-family: sans-serif; font-weight: bold; text-anchor: middle; dominant-baseline: central }}
</style>
<p>Print at 100 %, not fitted to the page. This bar is {ruler} mm long; if it is not, do not cut.
{bar}
<p>Beside the segments, turned so that they read upwards: the first line is the lowest of the first column.
{tower}
<p>Under the status row.
{status}
<div>
<p>On the box, above the buttons; the last strip belongs to the front row.
{box}
</div>
</html>
"""


@dataclass(frozen=True, slots=True)
class Label:
    """A text in the middle of its place on a strip; all in millimetres."""

    text: str
    left: float
    width: float


def sheet(lines: Sequence[str]) -> str:
    """Return the page for lines with these labels, in the order of the configuration."""
    size = measures()
    segment = size["pitch"] * size["pixels"] - 2 * size["label_end"]
    cell = size["button_pitch"] - size["label_gap"]
    side = size["wing"] - 2 * size["label_edge"]
    rows = [*_rows(lines, int(size["buttons_a_row"])), KEYS]
    return _PAGE.format(
        ruler=RULER_MM,
        bar=_svg(RULER_MM, 4, [Label("", 0, RULER_MM)]),
        tower="\n".join(_svg(segment, side, [Label(line, 0, segment)]) for line in lines),
        status=_svg(
            size["pitch"] * size["status_pixels"], size["status_label"], list(_status(size["pitch"]))
        ),
        box="\n".join(
            _svg(
                size["button_pitch"] * len(row),
                size["label_height"] - 1,
                [Label(text, place * size["button_pitch"], cell) for place, text in enumerate(row)],
            )
            for row in rows
        ),
    )


def _rows(lines: Sequence[str], length: int) -> Iterator[Sequence[str]]:
    for start in range(0, len(lines), length):
        yield lines[start : start + length]


def _status(pitch: float) -> Iterator[Label]:
    left = 0
    for text, pixels in STATUS:
        yield Label(text, left * pitch, pixels * pitch)
        left += pixels


def _svg(width: float, height: float, labels: Sequence[Label]) -> str:
    """Return a strip to be cut out, with each of its texts as large as its place allows."""
    inside = "".join(
        f'<rect x="{one.left:.2f}" y="0" width="{one.width:.2f}" height="{height:.2f}"/>'
        f'<text x="{one.left + one.width / 2:.2f}" y="{height / 2:.2f}"'
        f' font-size="{text_size(one.text, one.width, height):.2f}">{escape(one.text)}</text>'
        for one in labels
    )
    size = f'width="{width:.2f}mm" height="{height:.2f}mm" viewBox="0 0 {width:.2f} {height:.2f}"'
    return f"<svg {size}>{inside}</svg>"


def text_size(text: str, width: float, height: float) -> float:
    """Return the size of letters, in millimetres, in which a text fits its place."""
    ems = sum(1.0 if unicodedata.east_asian_width(letter) in "WF" else EM_OF_LETTER for letter in text)
    return min(SIZE_OF_HEIGHT * height, 0.95 * width / max(ems, 1))


def main() -> int:
    """Print the sheet of a configuration."""
    parser = argparse.ArgumentParser(prog="python -m hardware.labels", description=main.__doc__)
    parser.add_argument("file", type=Path, metavar="FILE", help="the unit's configuration")
    try:
        configuration = read(parser.parse_args().file)
    except CallLightError as error:
        print(*(f"labels: error: {line}" for line in error.lines), sep="\n", file=sys.stderr)
        return error.exit_code
    print(sheet([line.label for line in configuration.board.lines]), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
