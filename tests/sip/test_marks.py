"""What our Contact is made of outlives a restart, in private."""

import json
import os
import stat
from pathlib import Path

import pytest

from appliance.core.words import ExtensionId
from appliance.sip.marks import FILE_NAME, Contacts

MAIN, DOCTORS = ExtensionId("ext-main"), ExtensionId("ext-doctors")


def test_each_extension_gets_a_mark_of_its_own_that_nobody_guesses(tmp_path: Path) -> None:
    marks = Contacts(tmp_path).marks([MAIN, DOCTORS])
    assert len(marks[MAIN]) == 32
    assert marks[MAIN] != marks[DOCTORS]
    assert Contacts(tmp_path / "none").marks([MAIN])[MAIN] != marks[MAIN]


def test_marks_and_port_outlive_a_restart_and_a_new_extension(tmp_path: Path) -> None:
    first = Contacts(tmp_path)
    marks = first.marks([MAIN])
    first.keep_udp_port(40_404)
    second = Contacts(tmp_path)
    assert second.marks([MAIN, DOCTORS])[MAIN] == marks[MAIN]
    assert second.udp_port == 40_404
    third = Contacts(tmp_path)
    assert third.marks([MAIN, DOCTORS]) == second.marks([])
    assert (first.trouble, second.trouble, third.trouble) == ("", "", "")


def test_nobody_else_may_read_the_marks(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        Contacts(tmp_path).marks([MAIN])
    finally:
        os.umask(before)
    file = tmp_path / FILE_NAME
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    file.chmod(0o644)
    Contacts(tmp_path)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == [FILE_NAME]


GOOD = {"version": 1, "marks": {"ext-main": "0" * 32}, "udp_port": 5060}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "[" * 100_000,
        '"\udcff"',
        json.dumps({**GOOD, "version": 2}),
        json.dumps({**GOOD, "marks": []}),
        json.dumps({**GOOD, "marks": {"ext-main": "short"}}),
        json.dumps({**GOOD, "marks": {"ext-main": None}}),
        json.dumps({**GOOD, "udp_port": 70_000}),
        json.dumps({**GOOD, "udp_port": "5060"}),
        json.dumps(GOOD)[:-7],
    ],
)
def test_a_damaged_file_is_made_anew_and_said_so(tmp_path: Path, text: str) -> None:
    (tmp_path / FILE_NAME).write_bytes(text.encode(errors="surrogateescape"))
    contacts = Contacts(tmp_path)
    assert "could not be read" in contacts.trouble
    assert "made anew" in contacts.trouble
    assert "short" not in contacts.trouble
    assert contacts.udp_port == 0
    marks = contacts.marks([MAIN])
    again = Contacts(tmp_path)
    assert (again.trouble, again.marks([MAIN])) == ("", marks)


def test_a_folder_that_cannot_be_written_keeps_nothing_and_says_so(tmp_path: Path) -> None:
    (tmp_path / "a-file").touch()
    contacts = Contacts(tmp_path / "a-file")
    assert contacts.marks([MAIN])[MAIN]
    assert "could not be written (File exists)" in contacts.trouble


def test_what_a_power_cut_left_half_written_is_not_read(tmp_path: Path) -> None:
    marks = Contacts(tmp_path).marks([MAIN])
    (tmp_path / FILE_NAME).with_suffix(".new").write_text("{")
    again = Contacts(tmp_path)
    assert again.marks([MAIN, DOCTORS])[MAIN] == marks[MAIN]
    assert again.trouble == ""
