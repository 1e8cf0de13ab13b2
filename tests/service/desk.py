"""A desk whose unit is a service: a booted machine, the installed unit, and a phone system in its network."""

import contextlib
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from appliance.status.report import StatusReport, decode
from tests.peers.callers import Callers, running_callers
from tests.peers.kamailio import Kamailio, Practice, running_kamailio
from tests.peers.program import PATIENT_S, private_folder, until
from tests.peers.unit import REGISTERED_S_MAX, Table, toml
from tests.service.booted import SOURCE, Booted, booted
from tests.setup.machine import ROOT

CONFIGURATION: Final = "/etc/call-light/call-light.toml"
PASSWORD_FILE: Final = "/etc/call-light/credentials/main.password"
PASSWORD: Final = "melon-secret"
DROP_IN: Final = "/run/systemd/system/call-light.service.d/emulated.conf"
MAIN: Final = "700"
"""Callers who dial this ring at the light."""


def install(machine: Booted, source: str = SOURCE, *more: str) -> str:
    """Install the project that lies there, as a person does, with `more` for make; what was said."""
    ended = machine.try_run("make", "--silent", "-C", source, "install", *more)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout + ended.stderr


@contextlib.contextmanager
def next_version() -> Iterator[Path]:
    """The same project, one version on."""
    with private_folder("next") as folder:
        for name in ("Makefile", "pyproject.toml", "requirements.lock", "LICENSE"):
            shutil.copy(ROOT / name, folder)
        for name in (".ci", "appliance", "systemd"):
            shutil.copytree(ROOT / name, folder / name)
        project = folder / "pyproject.toml"
        text = project.read_text()
        assert 'version = "0.1.0"' in text
        project.write_text(text.replace('version = "0.1.0"', 'version = "0.1.1"'))
        yield folder


def configure(machine: Booted, registrar: str, tower: Table | None = None, more: str = "") -> None:
    """Edit the configuration in its place, and lay the password beside it. `more` ends the file."""
    tables: dict[str, list[Table]] = {
        "pbx": [{"id": "office", "registrars": [f"sip:{registrar}"]}],
        "extension": [{"id": "main", "pbx": "office", "user": "601", "line": "main"}],
        "line": [{"id": "main", "label": "Main"}],
        "tower": [tower or {"driver": "none"}],
    }
    machine.run("tee", CONFIGURATION, stdin=toml({"unit": {"name": "front"}}, tables) + more)
    machine.run("tee", PASSWORD_FILE, stdin=f"{PASSWORD}\n")


def _leave_to_a_pi_what_qemu_cannot(machine: Booted) -> None:
    """Two settings of the service are beyond qemu-user: its fork takes no flag for a new namespace.

    systemd prepares credentials in a mount namespace, so here the service reads their folder itself; and a
    user namespace (PrivateUsers=) is refused to a process with threads, which each process of qemu is. Its
    times are those of a Pi: here a start took 10 s, and more than 30 on a busy machine.
    """
    credentials = PASSWORD_FILE.rpartition("/")[0]
    machine.run("chown", "--recursive", "call-light", credentials)
    settings = ("LoadCredential=", f"Environment=CREDENTIALS_DIRECTORY={credentials}", "PrivateUsers=no")
    times = ("TimeoutStartSec=300", "WatchdogSec=60")
    drop_in = "\n".join(("[Service]", *settings, *times, ""))
    machine.run("install", "-D", "/dev/stdin", DROP_IN, stdin=drop_in)
    machine.run("systemctl", "daemon-reload")


@dataclass
class ServiceDesk:
    """An installed unit that is registered, and those who may call it."""

    machine: Booted
    kamailio: Kamailio
    callers: Callers

    def status(self) -> StatusReport:
        """What `call-light status` says to root."""
        return decode(self.machine.run("call-light", "status", "--json").encode())

    def until_status(self, condition: Callable[[StatusReport], bool], within_s: float, what: str) -> None:
        """Wait until the unit's status is so; while it starts, there is none."""

        def met() -> bool:
            asked = self.machine.try_run("call-light", "status", "--json")
            return asked.returncode == 0 and condition(decode(asked.stdout.encode()))

        until(met, within_s, what)

    def until_registered(self, within_s: float = REGISTERED_S_MAX) -> None:
        """Wait until the unit's extension is registered."""
        self.until_status(lambda report: report.registrations[0].held, within_s, "registered")

    @contextlib.contextmanager
    def tower(self, tower: Table, more: str = "") -> Iterator[None]:
        """Give the unit another tower for a while."""
        configure(self.machine, self.kamailio.address, tower, more)
        self.machine.run("systemctl", "restart", "call-light")
        try:
            yield
        finally:
            configure(self.machine, self.kamailio.address)
            self.machine.run("systemctl", "restart", "call-light")
            self.until_registered()

    def engine_pid(self) -> int:
        """The engine's process id, as the machine counts; between two engines, wait for the next."""
        unit = self.machine.show("MainPID")["MainPID"]
        found: list[str] = []

        def look() -> bool:
            # A thread may end between the listing and the reading.
            found[:] = self.machine.try_run("sh", "-c", f"cat /proc/{unit}/task/*/children").stdout.split()
            return len(found) == 1

        until(look, PATIENT_S, "an engine runs")
        return int(found[0])


@contextlib.contextmanager
def service_desk(release: str, *, architecture: str = "") -> Iterator[ServiceDesk]:
    """A desk with everything installed, running and registered; `architecture` is emulated."""
    practice = Practice({"601": PASSWORD}, {MAIN: ("601",)})
    with (
        booted(release, architecture=architecture) as machine,
        machine.network(),
        running_kamailio(practice) as kamailio,
        running_callers(kamailio.address) as callers,
    ):
        install(machine)
        configure(machine, kamailio.address)
        if architecture:
            _leave_to_a_pi_what_qemu_cannot(machine)
        machine.run("systemctl", "restart", "call-light")
        desk = ServiceDesk(machine, kamailio, callers)
        desk.until_registered(90 if architecture else REGISTERED_S_MAX)
        yield desk
