"""Whether somebody stands by to start the next engine: what the unit's watchdog asks of the link."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from appliance.core.events import EngineLost, EngineStarted, Event
from appliance.core.words import InstantMs
from appliance.sip.link import UNSUPERVISED_MS, EngineLink
from tests.peers.program import PATIENT_S
from tests.peers.raw import RawPbx
from tests.sip.engine_desk import engine_with, now_ms, raw_pbx, running, settings_for


@pytest.fixture
def pbx() -> Iterator[RawPbx]:
    with raw_pbx() as one:
        yield one


def test_a_link_is_supervised_while_its_thread_comes_round_whatever_becomes_of_its_engines(
    pbx: RawPbx, tmp_path: Path
) -> None:
    dying = engine_with("raise ImportError('no library')")
    with running(settings_for(pbx), tmp_path, dying) as desk:
        desk.wait(EngineLost, 3)
        assert desk.link.unsupervised(InstantMs(now_ms())) == ()


def test_a_link_whose_thread_does_not_come_round_names_itself_after_its_limit(
    pbx: RawPbx, tmp_path: Path
) -> None:
    stuck, released = threading.Event(), threading.Event()

    def post(event: Event, _at_ms: InstantMs) -> None:
        if isinstance(event, EngineStarted):
            stuck.set()
            released.wait(20)

    link = EngineLink(settings_for(pbx), post, state_directory=tmp_path)
    assert link.unsupervised(InstantMs(0)) == ("engine link",)
    link.start()
    try:
        assert stuck.wait(PATIENT_S)
        stuck_ms = now_ms()
        assert link.unsupervised(InstantMs(stuck_ms)) == ()
        assert link.unsupervised(InstantMs(stuck_ms + UNSUPERVISED_MS)) == ("engine link",)
    finally:
        released.set()
        link.stop()
