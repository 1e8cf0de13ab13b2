"""Two real units at one real broker over TLS: what the front desk sees, the back office sees."""

import signal
import time
from collections.abc import Iterator
from typing import Final

import pytest

from tests.end_to_end.desk import Setting
from tests.end_to_end.site import TwoUnits, site_at_kamailio

AGREED_S_MAX: Final = 3.0
"""From a broker that is back to a site that agrees."""

UNSURE_S_MAX: Final = 25.0
"""From a unit that froze to its callers shown as unsure elsewhere."""


@pytest.fixture(scope="module")
def site() -> Iterator[TwoUnits]:
    with site_at_kamailio(Setting()) as running:
        yield running


def test_a_caller_at_the_front_lights_the_back_office_and_its_end_darkens_it(site: TwoUnits) -> None:
    placing = site.front.someone_calls()
    site.front.shows(main="stage 1")
    site.back.shows(main="stage 1")
    site.back.shows(main="urgent")
    placing.hang_up()
    site.front.shows(main="dark")
    site.back.shows(main="dark")


def test_a_broker_that_dies_leaves_the_front_its_callers_and_comes_back_to_a_site_that_agrees(
    site: TwoUnits,
) -> None:
    placing = site.front.someone_calls()
    site.back.shows(main="stage 1")
    site.broker.kill()
    site.back.shows(main="unsure", within_s=10)
    site.front.shows(main="urgent")
    for desk in (site.front, site.back):
        desk.unit.until_status(
            lambda report: [one.fault for one in report.faults] == ["broker"], "a person must see it"
        )
    site.broker.start()
    back_s = time.monotonic()
    site.back.shows(main="urgent", within_s=10)
    assert time.monotonic() - back_s < AGREED_S_MAX
    placing.hang_up()
    site.back.shows(main="dark")
    for desk in (site.front, site.back):
        desk.unit.until_status(lambda report: report.faults == (), "nothing is wrong any more")
    assert site.front.looks()[-4:] == ["stage 1", "stage 2", "urgent", "dark"]


@pytest.mark.soak
def test_a_front_unit_that_freezes_leaves_its_callers_unsure_at_the_back(site: TwoUnits) -> None:
    site.front.someone_calls()
    site.back.shows(main="stage 1")
    site.front.unit.program.signal(signal.SIGSTOP)
    site.back.shows(main="unsure", within_s=UNSURE_S_MAX)
    site.front.unit.program.signal(signal.SIGCONT)
    site.back.shows(main="urgent", within_s=10)
