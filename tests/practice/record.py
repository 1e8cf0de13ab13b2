"""What the recorder tower wrote, read back as pictures and their instants, also while it still grows."""

from pathlib import Path

from appliance.core.picture import Overlay, Picture
from appliance.tower.record import from_line
from tests.practice.judge import Shown


def read_record(file: Path) -> tuple[Shown, ...]:
    """Every picture of a record that the unit's board stood behind, in its order; none without a file.

    The picture of the shutdown is left out: it says that the tower proves nothing any more.
    """
    if not file.exists():
        return ()
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    # The last line may be one that is being written.
    entries = [from_line(line) for line in lines if line.endswith("\n")]
    pictures = [Shown(entry.at_ms, entry.what) for entry in entries if isinstance(entry.what, Picture)]
    while pictures and not pictures[-1].picture.alive:
        pictures.pop()
    return tuple(pictures)


def since_registered(shown: tuple[Shown, ...]) -> tuple[Shown, ...]:
    """The pictures from the one on with which the unit could first be reached."""
    for place, one in enumerate(shown):
        if one.picture.overlay is not Overlay.LOST:
            return shown[place:]
    return ()
