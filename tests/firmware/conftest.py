"""The real firmware on the emulated board, just after power came."""

from collections.abc import Iterator

import pytest

from tests.peers.tower import Tower, running_tower


@pytest.fixture
def tower() -> Iterator[Tower]:
    with running_tower() as running:
        yield running
