"""Serial ports, on pseudo-terminals: whose they are, and what becomes of a cable that hangs or is out."""

import grp
import os
import select
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
import serial
import serial.tools.list_ports

from appliance.clock import RealClock
from appliance.core.words import DurationMs
from appliance.tower.serial_port import READ_BYTES_MAX, PortTrouble, SerialPort, UsbPort, usb_ports
from tests.peers.far_end import FarEnd
from tests.peers.program import PATIENT_S


@pytest.fixture
def cable() -> Iterator[FarEnd]:
    cable = FarEnd()
    yield cable
    cable.pull_out()


@pytest.fixture
def port(cable: FarEnd) -> Iterator[SerialPort]:
    port = SerialPort(cable.name, 38_400)
    yield port
    port.close()


def test_bytes_go_both_ways_as_they_are_and_nothing_waits(cable: FarEnd, port: SerialPort) -> None:
    every = bytes(range(256))
    assert port.read() == b""
    cable.write(every)
    assert select.select([port], [], [], PATIENT_S)[0] == [port]
    assert port.read() == every
    port.write(every)
    heard = b""
    while len(heard) < len(every):
        heard += cable.read()[1]
    assert heard == every


def test_a_read_takes_no_more_than_its_limit_and_the_rest_stays(cable: FarEnd, port: SerialPort) -> None:
    cable.write(b"x" * 10_000)
    first = port.read()
    assert 0 < len(first) <= READ_BYTES_MAX
    assert select.select([port], [], [], PATIENT_S)[0] == [port]
    assert port.read()


def test_what_came_before_the_port_was_opened_is_forgotten(cable: FarEnd) -> None:
    SerialPort(cable.name, 38_400).close()
    cable.write(b"old")
    port = SerialPort(cable.name, 38_400)
    assert port.read() == b""
    port.close()


def test_a_port_has_one_user(cable: FarEnd, port: SerialPort) -> None:
    with pytest.raises(PortTrouble) as refused:
        SerialPort(cable.name, 38_400)
    assert str(refused.value) == f"{cable.name} is used by another program (`fuser -v {cable.name}` names it)"
    port.close()
    SerialPort(cable.name, 38_400).close()


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("/dev/there-is-no-such-port", "is not there: is the tower plugged in?"),
        ("/dev/null", "is no serial port"),
        ("/dev", "cannot be opened: Is a directory"),
    ],
)
def test_what_cannot_be_opened_says_why(name: str, why: str) -> None:
    with pytest.raises(PortTrouble) as refused:
        SerialPort(name, 38_400)
    assert str(refused.value) == f"{name} {why}"


@pytest.mark.parametrize(
    ("mode", "why"),
    [
        (0o660, 'it is for the group "{group}"; add the user: `sudo adduser USER {group}`'),
        (0o600, "its owner alone may; a udev rule gives it to a group"),
    ],
)
def test_a_port_that_we_may_not_open_names_the_group_that_may(cable: FarEnd, mode: int, why: str) -> None:
    near = Path(cable.name)
    if os.getuid() == 0:
        near.chmod(mode)
        os.chown(near, 0, grp.getgrnam("dialout").gr_gid)
    else:
        # Our own file: what its mode says of the owner is what counts.
        near.chmod(mode & 0o077)
    program = (
        "import os, sys\n"
        "from appliance.tower.serial_port import PortTrouble, SerialPort\n"
        "if os.getuid() == 0:\n"
        "    os.setgroups([]); os.setgid(65534); os.setuid(65534)\n"
        "try:\n"
        "    SerialPort(sys.argv[1], 38400)\n"
        "except PortTrouble as refused:\n"
        "    print(refused)\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program, cable.name], capture_output=True, text=True, check=True, timeout=60
    )
    group = near.group()
    assert ran.stdout == f"{cable.name} may not be opened: {why.format(group=group)}\n"


def test_a_cable_that_is_pulled_out_is_told_by_reading_and_by_writing(
    cable: FarEnd, port: SerialPort
) -> None:
    cable.pull_out()
    for use in (port.read, lambda: port.write(b"x")):
        with pytest.raises(PortTrouble) as gone:
            use()
        assert str(gone.value) == f"{cable.name} is gone: the cable is out"
    port.close()


def test_a_cable_that_hangs_is_told_and_neither_writing_nor_closing_waits_for_it(
    cable: FarEnd, port: SerialPort
) -> None:
    clock = RealClock()
    begun_ms = clock.now_ms()

    def write_much() -> None:
        for _ in range(10_000):
            port.write(b"x" * 60)

    with pytest.raises(PortTrouble) as hangs:
        write_much()
    assert str(hangs.value) == f"{cable.name} takes no more bytes: the cable or the board hangs"
    port.close()
    assert clock.now_ms() - begun_ms < 10_000


def test_closing_waits_until_all_has_left(port: SerialPort, monkeypatch: pytest.MonkeyPatch) -> None:
    waiting = [30, 12, 0, 99]
    flushed = []
    monkeypatch.setattr(serial.Serial, "out_waiting", property(lambda _self: waiting.pop(0)))
    monkeypatch.setattr(serial.Serial, "reset_output_buffer", lambda _self: flushed.append(True))
    port.close(DurationMs(5_000))
    assert (waiting, flushed) == ([99], [])


def test_closing_gives_up_on_a_cable_that_hangs(port: SerialPort, monkeypatch: pytest.MonkeyPatch) -> None:
    flushed = []
    monkeypatch.setattr(serial.Serial, "out_waiting", property(lambda _self: 99))
    monkeypatch.setattr(serial.Serial, "reset_output_buffer", lambda _self: flushed.append(True))
    began_ms = RealClock().now_ms()
    port.close(DurationMs(50))
    assert 50 <= RealClock().now_ms() - began_ms < 10_000
    assert flushed == [True]


def test_ports_on_usb_are_listed_by_name_and_no_others(monkeypatch: pytest.MonkeyPatch) -> None:
    plugged_in = [
        SimpleNamespace(device="/dev/ttyUSB1", vid=0x1A86, pid=0x7523, product="USB Serial"),
        SimpleNamespace(device="/dev/ttyS0", vid=None, pid=None, product=None),
        SimpleNamespace(device="/dev/ttyACM0", vid=0x2341, pid=0x0043, product=None),
    ]
    monkeypatch.setattr(serial.tools.list_ports, "comports", lambda: plugged_in)
    assert usb_ports() == (
        UsbPort("/dev/ttyACM0", "2341:0043", ""),
        UsbPort("/dev/ttyUSB1", "1a86:7523", "USB Serial"),
    )
