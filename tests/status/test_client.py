"""The asking side of the status socket: one line for whatever is wrong, within its time."""

import contextlib
import json
import os
import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from appliance.errors import ExitCode, PermissionMissing, UnitUnavailable
from appliance.status.client import ANSWER_BYTES_MAX, WAIT_S_MAX, fetch, site_differences
from appliance.status.report import FORMAT, BusStatus, NeighbourStatus, encode
from tests.peers.program import PATIENT_S
from tests.status.desk import answering, busy_report, crowded, front, took_s

WHOLE = encode(busy_report())


def unavailable(path: Path) -> str:
    """Why nothing was fetched."""
    with pytest.raises(UnitUnavailable) as error:
        fetch(path)
    assert error.value.exit_code is ExitCode.UNAVAILABLE
    assert len(error.value.lines) == 1
    assert "\n" not in error.value.lines[0]
    return error.value.lines[0].replace(str(path), "SOCKET")


def test_what_the_unit_says_is_fetched_in_however_many_parts_it_comes(tmp_path: Path) -> None:
    path = tmp_path / "status.sock"
    with answering(path, *(WHOLE[n : n + 1000] for n in range(0, len(WHOLE), 1000)), pause_s=0.01):
        assert fetch(path) == busy_report()


def test_where_no_unit_runs_the_line_says_how_to_start_one_or_name_another(tmp_path: Path) -> None:
    advice = (
        "no unit is running here (SOCKET): start it with `call-light run`, or name the configuration of"
        " the one that runs with --config"
    )
    assert unavailable(tmp_path / "status.sock") == advice
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as dead:
        dead.bind(str(tmp_path / "dead.sock"))
    assert unavailable(tmp_path / "dead.sock") == advice
    (tmp_path / "file").touch()
    assert unavailable(tmp_path / "file") == advice
    assert unavailable(tmp_path / "file" / "status.sock") == advice


def test_units_with_other_site_files_are_known_where_a_unit_runs(tmp_path: Path) -> None:
    assert site_differences(tmp_path) == ()
    bus = BusStatus("front.local:8883", None, (NeighbourStatus("back", True, 4),), 0, 0, 5)
    with answering(tmp_path / "status.sock", encode(replace(busy_report(), bus=bus))):
        assert site_differences(tmp_path) == ("site files differ: ours has revision 5, back has 4",)


def test_a_path_that_no_socket_can_have_is_one_line_too(tmp_path: Path) -> None:
    assert "the unit does not answer" in unavailable(tmp_path / ("d" * 200))


@contextlib.contextmanager
def as_nobody() -> Iterator[None]:
    """Without root's right to open everything, which this test may run with."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


def test_a_user_who_may_not_ask_is_told_who_may(tmp_path: Path) -> None:
    with front(tmp_path) as desk:
        desk.path.chmod(0)
        with as_nobody(), pytest.raises(PermissionMissing, match="ask as root or as a member of") as error:
            fetch(desk.path)
        assert error.value.exit_code is ExitCode.NO_PERMISSION


NONSENSE = {
    "nothing": b"",
    "no JSON": b"SSH-2.0-OpenSSH_9.2\r\n",
    "no text": b"\xff\xfe\x00",
    "half a report": WHOLE[: len(WHOLE) // 2],
    "a list": b"[]",
    "another format": json.dumps({"format": FORMAT + 1}).encode(),
    "an empty report": json.dumps({"format": FORMAT}).encode(),
    "nested too deep": b"[" * 200_000,
    "no table": WHOLE.replace(b'"towers": [', b'"towers": 5, "x": ['),
    "no rows": WHOLE.replace(b'"towers": [', b'"towers": [5, '),
    "a number as text": WHOLE.replace(b'"uptime_s": 70.0', b'"uptime_s": "70"'),
    "no number": WHOLE.replace(b'"uptime_s": 70.0', b'"uptime_s": NaN'),
    "an endless time": WHOLE.replace(b'"uptime_s": 70.0', b'"uptime_s": 1e999'),
    "text as a number": WHOLE.replace(b'"unit": "front"', b'"unit": 5'),
}


@pytest.mark.parametrize("what", NONSENSE)
def test_whoever_else_answers_there_is_told_from_a_unit(tmp_path: Path, what: str) -> None:
    assert what == "nothing" or NONSENSE[what] != WHOLE
    with answering(tmp_path / "status.sock", NONSENSE[what]):
        said = unavailable(tmp_path / "status.sock")
    expected = "its board does not answer: restart it" if what == "nothing" else "of another version?"
    assert said.endswith(expected)


def test_fields_of_a_later_version_are_left_out(tmp_path: Path) -> None:
    later = WHOLE.replace(b'"unit": "front"', b'"unit": "front", "mood": "calm"').replace(
        b'"driver": "terminal"', b'"driver": "terminal", "colour": "red"'
    )
    with answering(tmp_path / "status.sock", later):
        assert fetch(tmp_path / "status.sock") == busy_report()


def test_an_answer_beyond_the_limit_is_not_read_to_its_end(tmp_path: Path) -> None:
    padding = ANSWER_BYTES_MAX - len(WHOLE)
    with answering(tmp_path / "longest.sock", WHOLE + b" " * padding):
        assert fetch(tmp_path / "longest.sock") == busy_report()
    with answering(tmp_path / "longer.sock", WHOLE + b" " * (padding + 1)):
        said = unavailable(tmp_path / "longer.sock")
    assert said == "SOCKET: the answer is longer than 1048576 bytes; is the unit of another version?"


def test_an_answer_that_dribbles_in_is_given_up_in_time(tmp_path: Path) -> None:
    with answering(tmp_path / "status.sock", *(bytes((byte,)) for byte in WHOLE), pause_s=0.2):
        said: list[str] = []
        # The byte that is dribbled last would come in five minutes.
        assert took_s(lambda: said.append(unavailable(tmp_path / "status.sock"))) < WAIT_S_MAX + PATIENT_S
    assert said == ["SOCKET: the unit does not answer (timed out)"]


def test_a_unit_that_is_asked_by_too_many_is_given_up_in_time(tmp_path: Path) -> None:
    with crowded(tmp_path / "status.sock"):
        said: list[str] = []
        took = took_s(lambda: said.append(unavailable(tmp_path / "status.sock")))
    assert WAIT_S_MAX - 0.1 < took < WAIT_S_MAX + PATIENT_S
    assert said == ["SOCKET: the unit does not answer (timed out)"]
