"""The link: one engine after the other, and what becomes of registrations."""

import contextlib
import os
import signal
import socket
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from appliance.core.events import (
    EngineLost,
    EngineStarted,
    Event,
    FaultRaised,
    RegistrationChanged,
    RingsListed,
    RingStarted,
)
from appliance.core.words import DurationMs
from appliance.sip.marks import FILE_NAME
from appliance.sip.watch import SILENCE_MS, START_MS
from tests.peers.program import PATIENT_S, until
from tests.peers.raw import (
    RawPbx,
    header,
    says_nothing,
)
from tests.sip.engine_desk import (
    MAIN,
    PASSWORD,
    engine_with,
    now_ms,
    raw_pbx,
    running,
    settings_for,
)


@pytest.fixture
def pbx() -> Iterator[RawPbx]:
    with raw_pbx() as one:
        yield one


def exists(pid: int) -> bool:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, 0)
        return True
    return False


def test_an_engine_starts_registers_and_beats(pbx: RawPbx, tmp_path: Path) -> None:
    with running(settings_for(pbx), tmp_path) as desk:
        desk.registered()
        desk.wait(RingsListed, 3)
        held = RegistrationChanged(MAIN, True, 200, "", DurationMs(120_000))
        assert desk.events == [EngineStarted(), held]


def test_a_killed_engine_is_told_at_once_and_the_next_one_registers_with_the_same_contact(
    pbx: RawPbx, tmp_path: Path
) -> None:
    with running(settings_for(pbx), tmp_path) as desk:
        desk.registered()
        pbx.send(pbx.invite("first"))
        assert desk.wait(RingStarted).offer.ring == "1-1"
        killed_ms = now_ms()
        os.kill(desk.pid, signal.SIGKILL)
        lost = desk.wait(EngineLost)
        assert lost.why == "it was killed by SIGKILL"
        # At once, not by its silence; and the next one is there long before its start would count as hung.
        assert desk.instant(lost) - killed_ms < SILENCE_MS
        desk.wait(EngineStarted, 2)
        desk.wait(RegistrationChanged, 2)
        assert now_ms() - killed_ms < START_MS
        contacts = {header(register, "Contact") for register in pbx.registers()}
        assert len(contacts) == 1
        pbx.send(pbx.invite("second"))
        assert desk.wait(RingStarted, 2).offer.ring == "2-1"


def test_a_stopped_engine_counts_as_lost_and_is_killed(pbx: RawPbx, tmp_path: Path) -> None:
    with running(settings_for(pbx), tmp_path) as desk:
        desk.registered()
        first = desk.pid
        os.kill(first, signal.SIGSTOP)
        assert desk.wait(EngineLost).why == "it fell silent"
        desk.wait(EngineStarted, 2)
        assert not exists(first)


def test_an_engine_that_cannot_start_says_why_and_is_tried_again_later_and_later(tmp_path: Path) -> None:
    with raw_pbx() as pbx:
        broken = engine_with("raise ImportError('no library')")
        with running(settings_for(pbx), tmp_path, broken) as desk:
            desk.wait(EngineLost, 3)
            whys = {event.why for event in desk.all(EngineLost)}
            assert whys == {"it ended with status 1: ImportError: no library"}


def test_a_failure_while_the_engine_starts_is_told(pbx: RawPbx, tmp_path: Path) -> None:
    broken = engine_with(
        "import appliance.sip.stack as s\ndef open_(self, *_): raise OSError('0301777')\ns.Stack.open = open_"
    )
    with running(settings_for(pbx), tmp_path, broken) as desk:
        assert desk.wait(FaultRaised).why.startswith("the engine failed: OSError (")
        assert desk.wait(EngineLost).why == "it ended with status 1"
        assert "0301777" not in str(desk.events)


def test_stopping_ends_every_ring_with_480_and_takes_the_registration_back(
    pbx: RawPbx, tmp_path: Path
) -> None:
    with running(settings_for(pbx), tmp_path) as desk:
        desk.registered()
        pid = desk.pid
        pbx.send(pbx.invite("first"))
        desk.wait(RingStarted)
        desk.link.stop(PATIENT_S)
        pbx.hears("SIP/2.0 480", "first")
        assert header(pbx.registers()[-1], "Expires") == "0"
        assert not exists(pid)
        assert "engine-link" not in {thread.name for thread in threading.enumerate()}


def test_stopping_waits_for_no_registrar_that_died(pbx: RawPbx, tmp_path: Path) -> None:
    with running(settings_for(pbx), tmp_path) as desk:
        desk.registered()
        pid = desk.pid
        pbx.behaviour = says_nothing
        began_ms = now_ms()
        desk.link.stop()
        # It has 1.5 s, and a machine that stalls some more; the library would ask for 32.
        assert now_ms() - began_ms < 5_000
        assert not exists(pid)


