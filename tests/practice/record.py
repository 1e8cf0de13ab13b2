"""What the recorder tower wrote, read back as pictures and their instants, also while it still grows."""

from pathlib import Path

from appliance.core.picture import Overlay, Picture, Showing
from appliance.tower.record import from_line
from tests.practice.judge import Shown


def read_record(file: Path, *, also_shutdown: bool = False) -> tuple[Shown, ...]:
    """Every picture of a record that the unit's board stood behind, in its order; none without a file.

    The picture of the shutdown is left out unless asked for: it says that the tower proves nothing any more.
    """
    if not file.exists():
        return ()
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    # The last line may be one that is being written.
    entries = [from_line(line) for line in lines if line.endswith("\n")]
    pictures = [Shown(entry.at_ms, entry.what) for entry in entries if isinstance(entry.what, Picture)]
    while pictures and not also_shutdown and not pictures[-1].picture.alive:
        pictures.pop()
    return tuple(pictures)


def since_registered(shown: tuple[Shown, ...]) -> tuple[Shown, ...]:
    """The pictures from the one on with which every line could first be reached."""
    for place, one in enumerate(shown):
        lines_lost = any(segment.showing is Showing.LINE_LOST for segment in one.picture.segments)
        if one.picture.overlay not in (Overlay.LOST, Overlay.HOST_LOST) and not lines_lost:
            return shown[place:]
    return ()
