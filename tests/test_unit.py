"""The shell: one inbox, one board, three steps, and what it does when the board itself fails.

The engine is real; its phone system is a loopback port where nobody listens.
"""

import json
import os
import re
import signal
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from appliance.clock import RealClock
from appliance.core import lamp_test as core_lamp_test
from appliance.core.board import Board
from appliance.core.effects import Effect
from appliance.core.events import (
    ButtonPressed,
    Event,
    FaultCleared,
    FaultRaised,
    Offer,
    RingStarted,
    SenderRefused,
)
from appliance.core.picture import Overlay, Showing
from appliance.core.view import BoardView
from appliance.core.words import Button, DurationMs, ExtensionId, InstantMs, RingId
from appliance.errors import CallLightError
from appliance.handset.key import KEY_FAULT
from appliance.log import REFUSALS_A_MINUTE_MAX
from appliance.sip.link import EngineLink
from appliance.status.client import lamp_test
from appliance.status.server import LAMP_TEST_SOCKET_NAME
from appliance.unit import BOARD_FAULT
from tests.end_to_end.desk import Setting, usual_site
from tests.fronts import SECRET, WATCHDOG_S, Front, engine_pids, let_the_engine_be_silent, running
from tests.peers.program import PATIENT_S, until
from tests.peers.unit import Unit

ONLY_COUNTED = """
import gc
from appliance import cli, unit
unit.Unit.run = lambda self: print(f"{len(gc.get_objects())} beside {gc.get_freeze_count()}", flush=True)
cli.main()
"""
"""A unit that, instead of running, says how much its collector would search, and how much it leaves alone."""


@pytest.fixture
def front(tmp_path: Path) -> Iterator[Front]:
    with running(tmp_path) as one:
        yield one


def test_what_is_posted_is_told_shown_logged_and_answered(front: Front) -> None:
    front.unit.inbox.post(FaultRaised("tower desk", "unplugged"))
    until(lambda: any(picture.fault for picture in front.pictures()), PATIENT_S, "the fault is shown")
    until(lambda: "event=fault-began" in front.logged(), PATIENT_S, "the fault is logged")
    until(
        lambda: any(one.fault == "tower desk" for one in front.status().faults), PATIENT_S, "status names it"
    )
    front.unit.inbox.post(FaultCleared("tower desk"))
    until(lambda: all(one.fault != "tower desk" for one in front.status().faults), PATIENT_S, "it is over")


def test_no_caller_waits_while_all_that_was_loaded_is_searched_for_garbage(tmp_path: Path) -> None:
    site = usual_site(["sip:127.0.0.1:9"], Setting())
    unit = Unit(site, tmp_path, program=(sys.executable, "-c", ONLY_COUNTED))
    unit.start()
    unit.program.wait(PATIENT_S)
    counted = re.search(r"(\d+) beside (\d+)", unit.program.log())
    assert counted is not None, unit.program.log()
    assert int(counted[1]) < 0.1 * int(counted[2])


def test_a_flood_of_strangers_pushes_no_sentence_off_the_tower(front: Front) -> None:
    for number in range(200):
        front.unit.inbox.post(SenderRefused(f"192.0.2.{number}", "no mark", 1))
    front.unit.inbox.post(FaultRaised("tower desk", "unplugged"))
    until(lambda: "event=fault-began" in front.logged(), PATIENT_S, "everything is logged")
    until(lambda: "Fault: tower desk: unplugged." in front.sentences(), PATIENT_S, "everything is told")
    refused = [sentence for sentence in front.sentences() if sentence.startswith("Refused")]
    assert len(refused) == front.logged().count("event=senders-refused") == REFUSALS_A_MINUTE_MAX


def test_the_last_picture_is_lights_out_and_the_engine_is_gone(front: Front) -> None:
    until(
        lambda: front.overlays()[:1] == [Overlay.LOST], PATIENT_S, "the tower says that nothing is registered"
    )
    front.unit.inbox.stop("SIGINT")
    assert front.ended_by.get(timeout=PATIENT_S) == "SIGINT"
    # A driver that is held up is waited for no longer than half a second, and puts its lights out after that.
    until(lambda: not front.pictures()[-1].alive, PATIENT_S, "lights out")
    last = front.pictures()[-1]
    assert (last.alive, last.overlay, [segment.showing.name for segment in last.segments]) == (
        False,
        Overlay.NONE,
        ["NOTHING"],
    )


