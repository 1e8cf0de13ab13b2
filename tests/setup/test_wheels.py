"""The wheels of a unit: made once for each interpreter and lock file, whole or not at all."""

from pathlib import Path

import pytest

from tests.setup.machine import PYTHON, Machine

CALLS = [
    "bin/python3 binding",
    "bin/python3 venv",
    "pip install --require-hashes -r backend.lock",
    "pip wheel --require-hashes --no-build-isolation --wheel-dir wheels -r unit.lock",
]
MADE = ["pjsua2-2.17.whl", "rich.whl"]


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A machine whose pip makes a wheel, and whose build of pjsua2 has made one."""
    made = Machine(tmp_path)
    (tmp_path / "pjsua2-2.17.whl").touch()
    python = PYTHON.replace("echo /cache/pjsua2", 'echo "$MACHINE"/pjsua2')
    python = python.replace(
        "exit 2; fi ;;", 'exit 2; fi\n[ "$5" != wheel ] || { mkdir "$9"; : >"$9/rich.whl"; } ;;'
    )
    made.program("python3", python)
    made.environment = {"XDG_CACHE_HOME": str(tmp_path / "cache")}
    return made


def wheels(machine: Machine, *look: str) -> tuple[int, list[str]]:
    """Ask for the wheels; the exit code, and the names of those in the folder that was printed."""
    (machine.folder / "called").unlink(missing_ok=True)
    ended = machine.run(str(machine.clone / ".ci" / "wheels"), *look, str(machine.bin / "python3"))
    folder = Path(ended.stdout.strip() or "nowhere")
    return ended.returncode, sorted(wheel.name for wheel in folder.glob("*"))


def called(machine: Machine) -> list[str]:
    """What was called, without the name of the folder in which the wheels are made."""
    return [
        " ".join(Path(word).name if word.startswith("cache/") else word for word in call.split())
        for call in machine.called()
    ]


def kept(machine: Machine) -> list[str]:
    """What lies in the cache, the lock left out."""
    return sorted(path.name for path in (machine.folder / "cache/call-light/wheels").glob("*[!k]"))


def test_the_wheels_are_made_once_and_then_found(machine: Machine) -> None:
    assert wheels(machine, "--look") == (1, [])
    assert machine.called() == []
    assert wheels(machine) == (0, MADE)
    assert called(machine) == CALLS
    for look in ([], ["--look"]):
        assert wheels(machine, *look) == (0, MADE)
        assert machine.called() == []


@pytest.mark.parametrize(
    "changed", ["appliance/sip/binding/recipe.py", "appliance/sip/binding/known_tarballs.txt"]
)
def test_another_way_to_build_pjsua2_makes_them_again(changed: str, machine: Machine) -> None:
    wheels(machine)
    with (machine.clone / changed).open("a") as file:
        file.write("# changed\n")
    assert wheels(machine, "--look") == (1, [])
    assert wheels(machine) == (0, MADE)


def test_only_what_a_unit_runs_is_asked_for(machine: Machine) -> None:
    lock = machine.clone / "requirements.lock"
    wheels(machine)
    lock.write_text(lock.read_text() + "hammer==1.0 \\\n    --hash=sha256:00\n")
    assert wheels(machine, "--look") == (0, MADE)
    lock.write_text(
        lock.read_text().replace("# From here on", "saw==1.0 \\\n    --hash=sha256:00\n# From here on")
    )
    assert wheels(machine, "--look") == (1, [])


def test_a_pip_that_fails_leaves_nothing_that_could_be_taken_for_all_wheels(machine: Machine) -> None:
    (machine.folder / "no-index").touch()
    assert wheels(machine) == (1, [])
    assert kept(machine) == []
    (machine.folder / "no-index").unlink()
    assert wheels(machine) == (0, MADE)


def test_a_pjsua2_that_cannot_be_built_ends_it_before_pip_is_asked(machine: Machine) -> None:
    machine.program("python3", PYTHON.replace("echo /cache/pjsua2-2.17.whl", "exit 1"))
    assert wheels(machine) == (1, [])
    assert machine.called() == ["bin/python3 binding"]
