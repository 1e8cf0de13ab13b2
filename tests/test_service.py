"""What systemd hears from a unit, datagram by datagram (sd_notify(3))."""

import os
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

from appliance.core.board import Board
from appliance.core.settings import BoardSettings
from appliance.core.words import InstantMs
from appliance.service import STANDING_MS, Service, standing
from tests.core.desk import AWAY_MS, extension, line
from tests.peers.systemd import Systemd


@pytest.fixture(params=["a path", "an abstract name"])
def systemd(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Systemd]:
    abstract = f"@call-light-test/{secrets.token_hex(8)}"
    listening = Systemd(str(tmp_path / "notify") if request.param == "a path" else abstract)
    yield listening
    listening.close()


def service_with(systemd: Systemd, **variables: str) -> Service:
    return Service({"NOTIFY_SOCKET": systemd.address, **variables})


def well() -> str:
    return "all is well"


def test_the_first_feed_is_ready_and_the_later_ones_come_in_a_quarter_of_the_time_allowed(
    systemd: Systemd,
) -> None:
    service = service_with(systemd, WATCHDOG_USEC="10000000", WATCHDOG_PID=str(os.getpid()))
    for now_ms in (0, 250, 2_499, 2_500, 4_999, 5_000):
        service.feed(InstantMs(now_ms), well)
    service.stopping()
    assert systemd.heard() == [
        ["READY=1", "WATCHDOG=1", "STATUS=all is well"],
        ["WATCHDOG=1", "STATUS=all is well"],
        ["WATCHDOG=1", "STATUS=all is well"],
        ["STOPPING=1"],
    ]
    service.close()


@pytest.mark.parametrize("variables", [{}, {"WATCHDOG_USEC": "1000000", "WATCHDOG_PID": "1"}])
def test_without_a_watchdog_of_its_own_the_unit_says_now_and_then_how_it_stands(
    systemd: Systemd, variables: dict[str, str]
) -> None:
    service = service_with(systemd, **variables)
    for now_ms in (0.0, STANDING_MS - 1, STANDING_MS):
        service.feed(InstantMs(now_ms), well)
    assert [datagram[-1] for datagram in systemd.heard()] == ["STATUS=all is well"] * 2
    service.close()


def test_ready_is_said_again_if_systemd_could_not_take_it(systemd: Systemd) -> None:
    service = service_with(systemd)
    systemd.close()
    service.feed(InstantMs(0), well)
    Path(systemd.address).unlink(missing_ok=True)
    again = Systemd(systemd.address)
    service.feed(InstantMs(STANDING_MS), well)
    assert [datagram[0] for datagram in again.heard()] == ["READY=1"]
    again.close()
    service.close()


def test_a_systemd_that_takes_nothing_does_not_hold_the_unit_up(systemd: Systemd) -> None:
    service = service_with(systemd, WATCHDOG_USEC="4000")
    # The kernel keeps max_dgram_qlen datagrams (10, or 512 on some systems) for a receiver that reads none.
    for now_ms in range(2_000):
        service.feed(InstantMs(now_ms), well)
    assert 1 < len(systemd.heard()) < 2_000
    service.close()


def test_no_process_of_the_unit_can_speak_for_it(systemd: Systemd) -> None:
    environment = {
        "NOTIFY_SOCKET": systemd.address,
        "WATCHDOG_USEC": "1",
        "WATCHDOG_PID": str(os.getpid()),
        "PATH": "/bin",
    }
    Service(environment).close()
    assert environment == {"PATH": "/bin"}


@pytest.mark.parametrize("address", ["", "vsock:2:1234", "relative"])
def test_without_a_socket_of_systemd_nothing_is_sent(address: str) -> None:
    def never() -> str:
        raise AssertionError("nobody hears it")

    service = Service({"NOTIFY_SOCKET": address} if address else {})
    service.feed(InstantMs(0), never)
    service.stopping()
    service.close()


def test_how_the_unit_stands_is_a_line_of_counts() -> None:
    extensions = (extension("601", "main"), extension("602", "main"))
    board = Board(BoardSettings((line("main"),), extensions, AWAY_MS))
    view = board.view(InstantMs(0))
    assert standing(view, 1, 2) == "0 of 2 extensions registered, 1 of 2 towers work, faults: 0"
