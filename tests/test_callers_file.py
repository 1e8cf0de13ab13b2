"""The file of callers who must be called back: private, whole, bounded, and never in the unit's way."""

import json
import stat
from pathlib import Path
from typing import Any

import pytest

from appliance.callers_file import DROPPED_MAX, FILE_NAME, CallersFile
from appliance.core.effects import NoteCallers, NotedCaller
from appliance.core.events import Event, FaultRaised
from appliance.core.words import CallId, LineId


def caller(number: str) -> NotedCaller:
    return NotedCaller(CallId(1), LineId("main"), number)


def note(folder: Path, *notes: NoteCallers) -> tuple[int, list[str]]:
    """One run of a unit: how many callers it found, and what it complained of."""
    told: list[Event] = []
    file = CallersFile(folder, told.append)
    found = file.open()
    for one in notes:
        file.note(one)
    file.close()
    return found, [one.why for one in told if isinstance(one, FaultRaised)]


def lists(folder: Path) -> dict[str, list[str]]:
    """The numbers in each list."""
    kept: dict[str, Any] = json.loads((folder / FILE_NAME).read_text())
    return {name: [one["number"] for one in kept[name]] for name in ("in_hand", "dropped")}


def test_whom_a_unit_died_with_is_found_by_the_next_one_once(tmp_path: Path) -> None:
    assert note(tmp_path, NoteCallers((caller("ann"), caller("bob")), ())) == (0, [])
    assert lists(tmp_path) == {"in_hand": ["ann", "bob"], "dropped": []}
    assert note(tmp_path) == (2, [])
    assert lists(tmp_path) == {"in_hand": [], "dropped": ["ann", "bob"]}
    assert note(tmp_path) == (0, [])


def test_whoever_was_lost_is_kept_and_whoever_was_taken_is_forgotten(tmp_path: Path) -> None:
    note(tmp_path, NoteCallers((caller("ann"),), ()), NoteCallers((), (caller("ann"),)))
    note(tmp_path, NoteCallers((caller("bob"),), ()), NoteCallers((), ()))
    assert lists(tmp_path) == {"in_hand": [], "dropped": ["ann"]}


def test_the_file_is_private_and_a_unit_that_takes_nobody_writes_none(tmp_path: Path) -> None:
    note(tmp_path)
    assert list(tmp_path.iterdir()) == []
    note(tmp_path, NoteCallers((caller("ann"),), ()))
    assert stat.S_IMODE((tmp_path / FILE_NAME).stat().st_mode) == 0o600


def test_only_the_last_ones_are_kept(tmp_path: Path) -> None:
    note(tmp_path, NoteCallers((), tuple(caller(str(number)) for number in range(DROPPED_MAX + 1))))
    assert lists(tmp_path)["dropped"] == [str(number) for number in range(1, DROPPED_MAX + 1)]


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"in_hand": 7, "dropped": []}', "\udcff", "[" * 100_000])
def test_a_damaged_file_is_said_and_begun_anew(tmp_path: Path, text: str) -> None:
    (tmp_path / FILE_NAME).write_bytes(text.encode("utf-8", "surrogateescape"))
    found, complaints = note(tmp_path, NoteCallers((caller("ann"),), ()))
    assert found == 0
    assert len(complaints) == 1
    assert lists(tmp_path) == {"in_hand": ["ann"], "dropped": []}


def test_a_place_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file where the directory should be")
    _, complaints = note(tmp_path / "state", NoteCallers((caller("ann"),), ()))
    assert [one.rpartition("callers.json ")[2] for one in complaints] == [
        "could not be read (NotADirectoryError): it is begun anew",
        "could not be written (File exists)",
    ]
