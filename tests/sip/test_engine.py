"""The real engine and what INVITEs and CANCELs do to it."""

import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from appliance.core.events import (
    EngineLost,
    FaultRaised,
    Offer,
    PickupMoved,
    Reason,
    RingEnded,
    RingRefused,
    RingStarted,
)
from appliance.core.words import LEGS_MAX, PICKUPS_MAX, PickupStep, RingId, Way
from tests.peers.program import LOOPBACK, PATIENT_S, until
from tests.peers.raw import RawPbx, header
from tests.sip.engine_desk import MAIN, EngineDesk, engine_with, now_ms, raw_pbx, running, settings_for


@pytest.fixture
def pbx() -> Iterator[RawPbx]:
    with raw_pbx() as one:
        yield one


@pytest.fixture
def desk(pbx: RawPbx, tmp_path: Path) -> Iterator[EngineDesk]:
    with running(settings_for(pbx, line_header="X-Line", tag_header="X-Call-Tag"), tmp_path) as one:
        one.registered()
        yield one


def finals(pbx: RawPbx, call_id: str) -> list[str]:
    """The status of each final response to that INVITE, repetitions left out."""
    answers = (m for m in pbx.heard if m.startswith("SIP/2.0") and header(m, "Call-ID") == call_id)
    finals = (m[8:11] for m in answers if m[8] != "1" and header(m, "CSeq") == "1 INVITE")
    return list(dict.fromkeys(finals))


def test_a_caller_rings_with_100_and_180_and_no_final_answer(desk: EngineDesk, pbx: RawPbx) -> None:
    sent_ms = now_ms()
    pbx.send(
        pbx.invite(
            "first", b'"Berta" <sip:0301@127.0.0.1>', b"X-Line: main", b"X-Call-Tag: 17", b"X-Other: x"
        )
    )
    started = desk.wait(RingStarted)
    assert started.offer == Offer(RingId("1-1"), MAIN, "first", "0301", "Berta", "17", "light", "main")
    received_ms = desk.instant(started) - started.age_ms
    assert sent_ms <= received_ms <= now_ms()
    pbx.hears("SIP/2.0 180", "first")
    listed = desk.lists(1).rings[0]
    assert listed.offer == started.offer
    again = desk.wait_for(
        lambda: next((event for event, _ in desk.posted[::-1] if event != started), None), 1, "a beat"
    )
    assert again is not None
    statuses = [m[8:11] for m in pbx.heard if m.startswith("SIP/2.0")]
    assert statuses == ["100", "180"]


def test_the_age_in_the_list_goes_on_from_the_instant_of_the_invite(desk: EngineDesk, pbx: RawPbx) -> None:
    pbx.send(pbx.invite("first"))
    started = desk.wait(RingStarted)
    listed = desk.lists(1)
    received_ms = desk.instant(started) - started.age_ms
    assert desk.instant(listed) - listed.rings[0].age_ms == pytest.approx(received_ms, abs=0.001)


def test_a_cancel_ends_the_ring_with_every_reason(desk: EngineDesk, pbx: RawPbx) -> None:
    pbx.send(pbx.invite("first"))
    pbx.hears("SIP/2.0 180", "first")
    pbx.send(
        pbx.cancel(
            "first",
            b"<sip:0301@127.0.0.1>",
            b"Reason: Q.850;cause=26",
            b'Reason: SIP;cause=200;text="Call completed elsewhere"',
        )
    )
    reasons = (Reason("Q.850", 26), Reason("SIP", 200, "Call completed elsewhere"))
    assert desk.wait(RingEnded) == RingEnded(RingId("1-1"), True, reasons)
    pbx.hears("SIP/2.0 487", "first")
    desk.lists(0)


def test_a_cancel_right_behind_its_invite_leaves_no_ring(desk: EngineDesk, pbx: RawPbx) -> None:
    pbx.send(pbx.invite("first"))
    pbx.send(pbx.cancel("first"))
    assert desk.wait(RingEnded) == RingEnded(RingId("1-1"), True)
    assert len(desk.all(RingStarted)) == 1


def test_a_cancel_for_nothing_changes_nothing(desk: EngineDesk, pbx: RawPbx) -> None:
    pbx.send(pbx.invite("ringing"))
    pbx.send(pbx.cancel("never-rang"))
    pbx.hears("SIP/2.0 481", "never-rang")
    pbx.hears("SIP/2.0 180", "ringing")
    assert desk.all(RingEnded) == []


