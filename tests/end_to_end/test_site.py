"""Two real units at one real broker over TLS: what the front desk sees, the back office sees."""

import signal
from collections.abc import Iterator
from typing import Final

import pytest

from tests.end_to_end.desk import SOON_S, Setting
from tests.end_to_end.site import TwoUnits, site_at_kamailio

UNSURE_S_MAX: Final = 25.0
"""From a unit that froze to its callers shown as unsure elsewhere."""


@pytest.fixture(scope="module")
def site() -> Iterator[TwoUnits]:
    with site_at_kamailio(Setting(line={"stages_s": SOON_S})) as running:
        yield running


def test_a_caller_at_the_front_lights_the_back_office_and_its_end_darkens_it(site: TwoUnits) -> None:
    before, before_back = len(site.front.looks()), len(site.back.looks())
    placing = site.front.someone_calls()
    for desk in (site.front, site.back):
        desk.shows(main="stage 2")
    placing.hang_up()
    for desk in (site.front, site.back):
        desk.shows(main="dark")
    site.front.has_shown("stage 1", "stage 2", "dark", since=before)
    # What is late on its way to the back begins there where the wait is by then.
    seen = [look for look in site.back.looks()[before_back:] if look != "stage 1"]
    assert seen == ["stage 2", "dark"]


def test_a_broker_that_dies_leaves_the_front_its_callers_and_comes_back_to_a_site_that_agrees(
    site: TwoUnits,
) -> None:
    before = len(site.front.looks())
    placing = site.front.someone_calls()
    site.back.shows(main="stage 2")
    site.broker.kill()
    site.back.shows(main="unsure")
    site.front.shows(main="stage 2")
    for desk in (site.front, site.back):
        desk.unit.until_status(
            lambda report: [one.fault for one in report.faults] == ["broker"], "a person must see it"
        )
    site.broker.start()
    site.back.shows(main="stage 2")
    placing.hang_up()
    for desk in (site.front, site.back):
        desk.shows(main="dark")
        desk.unit.until_status(lambda report: report.faults == (), "nothing is wrong any more")
    site.front.has_shown("stage 1", "stage 2", "dark", since=before)


@pytest.mark.soak
def test_a_front_unit_that_freezes_leaves_its_callers_unsure_at_the_back(site: TwoUnits) -> None:
    site.front.someone_calls()
    site.back.shows(main="stage 2")
    site.front.unit.program.signal(signal.SIGSTOP)
    site.back.shows(UNSURE_S_MAX, main="unsure")
    site.front.unit.program.signal(signal.SIGCONT)
    site.back.shows(main="stage 2")
