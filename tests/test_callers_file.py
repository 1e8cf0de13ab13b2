"""The file of callers who must be called back: private, whole, bounded, and never in the unit's way."""

import json
import stat
from pathlib import Path
from typing import Any

import pytest

from appliance import callers_file
from appliance.callers_file import DROPPED_MAX, FAULT, FILE_NAME, CallersFile
from appliance.core.effects import NoteCallers, NotedCaller
from appliance.core.events import Event, FaultCleared, FaultRaised
from appliance.core.words import CallId, LineId
from tests.peers.program import PATIENT_S, until


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
    # Whom it named must be called back all the same, and a person may still make that out.
    damaged = tmp_path / "callers.damaged"
    assert damaged.read_bytes() == text.encode("utf-8", "surrogateescape")
    assert complaints[0].endswith(": it is begun anew, the old one ends in .damaged")


def test_a_place_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file where the directory should be")
    _, complaints = note(tmp_path / "state", NoteCallers((caller("ann"),), ()))
    assert [one.rpartition("callers.json ")[2] for one in complaints] == [
        "could not be read (NotADirectoryError): it is begun anew, the old one ends in .damaged",
        "could not be written (File exists)",
    ]


def test_what_a_full_card_did_not_take_is_written_as_soon_as_there_is_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(callers_file, "AGAIN_S", 0.01)
    told: list[Event] = []
    file = CallersFile(tmp_path / "state", told.append)
    file.open()
    (tmp_path / "state").write_text("in the way, as a full card is")
    file.note(NoteCallers((), (caller("ann"),)))
    until(lambda: bool(told), PATIENT_S, "the fault is told")
    (tmp_path / "state").unlink()
    until(lambda: len(told) == 2, PATIENT_S, "it is over")
    assert lists(tmp_path / "state") == {"in_hand": [], "dropped": ["ann"]}
    why = f"{tmp_path}/state/callers.json could not be written (File exists)"
    assert told == [FaultRaised(FAULT, why), FaultCleared(FAULT)]
    file.close()


def test_whoever_could_not_be_written_down_is_tried_once_more_at_the_end(tmp_path: Path) -> None:
    def make_room(event: Event) -> None:
        if isinstance(event, FaultRaised):
            (tmp_path / "state").unlink()

    file = CallersFile(tmp_path / "state", make_room)
    file.open()
    (tmp_path / "state").write_text("in the way, as a full card is")
    file.note(NoteCallers((), (caller("ann"),)))
    file.close()
    assert lists(tmp_path / "state") == {"in_hand": [], "dropped": ["ann"]}
