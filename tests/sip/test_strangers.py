"""INVITEs of those who are not our phone system, at the real engine."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from appliance.core.events import FaultRaised, RingStarted, SenderRefused
from tests.bench.processes import own_mb
from tests.peers.program import LOOPBACK, PATIENT_S, until
from tests.peers.raw import RawPbx
from tests.sip.engine_desk import EngineDesk, raw_pbx, running, settings_for


@pytest.fixture
def pbx() -> Iterator[RawPbx]:
    with raw_pbx() as one:
        yield one


@pytest.fixture
def desk(pbx: RawPbx, tmp_path: Path) -> Iterator[EngineDesk]:
    with running(settings_for(pbx), tmp_path) as one:
        one.registered()
        yield one


def stranger_says(
    pbx: RawPbx,
    uri: str,
    source: str = LOOPBACK,
    call_id: str = "stranger",
    within_s: float = PATIENT_S,
    method: str = "INVITE",
    *more: str,
) -> str:
    """Send a request from another socket; return the first final response."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
        stranger.bind((source, 0))
        stranger.settimeout(within_s)
        me = f"{source}:{stranger.getsockname()[1]}"
        lines = (
            f"{method} {uri} SIP/2.0",
            f"Via: SIP/2.0/UDP {me};branch=z9hG4bK-{call_id};rport",
            f"From: <sip:0666@{me}>;tag=s",
            f"To: <{uri}>",
            f"Call-ID: {call_id}",
            f"CSeq: 1 {method}",
            f"Contact: <sip:stranger@{me}>",
            *more,
            "Max-Forwards: 70",
            "Content-Length: 0",
            "",
            "",
        )
        stranger.sendto("\r\n".join(lines).encode(), (LOOPBACK, pbx.unit_port))
        while True:
            answer = stranger.recv(65_535).decode()
            if answer[8] != "1":
                return answer[8:11]


def test_a_stranger_gets_403_and_lights_nothing(desk: EngineDesk, pbx: RawPbx) -> None:
    unmarked, _, mark = pbx.contact().partition(";k=")
    # With the phone system's own address, as a forged source has; with a wrong mark; from elsewhere.
    assert stranger_says(pbx, unmarked, call_id="a") == "403"
    assert stranger_says(pbx, f"{unmarked};k={'0' * len(mark)}", call_id="b") == "403"
    assert stranger_says(pbx, pbx.contact(), "127.0.0.9", call_id="c") == "403"
    until(lambda: len(desk.all(SenderRefused)) >= 3, PATIENT_S, "three refusals are told")
    told = {(one.address, one.why, one.count) for one in desk.all(SenderRefused)}
    assert told == {
        ("127.0.0.1", "no mark", 1),
        ("127.0.0.1", "a wrong mark", 1),
        ("127.0.0.9", "not an address of the phone system", 1),
    }
    assert desk.all(RingStarted) == []


@pytest.mark.parametrize(
    ("method", "headers"),
    [
        ("SUBSCRIBE", ("Event: presence", "Expires: 600")),
        ("NOTIFY", ("Event: message-summary", "Subscription-State: active")),
        ("MESSAGE", ()),
        ("REFER", ("Refer-To: <sip:premium@127.0.0.1>",)),
        ("REGISTER", ()),
        ("NONSENSE", ()),
    ],
)
def test_what_is_no_part_of_a_call_is_refused_and_keeps_no_memory(
    desk: EngineDesk, pbx: RawPbx, method: str, headers: tuple[str, ...]
) -> None:
    uri = pbx.contact().partition(";k=")[0]
    before = own_mb(desk.pid)
    for number in range(400):
        assert stranger_says(pbx, uri, "127.0.0.9", f"x{number}", 5.0, method, *headers) == "405"
    # With their state kept, 400 of them took 4 to 17 MB.
    assert own_mb(desk.pid) - before < 1
    assert stranger_says(pbx, uri, "127.0.0.9", "question", 5.0, "OPTIONS") == "200"
    assert desk.all(RingStarted) == []


def test_a_configured_address_may_ring_and_needs_the_mark_too(pbx: RawPbx, tmp_path: Path) -> None:
    with running(settings_for(pbx, addresses=("127.0.0.8/30",)), tmp_path) as desk:
        desk.registered()
        assert stranger_says(pbx, pbx.contact().partition(";k=")[0], "127.0.0.9") == "403"
        with pytest.raises(TimeoutError):
            stranger_says(pbx, pbx.contact(), "127.0.0.9", "honest", within_s=0.5)
        assert desk.wait(RingStarted).offer.call_id == "honest"


@pytest.mark.parametrize("offers", ["", "Supported: 100rel, timer, replaces"])
def test_a_flood_of_strangers_is_refused_and_counted_while_every_caller_rings(
    desk: EngineDesk, pbx: RawPbx, offers: str
) -> None:
    uri = pbx.contact().partition(";k=")[0]
    more = f"{offers}\r\n" if offers else ""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
        stranger.bind(("127.0.0.9", 0))
        me = f"127.0.0.9:{stranger.getsockname()[1]}"
        for number in range(600):
            stranger.sendto(
                f"INVITE {uri} SIP/2.0\r\nVia: SIP/2.0/UDP {me};branch=z9hG4bK-s{number};rport\r\n"
                f"From: <sip:0666@{me}>;tag=s\r\nTo: <{uri}>\r\nCall-ID: s{number}\r\nCSeq: 1 INVITE\r\n"
                f"Contact: <sip:s@{me}>\r\n{more}Max-Forwards: 70\r\nContent-Length: 0\r\n\r\n".encode(),
                (LOOPBACK, pbx.unit_port),
            )
            if number % 30 == 0:
                pbx.send(pbx.invite(f"own{number}"))
                pbx.hears("SIP/2.0 180", f"own{number}")
        until(
            lambda: sum(one.count for one in desk.all(SenderRefused)) == 600,
            PATIENT_S,
            "600 refusals are told",
        )
    assert len(desk.all(RingStarted)) == 20
    assert desk.all(FaultRaised) == []
