"""What holds for the whole suite: no test leaves a process behind."""

import os
from collections.abc import Iterator

import pytest

from tests.peers.leftovers import MARK, marked, new_mark
from tests.peers.program import until


@pytest.fixture(scope="session", autouse=True)
def _no_process_is_left_behind() -> Iterator[None]:
    mark = new_mark()
    os.environ[MARK] = mark
    yield
    # The keeper lives as long as this process does, by design.
    until(
        lambda: all("keeper.py" in command for command in marked(mark).values()),
        5,
        f"every process that a test started has ended: {marked(mark)}",
    )
