"""A press in the back office takes a caller who rings at the front desk: two units, a broker, an Asterisk."""

import signal
from collections.abc import Iterator

import pytest

from tests.end_to_end.faults import (
    ROUNDS,
    WHO,
    a_hand_over_that_is_refused,
    a_phone_that_fails,
    rings,
    somebody,
)
from tests.end_to_end.taking_site import CALLER_HZ, FRONT_RINGS, RINGBACK, VOICES, Site, running_site
from tests.peers.program import PATIENT_S, until
from tests.peers.talker import Talker


@pytest.fixture(scope="module")
def whole_site() -> Iterator[Site]:
    with running_site() as running:
        yield running


@pytest.fixture
def site(whole_site: Site) -> Site:
    whole_site.begin()
    return whole_site


@pytest.fixture
def caller() -> Iterator[Talker]:
    with somebody() as one:
        yield one


def test_a_press_in_the_back_office_puts_the_front_desks_caller_on_the_back_offices_phone(
    site: Site, caller: Talker
) -> None:
    ended = len(site.front.outcomes())
    before = len(site.front.desk.looks()), len(site.back.desk.looks())
    rung = site.front.phone.rung_count
    site.back.phone.final = ""
    caller.dial(site.asterisk.address, FRONT_RINGS)
    site.front.desk.shows(main="stage 1")
    site.back.desk.shows(main="stage 1")
    site.back.press()
    caller.until_hears(*RINGBACK)
    for place in (site.front, site.back):
        place.desk.shows(main="asked")
    site.back.phone.pick_up()
    caller.until_hears(VOICES["back"])
    site.back.phone.until_hears(CALLER_HZ)
    assert site.front.phone.rung_count == rung
    site.front.desk.has_shown("stage 1", "asked", "closing", "dark", since=before[0])
    site.back.desk.has_shown("stage 1", "asked", "taken", "dark", since=before[1])
    assert site.front.until_outcomes(ended + 1)[ended:] == ["answered-here"]
    assert site.back.outcomes() == []


def test_a_busy_phone_in_the_back_leaves_the_caller_shown_to_both_and_the_front_takes_them(
    site: Site, caller: Talker
) -> None:
    ended, looked = len(site.front.outcomes()), len(site.back.desk.looks())
    site.back.phone.final = "486 Busy Here"
    caller.dial(site.asterisk.address, FRONT_RINGS)
    site.back.desk.shows(main="stage 1")
    site.back.press()
    caller.until_hears(*RINGBACK)
    site.back.until_showed("failed", since=looked)
    site.back.desk.shows(main="stage 1")
    site.front.desk.shows(main="stage 1")
    site.front.press()
    caller.until_hears(VOICES["front"])
    site.front.desk.shows(main="dark")
    site.back.desk.shows(main="dark")
    assert site.front.until_outcomes(ended + 1)[ended:] == ["answered-here"]


def test_of_two_presses_at_the_same_instant_one_has_the_caller(site: Site, caller: Talker) -> None:
    ended = len(site.front.outcomes())
    rung = [place.phone.rung_count for place in (site.front, site.back)]
    caller.dial(site.asterisk.address, FRONT_RINGS)
    site.back.desk.shows(main="stage 1")
    places = (site.front, site.back)
    for place in places:
        place.button.until_up()
    for place in places:
        place.button.push(0)
    caller.until_connected()
    phones = (site.front.phone, site.back.phone)
    until(lambda: any(phone.is_connected for phone in phones), PATIENT_S, "somebody has the caller")
    winner = site.front if site.front.phone.is_connected else site.back
    winner.phone.until_hears(CALLER_HZ)
    site.front.desk.shows(main="dark")
    site.back.desk.shows(main="dark")
    rings = [place.phone.rung_count for place in (site.front, site.back)]
    assert sum(rings) == sum(rung) + 1
    assert site.front.until_outcomes(ended + 1)[ended:] == ["answered-here"]


@pytest.mark.parametrize("who", WHO)
def test_a_desk_phone_that_declines_drops_nobody(whole_site: Site, caller: Talker, who: str) -> None:
    a_phone_that_fails(whole_site, caller, who, "declines")


@pytest.mark.soak
@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("fault", ["busy", "declines", "silent", "unplugged"])
def test_no_fault_of_a_desk_phone_ever_drops_anybody(whole_site: Site, who: str, fault: str) -> None:
    for _ in range(ROUNDS):
        with somebody() as caller:
            a_phone_that_fails(whole_site, caller, who, fault)


@pytest.mark.soak
@pytest.mark.parametrize("who", WHO)
def test_no_refused_hand_over_ever_drops_anybody(whole_site: Site, who: str) -> None:
    for _ in range(ROUNDS):
        with somebody() as caller:
            a_hand_over_that_is_refused(whole_site, caller, who)


@pytest.mark.soak
def test_a_press_that_lay_unread_in_a_frozen_unit_is_never_acted_on(site: Site, caller: Talker) -> None:
    ended, rung = len(site.front.outcomes()), site.back.phone.rung_count
    rings(site, caller)
    before = len(site.back.desk.looks())
    site.front.desk.unit.program.signal(signal.SIGSTOP)
    site.back.press()
    site.back.until_showed("failed", since=before)
    site.front.desk.unit.program.signal(signal.SIGCONT)
    # The failed pattern takes a second: time enough for the front to act on what it finds, if it did.
    site.back.desk.shows(main="stage 1")
    assert not caller.is_connected
    site.back.press()
    caller.until_hears(VOICES["back"])
    assert site.back.phone.rung_count == rung + 1
    caller.hang_up()
    assert site.front.until_outcomes(ended + 1)[ended:] == ["answered-here"]
