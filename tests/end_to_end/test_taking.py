"""A press on the tower takes a caller at a real Asterisk: what is seen, what a caller hears, what is told."""

from collections.abc import Iterator
from itertools import count
from typing import Final

import pytest

from tests.end_to_end.desk import Setting
from tests.end_to_end.taking import (
    CALLER_HZ,
    DESK,
    DESK_HZ,
    GROUP,
    NO_TRANSFER,
    OPTIONS,
    OTHER,
    OTHER_HZ,
    PICKUP,
    QUEUE,
    RETURN_AFTER_S,
    RINGBACK,
    UNIT,
    TakingDesk,
    asterisk_with_phones,
    taking_desk,
)
from tests.peers.desk_phone import PASSWORD, USER, desk_phone_server
from tests.peers.program import LOOPBACK, PATIENT_S, until
from tests.peers.talker import Talker, talker

ENDING: Final = Setting(extensions={"603": "main"})
"""The desk of a unit that is told to end in its story."""


@pytest.fixture(scope="module")
def whole_desk() -> Iterator[TakingDesk]:
    with (
        asterisk_with_phones({**OPTIONS, "603": ""}) as (asterisk, phone, other),
        taking_desk(asterisk, phone, other, return_target=UNIT, return_after_s=RETURN_AFTER_S) as desk,
    ):
        yield desk


@pytest.fixture
def desk(whole_desk: TakingDesk) -> TakingDesk:
    whole_desk.begin()
    return whole_desk


@pytest.fixture
def caller() -> Iterator[Talker]:
    # Each has a number of their own: whoever was not reached before would be urgent.
    with talker(CALLER_HZ, f"0301{next(people):03}") as one:
        yield one
        if one.is_connected:
            one.hang_up()


people: Final = count(1)


def hear_each_other(caller: Talker, phone: Talker, hertz: int = DESK_HZ) -> None:
    """A tone that the caller sends is heard at the phone, and back."""
    caller.until_hears(hertz)
    phone.until_hears(CALLER_HZ)


def test_a_directed_pickup_by_another_phone_is_an_answer_elsewhere(desk: TakingDesk, caller: Talker) -> None:
    caller.dial(desk.asterisk.address, UNIT)
    desk.shows(main="stage 1")
    with talker(OTHER_HZ, OTHER) as rival:
        rival.dial(desk.asterisk.address, PICKUP)
        hear_each_other(caller, rival, OTHER_HZ)
        desk.until_outcome("answered-elsewhere")
        desk.shows(main="dark")
        assert desk.shown() == ["stage 1", "closing", "dark"]
        caller.hang_up()


def test_one_press_puts_the_caller_on_the_desk_phone(desk: TakingDesk, caller: Talker) -> None:
    desk.phone.final = ""
    caller.dial(desk.asterisk.address, UNIT, "Berta")
    desk.shows(main="stage 1")
    desk.press()
    caller.until_hears(*RINGBACK)
    desk.phone.pick_up()
    hear_each_other(caller, desk.phone)
    desk.until_outcome("answered-here")
    desk.shows(main="dark")
    assert desk.shown() == ["stage 1", "asked", "taken", "dark"]
    # The phone system has joined them: they speak on without us.
    hear_each_other(caller, desk.phone)
    caller.hang_up()
    desk.phone.until_over()


def test_a_busy_desk_phone_leaves_the_caller_shown_and_another_press_takes_them(
    desk: TakingDesk, caller: Talker
) -> None:
    desk.phone.final = "486 Busy Here"
    caller.dial(desk.asterisk.address, UNIT)
    desk.shows(main="stage 1")
    desk.press()
    desk.until_showed("failed")
    caller.until_hears(*RINGBACK)
    desk.shows(main="stage 1")
    desk.phone.final = "200 OK"
    desk.press()
    caller.until_hears(DESK_HZ)
    desk.until_outcome("answered-here")
    assert desk.shown() == ["stage 1", "asked", "failed", "stage 1", "asked", "taken"]
    caller.hang_up()


def test_a_caller_who_hangs_up_while_the_desk_phone_rings_gave_up(desk: TakingDesk, caller: Talker) -> None:
    desk.phone.final = ""
    caller.dial(desk.asterisk.address, UNIT)
    desk.shows(main="stage 1")
    rung = desk.phone.rung_count
    desk.press()
    desk.shows(main="asked")
    until(lambda: desk.phone.rung_count > rung, PATIENT_S, "the desk phone rings")
    caller.until_hears(*RINGBACK)
    caller.hang_up()
    desk.until_outcome("abandoned")
    assert desk.shown()[:2] == ["stage 1", "asked"]


def test_a_press_in_a_queues_gap_takes_the_caller_at_the_next_ring(desk: TakingDesk, caller: Talker) -> None:
    caller.dial(desk.asterisk.address, QUEUE)
    desk.shows(doctors="stage 1")
    desk.shows(doctors="held at stage 1")
    desk.press(1)
    desk.shows(doctors="asked")
    assert not caller.is_connected
    hear_each_other(caller, desk.phone)
    desk.until_outcome("answered-here")
    assert desk.shown("doctors") == ["stage 1", "held at stage 1", "asked", "taken"]
    assert desk.wait_count("doctors") == 1
    hear_each_other(caller, desk.phone)
    caller.hang_up()


