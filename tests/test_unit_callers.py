"""A unit and the callers in its hands: nobody is left behind by its end, and nobody is forgotten."""

from pathlib import Path

import pytest

from appliance.callers_file import FILE_NAME as CALLERS_FILE
from appliance.core.events import (
    ButtonPressed,
    Offer,
    PickupMoved,
    RingStarted,
)
from appliance.core.words import Button, ExtensionId, PickupStep, RingId
from appliance.sip.link import EngineLink
from tests.fronts import let_the_engine_be_silent, running
from tests.peers.program import PATIENT_S, until


def test_a_unit_that_is_told_to_end_sends_the_caller_in_its_hands_on_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent_on: list[tuple[str, str]] = []
    let_the_engine_be_silent(monkeypatch)
    monkeypatch.setattr(
        EngineLink, "return_caller", lambda _, ring, target, **__: sent_on.append((ring, target))
    )
    callers = tmp_path / "state" / CALLERS_FILE
    with running(tmp_path) as front:
        ring, inbox = RingId("1-1"), front.unit.inbox
        inbox.post(RingStarted(Offer(ring, ExtensionId("601"), "c1", "5550100")))
        inbox.post(ButtonPressed(Button.LINE_1))
        inbox.post(PickupMoved(ring, PickupStep.ANSWERED))
        until(
            lambda: callers.exists() and "5550100" in callers.read_text(),
            PATIENT_S,
            "who is in our hands is noted",
        )
        inbox.stop("SIGTERM")
        until(lambda: sent_on == [(ring, "600")], PATIENT_S, "the caller is sent on")
        assert front.ended_by.empty()
        inbox.post(PickupMoved(ring, PickupStep.JOINED))
        inbox.post(PickupMoved(ring, PickupStep.HANDED_OVER))
        assert front.ended_by.get(timeout=PATIENT_S) == "SIGTERM"
        until(lambda: "outcome=overflowed" in front.logged(), PATIENT_S, "the outcome is logged")
        assert "5550100" not in front.logged() + callers.read_text()


def test_what_an_earlier_unit_left_in_its_hands_is_a_fault(tmp_path: Path) -> None:
    file = tmp_path / "state" / CALLERS_FILE
    file.parent.mkdir()
    file.write_text('{"in_hand": [{"number": "5550100"}], "dropped": []}')
    with running(tmp_path) as front:
        until(lambda: "fault=dropped" in front.logged(), PATIENT_S, "the fault is logged")
        assert "5550100" not in front.logged()
