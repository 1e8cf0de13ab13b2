"""What holds for the whole suite: no test leaves a process behind, and none talks beyond this machine."""

from collections.abc import Iterator

import pytest

from tests.network import keep_to_this_machine
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


@pytest.fixture(scope="session", autouse=True)
def _no_test_talks_beyond_this_machine() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as monkeypatch:
        keep_to_this_machine(monkeypatch)
        yield
