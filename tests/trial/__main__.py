"""Makes the trial: `make trial SEED=1` writes pictures and legends, and apart from them the answers.

A reader gets `build/trial/`: forty pictures as PNG, the legend of each tower, and a sheet to fill in. The key
is in `build/trial-key.txt`, to be opened when the sheet is full.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from appliance.legend.page import page_of
from appliance.legend.text import text_of
from tests.trial.pictures import Shown, pictures
from tests.trial.towers import TOWERS

BUILD = Path("build")

SHEET = """\
For each picture: what does this tower say? Only the legend of the tower helps (legend-<tower>.txt or .html).
A picture is 2.5 seconds long, from left to right; name the line, where the tower tells it.

"""


def main(seed: int) -> int:
    folder = BUILD / "trial"
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    with tempfile.TemporaryDirectory() as scratch:
        shown = pictures(seed, Path(scratch))
        for tower in TOWERS:
            legend = tower.legend(Path(scratch))
            (folder / f"legend-{tower.name}.txt").write_text(text_of(legend), encoding="utf-8")
            (folder / f"legend-{tower.name}.html").write_text(page_of(legend), encoding="utf-8")
    for number, one in enumerate(shown, start=1):
        png = folder / f"{number:02}-{one.tower.name}.png"
        subprocess.run(
            ["rsvg-convert", "--zoom", "2", "--output", png], input=one.svg.encode(), check=True, timeout=60
        )
    sheet = "".join(f"{number:02} {one.tower.name}:\n" for number, one in enumerate(shown, start=1))
    (folder / "sheet.txt").write_text(SHEET + sheet, encoding="utf-8")
    (BUILD / "trial-key.txt").write_text(f"seed {seed}\n\n{key_of(shown)}", encoding="utf-8")
    print(
        f"{folder}/: {len(shown)} pictures, legends and a sheet; the key is apart, in {BUILD}/trial-key.txt"
    )
    return 0


def key_of(shown: list[Shown]) -> str:
    """The answers, a block for each picture."""
    blocks = []
    for number, one in enumerate(shown, start=1):
        answers = "".join(f"   {answer}\n" for answer in one.answers)
        blocks.append(f"{number:02} {one.tower.name}, {one.sight}\n{answers}")
    return "\n".join(blocks)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
