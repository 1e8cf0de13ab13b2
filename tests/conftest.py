"""What holds for the whole suite: no test leaves a process behind."""

from collections.abc import Iterator

import pytest

from tests.peers.leftovers import members
from tests.peers.program import started_groups, until


@pytest.fixture(scope="session", autouse=True)
def _no_process_is_left_behind() -> Iterator[None]:
    yield
    until(
        lambda: not any(map(members, started_groups)),
        5,
        "every program that a test started has ended, and its children",
    )
