"""The broker of a site as a service: made by `call-light site init`, on an installed unit's machine."""

import json
import re
from collections.abc import Iterator

import pytest

from appliance.status.report import BusStatus, decode
from tests.peers.program import PATIENT_S, until
from tests.peers.unit import Table, toml
from tests.service.booted import RELEASES, SOURCE, Booted, booted
from tests.service.desk import configure, install, next_version

pytestmark = pytest.mark.soak
"""A minute for each release. In the suite, tests/site does the same without systemd."""

NOBODY = "127.0.0.1:9"
"""A registrar that does not answer: the broker needs none."""

BROKER, KEEPER = "call-light-broker", "call-light-broker-keeper"
FOLDER = "/var/lib/call-light-broker"
EXPOSURE_MAX = 1.5
"""Of 10, by systemd-analyze's own scale ("OK")."""


@pytest.fixture(scope="module", params=RELEASES)
def machine(request: pytest.FixtureRequest) -> Iterator[Booted]:
    with next_version() as newer, booted(request.param, newer) as machine:
        # As `make install` leaves it where it installs the package itself: the broker is a service of ours.
        machine.run("systemctl", "disable", "--now", "mosquitto")
        machine.run("tee", "/etc/hosts", stdin="127.0.0.1 localhost\n::1 localhost\n")
        install(machine, SOURCE, "BROKER=yes")
        configure(machine, NOBODY)
        machine.run("systemctl", "restart", "call-light")
        said = machine.run("call-light", "site", "init", "--site", "elm-street", "--broker", "localhost")
        assert said.endswith("the broker runs\nthe unit was restarted\n")
        yield machine


def bus_of(machine: Booted, configuration: str = "/etc/call-light/call-light.toml") -> BusStatus | None:
    """How a unit stands with the broker, as it says itself; None while it starts."""
    asked = machine.try_run("call-light", "status", "--json", "--config", configuration)
    return decode(asked.stdout.encode()).bus if asked.returncode == 0 else None


def answers(machine: Booted) -> bool:
    bus = bus_of(machine)
    return bus is not None and bus.lost is None


def online(machine: Booted) -> list[str]:
    """The units that are on the bus, as the whole site has it."""
    said = json.loads(machine.run("call-light", "status", "--site", "--json"))
    return [one["unit"] for one in said["units"] if one["online"]]


def pid(machine: Booted, service: str) -> str:
    return machine.show("MainPID", unit=service)["MainPID"]


def served(machine: Booted) -> str:
    """The certificate with which the broker meets whoever comes."""
    asks = "openssl s_client -connect localhost:8883 </dev/null 2>/dev/null | openssl x509 -noout -serial"
    return machine.run("sh", "-c", asks)


def moves_in(machine: Booted, unit: str) -> None:
    """Another machine of the site, as far as one machine can be two: a configuration and a service more."""
    folder = f"/root/{unit}"
    machine.run("mkdir", "--mode=700", folder, f"{folder}/state", f"{folder}/run")
    here = {"name": "new", "state_directory": f"{folder}/state", "runtime_directory": f"{folder}/run"}
    tables: dict[str, list[Table]] = {
        "pbx": [{"id": "office", "registrars": [f"sip:{NOBODY}"]}],
        "extension": [{"id": "main", "pbx": "office", "user": "601", "line": "main", "password": "melon"}],
        "line": [{"id": "main", "label": "Main"}],
        "tower": [{"driver": "none"}],
    }
    machine.run(
        "install", "-m", "600", "/dev/stdin", f"{folder}/unit.toml", stdin=toml({"unit": here}, tables)
    )


def enrols(machine: Booted, unit: str) -> None:
    """The second of two commands, on the new machine."""
    said = machine.run(
        "call-light", "enrol", f"/root/{unit}.enrolment", "--config", f"/root/{unit}/unit.toml"
    )
    assert said.startswith(f"{unit} is a unit of site elm-street, with its broker at localhost:8883\n")


def starts(machine: Booted, unit: str) -> None:
    """Its service; what systemd hands to the real one lies in the same folder here."""
    folder = f"/root/{unit}"
    machine.run(
        "systemd-run", f"--unit=unit-{unit}", "--property=Restart=always",
        f"--setenv=CREDENTIALS_DIRECTORY={folder}/credentials", "call-light", "run", f"{folder}/unit.toml",
    )  # fmt: skip


def test_both_services_run_as_a_user_of_their_own_and_are_hardened(machine: Booted) -> None:
    user = machine.run("id", "--user", BROKER).strip()
    for service in (BROKER, KEEPER):
        verified = machine.try_run("systemd-analyze", "verify", f"{service}.service")
        assert (verified.returncode, verified.stdout, verified.stderr) == (0, "", "")
        said = machine.run("systemd-analyze", "security", f"{service}.service", "--no-pager")
        found = re.search(r"Overall exposure level for [\w.-]+: ([\d.]+)", said)
        assert found
        assert float(found[1]) <= EXPOSURE_MAX
        shown = machine.show("ActiveState", "UnitFileState", unit=service)
        assert shown == {"ActiveState": "active", "UnitFileState": "enabled"}
        status = machine.run("cat", f"/proc/{pid(machine, service)}/status")
        process = dict(line.split(":\t", 1) for line in status.splitlines())
        assert process["Uid"].split() == [user] * 4
        assert (process["CapEff"], process["NoNewPrivs"], process["Seccomp"]) == ("0" * 16, "1", "2")