def test_the_same_invite_again_is_no_second_ring(desk: EngineDesk, pbx: RawPbx) -> None:
    for _ in range(3):
        pbx.send(pbx.invite("first"))
    pbx.send(pbx.invite("second"))
    desk.wait(RingStarted, 2)
    assert [event.offer.call_id for event in desk.all(RingStarted)] == ["first", "second"]


def test_the_unit_ends_a_ring_with_480_and_nothing_else_changes(desk: EngineDesk, pbx: RawPbx) -> None:
    pbx.send(pbx.invite("first"))
    pbx.send(pbx.invite("second"))
    first = desk.wait(RingStarted)
    desk.wait(RingStarted, 2)
    desk.link.end_ring(RingId("1-999"))
    desk.link.end_ring(first.offer.ring)
    assert desk.wait(RingEnded) == RingEnded(first.offer.ring, False)
    pbx.hears("SIP/2.0 480", "first")
    assert (finals(pbx, "first"), finals(pbx, "second")) == (["480"], [])


@pytest.mark.parametrize(
    ("from_header", "number", "name"),
    [
        (b"<sip:127.0.0.1>", "", ""),
        (b'"Anonymous" <sip:anonymous@anonymous.invalid>', "", "Anonymous"),
        (b"<sip:0301@127.0.0.1:5099>", "0301", ""),
        (b'"\xe2\x98\x8e Praxis" <sip:0301@127.0.0.1>', "0301", "☎ Praxis"),
        (b'"B\xff\xfeb" <sip:0301@127.0.0.1>', "0301", "B��b"),
        (b'"\x1b[31mB\x07" <sip:0301@127.0.0.1>', "0301", "[31mB"),
        (b'"' + b"N" * 2000 + b'" <sip:' + b"9" * 2000 + b"@127.0.0.1>", "9" * 64, "N" * 64),
    ],
)
def test_whatever_from_says_it_rings(
    desk: EngineDesk, pbx: RawPbx, from_header: bytes, number: str, name: str
) -> None:
    pbx.send(pbx.invite("odd", from_header))
    offer = desk.wait(RingStarted).offer
    assert (offer.number, offer.name) == (number, name)


def test_an_invite_of_9_kb_rings(desk: EngineDesk, pbx: RawPbx) -> None:
    pbx.send(pbx.invite("long", b"<sip:0301@127.0.0.1>", b"Identity: " + b"x" * 9_000, b"X-Line: main"))
    assert desk.wait(RingStarted).offer.line_header == "main"


def test_the_129th_leg_is_answered_486_and_told(desk: EngineDesk, pbx: RawPbx) -> None:
    for number in range(LEGS_MAX + 2):
        pbx.send(pbx.invite(f"c{number}"))
        pbx.hears("SIP/2.0", f"c{number}")
    desk.lists(LEGS_MAX)
    pbx.hears("SIP/2.0 486", f"c{LEGS_MAX + 1}")
    until(lambda: sum(one.count for one in desk.all(RingRefused)) == 2, PATIENT_S, "two refused rings")
    assert finals(pbx, f"c{LEGS_MAX}") == ["486"]
    # A place that falls free is used again.
    pbx.send(pbx.cancel("c0"))
    desk.wait(RingEnded)
    pbx.send(pbx.invite("after"))
    desk.wait(RingStarted, LEGS_MAX + 1)


def test_a_refer_is_refused_and_nobody_is_called(desk: EngineDesk, pbx: RawPbx) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
        stranger.bind((LOOPBACK, 0))
        stranger.setblocking(False)
        pbx.send(pbx.invite("refer"))
        pbx.send(pbx.refer("refer", f"sip:premium@{LOOPBACK}:{stranger.getsockname()[1]}"))
        pbx.hears("SIP/2.0 403", "refer")
        desk.lists(1)
        # Whatever the engine were to send has left it before it answers the next one.
        pbx.send(pbx.cancel("refer"))
        pbx.hears("SIP/2.0 487", "refer")
        with pytest.raises(BlockingIOError):
            stranger.recv(1)


def test_the_ninth_caller_at_once_is_not_taken_and_rings_on(desk: EngineDesk, pbx: RawPbx) -> None:
    for number in range(PICKUPS_MAX + 1):
        pbx.send(pbx.invite(f"c{number}"))
        desk.link.take(desk.wait(RingStarted, number + 1).offer.ring, Way.PHONE, "21")
    last = desk.wait(PickupMoved)
    assert last == PickupMoved(
        RingId(f"1-{PICKUPS_MAX + 1}"), PickupStep.FAILED, "too many callers are being taken here"
    )
    pbx.hears("SIP/2.0 200", f"c{PICKUPS_MAX - 1}")
    assert finals(pbx, f"c{PICKUPS_MAX}") == []


