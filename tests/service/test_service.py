"""The installed service at work: hardened and still able to do all that a unit does, watched, restarted."""

import re
import time
from collections.abc import Iterator

import pytest

from tests.peers.callers import Caller
from tests.peers.program import PATIENT_S, until
from tests.service.booted import RELEASES
from tests.service.desk import CONFIGURATION, MAIN, PASSWORD, ServiceDesk, service_desk
from tests.service.serial_port import SerialPort

EXPOSURE_MAX = 2.0
"""Of 10, by systemd-analyze's own scale ("OK")."""


@pytest.fixture(scope="module", params=RELEASES)
def desk(request: pytest.FixtureRequest) -> Iterator[ServiceDesk]:
    with service_desk(request.param) as opened:
        yield opened


def test_the_unit_file_is_what_this_systemd_expects(desk: ServiceDesk) -> None:
    verified = desk.machine.try_run("systemd-analyze", "verify", "call-light.service")
    assert (verified.returncode, verified.stdout, verified.stderr) == (0, "", "")
    assert "ignoring" not in desk.machine.journal()


def test_the_exposure_is_small(desk: ServiceDesk) -> None:
    said = desk.machine.run("systemd-analyze", "security", "call-light.service", "--no-pager")
    found = re.search(r"Overall exposure level for call-light.service: ([\d.]+)", said)
    assert found
    assert float(found[1]) <= EXPOSURE_MAX


def test_it_runs_as_a_user_of_its_own_that_may_open_ports_pins_and_sound_and_nothing_else(
    desk: ServiceDesk,
) -> None:
    pid = desk.machine.show("MainPID")["MainPID"]
    names = {
        kind: desk.machine.run("sh", "-c", f"getent {kind} call-light | cut -d: -f3").strip()
        for kind in ("passwd", "group")
    }
    groups = desk.machine.run("sh", "-c", "getent group dialout audio gpio call-light | cut -d: -f3").split()
    for process in (pid, str(desk.engine_pid())):
        found = desk.machine.run("cat", f"/proc/{process}/status")
        status = dict(line.split(":\t", 1) for line in found.splitlines())
        assert status["Uid"].split() == [names["passwd"]] * 4
        assert status["Gid"].split() == [names["group"]] * 4
        assert sorted(status["Groups"].split(), key=int) == sorted(groups, key=int)
        assert {status[name] for name in ("CapPrm", "CapEff", "CapBnd", "CapAmb")} == {"0" * 16}
        assert (status["NoNewPrivs"], status["Seccomp"]) == ("1", "2")


def test_a_caller_lights_the_line_and_the_password_came_from_the_credential(desk: ServiceDesk) -> None:
    caller = desk.callers.place(Caller(MAIN, "0301777", gives_up_after_ms=60_000))
    desk.until_status(lambda report: len(report.calls) == 1, PATIENT_S, "the caller is on the board")
    assert desk.status().lines[0].showing == "waiting"
    caller.hang_up()
    desk.until_status(lambda report: not report.calls, PATIENT_S, "the caller is gone")
    desk.machine.until_in_journal("event=call-ended")
    journal = desk.machine.journal()
    for secret in (PASSWORD, "0301777"):
        assert secret not in journal
    said = desk.machine.run("systemctl", "status", "call-light", "--no-pager") + desk.machine.run(
        "sh", "-c", "cat /proc/$(systemctl show --value --property=MainPID call-light)/environ"
    )
    assert PASSWORD not in said


def test_systemd_says_how_the_unit_stands(desk: ServiceDesk) -> None:
    until(
        lambda: desk.machine.show("StatusText")["StatusText"].startswith("1 of 1 extensions registered"),
        PATIENT_S,
        "systemd has heard of the registration",
    )
    shown = desk.machine.show(
        "ActiveState", "StatusText", "Type", "NotifyAccess", "WatchdogUSec", "Restart", "User", "KillMode"
    )
    assert shown == {
        "ActiveState": "active",
        "StatusText": "1 of 1 extensions registered, 1 of 1 towers work, faults: 0",
        "Type": "notify",
        "NotifyAccess": "main",
        "WatchdogUSec": "10s",
        "Restart": "always",
        "User": "call-light",
        "KillMode": "mixed",
    }


def test_what_keeps_failing_is_started_less_and_less_often_where_systemd_can(desk: ServiceDesk) -> None:
    can = int(desk.machine.run("systemctl", "--version").split()[1]) >= 254
    assert desk.machine.show("RestartUSec", "StartLimitIntervalUSec") == {
        "RestartUSec": "2s",
        "StartLimitIntervalUSec": "0",
    }
    slower = desk.machine.show("RestartSteps", "RestartMaxDelayUSec", "DropInPaths")
    backoff = "/usr/local/lib/systemd/system/call-light.service.d/backoff.conf"
    assert slower == (
        {"RestartSteps": "6", "RestartMaxDelayUSec": "1min", "DropInPaths": backoff}
        if can
        else {"DropInPaths": ""}
    )


def test_members_of_its_group_may_ask_and_others_may_not(desk: ServiceDesk) -> None:
    desk.machine.run("useradd", "--groups=call-light", "it")
    desk.machine.run("useradd", "visitor")
    assert desk.machine.run("runuser", "-u", "it", "call-light", "status").startswith("front: call-light")
    asked = desk.machine.try_run("runuser", "-u", "visitor", "call-light", "status")
    assert (asked.returncode, asked.stdout) == (77, "")