def test_a_return_target_that_rings_our_own_unit_brings_the_same_caller_whose_wait_is_unbroken(
    desk: TakingDesk, caller: Talker
) -> None:
    desk.phone.final = "486 Busy Here"
    caller.dial(desk.asterisk.address, UNIT, "Berta")
    desk.shows(main="stage 1")
    desk.press()
    desk.until_showed("failed")
    desk.unit.until_status(
        lambda report: [(call.state, call.ring_count) for call in report.calls] == [("returning", 1)],
        "the caller, whom nobody took, rings here again",
    )
    caller.until_hears(*RINGBACK)
    desk.phone.final = "200 OK"
    desk.press()
    hear_each_other(caller, desk.phone)
    desk.until_outcome("answered-here")
    assert desk.shown() == ["stage 1", "asked", "failed", "stage 1", "asked", "taken"]
    assert desk.wait_count() == 1
    caller.hang_up()


def test_of_a_press_and_a_directed_pickup_at_the_same_instant_one_has_the_caller(
    desk: TakingDesk, caller: Talker
) -> None:
    caller.dial(desk.asterisk.address, UNIT)
    desk.shows(main="stage 1")
    with talker(OTHER_HZ, OTHER) as rival:
        desk.tower.until_up()
        rival.dial(desk.asterisk.address, PICKUP)
        desk.tower.push(0)
        if desk.next_outcome() == "answered-here":
            hear_each_other(caller, desk.phone)
            rival.until_over()
        else:
            assert desk.written("outcome")[-1] == "answered-elsewhere"
            # Where the two cross, Asterisk 22 lets the rival hear nothing; the light has no part in that.
            caller.until_hears(OTHER_HZ)
            desk.phone.until_over()
        caller.hang_up()


def test_the_desk_phone_may_ring_itself_in_the_group_and_take_no_second_call(
    desk: TakingDesk, caller: Talker
) -> None:
    rung = desk.phone.rung_count
    desk.phone.final = ""
    caller.dial(desk.asterisk.address, GROUP)
    desk.shows(main="stage 1")
    until(lambda: desk.phone.rung_count == rung + 1, PATIENT_S, "the desk phone rings with the group")
    desk.press()
    caller.until_hears(*RINGBACK)
    until(lambda: desk.phone.rung_count > rung + 1, PATIENT_S, "it rings for us")
    desk.phone.pick_up()
    hear_each_other(caller, desk.phone)
    desk.until_outcome("answered-here")
    assert desk.shown() == ["stage 1", "asked", "taken"]
    caller.hang_up()


def test_a_press_while_talking_never_hangs_up_and_takes_the_next_caller_only_if_one_waits(
    desk: TakingDesk, caller: Talker
) -> None:
    caller.dial(desk.asterisk.address, NO_TRANSFER)
    desk.shows(main="stage 1")
    desk.press()
    hear_each_other(caller, desk.phone)
    desk.press()
    with talker(CALLER_HZ, "0302666") as second:
        second.dial(desk.asterisk.address, NO_TRANSFER)
        desk.shows(main="stage 1")
        desk.press()
        # The desk phone has no call waiting: the second caller stays with us.
        desk.until_showed("failed")
        second.until_hears(*RINGBACK)
        desk.shows(main="stage 1")
        hear_each_other(caller, desk.phone)
        second.hang_up()
        desk.until_outcome("abandoned")
        desk.shows(main="taken")
    caller.hang_up()
    desk.until_outcome("answered-here")
    shown = ["stage 1", "asked", "taken", "stage 1", "asked", "failed", "stage 1", "taken"]
    assert desk.shown() == shown


def test_a_desk_phone_that_is_told_to_dial_picks_the_caller_up(desk: TakingDesk, caller: Talker) -> None:
    with desk_phone_server() as server, talker(DESK_HZ, DESK) as phone:
        server.asks_for = "digest"
        server.dials = lambda path: phone.dial(desk.asterisk.address, path.partition("number=")[2])
        table = {
            "way": "dial", "target": "", "pickup_code": "**{user}", "phone_make": "snom",
            "phone_url": f"http://{LOOPBACK}:{server.port}",
            "phone_user": USER, "phone_password": PASSWORD,
        }  # fmt: skip
        with taking_desk(desk.asterisk, phone, desk.other, ENDING, **table) as dialling:
            caller.dial(desk.asterisk.address, "9603")
            dialling.shows(main="stage 1")
            server.answers = 404, b""
            dialling.press()
            dialling.until_showed("failed")
            dialling.shows(main="stage 1")
            assert not caller.is_connected
            server.answers = 200, b""
            dialling.press()
            hear_each_other(caller, phone)
            dialling.until_outcome("answered-here")
            dialling.shows(main="taken")
            assert dialling.shown() == ["stage 1", "asked", "failed", "stage 1", "asked", "taken"]
            assert dialling.wait_count() == 1
            log = dialling.unit.program.log_file.read_text()
            assert 'event=pickup-failed call=1 line=main why="the desk phone answered 404"' in log
            assert PASSWORD not in log
        # The light has no part in it any more: its end ends nothing.
        hear_each_other(caller, phone)
        caller.hang_up()


def test_a_unit_that_is_told_to_end_sends_the_caller_in_its_hands_on_first(
    desk: TakingDesk, caller: Talker
) -> None:
    desk.phone.final = ""
    with taking_desk(desk.asterisk, desk.phone, desk.other, ENDING, return_target=OTHER) as ending:
        caller.dial(desk.asterisk.address, "9603")
        ending.shows(main="stage 1")
        ending.press()
        caller.until_hears(*RINGBACK)
        ending.unit.end(within_s=40)
        hear_each_other(caller, desk.other, OTHER_HZ)
        ending.until_outcome("overflowed")
    caller.hang_up()
