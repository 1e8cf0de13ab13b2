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
from appliance.errors import ExitCode
from appliance.site.safe import open_safe
from tests.peers.kamailio import accepts
from tests.peers.program import LOOPBACK, PATIENT_S, PeerError, Program, free_port, private_folder

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


def done(said: Said) -> Said:
    """What a command said that did what it was told.

    Raises:
        PeerError: it did not.
        KeyboardInterrupt: Ctrl-C, which the command has answered as a command does.
    """
    if said.code == ExitCode.INTERRUPTED:
        raise KeyboardInterrupt
    if said.code != ExitCode.OK:
        raise PeerError(str(said))
    return said


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

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.configuration = folder / "call-light.toml"

    @property
    def site_file(self) -> str:
        return (self.folder / "site.toml").read_text()

    def settings(self, site: "RunningSite", unit: str) -> BusSettings:
        """How this machine speaks to the broker."""
        password = (self.folder / "credentials" / "bus.password").read_text()
        authority = str(self.folder / "site-ca.pem")
        return BusSettings("localhost", site.port, authority, SITE, unit, password)


def new_place(folder: Path, name: str) -> Place:
    """A machine with the configuration of one unit, which knows of no site."""
    folder.mkdir()
    place = Place(folder)
    place.configuration.write_text(UNIT.format(name=name, folder=folder))
    place.configuration.chmod(0o600)
    return place


class RunningSite:
    """A site with its broker and keeper, and the front unit's machine."""

    def __init__(self, folder: Path, front: Place | None = None) -> None:
        """Make the site; the keeper may not attend yet."""
        self.folder = folder
        self.port = free_port()
        self.front = front or new_place(folder / "front", "front")
        self.safe_folder = folder / "broker"
        self.make()

    def make(self) -> None:
        """Make the site, and start its broker and keeper."""
        named = "--site", SITE, "--broker", "localhost"
        self.made = done(self.command("init", *named, "--port", str(self.port), "--address", LOOPBACK))
        self.safe = open_safe(self.safe_folder)
        self.start_broker()
        self.start_keeper()

    def end(self) -> None:
        """End broker and keeper."""
        self.keeper.end()
        self.broker.end()

    def start_broker(self) -> None:
        """Start the broker, with what `init` wrote."""
        program = ["/usr/sbin/mosquitto", "-c", str(self.safe_folder / "mosquitto.conf")]
        self.broker = Program("mosquitto", program, self.folder)
        self.broker.until(lambda: accepts(LOOPBACK, self.port), PATIENT_S, "the broker accepts connections")

    def start_keeper(self) -> None:
        """Start the program that attends to enrolments."""
        attend = [sys.executable, "-m", "appliance.cli", "site", "attend", "--folder", str(self.safe_folder)]
        self.keeper = Program("keeper", attend, self.folder, environment={"PYTHONPATH": str(Path.cwd())})

    def attend(self) -> None:
        """Have enrolments attended to again."""
        self.start_keeper()
        self.until_attended()

    def until_attended(self) -> None:
        """Wait until an enrolment would be answered."""
        self.keeper.until(lambda: "event=attending" in self.keeper.log(), PATIENT_S, "the keeper attends")

    def command(self, verb: str, *arguments: str | Path) -> Said:
        """Run `call-light site VERB` on the front unit's machine."""
        here = ("--folder", self.safe_folder, "--config", self.front.configuration)
        return command("site", verb, *arguments, *here)

    def place(self, name: str) -> Place:
        """Another machine, with a unit's configuration that knows of no site."""
        return new_place(self.folder / name, "new")

    def added(self, name: str, *arguments: str) -> Place:
        """A unit that was let in and has enrolled."""
        file = self.let_in(name, *arguments)
        return self.enrolled(file, self.place(name))

    def let_in(self, name: str, *arguments: str) -> Path:
        """The first of the two commands by which a unit is added; the enrolment that it wrote."""
        file = self.folder / f"{name}.enrolment"
        done(self.command("add-unit", name, "--out", file, *arguments))
        return file

    def enrolled(self, file: Path, place: Place) -> Place:
        """The second one, at this place."""
        self.until_attended()
        done(command("enrol", file, "--config", place.configuration))
        return place

    def read_again(self) -> None:
        """Have the broker read its files again, as `systemctl reload` does."""
        self.broker.signal(signal.SIGHUP)


@contextlib.contextmanager
def started_site(front: Place | None = None) -> Iterator[RunningSite]:
    """A site that was made, whose keeper may not attend yet; ended and its folder gone afterwards."""
    with private_folder("site") as folder:
        site = RunningSite(folder, front)
        try:
            yield site
        finally:
            site.end()


@contextlib.contextmanager
def running_site() -> Iterator[RunningSite]:
    """A site that runs, and lets in whoever enrols."""
    with started_site() as site:
        site.until_attended()
        yield site
