"""A broker for the stories of a module: each begins with it running, and nothing kept."""

from collections.abc import Iterator

import pytest

from tests.peers.mosquitto import Mosquitto, running_mosquitto


@pytest.fixture(scope="module")
def broker() -> Iterator[Mosquitto]:
    """A broker that runs."""
    with running_mosquitto() as running:
        yield running
