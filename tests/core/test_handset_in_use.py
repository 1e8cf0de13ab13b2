"""Stories of a press for a second caller while the handset has one: answered at once, and nobody is asked."""

from dataclasses import replace

import pytest

from appliance.core.effects import AskPickup, HangUp, TakeRing
from appliance.core.notices import HandsetInUse
from appliance.core.settings import PickupSettings, SiteUnit
from appliance.core.words import Button, LineId, UnitId, Way
from tests.core.bus import Bus, UnitDesk
from tests.core.desk import NOBODY_SAYS, Desk, line
from tests.core.pickups import ANSWERED, BY_PHONE, FAILED, JOINED, LEFT, desk_with_a_phone

BY_HANDSET = replace(BY_PHONE, way=Way.HANDSET)
MAIN, LAB = LineId("main"), LineId("lab")


def desk_with_somebody_on_the_handset() -> Desk:
    """A desk whose people speak with the caller of the first line since the 12th second."""
    desk = desk_with_a_phone(pickup=BY_HANDSET)
    desk.taps(Button.LINE_1, at_s=11)
    desk.engine_says("a", ANSWERED)
    desk.engine_says("a", JOINED, at_s=12)
    desk.forget()
    return desk


def site() -> tuple[Bus, UnitDesk, UnitDesk]:
    """A front desk where callers ring, and a back office with a handset that the front calls by extension."""
    phones = {"front": SiteUnit(UnitId("front"), "601"), "back": SiteUnit(UnitId("back"), "602")}
    bus = Bus(phones=phones)
    front = bus.starts("front", pickup=PickupSettings(Way.HANDSET))
    back = bus.starts("back", pickup=PickupSettings(Way.HANDSET))
    front.rings("a", on="main", caller="ann", at_s=1)
    return bus, front, back


def asked(desk: UnitDesk) -> int:
    """How often a unit asked for somebody."""
    return sum(isinstance(said, AskPickup) for said in desk.said)


@pytest.mark.parametrize(("on", "button"), [("main", Button.LINE_1), ("lab", Button.LINE_2)])
def test_a_press_while_talking_fails_at_once_and_the_caller_is_taken_when_the_handset_is_free(
    on: str, button: Button
) -> None:
    desk = desk_with_somebody_on_the_handset()
    desk.rings("b", on=on, at_s=20)
    before = desk.shows()
    desk.taps(button, at_s=21)
    failing = desk.shows()
    assert ("failed" in failing, f"{button.value} failed" in failing) == (True, True)
    assert (desk.orders, desk.notices[-1]) == ([], HandsetInUse(LineId(on)))
    # One second of the failed pattern, and all is as before.
    assert desk.shows(at_s=22.1) == before
    desk.releases(Button.HOOK, at_s=23)
    desk.engine_says("a", LEFT)
    desk.taps(button, at_s=24)
    assert desk.orders == [HangUp("a"), TakeRing("b", Way.HANDSET)]


def test_a_unit_that_speaks_with_its_own_caller_asks_nobody_for_another_one() -> None:
    _, front, back = site()
    back.rings("own", on="lab", caller="liz", at_s=2)
    back.taps(Button.LINE_2, at_s=3)
    back.engine_says("own", JOINED)
    back.taps(Button.LINE_1, at_s=5)
    assert (asked(back), front.orders) == (0, [])
    assert "line-1 failed" in back.shows()
    assert back.notices[-1] == HandsetInUse(MAIN)
    back.engine_says("own", LEFT, at_s=9)
    back.taps(Button.LINE_1, at_s=10)
    assert asked(back) == 1


def test_a_unit_that_speaks_with_whom_another_one_sent_it_asks_for_nobody_else() -> None:
    _, front, back = site()
    back.taps(Button.LINE_1, at_s=5)
    back.rings("brought", on="main", caller="601", at_s=5.5)
    front.engine_says("a", ANSWERED)
    back.engine_says("brought", ANSWERED)
    back.engine_says("brought", JOINED)
    front.engine_says("a", JOINED, at_s=6)
    front.rings("b", on="lab", caller="bob", at_s=7)
    back.taps(Button.LINE_2, at_s=8)
    assert asked(back) == 1
    assert back.notices[-1] == HandsetInUse(LAB)


def test_the_handset_is_promised_while_a_caller_is_asked_for_and_free_again_if_they_do_not_come() -> None:
    bus, _, back = site()
    bus.answers_lost, bus.words_lost = 2, True
    back.rings("own", on="lab", caller="liz", at_s=2)
    back.taps(Button.LINE_1, at_s=5)
    back.taps(Button.LINE_2, at_s=6)
    assert (back.orders, back.notices[-1]) == ([], HandsetInUse(LAB))
    bus.wait_until(9)
    back.taps(Button.LINE_2, at_s=10)
    assert back.orders == [TakeRing("own", Way.HANDSET)]


def test_the_handset_is_promised_to_a_caller_of_a_queue_for_whom_a_press_waits() -> None:
    desk = Desk.registered(line("main", queue=True, hold_s=8), line("lab"), pickup=BY_HANDSET)
    desk.rings("a", on="main", at_s=1)
    desk.rings("b", on="lab", at_s=2)
    desk.cancelled("a", NOBODY_SAYS, at_s=10)
    desk.taps(Button.LINE_1, at_s=11)
    desk.taps(Button.LINE_2, at_s=12)
    assert (desk.orders, desk.notices[-1]) == ([], HandsetInUse(LAB))
    desk.rings("a-again", caller="a", on="main", at_s=13)
    assert desk.orders == [TakeRing("a-again", Way.HANDSET)]


def test_whoever_is_taken_for_the_people_of_another_unit_leaves_the_handset_free() -> None:
    _, front, back = site()
    back.taps(Button.LINE_1, at_s=5)
    front.rings("b", on="lab", caller="bob", at_s=6)
    front.taps(Button.LINE_2, at_s=7)
    assert front.orders[-1] == TakeRing("b", Way.HANDSET)


def test_a_handset_that_is_pulled_out_leaves_the_caller_shown_with_the_whole_wait_and_no_hook_ends_them() -> (
    None
):
    desk = desk_with_somebody_on_the_handset()
    desk.engine_says("a", FAILED, at_s=25, why="the handset's sound device is gone")
    assert desk.shows() == "Main: failed, stage 2 fill 2; line-1 failed"
    desk.releases(Button.HOOK, at_s=26)
    assert desk.shows(at_s=27) == "Main: waiting, stage 2 fill 2; line-1 takeable"
    desk.taps(Button.LINE_1, at_s=28)
    assert desk.orders == [TakeRing("a", Way.HANDSET)]
