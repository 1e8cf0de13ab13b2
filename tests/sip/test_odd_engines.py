"""The link before engines that are none: slow, talking nonsense, or not to be started at all."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from appliance.core.events import EngineLost, EngineStarted, FaultRaised, RingsListed, RingStarted
from appliance.core.words import RingId
from appliance.sip.link import ASKED_MAX
from appliance.sip.protocol import VERSION
from tests.peers.program import PATIENT_S, until
from tests.peers.raw import RawPbx
from tests.sip.engine_desk import EngineDesk, raw_pbx, running, settings_for


@pytest.fixture
def pbx() -> Iterator[RawPbx]:
    with raw_pbx() as one:
        yield one


SLOW_ENGINE = """
import select, socket, sys
from appliance.sip.protocol import Channel, EndRing
channel = Channel(socket.socket(fileno=int(sys.argv[1])))
with open({asked!r}, "w") as asked:
    while True:
        select.select([channel], [], [])
        message = channel.receive()
        if isinstance(message, EndRing):
            print(message.ring, file=asked, flush=True)
"""


def test_of_rings_to_be_ended_beyond_the_limit_the_oldest_are_dropped(pbx: RawPbx, tmp_path: Path) -> None:
    asked = tmp_path / "asked"
    program = ("-c", SLOW_ENGINE.format(asked=str(asked)))
    desk = EngineDesk(settings_for(pbx), tmp_path, program)
    for number in range(ASKED_MAX + 2):
        desk.link.end_ring(RingId(f"1-{number}"))
    desk.link.start()
    try:
        until(
            lambda: asked.exists() and f"1-{ASKED_MAX + 1}\n" in asked.read_text(),
            PATIENT_S,
            "the last is asked",
        )
        assert asked.read_text().split() == [f"1-{number}" for number in range(2, ASKED_MAX + 2)]
    finally:
        desk.link.stop(0.1)


CONFUSED_ENGINE = """
import json, select, socket, sys
from appliance.core.events import Offer
from appliance.sip.protocol import PACKET_MAX, VERSION, Beat, Channel, Rang, Ready, Stop, encode
end = socket.socket(fileno=int(sys.argv[1]))
channel = Channel(end)
select.select([channel], [], [])
channel.receive()
said = [
    encode(Ready(1, 5060)),
    b"\\xff\\xfe",
    b"[" * 100_000,
    b" " * (PACKET_MAX + 1),
    json.dumps([VERSION + 1, "Stopped", {"in_time": True}]).encode(),
    encode(Stop()),
    encode(Rang(Offer("1-1", "ext-main", "call-id", "ann"), 0.0)),
    encode(Beat(1.0)),
]
for packet in said:
    select.select([], [end], [])
    end.send(packet)
select.select([channel], [], [])
"""


def test_nonsense_is_a_fault_and_what_comes_after_it_is_heard(pbx: RawPbx, tmp_path: Path) -> None:
    with running(settings_for(pbx), tmp_path, ("-c", CONFUSED_ENGINE)) as desk:
        desk.wait(RingsListed)
        first, *faults, last = desk.events[:7]
        assert first == EngineStarted()
        assert isinstance(last, RingStarted)
        prefix = "it said what cannot be understood: "
        assert [one.why.removeprefix(prefix) for one in faults if isinstance(one, FaultRaised)] == [
            "not JSON (UnicodeDecodeError)",
            "not JSON (RecursionError)",
            "a packet of 393217 bytes",
            f"another version than {VERSION}",
            "a Stop",
        ]


def test_an_engine_that_cannot_be_started_is_told_and_tried_again(
    pbx: RawPbx, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    python = sys.executable
    monkeypatch.setattr(sys, "executable", str(tmp_path / "no-python"))
    with running(settings_for(pbx), tmp_path) as desk:
        assert desk.wait(EngineLost).why == "it could not be started (No such file or directory)"
        monkeypatch.setattr(sys, "executable", python)
        desk.registered(within_s=15)
