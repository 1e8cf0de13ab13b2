"""One running site for the tests of this folder: it takes two seconds to make."""

from collections.abc import Iterator

import pytest

from tests.peers.site import RunningSite, running_site


@pytest.fixture(scope="package")
def site() -> Iterator[RunningSite]:
    with running_site() as site:
        yield site
