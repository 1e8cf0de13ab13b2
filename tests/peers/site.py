"""A site as its people make it: `call-light site init`, the broker from what that wrote, and its keeper."""

import contextlib
import io
import os
import signal
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from appliance.bus.settings import BusSettings
from appliance.cli import main
from appliance.site.safe import open_safe
from tests.peers.kamailio import accepts
from tests.peers.program import LOOPBACK, PATIENT_S, Program, free_port, private_folder

SITE: Final = "elm-street"
UNIT: Final = """\
[unit]
name = "{name}"
state_directory = "{folder}"

[[pbx]]
id = "office"
registrars = ["sip:192.0.2.10"]

[[extension]]
id = "ext-main"
pbx = "office"
user = "601"
line = "main"

[[line]]
id = "main"
label = "Main"

[[tower]]
driver = "none"
"""


@dataclass(frozen=True)
class Said:
    """How a command ended and what it said."""

    code: int
    out: str
    err: str


def command(*arguments: str | Path, environment: Mapping[str, str] | None = None) -> Said:
    """Run `call-light` in this process."""
    out, err = io.StringIO(), io.StringIO()
    before = dict(os.environ)
    os.environ.update(environment or {})
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = main([str(one) for one in arguments])
    finally:
        os.environ.clear()
        os.environ.update(before)
    return Said(code, out.getvalue(), err.getvalue())


@contextlib.contextmanager
def with_credentials(place: "Place") -> Iterator[None]:
    """Let this process read the place's secrets, as systemd lets its service."""
    os.environ["CREDENTIALS_DIRECTORY"] = str(place.folder / "credentials")
    try:
        yield
    finally:
        del os.environ["CREDENTIALS_DIRECTORY"]


class Place:
    """A machine's part of the file system: one configuration, and what lies beside it."""

    def __init__(self, folder: Path, name: str) -> None:
        folder.mkdir()
        self.folder = folder
        self.configuration = folder / "call-light.toml"
        self.configuration.write_text(UNIT.format(name=name, folder=folder))
        self.configuration.chmod(0o600)

    @property
    def site_file(self) -> str:
        return (self.folder / "site.toml").read_text()

    def settings(self, site: "RunningSite", unit: str) -> BusSettings:
        """How this machine speaks to the broker."""
        password = (self.folder / "credentials" / "bus.password").read_text()
        authority = str(self.folder / "site-ca.pem")
        return BusSettings("localhost", site.port, authority, SITE, unit, password)


class RunningSite:
    """A site with its broker and keeper, and the front unit's machine."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.front = Place(folder / "front", "front")
        self.safe_folder = folder / "broker"
        self.make()

    def make(self) -> None:
        """Make the site, and start its broker and keeper."""
        self.made = self.command(
            "init", "--site", SITE, "--broker", "localhost", "--port", str(self.port), "--address", LOOPBACK
        )
        assert self.made.code == 0, self.made
        self.safe = open_safe(self.safe_folder)
        self.start_broker()
        self.attend()

    def end(self) -> None:
        """End broker and keeper."""
        self.keeper.end()
        self.broker.end()

    def start_broker(self) -> None:
        """Start the broker, with what `init` wrote."""
        program = ["/usr/sbin/mosquitto", "-c", str(self.safe_folder / "mosquitto.conf")]
        self.broker = Program("mosquitto", program, self.folder)
        self.broker.until(lambda: accepts(LOOPBACK, self.port), PATIENT_S, "the broker accepts connections")

    def attend(self) -> None:
        """Start the program that attends to enrolments."""
        attend = [sys.executable, "-m", "appliance.cli", "site", "attend", "--folder", str(self.safe_folder)]
        self.keeper = Program("keeper", attend, self.folder, environment={"PYTHONPATH": str(Path.cwd())})
        self.keeper.until(lambda: "event=attending" in self.keeper.log(), PATIENT_S, "the keeper attends")

    def command(self, verb: str, *arguments: str | Path) -> Said:
        """Run `call-light site VERB` on the front unit's machine."""
        here = ("--folder", self.safe_folder, "--config", self.front.configuration)
        return command("site", verb, *arguments, *here)

    def place(self, name: str) -> Place:
        """Another machine, with a unit's configuration that knows of no site."""
        return Place(self.folder / name, "new")

    def added(self, name: str, *arguments: str) -> Place:
        """A unit that was let in and has enrolled."""
        place, file = self.place(name), self.folder / f"{name}.enrolment"
        said = self.command("add-unit", name, "--out", file, *arguments)
        assert said.code == 0, said
        said = command("enrol", file, "--config", place.configuration)
        assert said.code == 0, said
        return place

    def read_again(self) -> None:
        """Have the broker read its files again, as `systemctl reload` does."""
        self.broker.signal(signal.SIGHUP)


@contextlib.contextmanager
def running_site() -> Iterator[RunningSite]:
    """A site that runs; ended and its folder gone afterwards."""
    with private_folder("site") as folder:
        site = RunningSite(folder)
        try:
            yield site
        finally:
            site.end()
