"""What holds for the whole suite: no test leaves a process behind, and none talks beyond this machine.

`make test` runs it in two processes (pytest-xdist). One has the tests in real time, one after another, since
they would disturb each other. The other has those beside them: what only computes, giving way to real time,
and what waits in machines of its own.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.network import keep_to_this_machine
from tests.peers.leftovers import members
from tests.peers.program import started_groups, until

BESIDE: Final = frozenset(
    {
        "bus",
        "config",
        "core",
        "firmware",
        "hardware",
        "legend",
        "service",
        "setup",
        "simulate",
        "trial",
        "test_tidy.py",
    }
)
"""The folders and files of tests that need no real time of this machine's."""

IN_REAL_TIME: Final = frozenset({"test_link.py", "test_live_board.py"})
"""The files in those folders that do."""

GIVES_WAY: Final = 10
"""How nice (nice(2)) the process beside is: a program in real time that wakes comes first."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Say for each test in which of the two processes it runs."""
    here = Path(__file__).parent
    for item in items:
        beside = item.path.relative_to(here).parts[0] in BESIDE and item.path.name not in IN_REAL_TIME
        if item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group("beside" if beside else "in real time"))


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Let the process beside give way, where there are two."""
    group = item.get_closest_marker("xdist_group")
    assert group is not None
    if "PYTEST_XDIST_WORKER" in os.environ and group.args == ("beside",) and os.nice(0) < GIVES_WAY:
        os.nice(GIVES_WAY - os.nice(0))


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