def test_a_redirected_caller_is_sent_to_the_target_by_302(desk: EngineDesk, pbx: RawPbx) -> None:
    pbx.send(pbx.invite("first"))
    ring = desk.wait(RingStarted).offer.ring
    desk.link.take(ring, Way.REDIRECT, "*8021#")
    answered = pbx.hears("SIP/2.0 302", "first")
    assert header(answered, "Contact") == f"<sip:*8021%23@{pbx.address};transport=udp>"
    assert desk.wait(PickupMoved) == PickupMoved(ring, PickupStep.HANDED_OVER)
    assert desk.wait(RingEnded) == RingEnded(ring, False)


def test_a_caller_who_is_gone_cannot_be_taken(desk: EngineDesk) -> None:
    desk.link.take(RingId("1-99"), Way.PHONE, "21")
    assert desk.wait(PickupMoved) == PickupMoved(RingId("1-99"), PickupStep.CALLER_GONE)


def test_180_is_repeated_while_it_rings(pbx: RawPbx, tmp_path: Path) -> None:
    often = engine_with("import appliance.sip.legs as l; l.RINGING_AGAIN_MS = 500")
    with running(settings_for(pbx), tmp_path, often) as desk:
        desk.registered()
        pbx.send(pbx.invite("first"))
        until(lambda: sum(m.startswith("SIP/2.0 180") for m in pbx.heard) >= 3, PATIENT_S, "180 three times")
        assert finals(pbx, "first") == []


def test_an_end_that_the_library_does_not_tell_is_found_by_the_sweep(pbx: RawPbx, tmp_path: Path) -> None:
    deaf = engine_with("from appliance.sip.legs import Ring; Ring.onCallState = lambda self, prm: None")
    with running(settings_for(pbx), tmp_path, deaf) as desk:
        desk.registered()
        pbx.send(pbx.invite("first"))
        desk.wait(RingStarted)
        pbx.send(pbx.cancel("first", b"<sip:0301@127.0.0.1>", b"Reason: SIP;cause=200"))
        assert desk.wait(RingEnded) == RingEnded(RingId("1-1"), True, (Reason("SIP", 200),))
        pbx.send(pbx.invite("second"))
        desk.wait(RingStarted, 2)


def test_an_exception_in_a_callback_reaches_the_unit_without_a_number(pbx: RawPbx, tmp_path: Path) -> None:
    broken = engine_with(
        "import appliance.sip.engine as e\n"
        "def read_invite(text, **_): raise ValueError(text)\n"
        "e.read_invite = read_invite"
    )
    with running(settings_for(pbx), tmp_path, broken) as desk:
        desk.registered()
        pbx.send(pbx.invite("first", b"<sip:0301777@127.0.0.1>"))
        fault = desk.wait(FaultRaised)
        assert fault.fault == "engine"
        assert fault.why.startswith("onIncomingCall: ValueError (")
        assert "0301777" not in fault.why
        pbx.hears("SIP/2.0 480", "first")
        assert desk.all(EngineLost) == []


def test_callbacks_that_fail_otherwise_are_told_and_the_engine_goes_on(pbx: RawPbx, tmp_path: Path) -> None:
    broken = engine_with(
        "import appliance.sip.legs as l\n"
        "def read_reasons(text): raise KeyError(text)\n"
        "l.read_reasons = read_reasons"
    )
    with running(settings_for(pbx), tmp_path, broken) as desk:
        desk.registered()
        pbx.send(pbx.invite("first"))
        pbx.hears("SIP/2.0 180", "first")
        pbx.send(pbx.cancel("first"))
        assert desk.wait(RingEnded).cancelled
        assert desk.wait(FaultRaised).why.startswith("onCallTsxState: KeyError (")


def test_signals_meant_for_the_unit_do_not_end_the_engine(desk: EngineDesk, pbx: RawPbx) -> None:
    pid = desk.pid
    assert os.getsid(pid) != os.getsid(0)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        os.kill(pid, number)
    pbx.send(pbx.invite("first"))
    desk.wait(RingStarted)
    assert desk.pid == pid