def test_a_board_that_hangs_is_shown_as_host_lost_and_comes_back_by_itself(front: Front) -> None:
    gate = threading.Event()

    def hang(_view: BoardView, _now_ms: InstantMs) -> None:
        gate.wait(3 * PATIENT_S)

    until(
        lambda: front.overlays()[-1:] == [Overlay.LOST], PATIENT_S, "the tower shows the board's own picture"
    )
    front.unit.inbox.ask(hang)
    until(
        lambda: front.overlays()[-1:] == [Overlay.HOST_LOST],
        PATIENT_S,
        "the tower says that nobody stands behind it",
    )
    assert not front.pictures()[-1].alive
    gate.set()
    until(lambda: front.overlays()[-1:] == [Overlay.LOST], PATIENT_S, "the board's picture is back")


def test_systemd_hears_ready_then_a_sign_of_life_while_all_goes_round_and_at_last_that_it_stops(
    front: Front,
) -> None:
    until(lambda: front.said_count("WATCHDOG=1") >= 2, PATIENT_S, "the watchdog is fed again and again")
    assert engine_pids()
    front.unit.inbox.stop("SIGTERM")
    # Of what nobody takes the kernel keeps ten datagrams, a second's worth.
    until(lambda: front.said_count("STOPPING=1") == 1, PATIENT_S, "it says that it stops")
    assert front.ended_by.get(timeout=PATIENT_S) == "SIGTERM"
    standing = "STATUS=0 of 1 extensions registered, 1 of 1 towers work, faults: 0"
    fed_count = front.said_count("WATCHDOG=1")
    assert front.said == [
        ["READY=1", "WATCHDOG=1", standing],
        *[["WATCHDOG=1", standing]] * fed_count,
        ["STOPPING=1"],
    ]


def test_a_board_that_hangs_feeds_no_watchdog(front: Front) -> None:
    gate = threading.Event()

    def hang(_view: BoardView, _now_ms: InstantMs) -> None:
        gate.wait(3 * PATIENT_S)

    until(lambda: front.said_count("WATCHDOG=1") >= 1, PATIENT_S, "the watchdog is fed")
    front.unit.inbox.ask(hang)
    until(
        lambda: front.overlays()[-1:] == [Overlay.HOST_LOST],
        PATIENT_S,
        "the board has been silent",
    )
    fed_count = front.said_count("WATCHDOG=1")
    assert not gate.wait(2 * WATCHDOG_S)
    assert front.said_count("WATCHDOG=1") == fed_count
    gate.set()
    until(lambda: front.said_count("WATCHDOG=1") > fed_count, PATIENT_S, "it is fed again")


def test_a_lost_engine_is_a_fault_that_no_restart_would_heal(front: Front) -> None:
    until(lambda: front.said_count("WATCHDOG=1") >= 1, PATIENT_S, "the watchdog is fed")
    (killed,) = engine_pids()
    os.kill(killed, signal.SIGKILL)
    until(lambda: engine_pids() not in ([], [killed]), PATIENT_S, "there is another engine")
    fed_count = front.said_count("WATCHDOG=1")
    until(
        lambda: front.said_count("WATCHDOG=1") >= fed_count + 2, PATIENT_S, "the watchdog is fed all the same"
    )
    assert "unsupervised" not in front.logged()


def test_the_key_of_a_handset_that_is_not_there_is_a_fault_that_no_restart_would_heal(
    tmp_path: Path,
) -> None:
    with running(tmp_path, handset_key=str(tmp_path / "call-light-handset")) as front:
        until(
            lambda: (
                front.said_count("WATCHDOG=1") >= 2
                and any(one.fault == KEY_FAULT for one in front.status().faults)
            ),
            PATIENT_S,
            "status names it, and the watchdog is fed",
        )
        assert "unsupervised" not in front.logged()


