"""The command line as a process: whatever its standard streams are, it ends as it should."""

import contextlib
import os
import signal
import subprocess
from pathlib import Path

import pytest

from appliance.errors import CallLightError
from appliance.status import SOCKET_NAME
from appliance.status.client import fetch
from tests.config.files import GOOD, written
from tests.peers.leftovers import children
from tests.peers.program import PATIENT_S, until
from tests.peers.unit import COMMAND
from tests.status.desk import front
from tests.test_log_losses import full_pipe


def environment_with(**variables: str) -> dict[str, str]:
    """Ours without what would change the command's settings, or how the interpreter keeps its buffers."""
    ours = ("CALL_LIGHT", "PYTHONUNBUFFERED")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)} | variables


def ended(
    *arguments: str | Path, shell: str = "", environment: dict[str, str] | None = None
) -> "subprocess.CompletedProcess[str]":
    """The command run to its end by a shell, with these redirections."""
    words = [str(COMMAND), *map(str, arguments)]
    return subprocess.run(
        ["bash", "-c", f'"$@" {shell}', "bash", *words],
        env=environment_with(**(environment or {})),
        capture_output=True,
        stdin=subprocess.DEVNULL,
        text=True,
        timeout=120,
    )


@pytest.fixture
def good(tmp_path: Path) -> Path:
    return written(tmp_path, GOOD)


@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&-", ">&- 2>&-", "<&- >&- 2>&-"])
def test_closed_streams_change_no_exit_code(good: Path, closed: str) -> None:
    assert ended("check", good, shell=closed).returncode == 0
    refused = ended("check", good.with_name("no.toml"), shell=closed)
    assert (refused.returncode, refused.stdout) == (78, "")
    if "2>" not in closed:
        assert refused.stderr.count("\n") == 1


def test_what_is_written_never_goes_to_a_descriptor_that_took_the_place_of_a_closed_one(
    good: Path, tmp_path: Path
) -> None:
    # The configuration itself would be opened as descriptor 1 if nobody kept the place.
    before = good.read_bytes()
    for closed in (">&-", "2>&-", "<&- >&- 2>&-"):
        ended("show", "--all", good, shell=closed)
        ended("status", "--config", good, shell=closed, environment={"RUNTIME_DIRECTORY": str(tmp_path)})
    assert good.read_bytes() == before


def test_a_reader_that_has_gone_is_no_error(good: Path) -> None:
    for arguments in (["show", "--all", good], ["check", good], ["--help"], ["simulate", "--seed", "1"]):
        piped = ended(*arguments, shell="| true; echo ${PIPESTATUS[0]} >&2")
        *_, code = piped.stderr.splitlines()
        assert code == "0"
        assert "Broken" not in piped.stderr
        assert "Traceback" not in piped.stderr


def test_output_that_finds_no_room_is_a_failure_in_one_line(good: Path) -> None:
    for arguments in (["show", good], ["--help"], ["--version"], ["simulate", "--seed", "1"]):
        full = ended(*arguments, shell=">/dev/full")
        assert (full.returncode, full.stderr) == (1, "call-light: error: No space left on device\n")


def test_errors_that_find_no_room_keep_their_exit_code(good: Path) -> None:
    assert ended("check", good.with_name("no.toml"), shell="2>/dev/full").returncode == 78
    assert ended("chek", shell="2>/dev/full").returncode == 2


def test_every_label_is_printed_in_any_locale(tmp_path: Path) -> None:
    file = written(tmp_path, GOOD.replace('label = "Main"', 'label = "Ärzte ☎"'))
    ascii_only = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    shown = ended("show", file, environment=ascii_only)
    assert (shown.returncode, shown.stderr) == (0, "")
    assert "rzte" in shown.stdout


def test_what_is_piped_has_no_colours(good: Path) -> None:
    for arguments in (
        ["--help"],
        ["show", "--all", good],
        ["check", good],
        ["simulate", "--seed", "1"],
        ["chek"],
    ):
        said = ended(*arguments, environment={"TERM": "xterm-256color"})
        assert "\x1b" not in said.stdout + said.stderr


def test_an_interrupt_ends_it_as_shells_count_it_and_leaves_no_word() -> None:
    arguments = [str(COMMAND), "simulate", "--seeds", "100000"]
    # A group of its own, as a shell gives it: Ctrl-C reaches every process of it.
    with subprocess.Popen(
        arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, process_group=0
    ) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "seeds 1 to 100000\n"
            # The others are just being born, where there is more than one processor.
            others_count = 0 if len(os.sched_getaffinity(0)) == 1 else 2
            until(lambda: len(children(process.pid)) >= others_count, PATIENT_S, "the others are there")
            os.killpg(process.pid, signal.SIGINT)
            assert process.communicate(timeout=3 * PATIENT_S) == ("", "")
        finally:
            process.kill()
    assert process.returncode == 130


def test_a_unit_that_cannot_have_its_socket_says_so_in_one_line_and_leaves_no_process(
    good: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    # A short name: the path of a socket may have 107 bytes.
    folder = tmp_path_factory.mktemp("no")
    (folder / "file").touch()
    directories = {"STATE_DIRECTORY": f"{folder}/state", "RUNTIME_DIRECTORY": f"{folder}/file/run"}
    said = ended("run", good, environment=directories)
    assert (said.returncode, said.stdout) == (1, "")
    last = said.stderr.splitlines()[-1].replace(str(folder), "~")
    assert last.startswith(
        "call-light: error: cannot open the socket ~/file/run/status.sock: Not a directory; the unit's"
    )
    assert "Traceback" not in said.stderr


def test_a_second_unit_with_the_same_folder_is_refused_in_one_line(good: Path, tmp_path: Path) -> None:
    directories = {"STATE_DIRECTORY": f"{tmp_path}/state", "RUNTIME_DIRECTORY": f"{tmp_path}/run"}
    with front(tmp_path / "run"):
        said = ended("run", good, environment=directories)
    assert said.returncode == 1
    assert "another unit runs with this runtime directory" in said.stderr.splitlines()[-1]
    assert "event=started" not in said.stderr.splitlines()[-1]


@pytest.mark.parametrize("stuck", [1, 2])
def test_a_unit_whose_output_nobody_takes_any_more_ends_in_time(tmp_path: Path, stuck: int) -> None:
    file = written(tmp_path, GOOD.replace("sip:192.0.2.10", "sip:127.0.0.1:9"))
    directories = {"STATE_DIRECTORY": f"{tmp_path}/state", "RUNTIME_DIRECTORY": f"{tmp_path}/run"}
    with full_pipe() as (_, writing):
        streams = [writing if number == stuck else subprocess.DEVNULL for number in (1, 2)]
        unit = subprocess.Popen(
            [COMMAND, "run", file],
            stdout=streams[0],
            stderr=streams[1],
            env=environment_with(**directories),
        )
        try:

            def answers() -> bool:
                with contextlib.suppress(CallLightError):
                    faults = {one.fault for one in fetch(tmp_path / "run" / SOCKET_NAME).faults}
                    return stuck == 2 or "tower terminal" in faults
                return False

            until(answers, PATIENT_S, "the unit runs, and the tower that hangs is a fault")
            unit.send_signal(signal.SIGTERM)
            assert unit.wait(PATIENT_S) == 0
        finally:
            unit.kill()
            unit.wait()
