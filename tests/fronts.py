"""A unit that runs on a thread of the test, with a real engine and a phone system that is not there."""

import contextlib
import os
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from queue import Queue

import pytest

from appliance.clock import RealClock
from appliance.config.configuration import Configuration, TowerSettings
from appliance.core.effects import Sound
from appliance.core.picture import Overlay, Picture
from appliance.core.settings import BoardSettings
from appliance.core.words import ExtensionId
from appliance.errors import UnitUnavailable
from appliance.log import Log
from appliance.service import Service
from appliance.sip.hearing import Hearing
from appliance.sip.settings import EngineSettings, ExtensionAccount, PbxSettings, Transport
from appliance.status.client import fetch
from appliance.status.report import StatusReport
from appliance.status.server import SOCKET_NAME
from appliance.tower.record import from_line
from appliance.unit import Unit
from tests.core.desk import AWAY_MS, extension, line
from tests.core.pickups import BY_PHONE
from tests.peers.leftovers import children
from tests.peers.program import PATIENT_S, until
from tests.peers.systemd import Systemd

SECRET = "melon-secret"
WATCHDOG_S = 0.4


@dataclass
class Front:
    """A unit that runs on a thread of its own, and what came out of it."""

    unit: Unit
    folder: Path
    ended_by: "Queue[str]"
    systemd: Systemd
    said: list[list[str]] = field(default_factory=list)
    """What systemd heard."""

    def said_count(self, first_line: str) -> int:
        self.said += self.systemd.heard()
        return sum(datagram[0] == first_line for datagram in self.said)

    def shown(self) -> list[Picture | Sound | str]:
        record = (self.folder / "pictures.jsonl").read_text(encoding="utf-8")
        # The last line may still be on its way.
        return [from_line(text).what for text in record.rpartition("\n")[0].splitlines()]

    def pictures(self) -> list[Picture]:
        return [what for what in self.shown() if isinstance(what, Picture)]

    def sentences(self) -> list[str]:
        return [what for what in self.shown() if isinstance(what, str) and not isinstance(what, Sound)]

    def overlays(self) -> list[Overlay]:
        return [picture.overlay for picture in self.pictures()]

    def status(self) -> StatusReport:
        """What it answers, as soon as it does: one that is held up for a second says nothing."""
        reports: list[StatusReport] = []

        def answers() -> bool:
            with contextlib.suppress(UnitUnavailable):
                reports.append(fetch(self.folder / "run" / SOCKET_NAME))
            return bool(reports)

        until(answers, PATIENT_S, "the unit says how it stands")
        return reports[0]

    def logged(self) -> str:
        return (self.folder / "log").read_text(encoding="utf-8")


def engine_pids() -> list[int]:
    """The engines that run as our children; the units of these tests run on a thread of ours."""
    found = []
    for pid in children(os.getpid()):
        # It may end between the listing and the reading.
        with contextlib.suppress(OSError):
            if b"appliance.sip.engine" in Path(f"/proc/{pid}/cmdline").read_bytes():
                found.append(pid)
    return found


def let_the_engine_be_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no word of the real engine reach the board: it knows nothing of the callers that a test posts, and
    would say so when it has started, in each beat, and when it is told to take them."""
    monkeypatch.setattr(Hearing, "take", lambda *_: [])


def configuration_of(tmp_path: Path) -> Configuration:
    """One line, one extension at a phone system that is not there, and a desk phone."""
    return Configuration(
        name="front",
        state_directory=tmp_path / "state",
        runtime_directory=tmp_path / "run",
        board=BoardSettings((line("main"),), (extension("601", "main"),), AWAY_MS, pickup=BY_PHONE),
        engine=EngineSettings(
            (PbxSettings("office", ("sip:127.0.0.1:9",), Transport.UDP),),
            (ExtensionAccount(ExtensionId("601"), "office", "601", SECRET),),
        ),
        towers=(TowerSettings("recorder", file=str(tmp_path / "pictures.jsonl")),),
    )


@contextlib.contextmanager
def running(tmp_path: Path, *, handset_key: str = "") -> Iterator[Front]:
    """Such a unit, until the end of the block."""
    configuration = replace(configuration_of(tmp_path), handset_key=handset_key)
    (tmp_path / "pictures.jsonl").touch()
    stream = os.open(tmp_path / "log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    log = Log(stream)
    systemd = Systemd(str(tmp_path / "notify"))
    service = Service(systemd.environment(WATCHDOG_S))
    unit = Unit(configuration, RealClock(), log, service)
    ended_by: Queue[str] = Queue()
    thread = threading.Thread(target=lambda: ended_by.put(unit.run()))
    thread.start()
    try:
        yield Front(unit, tmp_path, ended_by, systemd)
    finally:
        unit.inbox.stop("SIGTERM")
        thread.join(PATIENT_S)
        service.close()
        systemd.close()
        log.close()
        os.close(stream)
        assert not thread.is_alive()
