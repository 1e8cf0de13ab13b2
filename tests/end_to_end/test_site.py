"""Two real units at one real broker over TLS: what the front desk sees, the back office sees."""

import signal
from collections.abc import Iterator
from typing import Final

import pytest

from tests.end_to_end.desk import Setting
from tests.end_to_end.site import TwoUnits, site_at_kamailio

AGREED_S_MAX: Final = 6.0
"""From a broker that is back to a site that agrees: twice what `make bench` asks of a machine that does
nothing else."""

UNSURE_S_MAX: Final = 25.0
"""From a unit that froze to its callers shown as unsure elsewhere."""


@pytest.fixture(scope="module")
def site() -> Iterator[TwoUnits]:
    with site_at_kamailio(Setting()) as running:
        yield running


def test_a_caller_at_the_front_lights_the_back_office_and_its_end_darkens_it(site: TwoUnits) -> None:
    placing = site.front.someone_calls()
    for desk in (site.front, site.back):
        desk.shows(main="urgent")
    placing.hang_up()
    for desk in (site.front, site.back):
        desk.shows(main="dark")
        assert desk.looks()[-4:] == ["stage 1", "stage 2", "urgent", "dark"]


def test_a_broker_that_dies_leaves_the_front_its_callers_and_comes_back_to_a_site_that_agrees(
    site: TwoUnits,
) -> None:
    placing = site.front.someone_calls()
    site.back.shows(main="urgent")
    site.broker.kill()
    site.back.shows(main="unsure", within_s=10)
    site.front.shows(main="urgent")
    for desk in (site.front, site.back):
        desk.unit.until_status(
            lambda report: [one.fault for one in report.faults] == ["broker"], "a person must see it"
        )
    site.broker.start()
    site.back.shows(main="urgent", within_s=AGREED_S_MAX)
    placing.hang_up()
    for desk in (site.front, site.back):
        desk.shows(main="dark")
        desk.unit.until_status(lambda report: report.faults == (), "nothing is wrong any more")
    assert site.front.looks()[-4:] == ["stage 1", "stage 2", "urgent", "dark"]


@pytest.mark.soak
def test_a_front_unit_that_freezes_leaves_its_callers_unsure_at_the_back(site: TwoUnits) -> None:
    site.front.someone_calls()
    site.back.shows(main="urgent")
    site.front.unit.program.signal(signal.SIGSTOP)
    site.back.shows(main="unsure", within_s=UNSURE_S_MAX)
    site.front.unit.program.signal(signal.SIGCONT)
    site.back.shows(main="urgent", within_s=10)
