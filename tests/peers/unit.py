"""The real unit: `call-light run` with a configuration of its own, asked over its status socket."""

import contextlib
import json
import signal
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypedDict, Unpack

from appliance.errors import CallLightError
from appliance.status import SOCKET_NAME, StatusReport
from appliance.status.client import fetch
from tests.peers.leftovers import children
from tests.peers.program import PATIENT_S, PeerError, Program, private_folder

REGISTERED_S_MAX: Final = 60.0
"""A registrar's answer is waited for 8 s; what failed is asked again after 2 s, and then after 15 s."""
STATE: Final = "state"
"""The state directory, in the unit's folder."""
COMMAND: Final = Path(sys.executable).with_name("call-light")

Value = str | int | float | bool | Sequence[str] | Sequence[int] | Sequence[float]
Table = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Site:
    """A unit's configuration, table by table, as the file has them. The towers are added by the fixture."""

    pbxes: Sequence[Table]
    extensions: Sequence[Table] = field(repr=False)
    """Their passwords are in here."""
    lines: Sequence[Table]
    name: str = "front"
    others: Mapping[str, Table] = field(default_factory=dict, repr=False)
    """Tables of which a file has one: `[bus]`, `[pickup]`."""


class Around(TypedDict, total=False):
    """What a unit is run with beside its configuration, as `Unit` takes it."""

    towers: Sequence[Table]
    at_terminal: bool
    log_file: Path | None
    environment: Mapping[str, str] | None
    program: Sequence[str] | None


def toml(singles: Mapping[str, Table], tables: Mapping[str, Sequence[Table]]) -> str:
    """A configuration file: one `[name]` for each table of its own, then one `[[name]]` for each of many."""
    parts = [_table(f"[{name}]", table) for name, table in singles.items()]
    parts += [_table(f"[[{name}]]", table) for name, of_name in tables.items() for table in of_name]
    return "\n".join(parts)


def _table(heading: str, table: Table) -> str:
    # TOML writes strings, numbers, booleans and lists of them as JSON does.
    entries = "".join(f"{key} = {json.dumps(value)}\n" for key, value in table.items())
    return f"{heading}\n{entries}"


class Unit:
    """A running unit. Its recorder keeps every picture in a file."""

    def __init__(
        self,
        site: Site,
        folder: Path,
        *,
        towers: Sequence[Table] = (),
        at_terminal: bool = False,
        log_file: Path | None = None,
        environment: Mapping[str, str] | None = None,
        program: Sequence[str] | None = None,
    ) -> None:
        """Write its configuration. `program` is what is run in place of the installed command."""
        self._argv = (str(COMMAND),) if program is None else program
        self.folder = folder
        self.record_file = folder / "pictures.jsonl"
        self._configuration = folder / "call-light.toml"
        self._at_terminal = at_terminal
        self._log_file = log_file
        self._environment = environment
        self._program: Program | None = None
        unit = {
            "name": site.name,
            "state_directory": str(folder / STATE),
            "runtime_directory": str(folder / "run"),
        }
        recorder: Table = {"driver": "recorder", "file": str(self.record_file)}
        tables = {
            "pbx": site.pbxes,
            "extension": site.extensions,
            "line": site.lines,
            "tower": [*towers, recorder],
        }
        (folder / STATE).mkdir(mode=0o700)
        self._configuration.touch(mode=0o600)
        self._configuration.write_text(toml({"unit": unit, **site.others}, tables))

    @property
    def program(self) -> Program:
        if self._program is None:
            raise PeerError("the unit is not running")
        return self._program

    def start(self) -> None:
        """Start it; it is not registered yet."""
        argv = [*self._argv, "run", str(self._configuration)]
        # What `call-light enrol` wrote beside the configuration; systemd hands it to the real service.
        credentials = self.folder / "credentials"
        given = {"CREDENTIALS_DIRECTORY": str(credentials)} if credentials.is_dir() else {}
        self._program = Program(
            "unit",
            argv,
            self.folder,
            at_terminal=self._at_terminal,
            log_file=self._log_file,
            environment={**given, **(self._environment or {})},
        )

    def status(self) -> StatusReport:
        """What `call-light status` says.

        Raises:
            CallLightError: it does not answer.
        """
        return fetch(self.folder / "run" / SOCKET_NAME)

    def until_status(
        self, condition: Callable[[StatusReport], bool], what: str, within_s: float = PATIENT_S
    ) -> StatusReport:
        """Wait until the unit's status is so; return the one that was. The next one may be otherwise."""
        found: list[StatusReport] = []

        def met() -> bool:
            with contextlib.suppress(CallLightError):
                report = self.status()
                if condition(report):
                    found.append(report)
            return bool(found)

        self.program.until(met, within_s, what)
        return found[0]

    def until_registered(self, within_s: float = REGISTERED_S_MAX) -> None:
        """Wait until every extension is registered."""
        self.until_status(
            lambda report: all(one.held for one in report.registrations),
            "every extension is registered",
            within_s,
        )

    def engine_pid(self) -> int:
        """The process in which pjsua2 runs: the unit's only child."""
        engines = children(self.program.pid)
        if len(engines) != 1:
            raise PeerError(f"the unit has {len(engines)} children")
        return engines[0]

    def end(self, how: signal.Signals = signal.SIGTERM, within_s: float = PATIENT_S) -> float:
        """End it by a signal; how many seconds it took."""
        asked = time.monotonic()
        self.program.signal(how)
        status = self.program.wait(within_s)
        took_s = time.monotonic() - asked
        if status != 0:
            raise PeerError(f"the unit ended with {status}\n{self.program.log()}")
        self._program = None
        return took_s

    def stop(self) -> None:
        """End it, if it runs."""
        if self._program is not None:
            self._program.end()
            self._program = None


def knows(other: str, report: StatusReport) -> bool:
    """Whether a unit's broker answers, and this other unit is there."""
    if report.bus is None or report.bus.lost is not None:
        return False
    return [(one.unit, one.online) for one in report.bus.neighbours] == [(other, True)]


@contextlib.contextmanager
def new_unit(site: Site, **around: Unpack[Around]) -> Iterator[Unit]:
    """A unit that has not been started yet; ended and its folder gone afterwards."""
    with private_folder("unit") as folder:
        unit = Unit(site, folder, **around)
        try:
            yield unit
        finally:
            unit.stop()


@contextlib.contextmanager
def running_unit(site: Site, **around: Unpack[Around]) -> Iterator[Unit]:
    """A unit that has been started; ended and its folder gone afterwards."""
    with new_unit(site, **around) as unit:
        unit.start()
        yield unit
