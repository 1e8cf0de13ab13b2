"""A site whose units take callers on handsets of their own: who rings there, and who rings at the other."""

from collections.abc import Iterator

import pytest

from tests.end_to_end.faults import ROUNDS, WHO, a_handset, a_handset_that_is_in_use, somebody
from tests.end_to_end.taking_site import Site, running_site
from tests.peers.talker import Talker


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with running_site(handsets=True) as running:
        yield running


@pytest.fixture
def caller() -> Iterator[Talker]:
    with somebody() as one:
        yield one


@pytest.mark.parametrize("who", WHO)
def test_a_handset_has_the_caller_until_its_hook_is_on(site: Site, caller: Talker, who: str) -> None:
    a_handset(site, caller, who)


def test_a_unit_whose_handset_is_in_use_asks_for_nobody_and_says_so_at_once(
    site: Site, caller: Talker
) -> None:
    a_handset_that_is_in_use(site, caller, "back")


@pytest.mark.soak
@pytest.mark.parametrize("who", WHO)
def test_no_handset_in_use_ever_drops_anybody(site: Site, who: str) -> None:
    for _ in range(ROUNDS):
        with somebody() as caller:
            a_handset_that_is_in_use(site, caller, who)
