"""Drivers by name, and all towers of a unit together."""

import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest

from appliance.clock import RealClock, SteppedClock
from appliance.config.configuration import TowerSettings
from appliance.config.tower_table import TowerTable
from appliance.core.effects import Sound
from appliance.core.events import Event
from appliance.core.picture import Picture, Segment, Showing, settle
from appliance.core.words import DurationMs, InstantMs
from appliance.tower.drivers import DRIVERS, open_towers
from appliance.tower.nothing import NoTower
from appliance.tower.plain import words_of
from appliance.tower.record import from_line
from appliance.tower.writer import CLOSE_MS, TowerWriter
from tests.tower.bench import until, while_the_board_lives

WAITS = settle(Picture(()), Picture((Segment("Main", Showing.WAITING, 1, 1),)), InstantMs(0))


def test_every_driver_that_a_configuration_can_name_is_there() -> None:
    assert set(DRIVERS) == set(get_args(TowerTable.model_fields["driver"].annotation))


def test_towers_of_one_kind_are_told_apart_by_number() -> None:
    settings = [TowerSettings("none"), TowerSettings("terminal"), TowerSettings("none")]
    towers = open_towers(settings, ["Main"], SteppedClock(), lambda _event: None)
    assert [writer.name for writer in towers.writers] == ["none", "terminal", "none 2"]


def test_no_tower_shows_nothing_and_never_fails() -> None:
    tower = NoTower()
    assert tower.draw(WAITS, InstantMs(0)) is None
    tower.play(Sound.URGENT)
    tower.tell("Main: a caller rings.")
    tower.close()


def test_all_towers_of_a_unit_show_the_same_and_go_dark_together(tmp_path: Path) -> None:
    files = [tmp_path / "one.jsonl", tmp_path / "two.jsonl"]
    told: list[Event] = []
    clock = RealClock()
    towers = open_towers(
        [TowerSettings("recorder", file=str(file)) for file in files], ["Main"], clock, told.append
    )
    towers.start()
    towers.show(WAITS)

    def said() -> list[list[str]]:
        # The last line may still be on its way.
        whole = [file.read_text().rpartition("\n")[0] for file in files if file.exists()]
        return [[_words(line) for line in text.splitlines()] for text in whole]

    def until_both_say(words: str) -> None:
        while_the_board_lives(towers, clock, lambda: [words in lines for lines in said()] == [True] * 2)

    until_both_say("Main: waiting, stage 1, fill 1, slow flash")
    towers.tell("Main: a caller rings.")
    until_both_say("Main: a caller rings.")
    towers.play(Sound.ARRIVED)
    until_both_say("arrived")
    towers.close()
    until(lambda: [lines[-1] for lines in said()] == ["lights out"] * 2)
    assert told == []


def test_three_towers_that_hang_hold_up_the_end_no_longer_than_one(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = SteppedClock()

    def hang(_writer: TowerWriter, within_ms: DurationMs) -> bool:
        clock.step(within_ms)
        return False

    monkeypatch.setattr(TowerWriter, "join", hang)
    open_towers([TowerSettings("none")] * 3, ["Main"], clock, lambda _event: None).close()
    assert clock.now_ms() == InstantMs(CLOSE_MS)


def test_a_file_that_cannot_be_opened_is_a_fault_and_no_crash(tmp_path: Path) -> None:
    told: list[Event] = []
    settings = [TowerSettings("recorder", file=str(tmp_path / "missing" / "pictures.jsonl"))]
    towers = open_towers(settings, ["Main"], RealClock(), told.append)
    towers.start()
    until(lambda: towers.writers[0].fault is not None)
    assert "FileNotFoundError" in str(towers.writers[0].fault)
    towers.close()


def test_a_unit_without_a_live_terminal_never_loads_rich() -> None:
    program = (
        "import sys\n"
        "from appliance.clock import RealClock\n"
        "from appliance.config.configuration import TowerSettings\n"
        "from appliance.tower.drivers import open_towers\n"
        "clock = RealClock()\n"
        "(writer,) = open_towers([TowerSettings('terminal')], ['Main'], clock, print).writers\n"
        "writer.turn(clock.now_ms())\n"
        "print('rich' in sys.modules, 'pydantic' in sys.modules)\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60
    )
    assert ran.stdout.splitlines()[-1] == "False False"
    assert ran.stdout.splitlines()[0].endswith("phone system lost")


def _words(line: str) -> str:
    what = from_line(line).what
    return words_of(what) if isinstance(what, Picture) else str(what)
