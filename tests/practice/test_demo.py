"""The demonstration itself: with a terminal, without one, and killed."""

import fcntl
import os
import pty
import re
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

from appliance.tower.screen import ROW_LABEL_MAX
from tests.peers.leftovers import alive, descendants
from tests.peers.program import PATIENT_S, until
from tests.practice.morning import LINES
from tests.practice.papers import KEYS
from tests.practice.staff import BACK_KEYS, FRONT_KEYS

DEMO: Final = (sys.executable, "-m", "tests.practice.demo")
PROJECT: Final = Path(__file__).parents[2]
WIDE: Final = (40, 110)
"""Rows and columns in which each sentence of the tests stands whole."""
ORDINARY: Final = (24, 80)
TOLD_S: Final = 3 * PATIENT_S
"""By when the screen says something: some fifteen processes may have to do something first."""


def test_without_a_terminal_it_ends_by_itself_and_every_picture_and_pixel_was_true() -> None:
    ended = subprocess.run(
        DEMO,
        cwd=PROJECT,
        env={**os.environ, "SECONDS_MAX": "18"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    untrue = [line for line in ended.stdout.splitlines() if line.startswith("NOT TRUE: ")]
    assert (ended.returncode, ended.stderr, untrue) == (0, "", [])
    # A machine that stood still is told, and what was shown meanwhile is not judged.
    told = [line for line in ended.stdout.splitlines() if not line.startswith("not judged ")]
    summary = told[-9:]
    assert summary[:4] == [
        "callers placed    13",
        "lit               13 at the front, 13 in the back",
        "how ended         1 taken in the back, 8 answered by a colleague, 3 gave up, 1 taken at the front",
        "units took        1 at the front, 1 in the back",
    ]
    for place, what in enumerate(("front picture", "front pixels ", "back picture", "back pixels "), 4):
        assert summary[place].startswith(f"INVITE to {what} median ")
    true = "Every picture and every pixel of both towers was true: right line, right stage, right time"
    assert summary[8] == f"{true}, dark after the end."
    # Decoded from the pins of the real firmware: who waits, who is urgent, who is taken, a call that closes.
    # Small letters are dimmed pixels: while much is lit, the firmware keeps the current within its limit.
    shown = ended.stdout.lower()
    for bar in (
        "front: the pixels of Appointments: AAAA....",
        "front: the pixels of Prescriptions: BB......",
        "front: the pixels of Hospital: GG....GG",
        "front: the pixels of Doctors' line: .GGGGGG.",
        "back: the pixels of Billing: BB......",
        "back: the pixels of Appointments: RRRRRR..",
        "back: the pixels of Appointments: GG....GG",
        "back: the pixels of Appointments: .GGGGGG.",
    ):
        assert f"{bar}\n".lower() in shown
    assert "\x1b" not in ended.stdout


def test_a_tower_that_there_is_not_is_refused_in_one_line() -> None:
    ended = subprocess.run(
        DEMO,
        cwd=PROJECT,
        env={**os.environ, "TOWER": "eiffel"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (ended.returncode, ended.stderr) == (2, "demo: TOWER=eiffel is none of emulated, terminal\n")


@contextmanager
def demo_at_a_terminal(
    tower: str, rows_columns: tuple[int, int] = WIDE
) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """The demonstration at a terminal of its own, and our end of that terminal."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", *rows_columns, 0, 0))

    def take_terminal() -> None:
        os.setsid()
        fcntl.ioctl(0, termios.TIOCSCTTY, 0)

    # The terminal says how wide it is, unless the environment says otherwise, as under pytest-xdist.
    inherited = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES")}
    demo = subprocess.Popen(
        DEMO,
        cwd=PROJECT,
        env={**inherited, "TERM": "xterm-256color", "TOWER": tower},
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


def read_until(terminal: int, wanted: bytes, sent: bytes = b"") -> bytes:
    """What the terminal is sent, up to the wanted words; `sent` is what was read of it before."""
    deadline = time.monotonic() + TOLD_S
    while wanted not in sent:
        ready, _, _ = select.select([terminal], [], [], max(0.0, deadline - time.monotonic()))
        assert ready, f"not within {TOLD_S} s: {wanted!r}; the end was {sent[-500:]!r}"
        try:
            sent += os.read(terminal, 65_536)
        except OSError as ended:
            raise AssertionError(f"it ended before {wanted!r}; the end was {sent[-500:]!r}") from ended
    return sent


def end_by_ctrl_c(demo: subprocess.Popen[bytes], terminal: int) -> bytes:
    """End the demonstration; its last words, after everything that it has started has ended."""
    processes = descendants(demo.pid)
    os.write(terminal, b"\x03")
    end = read_until(terminal, b"was true: right line")
    # The screen that was there before the towers is back.
    assert end.index(b"\x1b[?1049l") < end.index(b"callers placed")
    assert demo.wait(PATIENT_S) == 0
    until(lambda: alive(processes) == set(), PATIENT_S, "every process of the demonstration has ended")
    return end


def test_at_an_ordinary_terminal_eight_lines_and_their_keys_are_drawn_until_ctrl_c() -> None:
    with demo_at_a_terminal("terminal", ORDINARY) as (demo, terminal):
        drawn = read_until(terminal, b"Appointments: a caller rings.")
        # Below both towers, in the same picture of the screen.
        drawn = read_until(terminal, KEYS.encode(), drawn)
        for keys in (FRONT_KEYS, BACK_KEYS):
            for key, label in zip(keys, LINES.values(), strict=True):
                assert f"{key} {label}"[:ROW_LABEL_MAX].encode() in drawn
        # A phone system and its workers, a broker, two units and two engines, a phone, a caller, the keeper.
        assert len(descendants(demo.pid)) >= 12
        # Who calls next may have come before the machine let us press it.
        assert re.search(rb"how ended .*[12] still waiting", end_by_ctrl_c(demo, terminal))


def test_keys_take_callers_at_both_units_and_kill_broker_and_engine_and_the_screen_says_so() -> None:
    with demo_at_a_terminal("emulated") as (demo, terminal):
        read_until(terminal, b"Appointments: a caller rings.")
        os.write(terminal, b"1")
        sent = read_until(terminal, b"Prescriptions: a caller rings.")
        os.write(terminal, b"e")
        for told in (
            b"Appointments: the caller is being taken",
            b"Appointments: a person at unit front speaks",
            b"Prescriptions: a person at unit back speaks",
        ):
            sent = read_until(terminal, told, sent)
        os.write(terminal, b"k")
        read_until(terminal, b"The broker is dead: each unit works alone.")
        os.write(terminal, b"k")
        read_until(terminal, b"The broker is back, and both units are of one mind.")
        os.write(terminal, b"x")
        read_until(terminal, b"The front's engine is dead")
        read_until(terminal, b"The front's new engine is registered.")
        end = end_by_ctrl_c(demo, terminal)
        assert b"units took        1 at the front, 1 in the back" in end
        assert b"not judged " in end


def test_killed_it_leaves_no_process_behind() -> None:
    with demo_at_a_terminal("emulated") as (demo, terminal):
        read_until(terminal, b"Appointments: a caller rings.")
        processes = descendants(demo.pid)
        demo.send_signal(signal.SIGKILL)
        demo.wait(PATIENT_S)
        until(lambda: alive(processes) == set(), PATIENT_S, "every process of the demonstration has ended")
