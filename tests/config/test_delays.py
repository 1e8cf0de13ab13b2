"""When a unit sounds: what the table allows."""

from pathlib import Path

import pytest

from appliance.config.sound_table import DELAY_S_MAX
from tests.config.files import GOOD, accepted, refusals


def delays_of(folder: Path, text: str) -> list[float]:
    return list(accepted(folder, text).board.sound_delays_ms)


def test_a_unit_sounds_at_once_unless_told_otherwise(tmp_path: Path) -> None:
    assert delays_of(tmp_path, GOOD) == [0, 0, 0]
    late = f"{GOOD}\n[sound]\ndelays_s = [{DELAY_S_MAX}, 0, 1.5]\n"
    assert delays_of(tmp_path, late) == [DELAY_S_MAX * 1000, 0, 1_500]


@pytest.mark.parametrize(
    "delays", ["[0, 0]", "[0, 0, 0, 0]", "[0, -1, 0]", "[0, nan, 0]", f"[{DELAY_S_MAX + 1}, 0, 0]"]
)
def test_other_delays_are_refused(tmp_path: Path, delays: str) -> None:
    (line,) = refusals(tmp_path, f"{GOOD}\n[sound]\ndelays_s = {delays}\n")
    assert line.endswith(f"[sound] delays_s: must be three numbers from 0 to {DELAY_S_MAX}, e.g. [0, 0, 0]")
