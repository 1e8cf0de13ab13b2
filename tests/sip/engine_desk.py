"""The real engine on loopback, with a raw phone system before it and a list of events behind it."""

import contextlib
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

from appliance.core.events import Event, RegistrationChanged, RingsListed
from appliance.core.words import ExtensionId, InstantMs
from appliance.sip.link import PROGRAM, EngineLink
from appliance.sip.settings import EngineSettings, ExtensionAccount, PbxSettings, Transport
from tests.peers.program import PATIENT_S, until
from tests.peers.raw import Behaviour, RawPbx, accepts_for

Kind = TypeVar("Kind")

MAIN = ExtensionId("ext-main")
PASSWORD = "melon-secret"


class EngineDesk:
    """A link with its engine, and all that it posted."""

    def __init__(self, settings: EngineSettings, folder: Path, program: Sequence[str] = PROGRAM) -> None:
        self.posted: list[tuple[Event, InstantMs]] = []
        self.link = EngineLink(
            settings,
            lambda event, at_ms: self.posted.append((event, at_ms)),
            state_directory=folder,
            program=program,
        )

    @property
    def events(self) -> list[Event]:
        """Every event so far but the lists."""
        return [event for event, _ in self.posted if not isinstance(event, RingsListed)]

    def all(self, kind: type[Kind]) -> list[Kind]:
        """Every event of a kind so far."""
        return [event for event, _ in self.posted if isinstance(event, kind)]

    def wait(self, kind: type[Kind], count: int = 1, within_s: float = PATIENT_S) -> Kind:
        """Wait for so many events of a kind; return the last of them."""
        until(lambda: len(self.all(kind)) >= count, within_s, f"{count} {kind.__name__}, not {self.events}")
        return self.all(kind)[count - 1]

    def instant(self, wanted: object) -> InstantMs:
        """When this very event was posted."""
        return next(at_ms for event, at_ms in self.posted if event is wanted)

    def lists(self, count: int, within_s: float = PATIENT_S) -> RingsListed:
        """Wait for a list with so many rings."""
        return self.wait_for(
            lambda: next((one for one in reversed(self.all(RingsListed)) if len(one.rings) == count), None),
            within_s,
            f"a list of {count} rings",
        )

    def wait_for(self, find: Callable[[], Kind | None], within_s: float, what: str) -> Kind:
        """Wait until something is found; return it."""
        found: list[Kind] = []

        def look() -> bool:
            one = find()
            if one is not None:
                found.append(one)
            return bool(found)

        until(look, within_s, f"{what}, not {self.events}")
        return found[0]

    def registered(self, count: int = 1, within_s: float = PATIENT_S) -> RegistrationChanged:
        """Wait until the last word about so many extensions is that they are held; return the last."""

        def held() -> RegistrationChanged | None:
            last = {change.extension: change for change in self.all(RegistrationChanged)}
            changes = [change for change in last.values() if change.held]
            return changes[-1] if len(changes) >= count else None

        return self.wait_for(held, within_s, f"{count} held registrations")

    @property
    def pid(self) -> int:
        """The engine that runs now."""
        return self.wait_for(lambda: self.link.engine_pid, PATIENT_S, "a running engine")


def settings_for(*pbxs: RawPbx, **of_pbx: object) -> EngineSettings:
    """One extension at a phone system whose registrars these are."""
    registrars = tuple(f"sip:{pbx.address}" for pbx in pbxs)
    office = PbxSettings("office", registrars, Transport.UDP, **of_pbx)  # type: ignore[arg-type]
    return EngineSettings((office,), (ExtensionAccount(MAIN, "office", "601", PASSWORD),))


@contextlib.contextmanager
def running(settings: EngineSettings, folder: Path, program: Sequence[str] = PROGRAM) -> Iterator[EngineDesk]:
    """A started link, stopped afterwards."""
    desk = EngineDesk(settings, folder, program)
    desk.link.start()
    try:
        yield desk
    finally:
        desk.link.stop()


@contextlib.contextmanager
def raw_pbx(behaviour: Behaviour | None = None) -> Iterator[RawPbx]:
    """A phone system that accepts every registration, or behaves otherwise."""
    pbx = RawPbx(behaviour or accepts_for(120))
    try:
        yield pbx
    finally:
        pbx.close()


def engine_with(statements: str) -> tuple[str, ...]:
    """The engine's program with something changed in it first."""
    return ("-c", f"import sys\n{statements}\nfrom appliance.sip.engine import main\nsys.exit(main())")


def now_ms() -> float:
    """The monotonic instant."""
    return time.monotonic() * 1000
