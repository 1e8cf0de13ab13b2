"""What the Makefile, CI and the lock file promise."""

import re
import shlex
import subprocess
import tomllib

from tests.setup.machine import ROOT

LOCK = (ROOT / "requirements.lock").read_text()
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def name_of(requirement: str) -> str:
    """The normal form of a distribution's name (PEP 503)."""
    return re.sub(r"[-_.]+", "-", re.split(r"[^\w.-]", requirement, maxsplit=1)[0]).lower()


def locked(part: str = LOCK) -> list[str]:
    """The entries of the lock file, each with its hashes on one line."""
    lines = part.replace("\\\n", "").splitlines()
    return [line for line in lines if not line.startswith("#")]


def test_every_entry_of_the_lock_file_is_pinned_and_hashed() -> None:
    for entry in locked():
        assert re.match(r"[a-z0-9-]+==\S+ .*--hash=sha256:[0-9a-f]{64}", entry), entry


def test_the_lock_file_names_no_place_to_fetch_from() -> None:
    assert "://" not in LOCK
    assert not re.search(r"--(index|extra-index|find-links|trusted-host)", LOCK)
    assert " @ " not in LOCK


def test_the_lock_file_holds_what_the_project_declares_but_pjsua2() -> None:
    declared = {name_of(line) for line in PROJECT["dependencies"] + PROJECT["optional-dependencies"]["dev"]}
    assert declared - {name_of(entry) for entry in locked()} == {"pjsua2"}


def test_what_a_unit_runs_stands_first_in_the_lock_file_and_what_only_development_needs_after_it() -> None:
    unit, _, development = LOCK.partition("# From here on, for development alone.\n")
    runs = {name_of(line) for line in PROJECT["dependencies"]} - {"pjsua2"}
    assert runs <= {name_of(entry) for entry in locked(unit)}
    # colorzero needs setuptools when it runs.
    builds = {name_of(line) for line in PROJECT["optional-dependencies"]["dev"]} - {"setuptools"}
    assert builds <= {name_of(entry) for entry in locked(development)}


def test_the_lock_file_serves_both_kinds_of_machine_and_each_python() -> None:
    # pydantic-core has a wheel for each, so its many hashes are what a lock for one machine would lack.
    (compiled,) = [entry for entry in locked() if entry.startswith("pydantic-core==")]
    assert compiled.count("--hash=") > 20
    assert "python_full_version" not in compiled


def targets() -> list[str]:
    (line,) = re.findall(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    return str(line).split()


def test_make_alone_lists_each_target_with_what_it_does() -> None:
    said = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, timeout=120, check=True).stdout
    listed = re.findall(r"^  make (\w+) +\S.*$", said, re.MULTILINE)
    assert listed == targets()
    assert set(listed) >= {"setup", "demo", "test", "lock", "bench", "soak", "simulate", "lint", "clean"}


def test_make_test_lints_checks_types_and_ends_with_pytest() -> None:
    run = ["make", "--dry-run", "test"]
    said = subprocess.run(run, cwd=ROOT, capture_output=True, text=True, timeout=120, check=True).stdout
    commands = [line for line in said.splitlines() if not line.startswith("make")]
    # Between the two stands what the firmware's own Makefile does to lint it.
    assert commands[:3] == [".ci/setup", ".venv/bin/ruff check .", ".venv/bin/mypy"]
    made = {f".venv/bin/python -m tests.{what}" for what in ("service.roots", "asyncapi")}
    assert made <= set(commands)
    assert commands[-1] == "exec .venv/bin/python -m pytest --numprocesses 2"


def test_ci_runs_exactly_the_test_command_of_the_readme() -> None:
    lines = (ROOT / ".ci" / "run").read_text().splitlines()
    commands = [line for line in lines if line and not line.startswith(("#", "set ", "cd "))]
    assert commands == ["make test"]
    shown = re.findall(r"^(?: {4}|\t|\$ )?(make test)\b", (ROOT / "README.md").read_text(), re.MULTILINE)
    assert shown


def test_the_scripts_read_as_bash() -> None:
    for name in (
        ".ci/setup",
        ".ci/install",
        ".ci/lock",
        ".ci/run",
        ".ci/wheels",
        "systemd/install",
        "systemd/uninstall",
    ):
        path = ROOT / name
        assert path.stat().st_mode & 0o111, f"{name} cannot be executed"
        subprocess.run(shlex.split(f"bash -n {path}"), check=True, timeout=120)