def test_a_tower_on_a_serial_port_is_lit(desk: ServiceDesk) -> None:
    """The port is root's and dialout's, as udev makes them."""
    with SerialPort(desk.machine) as port, desk.tower({"driver": "adafruit-usb", "port": port.name}):
        # Red and yellow dark, green (alive) lit, no buzzer: nobody waits.
        until(
            lambda: port.heard().endswith(b"\x21\x22\x14\x28"), PATIENT_S, "the tower says that all is well"
        )
        caller = desk.callers.place(Caller(MAIN, "0301777", gives_up_after_ms=60_000))
        until(lambda: b"\x11" in port.heard() or b"\x12" in port.heard(), PATIENT_S, "a lamp is lit")
        caller.hang_up()


def test_pins_that_fail_are_no_restart_and_lgpio_has_its_pipe_in_the_runtime_directory(
    desk: ServiceDesk,
) -> None:
    # It may be opened as a GPIO chip by who is in the group, and is none.
    desk.machine.run("mknod", "--mode=660", "/dev/gpiochip0", "c", "1", "3")
    desk.machine.run("chown", "root:gpio", "/dev/gpiochip0")
    with desk.tower({"driver": "gpio"}, "\n[gpio]\nline_lamps = [[17]]\n"):
        before = desk.machine.show("MainPID")
        desk.until_status(
            lambda report: report.towers[0].fault is not None, PATIENT_S, "the pins are a fault"
        )
        assert "may not" not in str(desk.status().towers[0].fault)
        assert desk.machine.run("find", "/run/call-light", "-name", ".lgd-nfy*") != ""
        desk.until_registered()
        assert desk.machine.show("MainPID") == before
    desk.machine.run("rm", "/dev/gpiochip0")


def test_a_lost_engine_is_no_restart(desk: ServiceDesk) -> None:
    before = desk.machine.show("MainPID", "NRestarts")
    killed = desk.engine_pid()
    desk.machine.run("sh", "-c", f"kill -KILL {killed}")
    until(
        lambda: "it was killed by SIGKILL" in desk.machine.journal(), PATIENT_S, "the engine's death is told"
    )
    until(lambda: desk.engine_pid() != killed, PATIENT_S, "there is another engine")
    desk.until_registered()
    assert desk.machine.show("MainPID", "NRestarts") == before


def test_a_hung_unit_is_ended_by_the_watchdog_and_started_again(desk: ServiceDesk) -> None:
    before = desk.machine.show("MainPID", "NRestarts")
    engine = desk.engine_pid()
    hung_s = time.monotonic()
    desk.machine.run("sh", "-c", f"kill -STOP {before['MainPID']}")
    restarts = str(int(before["NRestarts"]) + 1)
    # Up to 10 s of WatchdogSec=, 2 s of RestartSec=, and the start: not sooner than a stalled card may take.
    desk.machine.until_shown(3 * PATIENT_S, NRestarts=restarts, ActiveState="active", SubState="running")
    assert time.monotonic() - hung_s > 5
    assert desk.machine.show("MainPID")["MainPID"] != before["MainPID"]
    desk.until_registered()
    assert desk.machine.try_run("test", "-d", f"/proc/{engine}").returncode == 1
    desk.machine.until_in_journal("Watchdog timeout")
    # The stack says where it hung, and no value of anything.
    desk.machine.until_in_journal("in _serve")


def test_it_stops_soon_even_if_the_registrar_is_dead(desk: ServiceDesk) -> None:
    desk.kamailio.kill()
    desk.machine.run("systemctl", "stop", "call-light")
    # Within 2 s, by systemd's own account; a machine that stalls adds to it, but less than the 32 s that a
    # registrar would be waited for.
    asked, ended = "ActiveExitTimestampMonotonic", "InactiveEnterTimestampMonotonic"
    at_us = {name: int(us) for name, us in desk.machine.show(asked, ended).items()}
    assert 0 < at_us[ended] - at_us[asked] < 5_000_000
    shown = desk.machine.show("Result", "ExecMainStatus", "ActiveState")
    assert shown == {"Result": "success", "ExecMainStatus": "0", "ActiveState": "inactive"}
    desk.kamailio.start()
    desk.machine.run("systemctl", "start", "call-light")
    desk.until_registered()


def test_a_refused_configuration_is_not_tried_again_and_again(desk: ServiceDesk) -> None:
    good = desk.machine.run("cat", CONFIGURATION)
    desk.machine.run("tee", CONFIGURATION, stdin="[unit]\nnam = 1\n")
    assert desk.machine.try_run("systemctl", "restart", "call-light").returncode != 0
    shown = desk.machine.show("ActiveState", "SubState", "ExecMainStatus")
    assert shown == {"ActiveState": "failed", "SubState": "failed", "ExecMainStatus": "78"}
    desk.machine.until_in_journal(f"{CONFIGURATION}:2: [unit] nam: is no setting")
    desk.machine.run("tee", CONFIGURATION, stdin=good)
    desk.machine.run("systemctl", "start", "call-light")
    desk.until_registered()