def test_stopping_before_the_engine_is_up_leaves_nothing(pbx: RawPbx, tmp_path: Path) -> None:
    with running(settings_for(pbx), tmp_path) as desk:
        pid = desk.pid
        desk.link.stop()
        assert not exists(pid)
        desk.link.stop()


def test_an_engine_that_does_not_stop_is_killed_at_the_deadline(pbx: RawPbx, tmp_path: Path) -> None:
    stubborn = engine_with(
        "import appliance.sip.engine as e, time; e.Engine._stop = lambda *_: time.sleep(60)"
    )
    with running(settings_for(pbx), tmp_path, stubborn) as desk:
        desk.registered()
        pid = desk.pid
        desk.link.stop(deadline_s=0.3)
        assert not exists(pid)


UNIT = """
import sys, time
from pathlib import Path
from tests.sip.engine_desk import EngineDesk, settings_for
from appliance.sip.settings import *
from appliance.core.words import ExtensionId
office = PbxSettings("office", (sys.argv[1],), Transport.UDP)
settings = EngineSettings((office,), (ExtensionAccount(ExtensionId("ext-main"), "office", "601", "x"),))
desk = EngineDesk(settings, Path(sys.argv[2]))
desk.link.start()
desk.registered()
print(desk.pid, flush=True)
time.sleep(60)
"""


@pytest.mark.parametrize("stopped", [False, True])
def test_a_unit_that_is_killed_leaves_no_engine_no_ring_and_no_registration(
    pbx: RawPbx, tmp_path: Path, stopped: bool
) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", UNIT, f"sip:{pbx.address}", str(tmp_path)], stdout=subprocess.PIPE
    ) as unit:
        try:
            assert unit.stdout is not None
            engine = int(unit.stdout.readline())
            pbx.send(pbx.invite("first"))
            pbx.hears("SIP/2.0 180", "first")
            if stopped:
                os.kill(engine, signal.SIGSTOP)
        finally:
            unit.kill()
        pbx.hears("SIP/2.0 480", "first")
        until(
            lambda: header(pbx.registers()[-1], "Expires") == "0", PATIENT_S, "the registration is taken back"
        )
        until(lambda: not exists(engine), PATIENT_S, "the engine ends")


def test_secrets_and_numbers_are_in_no_argument_environment_or_output(
    pbx: RawPbx, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CALL_LIGHT_EXTENSION_0_PASSWORD", PASSWORD)
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", "/run/credentials/of-the-unit")
    with running(settings_for(pbx), tmp_path) as desk:
        desk.registered()
        pbx.send(pbx.invite("first", b"<sip:0301777@127.0.0.1>"))
        desk.wait(RingStarted)
        mark = pbx.contact().partition(";k=")[2]
        proc = Path(f"/proc/{desk.pid}")
        seen = (proc / "cmdline").read_text() + (proc / "environ").read_text()
        descriptors = {str((proc / "fd" / number).readlink()) for number in ("0", "1", "2")}
        assert descriptors == {os.devnull}
    seen += "".join(capfd.readouterr()) + repr(desk.posted) + repr(settings_for(pbx))
    assert len(mark) == 32
    for secret in (PASSWORD, mark, "0301777", "of-the-unit"):
        assert secret not in seen
    assert stat.S_IMODE((tmp_path / FILE_NAME).stat().st_mode) == 0o600


def test_a_damaged_file_of_marks_is_a_fault_that_a_person_sees(pbx: RawPbx, tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_text("{")
    with running(settings_for(pbx), tmp_path) as desk:
        desk.registered()
        assert [(one.fault, "made anew" in one.why) for one in desk.all(FaultRaised)][:1] == [
            ("contacts", True)
        ]


def test_the_last_port_is_taken_again_and_another_one_where_it_is_gone(pbx: RawPbx, tmp_path: Path) -> None:
    with running(settings_for(pbx), tmp_path) as desk:
        desk.registered()
        first = pbx.unit_port
    with running(settings_for(pbx), tmp_path) as desk:
        desk.registered()
        assert pbx.unit_port == first
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("0.0.0.0", first))
        with running(settings_for(pbx), tmp_path) as desk:
            desk.registered()
            assert pbx.unit_port != first


def test_events_are_posted_in_the_order_of_their_instants(pbx: RawPbx, tmp_path: Path) -> None:
    with running(settings_for(pbx), tmp_path) as desk:
        desk.registered()
        for number in range(20):
            pbx.send(pbx.invite(f"c{number}"))
            pbx.send(pbx.cancel(f"c{number}"))
        desk.wait(RingStarted, 20)
        desk.wait(RingsListed, 2)
        instants = [at_ms for _, at_ms in desk.posted]
        assert instants == sorted(instants)
        events: list[Event] = desk.events
        assert isinstance(events[0], EngineStarted)
