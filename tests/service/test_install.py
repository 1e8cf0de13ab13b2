"""From nothing to a unit that runs, to a newer one, and away again: on real Debian releases."""

import pytest

from tests.peers.program import PATIENT_S
from tests.service.booted import RELEASES, SOURCE, Booted, booted
from tests.service.desk import CONFIGURATION, PASSWORD_FILE, configure, install, next_version

NOBODY = "127.0.0.1:9"
"""A registrar that does not answer: the unit runs all the same, and says so."""
PLACED = (
    "/usr/local/bin/call-light",
    "/usr/local/lib/call-light",
    "/usr/local/lib/systemd/system/call-light.service",
    "/usr/local/lib/sysusers.d/call-light.conf",
    "/usr/local/lib/tmpfiles.d/call-light.conf",
    "/usr/local/lib/udev/rules.d/70-call-light.rules",
)


def there(machine: Booted) -> list[str]:
    return [path for path in PLACED if machine.try_run("test", "-e", path).returncode == 0]


def modes(machine: Booted, *paths: str) -> list[str]:
    return machine.run("stat", "--format=%A %U:%G", *paths).splitlines()


@pytest.mark.parametrize("release", RELEASES)
def test_a_machine_gets_the_service_then_a_newer_one_and_loses_it_again(release: str) -> None:
    with next_version() as newer, booted(release, newer) as machine:
        # The example is no configuration of anybody's practice: nothing starts.
        assert "the configuration is still the example" in install(machine)
        assert there(machine) == list(PLACED)
        assert modes(machine, "/etc/call-light", CONFIGURATION, "/etc/call-light/credentials") == [
            "drwxr-x--- root:call-light",
            "-rw------- call-light:call-light",
            "drwx------ root:root",
        ]
        assert machine.show("ActiveState", "UnitFileState") == {
            "ActiveState": "inactive",
            "UnitFileState": "enabled",
        }

        configure(machine, NOBODY)
        kept = machine.run("sha256sum", CONFIGURATION, PASSWORD_FILE)
        machine.run("systemctl", "restart", "call-light")
        first = machine.show("MainPID")

        # An upgrade takes the place of what runs; the configuration stays as it was.
        assert "call-light 0.1.1 is installed and runs" in install(machine, "/next")
        machine.until_shown(PATIENT_S, ActiveState="active", SubState="running")
        assert machine.show("MainPID") != first
        assert machine.run("call-light", "status").startswith("front: call-light 0.1.1, up ")
        assert kept == machine.run("sha256sum", CONFIGURATION, PASSWORD_FILE)
        assert len(machine.run("ls", "/usr/local/lib/call-light").split()) == 1

        # A version that refuses the configuration takes nobody's place, and says why.
        running = machine.show("MainPID")
        machine.run("sed", "-i", "s/^driver =/drivr =/", CONFIGURATION)
        refused = machine.try_run("make", "--silent", "-C", SOURCE, "install")
        assert refused.returncode != 0
        assert f"{CONFIGURATION}:" in refused.stderr
        assert 'drivr: is no setting of [[tower]]; did you mean "driver"?' in refused.stderr
        assert "call-light 0.1.0 refuses the configuration, so nothing was changed" in refused.stderr
        assert machine.show("MainPID") == running
        assert machine.run("call-light", "--version") == "call-light 0.1.1\n"
        assert len(machine.run("ls", "/usr/local/lib/call-light").split()) == 1
        machine.run("sed", "-i", "s/^drivr =/driver =/", CONFIGURATION)

        # What a person may want to keep stays, and is named.
        said = machine.run("make", "--silent", "-C", SOURCE, "uninstall")
        assert "left" in said
        assert "/etc/call-light /var/lib/call-light" in said
        assert there(machine) == []
        assert machine.try_run("systemctl", "cat", "call-light").returncode != 0
        assert kept == machine.run("sha256sum", CONFIGURATION, PASSWORD_FILE)
        machine.run("test", "-f", "/var/lib/call-light/contact.json")
