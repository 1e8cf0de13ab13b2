"""How the build runs its commands, and what a person reads meanwhile."""

import contextlib
import io
import os
import pty
import select
from pathlib import Path

import pytest

from appliance.sip.binding.commands import TAIL_LINES, Command, Commands
from appliance.sip.binding.errors import BindingError
from appliance.sip.binding.progress import Progress
from tests.peers.program import PATIENT_S


class Desk:
    """Commands with their log, and what was said meanwhile."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.log = folder / "log"
        self.said = io.StringIO()
        self.commands = Commands(self.log, Progress(("a step",), self.said))

    def shell(self, text: str) -> Command:
        return Command(["sh", "-c", text], self.folder)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_what_a_command_says_goes_into_the_log_and_comes_back(desk: Desk) -> None:
    desk.commands.run(desk.shell("echo before"))
    assert desk.commands.output(desk.shell("echo out; echo err >&2")) == "out\nerr\n"
    assert desk.log.read_text().splitlines()[1:] == ["before", "+ sh -c echo out; echo err >&2", "out", "err"]


def test_a_failure_shows_the_end_of_the_log_and_says_where_all_of_it_is(desk: Desk) -> None:
    with pytest.raises(BindingError) as failure:
        desk.commands.run(desk.shell("seq 1 100; exit 3"))
    assert str(failure.value) == f"'sh' ended with 3; all it said is in {desk.log}"
    assert desk.said.getvalue().splitlines() == [f"  | {line}" for line in range(101 - TAIL_LINES, 101)]


def test_a_failure_ends_the_command_beside_it_and_its_children(desk: Desk) -> None:
    os.mkfifo(desk.folder / "alive")
    reader = os.open(desk.folder / "alive", os.O_RDONLY | os.O_NONBLOCK)
    # The sleeper is a child of the shell and holds the other end of the pipe for as long as it lives.
    beside = desk.shell("{ touch begun; sleep 1000; true; } >alive")
    fails = desk.shell("until [ -e begun ]; do sleep 0.01; done; exit 3")
    with pytest.raises(BindingError, match="ended with 3"):
        desk.commands.run(beside, fails)
    ended, _, _ = select.select([reader], [], [], PATIENT_S)
    assert ended, "the sleeper still lives"
    assert os.read(reader, 1) == b""
    os.close(reader)


def test_a_program_that_is_missing_points_at_the_packages(desk: Desk) -> None:
    with pytest.raises(BindingError, match=r"no 'swig9': install the packages named in \.ci/packages"):
        desk.commands.run(Command(["swig9"], desk.folder))


def test_the_callers_flags_do_not_reach_a_command(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CFLAGS", "CC", "MAKEFLAGS", "LANG", "PIP_FIND_LINKS"):
        monkeypatch.setenv(name, "mine")
    commands = Desk(desk.folder).commands
    commands.set("SOURCE_DATE_EPOCH", "7")
    said = commands.output(desk.shell("env"))
    assert "mine" not in said
    assert "SOURCE_DATE_EPOCH=7" in said
    assert "LC_ALL=C" in said


def test_without_a_terminal_each_step_is_a_line_with_what_is_still_to_come(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("time.monotonic", lambda: 100.0)
    said = io.StringIO()
    progress = Progress(("configure", "compile", "link"), said)
    for step in ("configure", "compile", "link"):
        with progress.step(step):
            progress.alive()
    assert said.getvalue().splitlines() == [
        "pjsua2 [1/3] configure, 0:00 so far; still to come: compile, link",
        "pjsua2 [2/3] compile, 0:00 so far; still to come: link",
        "pjsua2 [3/3] link, 0:00 so far",
    ]


def test_a_long_step_gives_signs_of_life(monkeypatch: pytest.MonkeyPatch) -> None:
    instants = [100.0]
    monkeypatch.setattr("time.monotonic", lambda: instants[-1])
    said = io.StringIO()
    progress = Progress(("compile",), said)
    with progress.step("compile"):
        for instant in (119.9, 120.0, 130.0, 165.0):
            instants.append(instant)
            progress.alive()
    assert said.getvalue().splitlines() == [
        f"pjsua2 [1/1] compile, {at} so far" for at in ("0:00", "0:20", "1:05")
    ]


def test_at_a_terminal_one_line_is_drawn_again_and_then_wiped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.monotonic", lambda: 100.0)
    ours, theirs = pty.openpty()
    with open(theirs, "w") as terminal:  # noqa: PTH123 (a descriptor has no path)
        progress = Progress(("configure", "compile"), terminal)
        with progress.step("configure"):
            pass
        progress.note("done")
    shown = b""
    # What was written arrives in parts; after the last one an error says that nobody has the terminal open.
    with contextlib.suppress(OSError):
        while part := os.read(ours, 4096):
            shown += part
    os.close(ours)
    assert (
        shown.decode()
        == "\r\x1b[Kpjsua2 [1/2] configure, 0:00 so far; still to come: compile\r\x1b[Kdone\r\n"
    )
