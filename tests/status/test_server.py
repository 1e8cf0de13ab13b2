"""The unit's side of the status socket: whoever asks is answered, and nobody holds the unit up."""

import contextlib
import os
import socket
import stat
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from appliance.errors import CallLightError, UnitUnavailable
from appliance.status import SOCKET_NAME, server
from appliance.status.client import fetch
from appliance.status.report import decode, encode
from appliance.status.server import ANSWER_S_MAX, CLIENTS_MAX
from tests.peers.program import PATIENT_S
from tests.status.desk import Front, connected, crowded, everything, front, took_s


def test_whoever_connects_gets_the_report_as_one_line_and_the_end(tmp_path: Path) -> None:
    with front(tmp_path) as desk, connected(desk.path) as client:
        answer = everything(client)
    assert answer == encode(desk.report)
    assert answer.count(b"\n") == 1
    assert decode(answer) == desk.report


def test_nothing_that_a_client_says_matters_and_none_that_leaves_early_harms(tmp_path: Path) -> None:
    with front(tmp_path) as desk:
        for words in (b"GET / HTTP/1.1\r\n\r\n", b"\x00\xff" * 10_000, b""):
            with connected(desk.path) as client:
                # The server may have answered and gone before it all was said.
                with contextlib.suppress(BrokenPipeError):
                    client.sendall(words)
                assert decode(client.makefile("rb").readline()) == desk.report
            connected(desk.path).close()
        assert fetch(desk.path) == desk.report


def test_a_client_that_does_not_read_is_given_up_after_a_second(tmp_path: Path) -> None:
    with front(tmp_path) as desk:
        # More than the kernel holds for a client that does not read it.
        desk.report = replace(desk.report, phone_lost="x" * 2_000_000)
        with connected(desk.path) as deaf:
            with connected(desk.path) as second:
                assert took_s(lambda: second.recv(1)) < ANSWER_S_MAX + PATIENT_S
            assert len(everything(deaf)) < 2_000_000


def test_a_board_that_hangs_gives_no_answer_instead_of_a_stale_one_and_answers_again_later(
    tmp_path: Path,
) -> None:
    with front(tmp_path) as desk:
        desk.answers.clear()
        with pytest.raises(UnitUnavailable, match="the unit runs, but its board does not answer"):
            fetch(desk.path)

        def ask_for_nothing() -> None:
            with connected(desk.path) as client:
                everything(client)

        assert ANSWER_S_MAX - 0.1 < took_s(ask_for_nothing) < ANSWER_S_MAX + PATIENT_S
        desk.answers.set()
        assert fetch(desk.path) == desk.report


def test_clients_beyond_the_limit_wait_until_it_is_their_turn(tmp_path: Path) -> None:
    with front(tmp_path) as desk, contextlib.ExitStack() as crowd:
        desk.answers.clear()
        served = crowd.enter_context(connected(desk.path))
        waiting: list[socket.socket] = []
        with contextlib.suppress(BlockingIOError):
            while len(waiting) < 100:
                waiting.append(crowd.enter_context(connected(desk.path, timeout_s=0)))
        # Linux lets one more wait than it was told; the first may not have been accepted yet, and where they
        # take seconds to come, some are served in the meantime.
        assert CLIENTS_MAX <= len(waiting) < 100
        patient: list[object] = []
        beyond = threading.Thread(target=lambda: patient.append(fetch(desk.path)))
        beyond.start()
        desk.answers.set()
        for client in (served, *waiting):
            client.settimeout(5)
            everything(client)
        beyond.join(PATIENT_S)
        assert patient == [desk.report]


def test_the_socket_is_for_owner_and_group_in_a_folder_that_others_may_not_enter(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        with front(tmp_path / "run" / "call-light") as desk:
            assert stat.S_IMODE(desk.path.stat().st_mode) == 0o660
            assert stat.S_IMODE(desk.path.parent.stat().st_mode) == 0o750
            assert list(desk.path.parent.iterdir()) == [desk.path]
    finally:
        os.umask(before)
    assert list(desk.path.parent.iterdir()) == []


def test_the_socket_of_a_unit_that_was_killed_makes_way(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as dead:
        dead.bind(str(tmp_path / SOCKET_NAME))
    with front(tmp_path) as desk:
        assert fetch(desk.path) == desk.report


def test_a_second_unit_in_the_same_folder_is_refused_and_the_first_goes_on(tmp_path: Path) -> None:
    with front(tmp_path) as desk:
        with pytest.raises(CallLightError, match="another unit runs with this runtime directory"):
            Front(tmp_path)
        assert fetch(desk.path) == desk.report
        assert list(tmp_path.iterdir()) == [desk.path]


def test_a_unit_that_too_many_ask_is_still_seen_by_a_second_one(tmp_path: Path) -> None:
    with crowded(tmp_path / SOCKET_NAME), pytest.raises(CallLightError, match="another unit runs"):
        Front(tmp_path)


def test_a_folder_that_cannot_be_is_one_line_that_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(CallLightError, match=r"cannot open .*: Not a directory; the unit's user must own"):
        Front(tmp_path / "file" / "run")
    with pytest.raises(CallLightError, match="cannot open the socket"):
        Front(tmp_path / ("d" * 120))


def test_closing_takes_away_only_its_own_socket(tmp_path: Path) -> None:
    with front(tmp_path) as desk:
        desk.path.unlink()
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as other:
            other.bind(str(desk.path))
            desk.server.close()
            assert desk.path.exists()


def test_closing_waits_for_no_board_and_no_client(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Long enough for a machine that gives nobody a turn for a while to be told from one that waits.
    monkeypatch.setattr(server, "ANSWER_S_MAX", 3 * PATIENT_S)
    with front(tmp_path) as desk:
        desk.answers.clear()
        with connected(desk.path), connected(desk.path):
            assert desk.asked.wait(PATIENT_S)
            assert took_s(desk.server.close) < PATIENT_S
        assert not desk.path.exists()
    with front(tmp_path) as desk:
        desk.report = replace(desk.report, phone_lost="x" * 2_000_000)
        with connected(desk.path) as deaf:
            # Its first byte shows that the server is in the middle of the answer.
            assert deaf.recv(1) == b"{"
            assert took_s(desk.server.close) < PATIENT_S


def test_an_answer_that_comes_late_is_not_the_next_clients(tmp_path: Path) -> None:
    with front(tmp_path) as desk:
        desk.answers.clear()
        with connected(desk.path) as first:
            assert desk.asked.wait(PATIENT_S)
            assert everything(first) == b""
        desk.asked.clear()
        with connected(desk.path) as second:
            assert desk.asked.wait(PATIENT_S)
            desk.reply_to_the_first()
            assert everything(second) == b""
