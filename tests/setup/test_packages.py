"""Debian's packages: nothing is asked for that is there; what cannot be installed is named in one line."""

from pathlib import Path

import pytest

from tests.setup.machine import RECORDER, ROOT_USER, Machine, package_names, package_rows

ALWAYS = " ".join(package_names("always"))


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_each_package_says_when_and_why_it_is_needed() -> None:
    for row in package_rows():
        assert len(row) == 4, row
        assert set(row[1].split(",")) <= {"always", "python", "unit", "broker", "wheels", "soak"}


def test_packages_that_are_there_ask_for_no_sudo(machine: Machine) -> None:
    machine.program("sudo", RECORDER)
    assert machine.setup().returncode == 0
    assert not [call for call in machine.called() if call.startswith(("sudo", "apt-get"))]


def test_without_root_and_sudo_one_line_names_the_packages(machine: Machine) -> None:
    machine.install()
    ended = machine.setup()
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr == (
        "call-light: no way to install missing packages; as root: "
        f"apt-get install --no-install-recommends {ALWAYS}\n"
    )
    assert machine.called() == []


def test_only_what_is_missing_is_named(machine: Machine) -> None:
    machine.install(*[name for name in package_names() if name not in ("swig", "kamailio")])
    assert machine.setup().stderr.splitlines()[-1].endswith("--no-install-recommends swig kamailio")


def test_what_only_the_soak_needs_is_asked_for_by_the_soak_alone(machine: Machine) -> None:
    assert machine.setup().returncode == 0
    assert machine.setup("soak").stderr.splitlines()[-1].endswith(" ".join(("", *package_names("soak"))))


def test_a_sudo_that_wants_a_password_where_nobody_can_type_one_is_no_way(machine: Machine) -> None:
    machine.install()
    machine.program("sudo", RECORDER + "echo sudo: a password is required >&2; exit 1\n")
    ended = machine.setup()
    assert ended.returncode == 1
    (line,) = ended.stderr.splitlines()
    assert line.startswith("call-light: no way to install missing packages")
    assert machine.called() == ["sudo -n true"]


def test_sudo_is_used_once_for_the_whole_installation(machine: Machine) -> None:
    machine.install(*[name for name in package_names() if name not in ("swig", "kamailio")])
    machine.program("sudo", RECORDER)
    assert machine.setup().returncode == 0
    assert [call for call in machine.called() if call.startswith("sudo")] == [
        "sudo -n true",
        "sudo clone/.ci/install /etc/systemd/system swig=- kamailio=kamailio.service",
    ]


def test_a_machine_that_is_not_debian_gets_one_line_with_the_way_on(machine: Machine) -> None:
    machine.without("dpkg-query", "apt-get")
    ended = machine.setup()
    assert ended.returncode == 1
    assert ended.stderr == (
        f"call-light: this is not Debian: install what these Debian packages hold: {ALWAYS};"
        " then run again with PJPROJECT_TARBALL=<pjproject's upstream tarball, file or URL>"
        " and PJPROJECT_SHA256=<its sha256>\n"
    )


def test_the_way_on_is_open_once_the_tarball_is_named(machine: Machine) -> None:
    machine.without("dpkg-query", "apt-get")
    machine.environment = {"PJPROJECT_TARBALL": "/somewhere/pjproject.tar.gz", "PJPROJECT_SHA256": "0" * 64}
    assert machine.setup().returncode == 0


def test_without_any_python_debians_own_is_asked_for(machine: Machine) -> None:
    machine.install(*package_names("always"))
    machine.without("python3")
    said = machine.setup().stderr.splitlines()[-1]
    assert said.endswith(f"--no-install-recommends {' '.join(package_names('python'))}")


# The installation itself, with apt and systemd faked: it runs as root, on a folder of units of its own.

APT_GET = """#!/bin/sh
case "$*" in
    *install*) ;;
    *) exit 0 ;;
esac
readlink "$MACHINE/units/kamailio.service" >>"$MACHINE/called"
mkdir -p "$MACHINE/units/multi-user.target.wants"
ln -s /dev/null "$MACHINE/units/multi-user.target.wants/kamailio.service"
echo "$DEBIAN_FRONTEND $*" >>"$MACHINE/called"
"""
SYSTEMCTL = RECORDER + 'rm -f "$MACHINE/units/multi-user.target.wants/$2"\n'


def install(machine: Machine, *pairs: str) -> int:
    machine.program("id", ROOT_USER)
    (machine.bin / "readlink").symlink_to("/usr/bin/readlink")
    ended = machine.run(str(machine.clone / ".ci" / "install"), str(machine.folder / "units"), *pairs)
    return ended.returncode


def units(machine: Machine) -> list[str]:
    """What lies in the folder of units, folders left out."""
    folder = machine.folder / "units"
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_symlink())


def test_a_service_is_masked_while_its_package_comes_and_left_off_after(machine: Machine) -> None:
    machine.program("apt-get", APT_GET)
    machine.program("systemctl", SYSTEMCTL)
    assert install(machine, "kamailio=kamailio.service", "swig=-") == 0
    options = "-o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 -q install --yes --no-install-recommends"
    assert machine.called() == [
        "/dev/null",
        f"noninteractive {options} kamailio swig",
        "systemctl disable kamailio.service",
    ]
    assert units(machine) == []


def test_a_failed_installation_leaves_no_mask_and_no_service_behind(machine: Machine) -> None:
    machine.program("apt-get", APT_GET + "exit 100\n")
    machine.program("systemctl", SYSTEMCTL)
    assert install(machine, "kamailio=kamailio.service") == 100
    assert units(machine) == []


def test_a_service_that_cannot_be_disabled_fails_the_installation(machine: Machine) -> None:
    machine.program("apt-get", APT_GET)
    machine.program("systemctl", RECORDER)
    assert install(machine, "kamailio=kamailio.service") == 1


def test_a_mask_that_was_there_before_stays(machine: Machine) -> None:
    (machine.folder / "units").mkdir()
    (machine.folder / "units" / "kamailio.service").symlink_to("/dev/null")
    machine.program("apt-get", APT_GET)
    machine.program("systemctl", SYSTEMCTL)
    assert install(machine, "kamailio=kamailio.service") == 0
    assert units(machine) == ["kamailio.service"]