def test_a_link_whose_thread_is_gone_feeds_no_watchdog_and_is_named(
    front: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    until(lambda: front.said_count("WATCHDOG=1") >= 1, PATIENT_S, "the watchdog is fed")
    with monkeypatch.context() as context:
        context.setattr(EngineLink, "unsupervised", lambda *_: ("engine link",))
        until(lambda: "event=unsupervised" in front.logged(), PATIENT_S, "the log says who is silent")
        fed_count = front.said_count("WATCHDOG=1")
        assert not threading.Event().wait(2 * WATCHDOG_S)
        assert front.said_count("WATCHDOG=1") == fed_count
    assert front.logged().count('adapters="engine link"') == 1
    until(lambda: front.said_count("WATCHDOG=1") > fed_count, PATIENT_S, "it is fed again")


def test_a_defect_of_the_board_is_a_fault_and_the_unit_goes_on(
    front: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    receive = Board.receive

    def defective(self: Board, event: Event, now_ms: InstantMs) -> tuple[Effect, ...]:
        if event == FaultCleared("the event that breaks it"):
            raise ZeroDivisionError("a number that must not be logged: 15550100")
        return receive(self, event, now_ms)

    monkeypatch.setattr(Board, "receive", defective)
    front.unit.inbox.post(FaultCleared("the event that breaks it"))
    until(lambda: "event=defect" in front.logged(), PATIENT_S, "the defect is logged")
    until(
        lambda: f"fault={BOARD_FAULT}" in front.logged(),
        PATIENT_S,
        "the defect is a fault that a person sees",
    )
    assert "15550100" not in front.logged()


def test_the_password_is_in_no_output(front: Front) -> None:
    until((front.folder / "state" / "contact.json").exists, PATIENT_S, "the marks are kept")
    assert SECRET not in repr(front.status()) + front.logged() + json.dumps(str(front.pictures()))


def test_a_press_that_lay_in_the_inbox_of_a_frozen_unit_is_too_late(front: Front) -> None:
    until(lambda: front.said_count("WATCHDOG=1") >= 1, PATIENT_S, "the inbox is served")
    long_ago_ms = InstantMs(RealClock().now_ms() - 1_500)
    # Neither is too old by itself; with the time in the inbox the second one is.
    front.unit.inbox.post(ButtonPressed(Button.AWAY), long_ago_ms)
    front.unit.inbox.post(ButtonPressed(Button.AWAY, DurationMs(3_500)), long_ago_ms)
    until(lambda: "event=press-too-late button=away age_s=" in front.logged(), PATIENT_S, "it is told")
    (age_s,) = re.findall(r"age_s=([0-9.]+)", front.logged())
    assert 5 <= float(age_s) < 5 + PATIENT_S
    assert front.logged().count("event=away-began") == 1
    assert front.status().away


def test_the_lamp_test_is_asked_for_from_outside_and_told_part_by_part_and_a_press_ends_it(
    front: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A part is shown for a second, which a busy machine may let pass at once.
    monkeypatch.setattr(core_lamp_test, "PART_MS", DurationMs(3_000))
    until((front.folder / "run" / LAMP_TEST_SOCKET_NAME).exists, PATIENT_S, "the unit can be asked")
    walk = lamp_test(front.folder / "run")
    assert next(walk) == "Lamp test: line Main."
    until(
        lambda: front.pictures()[-1].segments[0].showing is Showing.TESTED,
        PATIENT_S,
        "the tower shows the first part",
    )
    assert next(walk) == "Lamp test: the lamp of button line-1."
    front.unit.inbox.post(ButtonPressed(Button.OWED))
    assert list(walk) == ["The lamp test is over."]


def test_a_caller_ends_the_lamp_test_and_while_one_waits_it_does_not_begin(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    let_the_engine_be_silent(monkeypatch)
    with running(tmp_path) as front:
        until((front.folder / "run" / LAMP_TEST_SOCKET_NAME).exists, PATIENT_S, "the unit can be asked")
        walk = lamp_test(front.folder / "run")
        next(walk)
        front.unit.inbox.post(RingStarted(Offer(RingId("a"), ExtensionId("601"), "call-id")))
        assert list(walk)[-1] == "The lamp test is over: a caller rings."
        with pytest.raises(CallLightError, match="a caller waits"):
            next(lamp_test(front.folder / "run"))
