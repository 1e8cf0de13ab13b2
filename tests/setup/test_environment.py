"""The virtual environment: made once, in the right order, and made again only when something changed."""

import os
import re
import shutil
from pathlib import Path

import pytest

from tests.peers.program import PATIENT_S, until
from tests.setup.machine import PYTHON, Machine

FILLING = [
    "bin/python3 binding",
    "pip install --require-hashes -r .venv/backend.lock",
    "pip install --require-hashes --no-build-isolation -r requirements.lock",
    "pip install --no-index --no-deps --force-reinstall /cache/pjsua2-2.17.whl",
    "pip install --no-index --no-deps --no-build-isolation --editable .",
    "pip check",
]
MAKING = [FILLING[0], "bin/python3 venv", *FILLING[1:]]


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


@pytest.fixture
def ready(machine: Machine) -> Machine:
    """A machine on which set-up has run."""
    ended = machine.setup()
    assert ended.returncode == 0, ended.stderr
    return machine


def test_the_first_set_up_makes_all_in_the_order_that_pip_needs(machine: Machine) -> None:
    ended = machine.setup()
    assert ended.returncode == 0, ended.stderr
    assert machine.called() == MAKING
    said = [line.partition(";")[0] for line in ended.stderr.splitlines()]
    assert said[:2] == ["[2/3] pjsua2", "[3/3] virtual environment"]
    (took,) = said[2:]
    assert re.fullmatch(r"\[3/3\] virtual environment: \d+ s", took)


def test_a_second_set_up_runs_nothing_and_says_nothing(ready: Machine) -> None:
    ended = ready.setup()
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")
    assert ready.called() == []


def test_the_build_backend_comes_from_the_lock_file_alone(ready: Machine) -> None:
    lines = (ready.clone / ".venv" / "backend.lock").read_text().splitlines()
    assert lines[0].startswith("setuptools==")
    assert len(lines) >= 2
    assert all(line.lstrip().startswith("--hash=sha256:") for line in lines[1:])


@pytest.mark.parametrize(
    "changed",
    [
        "requirements.lock",
        "pyproject.toml",
        ".ci/setup",
        "appliance/sip/binding/recipe.py",
        "appliance/sip/binding/known_tarballs.txt",
    ],
)
def test_a_changed_input_fills_the_environment_again(changed: str, ready: Machine) -> None:
    with (ready.clone / changed).open("a") as file:
        file.write("# changed\n")
    assert ready.setup().returncode == 0
    assert ready.called() == FILLING


@pytest.mark.parametrize("wish", ["PJPROJECT_TARBALL", "PJPROJECT_SHA256", "STRICT"])
def test_another_wish_for_the_wheel_asks_the_build_again(wish: str, ready: Machine) -> None:
    ready.environment = {wish: "1"}
    assert ready.setup().returncode == 0
    assert ready.called() == FILLING


def test_another_interpreter_makes_the_environment_again(ready: Machine) -> None:
    ready.program("python9", PYTHON)
    ready.environment = {"PYTHON": "python9"}
    assert ready.setup().returncode == 0
    assert ready.called() == MAKING
    ready.environment = {}
    assert ready.setup().returncode == 0
    assert ready.called() == []


def test_a_clone_that_moved_makes_the_environment_again(ready: Machine) -> None:
    moved = ready.folder / "moved"
    shutil.move(ready.clone, moved)
    ready.clone = moved
    assert ready.setup().returncode == 0
    assert ready.called() == MAKING


def test_an_environment_whose_interpreter_is_gone_is_made_again(ready: Machine) -> None:
    (ready.clone / ".venv" / "bin" / "python").unlink()
    (ready.clone / ".venv" / "bin" / "python").symlink_to("/nowhere/python3")
    assert ready.setup().returncode == 0
    assert ready.called() == MAKING


def test_a_pip_that_fails_ends_set_up_and_the_next_one_tries_again(machine: Machine) -> None:
    (machine.folder / "no-index").touch()
    failed = machine.setup()
    assert failed.returncode == 1
    assert failed.stderr.splitlines()[-2] == "  | no index to be reached"
    assert failed.stderr.splitlines()[-1].startswith("call-light: ")
    assert machine.called() == MAKING[:3]
    (machine.folder / "no-index").unlink()
    assert machine.setup().returncode == 0
    assert machine.called()[-1] == "pip check"


def test_two_set_ups_at_once_do_the_work_once(machine: Machine) -> None:
    """One is held up while it gets the wheel; the other one is at the lock, and then finds all done."""
    os.mkfifo(machine.folder / "gate")
    gate = os.open(machine.folder / "gate", os.O_RDWR)
    flock = (machine.bin / "flock").resolve()
    machine.without("flock")
    machine.program("flock", f'#!/bin/sh\necho flock >>"$MACHINE/called"\nexec {flock} "$@"\n')
    machine.program("python3", PYTHON.replace("echo /cache", 'read -r _ <"$MACHINE/gate"; echo /cache'))
    setup = str(machine.clone / ".ci" / "setup")
    with machine.start(setup) as first, machine.start(setup) as second:
        try:
            until(lambda: machine.called().count("flock") == 2, PATIENT_S, "both come to the lock")
            until(
                lambda: "bin/python3 binding" in machine.called(), PATIENT_S, "one of them asks for the wheel"
            )
        finally:
            # A line for each, so that neither stays behind whatever went wrong.
            os.write(gate, b"go\ngo\n")
        assert (first.wait(PATIENT_S), second.wait(PATIENT_S)) == (0, 0)
    os.close(gate)
    assert [call for call in machine.called() if call != "flock"] == MAKING


def test_a_wheel_that_cannot_be_had_ends_set_up(machine: Machine) -> None:
    machine.program("python3", PYTHON.replace("echo /cache/pjsua2-2.17.whl", "exit 1"))
    assert machine.setup().returncode == 1
    assert machine.called() == ["bin/python3 binding"]


def test_a_python_that_is_none_is_named(machine: Machine) -> None:
    machine.environment = {"PYTHON": "python2"}
    ended = machine.setup()
    assert (ended.returncode, ended.stderr) == (1, "call-light: PYTHON=python2 is no CPython 3.11 or later\n")


def test_a_python_without_headers_that_is_not_debians_says_so(machine: Machine) -> None:
    machine.program("python3", PYTHON.replace("-c*) exit 0", "*ensurepip*) exit 1 ;;\n    -c*) exit 0"))
    ended = machine.setup()
    assert ended.returncode == 1
    assert ended.stderr == (
        f"call-light: {machine.bin}/python3 lacks Python.h or ensurepip:"
        " install them, or set PYTHON to another interpreter\n"
    )


def test_settings_that_would_lead_pip_astray_do_not_reach_it(machine: Machine) -> None:
    note = 'echo "${PIP_USER:-}${PYTHONPATH:-}" >>"$MACHINE/seen"'
    machine.program("python3", PYTHON.replace("-m*pip*)", f"-m*pip*) {note}"))
    machine.environment = {"PIP_USER": "1", "PYTHONPATH": "/elsewhere"}
    assert machine.setup().returncode == 0
    assert set((machine.folder / "seen").read_text().splitlines()) == {""}