def test_the_unit_of_the_machine_is_on_the_bus_and_each_file_is_whose_it_must_be(machine: Booted) -> None:
    until(lambda: answers(machine), PATIENT_S, "the broker answers the unit")
    files = {
        FOLDER: "drwx------ call-light-broker",
        f"{FOLDER}/ca.key": "-rw------- root",
        f"{FOLDER}/broker.key": "-rw------- call-light-broker",
        f"{FOLDER}/dynamic-security.json": "-rw------- call-light-broker",
        "/etc/call-light/call-light.toml": "-rw------- call-light",
        "/etc/call-light/credentials/bus.password": "-rw------- root",
        "/etc/call-light/site-ca.pem": "-rw-r--r-- root",
        "/var/lib/call-light/site.toml": "-rw-r----- call-light",
    }
    said = machine.run("stat", "--format=%A %U", *files).splitlines()
    assert dict(zip(files, said, strict=True)) == files


def test_a_second_and_a_third_unit_are_added_to_the_running_site_by_two_commands_each(
    machine: Booted,
) -> None:
    before = pid(machine, BROKER)
    for unit, target in (("back", "202"), ("attic", "203")):
        moves_in(machine, unit)
        machine.run(
            "call-light", "site", "add-unit", unit, "--target", target, "--out", f"/root/{unit}.enrolment"
        )
        enrols(machine, unit)
        starts(machine, unit)
    until(lambda: online(machine) == ["attic", "back", "front"], PATIENT_S, "all three are on the bus")
    until(lambda: answers(machine), PATIENT_S, "the front has the site's new file")
    assert machine.run("cat", "/root/attic/state/site.toml") == machine.run(
        "cat", "/var/lib/call-light/site.toml"
    )
    assert pid(machine, BROKER) == before


def test_a_new_certificate_is_served_as_the_broker_runs_and_nobody_is_thrown_out(machine: Booted) -> None:
    before, old = pid(machine, BROKER), served(machine)
    said = machine.run("call-light", "site", "rotate")
    assert "SIGHUP" not in said, "systemd had the broker take it"
    until(lambda: served(machine) != old, PATIENT_S, "the new certificate is served")
    assert online(machine) == ["attic", "back", "front"]
    assert pid(machine, BROKER) == before


def test_a_unit_that_is_removed_is_shut_out_at_once(machine: Booted) -> None:
    machine.run("call-light", "site", "remove", "attic")

    def is_refused() -> bool:
        bus = bus_of(machine, "/root/attic/unit.toml")
        return bus is not None and bus.lost == "the broker refuses us: Not authorized"

    until(is_refused, PATIENT_S, "the broker knows it no more")
    until(lambda: online(machine) == ["back", "front"], PATIENT_S, "it is gone for the others")
    machine.run("systemctl", "stop", "unit-attic")


def test_a_broker_that_dies_comes_back_with_its_keeper(machine: Booted) -> None:
    before = pid(machine, BROKER)
    machine.run("systemctl", "kill", "--signal=KILL", BROKER)
    until(lambda: pid(machine, BROKER) not in ("0", before), PATIENT_S, "systemd starts it again")
    until(lambda: online_or_none(machine) == ["back", "front"], PATIENT_S, "both units are back")
    is_renewed(machine, "back")


def test_an_upgrade_has_the_keeper_run_the_new_version_and_leaves_the_broker_alone(machine: Booted) -> None:
    broker, keeper = pid(machine, BROKER), pid(machine, KEEPER)
    assert "call-light 0.1.1 is installed and runs" in install(machine, "/next", "BROKER=yes")
    assert pid(machine, KEEPER) != keeper
    assert pid(machine, BROKER) == broker
    until(lambda: answers(machine), PATIENT_S, "the unit is on the bus again")
    is_renewed(machine, "back")


def test_a_reboot_keeps_the_site(machine: Booted) -> None:
    kept = served(machine)
    machine.reboot()
    for service in (BROKER, KEEPER):
        until(lambda: machine.show("ActiveState", unit=service)["ActiveState"] == "active", 20, service)  # noqa: B023
    until(lambda: answers(machine), PATIENT_S, "the unit is on the bus again")
    assert served(machine) == kept
    starts(machine, "back")
    until(
        lambda: online(machine) == ["back", "front"],
        20,
        "the other unit is known with its password of before",
    )
    is_renewed(machine, "back")


def is_renewed(machine: Booted, unit: str) -> None:
    """A unit gets another password: the broker obeys its keeper."""
    machine.run("call-light", "site", "rotate", unit, "--out", f"/root/{unit}.enrolment")
    until(lambda: is_enrolled(machine, unit), PATIENT_S, "the keeper attends")
    machine.run("systemctl", "restart", f"unit-{unit}")
    until(lambda: unit in online(machine), PATIENT_S, f"{unit} is known by its new password")


def is_enrolled(machine: Booted, unit: str) -> bool:
    asks = ("call-light", "enrol", f"/root/{unit}.enrolment", "--config", f"/root/{unit}/unit.toml")
    return machine.try_run(*asks).returncode == 0


def online_or_none(machine: Booted) -> list[str] | None:
    """The same while the broker may be away."""
    asked = machine.try_run("call-light", "status", "--site")
    return online(machine) if asked.returncode == 0 else None
