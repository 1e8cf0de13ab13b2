"""`make install` before it changes anything: who may, and where. What it does is tried in tests/service."""

from pathlib import Path

import pytest

from tests.setup.machine import RECORDER, ROOT_USER, Machine, package_rows


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def said(machine: Machine, script: str) -> list[str]:
    """What a script complained of; it must fail, say nothing else, and call nothing."""
    ended = machine.run(str(machine.clone / "systemd" / script))
    assert (ended.returncode, ended.stdout, machine.called()) == (1, "", [])
    return ended.stderr.splitlines()


@pytest.mark.parametrize("script", ["install", "uninstall"])
def test_who_is_not_root_is_told_so_in_one_line(script: str, machine: Machine) -> None:
    assert said(machine, script) == [f"call-light: {script} changes the whole machine: sudo make {script}"]


@pytest.mark.parametrize("variable", ["DESTDIR", "PREFIX"])
def test_another_root_or_prefix_is_refused_and_not_silently_ignored(variable: str, machine: Machine) -> None:
    machine.program("id", ROOT_USER)
    machine.environment = {variable: "/elsewhere"}
    (line,) = said(machine, "install")
    assert line.startswith("call-light: DESTDIR and PREFIX are not used")


def test_a_machine_that_is_not_debian_is_told_so(machine: Machine) -> None:
    machine.program("id", ROOT_USER)
    machine.without("apt-get")
    (line,) = said(machine, "install")
    assert line.startswith("call-light: this is not Debian")


def test_whoever_called_sudo_has_the_wheels_and_builds_them(machine: Machine) -> None:
    """Else a person who has built them already would build them again, as root."""
    machine.program("id", ROOT_USER)
    machine.install(*[one for name, *_ in package_rows() for one in name.split("|")])
    machine.program("sudo", RECORDER + "exit 1\n")
    machine.environment = {"SUDO_USER": "it"}
    assert machine.run(str(machine.clone / "systemd" / "install")).returncode == 1
    assert machine.called() == [
        "sudo -H -u it -- .ci/wheels --look /usr/bin/python3",
        "sudo -H -u it -- .ci/wheels /usr/bin/python3",
    ]
