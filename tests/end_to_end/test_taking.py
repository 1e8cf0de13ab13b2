"""A press on the tower takes a caller at a real Asterisk: what is seen, what a caller hears, what is told."""

import contextlib
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

import pytest

from tests.end_to_end.desk import COLLEAGUE, PASSWORDS, Desk, Setting, usual_site
from tests.peers.asterisk import Asterisk, AsteriskPractice, running_asterisk
from tests.peers.controller import FakeController
from tests.peers.program import until
from tests.peers.talker import Talker, talker
from tests.peers.unit import Unit, running_unit

UNIT: Final = "9601"
CALLER_HZ, DESK_HZ = 1000, 1700
RINGBACK: Final = (440, 480)
ALL_DAY_S: Final = (0, 60, 120)
"""Nobody becomes urgent in these stories."""


class TakingDesk(Desk):
    """A desk with a button for its line, and a desk phone beside it."""

    def __init__(self, unit: Unit, asterisk: Asterisk, tower: FakeController, phone: Talker) -> None:
        super().__init__(unit)
        self.asterisk = asterisk
        self.phone = phone
        self._tower = tower
        self._told = 0

    def press(self) -> None:
        """A finger on the line's button."""
        self._tower.press(0)
        self._tower.press(0, down=False)
        until(lambda: self._tower.has_told_all, 5, "the press arrived")

    def until_outcome(self, outcome: str) -> None:
        """Wait until the unit has written how the next caller ended."""
        self._told += 1

        def written() -> list[str]:
            words = self.unit.program.log_file.read_text().split()
            return [word.removeprefix("outcome=") for word in words if word.startswith("outcome=")]

        self.unit.program.until(lambda: len(written()) >= self._told, 5, f"the outcome {outcome}")
        assert written()[self._told - 1 :] == [outcome]


@pytest.fixture(scope="module")
def whole_desk() -> Iterator[TakingDesk]:
    with contextlib.ExitStack() as running:
        phone = running.enter_context(talker(DESK_HZ, COLLEAGUE))
        practice = AsteriskPractice({"601": PASSWORDS["601"]}, {COLLEAGUE: phone.port})
        asterisk = running.enter_context(running_asterisk(practice))
        tower = FakeController()
        running.callback(tower.unplug)
        setting = Setting(extensions={"601": "main"}, line={"stages_s": ALL_DAY_S})
        site = replace(
            usual_site([f"sip:{asterisk.address}"], setting),
            others={"pickup": {"target": COLLEAGUE, "answer_within_s": 3}},
        )
        towers = [{"driver": "controller", "port": tower.name}]
        unit = running.enter_context(running_unit(site, towers=towers))
        unit.until_registered()
        yield TakingDesk(unit, asterisk, tower, phone)


@pytest.fixture
def desk(whole_desk: TakingDesk) -> TakingDesk:
    whole_desk.phone.until_free()
    whole_desk.phone.final, whole_desk.phone.answers_after_s = "200 OK", 0.0
    whole_desk.shows(main="dark")
    return whole_desk


@pytest.fixture
def caller() -> Iterator[Talker]:
    with talker(CALLER_HZ, "0301555") as one:
        yield one


def test_one_press_puts_the_caller_on_the_desk_phone(desk: TakingDesk, caller: Talker) -> None:
    before = len(desk.looks())
    desk.phone.answers_after_s = 0.5
    caller.dial(desk.asterisk.address, UNIT, "Berta")
    desk.shows(main="stage 1")
    desk.press()
    caller.until_hears(*RINGBACK)
    caller.until_hears(DESK_HZ)
    desk.phone.until_hears(CALLER_HZ)
    desk.until_outcome("answered-here")
    desk.shows(main="dark")
    assert desk.looks()[before:] == ["stage 1", "asked", "taken", "dark"]
    # The phone system has joined them: they speak on without us.
    caller.until_hears(DESK_HZ)
    caller.hang_up()
    desk.phone.until_over()


def test_a_busy_desk_phone_leaves_the_caller_shown_and_another_press_takes_them(
    desk: TakingDesk, caller: Talker
) -> None:
    before = len(desk.looks())
    desk.phone.final = "486 Busy Here"
    caller.dial(desk.asterisk.address, UNIT)
    desk.shows(main="stage 1")
    desk.press()
    desk.shows(main="failed")
    caller.until_hears(*RINGBACK)
    desk.shows(main="stage 1")
    desk.phone.final = "200 OK"
    desk.press()
    caller.until_hears(DESK_HZ)
    desk.until_outcome("answered-here")
    desk.shows(main="dark")
    assert desk.looks()[before:] == ["stage 1", "asked", "failed", "stage 1", "asked", "taken", "dark"]
    caller.hang_up()


def test_a_caller_who_hangs_up_while_the_desk_phone_rings_gave_up(desk: TakingDesk, caller: Talker) -> None:
    before = len(desk.looks())
    desk.phone.final = ""
    caller.dial(desk.asterisk.address, UNIT)
    desk.shows(main="stage 1")
    desk.press()
    desk.shows(main="asked")
    desk.phone.until_got("INVITE")
    caller.until_hears(*RINGBACK)
    caller.hang_up()
    desk.until_outcome("abandoned")
    desk.shows(main="dark")
    assert desk.looks()[before:] == ["stage 1", "asked", "dark"]
