"""A Raspberry Pi's Debian, from nothing to a caller's light; what that shows, and what not: `emulated`."""

import subprocess

import pytest

from tests.peers.callers import Caller
from tests.peers.program import PATIENT_S, until
from tests.service.booted import release_root
from tests.service.desk import MAIN, service_desk
from tests.service.emulated import ARM64, emulation
from tests.service.serial_port import SerialPort

ALL_IS_WELL = b"\x21\x22\x14\x28"
"""The bought tower's red and yellow lamps dark, its green one (alive) lit, no buzzer."""


@pytest.mark.soak
def test_a_pi_is_installed_registers_and_lights_its_tower_for_a_caller() -> None:
    with service_desk("bookworm", architecture=ARM64) as desk:
        assert desk.machine.run("uname", "--machine") == "aarch64\n"
        assert desk.machine.run("call-light", "--version") == "call-light 0.1.0\n"
        with SerialPort(desk.machine) as port, desk.tower({"driver": "adafruit-usb", "port": port.name}):
            until(lambda: port.heard().endswith(ALL_IS_WELL), 60, "the tower says that all is well")
            before = desk.machine.show("MainPID", "NRestarts")
            caller = desk.callers.place(Caller(MAIN, "0301777", gives_up_after_ms=120_000))
            desk.until_status(lambda report: len(report.calls) == 1, 60, "the caller is on the board")
            until(lambda: b"\x11" in port.heard() or b"\x12" in port.heard(), PATIENT_S, "a lamp is lit")
            caller.hang_up()
            desk.until_status(lambda report: not report.calls, 60, "the caller is gone")
            until(lambda: port.heard().endswith(ALL_IS_WELL), PATIENT_S, "the tower is dark again")
            assert desk.machine.show("MainPID", "NRestarts") == before
        desk.machine.until_in_journal("event=call-ended")


@pytest.mark.soak
def test_the_kernel_knows_the_emulator_no_longer_than_it_is_needed() -> None:
    root = release_root("bookworm", architecture=ARM64)

    def runs() -> bool:
        return subprocess.run(["chroot", root, "true"], check=False, capture_output=True).returncode == 0

    before = runs()
    with emulation():
        assert runs()
    assert runs() == before
