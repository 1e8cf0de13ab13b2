"""The usual desk of a story."""

from collections.abc import Iterator

import pytest

from tests.end_to_end.desk import Practiced, Setting, desk_at_kamailio


@pytest.fixture
def desk(request: pytest.FixtureRequest) -> Iterator[Practiced]:
    """A registered unit at a Kamailio; a story that needs another setting gives it as a parameter."""
    with desk_at_kamailio(getattr(request, "param", Setting())) as running:
        yield running
