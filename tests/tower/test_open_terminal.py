"""Which tower standard output gets, and that a terminal is given back as it was."""

import contextlib
import os
import sys
import termios
from collections.abc import Iterator
from pathlib import Path

import pytest

from appliance.clock import SteppedClock
from appliance.core.effects import Sound
from appliance.core.picture import Segment, Showing
from appliance.core.words import InstantMs
from appliance.tower.plain import PlainTower
from appliance.tower.terminal import open_terminal
from tests.tower.test_terminal import shown


@contextlib.contextmanager
def terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """Standard output is a terminal of 80 columns with colours; what comes out of it can be read here."""
    ours, its = os.openpty()
    termios.tcsetwinsize(its, (24, 80))
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    try:
        with os.fdopen(its, "w", encoding="utf-8") as out:
            monkeypatch.setattr(sys, "stdout", out)
            yield ours
            monkeypatch.undo()
    finally:
        os.close(ours)


def is_plain() -> bool:
    tower = open_terminal(SteppedClock(), bell=False)
    tower.close()
    return isinstance(tower, PlainTower)


def test_a_pipe_a_dumb_terminal_and_no_color_get_plain_lines(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with terminal(monkeypatch):
        assert not is_plain()
        monkeypatch.setenv("NO_COLOR", "1")
        assert is_plain()
        monkeypatch.delenv("NO_COLOR")
        monkeypatch.setenv("TERM", "dumb")
        assert is_plain()
        monkeypatch.setenv("TERM", "xterm-256color")
        with (tmp_path / "out").open("w") as file:
            monkeypatch.setattr(sys, "stdout", file)
            assert is_plain()


ENTERS, LEAVES = "\x1b[?1049h", "\x1b[?1049l"
HIDES_CURSOR, SHOWS_CURSOR = "\x1b[?25l", "\x1b[?25h"


def test_a_terminal_is_taken_whole_and_given_back_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    with terminal(monkeypatch) as ours:
        tower = open_terminal(SteppedClock(), bell=True)
        tower.draw(shown(Segment("Main", Showing.URGENT, 3, 3)), InstantMs(0))
        tower.play(Sound.URGENT)
        tower.close()
        heard = b""
        # A terminal hands over what it has in pieces, and a piece may end inside of a letter.
        while LEAVES.encode() not in heard:
            heard += os.read(ours, 65536)
        written = heard.decode()
        # Standard output itself was never in use, and stays open.
        assert not sys.stdout.closed
    assert written.index(ENTERS) < written.index("Main") < written.index("\a") < written.index(LEAVES)
    assert written.index(SHOWS_CURSOR) > written.rindex(HIDES_CURSOR)
