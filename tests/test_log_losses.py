"""The log where nobody takes its lines: the unit never waits, and what is lost is counted and told."""

import contextlib
import errno
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from appliance.log import LINES_WAITING_MAX, Log
from tests.peers.program import PATIENT_S, until
from tests.test_log import lines, logging


@contextlib.contextmanager
def full_pipe() -> Iterator[tuple[int, int]]:
    """Two ends of a pipe that has no room for another byte: who writes waits for who reads."""
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    with contextlib.suppress(BlockingIOError):
        while os.write(writing, b"-" * 4095 + b"\n"):
            pass
    os.set_blocking(writing, True)
    try:
        yield reading, writing
    finally:
        os.close(reading)
        os.close(writing)


def test_a_reader_that_stops_costs_lines_and_never_time_and_the_loss_is_told() -> None:
    said_count = LINES_WAITING_MAX + 10
    with full_pipe() as (reading, writing):
        log = Log(writing)
        log.say("x", number=0)
        until(log._lines.empty, PATIENT_S, "the writer has the first line in its hand")
        for number in range(1, said_count):
            log.say("x", number=number)
        # A thousand wait.
        assert log.lost_count == 9
        read = bytearray()

        def drain() -> bool:
            os.set_blocking(reading, False)
            with contextlib.suppress(BlockingIOError):
                while part := os.read(reading, 65536):
                    read.extend(part)
            return f"number={said_count - log.lost_count - 1}\n".encode() in read

        until(drain, PATIENT_S, "the lines that waited are written")
        log.close(PATIENT_S)
        drain()
    written = [line.partition("event=")[2] for line in read.decode().splitlines() if "event=" in line]
    lost = [line for line in written if line.startswith("log-lines-lost")]
    assert lost == [f"log-lines-lost count={log.lost_count}"]
    kept = [line for line in written if line not in lost]
    assert kept == [f"x number={number}" for number in range(said_count - log.lost_count)]


def test_closing_gives_up_a_descriptor_that_is_stuck() -> None:
    with full_pipe() as (reading, writing):
        log = Log(writing)
        log.say("started")
        closed = threading.Thread(target=log.close)
        closed.start()
        closed.join(PATIENT_S)
        assert not closed.is_alive()
        # Let the writer go before its descriptor is closed.
        while b"started" not in os.read(reading, 65536):
            pass
        log.close(PATIENT_S)


def test_a_log_that_nobody_reads_any_more_harms_nobody() -> None:
    reading, writing = os.pipe()
    log = Log(writing)
    os.close(reading)
    log.say("started")
    until(lambda: log.lost_count == 1, PATIENT_S, "the line is counted as lost")
    log.close(PATIENT_S)
    os.close(writing)
    log.say("after the end")


def test_a_full_disk_costs_lines_that_are_counted_and_told_once_and_tears_no_other_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    line_bytes = len("utc=2026-01-31T12:00:00.000Z severity=info event=x number=0\n")
    room, write = line_bytes + 30, os.write

    def with_little_room(stream: int, data: bytes) -> int:
        nonlocal room
        if room == 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        part, room = data[:room], room - len(data[:room])
        return write(stream, part)

    monkeypatch.setattr(os, "write", with_little_room)
    with logging(tmp_path / "log") as log:
        for number in range(4):
            log.say("x", number=number)
        until(lambda: log.lost_count == 3, PATIENT_S, "three lines find no room")
        # Somebody makes room for the line that tells of the loss, and not for the one after it.
        room = len("\nutc=2026-01-31T12:00:00.000Z severity=warning event=log-lines-lost count=3\n")
        log.say("x", number=4)
        until(lambda: log.lost_count == 4, PATIENT_S, "a fourth line finds no room")
        room = 10_000
        log.say("x", number=5)
        log.say("x", number=6)
    assert [line.partition(" event=")[2] for line in lines(tmp_path / "log")] == [
        "x number=0",
        "",  # What was written of the second line, torn in its wall time and severity.
        "log-lines-lost count=3",
        "log-lines-lost count=1",
        "x number=5",
        "x number=6",
    ]
