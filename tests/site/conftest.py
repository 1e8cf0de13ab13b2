"""One running site for all tests of a module: it takes two seconds to make."""

from collections.abc import Iterator

import pytest

from tests.peers.site import RunningSite, running_site


@pytest.fixture(scope="module")
def site() -> Iterator[RunningSite]:
    with running_site() as site:
        yield site
