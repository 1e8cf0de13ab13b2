"""The demonstration itself: with a terminal, without one, and killed."""

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest

from tests.peers.leftovers import alive, descendants
from tests.peers.program import until

DEMO: Final = (sys.executable, "-m", "tests.practice.demo")
PROJECT: Final = Path(__file__).parents[2]
ROWS_COLUMNS: Final = (40, 110)


def test_without_a_terminal_it_ends_by_itself_and_every_picture_and_pixel_was_true() -> None:
    ended = subprocess.run(
        DEMO,
        cwd=PROJECT,
        env={**os.environ, "SECONDS_MAX": "16"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    summary = ended.stdout.splitlines()[-6:]
    assert summary[:3] == [
        "callers placed    8",
        "lit               8",
        "how ended         2 gave up, 6 answered by a colleague",
    ]
    assert summary[3].startswith("INVITE to picture median ")
    assert summary[4].startswith("INVITE to pixels  median ")
    true = "Every picture and every pixel was true: right line, right stage, right time, dark after the end."
    assert summary[5] == true
    # Decoded from the pin of the real firmware: who waits, who is urgent, and a call that closes.
    for bar in ("Appointments: AAAA....", "Appointments: RRRRRR..", "Doctors' line: .GGGGGG."):
        assert f"the pixels of {bar}\n" in ended.stdout
    assert "\x1b" not in ended.stdout


def test_a_tower_that_there_is_not_is_refused_in_one_line() -> None:
    ended = subprocess.run(
        DEMO,
        cwd=PROJECT,
        env={**os.environ, "TOWER": "eiffel"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    assert (ended.returncode, ended.stderr) == (2, "demo: TOWER=eiffel is none of emulated, terminal\n")


@contextmanager
def demo_at_a_terminal(tower: str) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """The demonstration at a terminal of its own, and our end of that terminal."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", *ROWS_COLUMNS, 0, 0))

    def take_terminal() -> None:
        os.setsid()
        fcntl.ioctl(0, termios.TIOCSCTTY, 0)

    demo = subprocess.Popen(
        DEMO,
        cwd=PROJECT,
        env={**os.environ, "TERM": "xterm-256color", "TOWER": tower},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        preexec_fn=take_terminal,
    )
    os.close(theirs)
    try:
        yield demo, ours
    finally:
        demo.kill()
        demo.wait()
        os.close(ours)


def read_until(terminal: int, wanted: bytes, within_s: float) -> bytes:
    """What the terminal is sent, up to the wanted words."""
    sent = b""
    deadline = time.monotonic() + within_s
    while wanted not in sent:
        ready, _, _ = select.select([terminal], [], [], max(0.0, deadline - time.monotonic()))
        assert ready, f"not within {within_s} s: {wanted!r}; the end was {sent[-500:]!r}"
        try:
            sent += os.read(terminal, 65_536)
        except OSError as ended:
            raise AssertionError(f"it ended before {wanted!r}; the end was {sent[-500:]!r}") from ended
    return sent


@pytest.mark.parametrize("tower", ["emulated", "terminal"])
def test_at_a_terminal_the_tower_is_drawn_until_ctrl_c_and_nothing_is_left_behind(tower: str) -> None:
    with demo_at_a_terminal(tower) as (demo, terminal):
        read_until(terminal, b"Appointments: a caller rings.", 15)
        processes = descendants(demo.pid)
        # A phone system with its workers, the unit and its engine, a phone, a caller, and the keeper.
        assert len(processes) >= 10
        os.write(terminal, b"\x03")
        end = read_until(terminal, b"was true: right line", 15)
        assert b"1 still waiting" in end
        # The screen that was there before the tower is back.
        assert end.index(b"\x1b[?1049l") < end.index(b"callers placed")
        assert demo.wait(10) == 0
        until(lambda: alive(processes) == set(), 5, "every process of the demonstration has ended")


def test_killed_it_leaves_no_process_behind() -> None:
    with demo_at_a_terminal("emulated") as (demo, terminal):
        read_until(terminal, b"Appointments: a caller rings.", 15)
        processes = descendants(demo.pid)
        demo.send_signal(signal.SIGKILL)
        demo.wait(5)
        until(lambda: alive(processes) == set(), 5, "every process of the demonstration has ended")
