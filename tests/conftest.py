"""What holds for the whole suite: no test leaves a process behind, and none talks beyond this machine.

`make test` runs it in two processes (pytest-xdist). One has the tests in real time, one after another, since
they would disturb each other. The other has those beside them: what only computes, giving way to real time,
and what waits in machines of its own.
"""

import os
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Final

import pytest
from hypothesis import settings
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from tests.network import keep_to_this_machine
from tests.peers.leftovers import members
from tests.peers.program import started_groups, until

# What fails must fail for everybody, on a quick and on a busy machine: the same examples, and no deadline.
# `pytest --hypothesis-profile default` looks for new ones.
settings.register_profile("suite", derandomize=True, deadline=None)
settings.load_profile("suite")

BESIDE: Final = frozenset(
    {
        "bus",
        "config",
        "core",
        "firmware",
        "handset",
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

ONLY_WAIT: Final = frozenset({"test_the_phone_system_goes_away_in_silence_and_comes_back"})
"""Tests of the others that wait for a minute and measure nothing."""

GIVES_WAY: Final = 10
"""How nice (nice(2)) the process beside is: a program in real time that wakes comes first."""


def is_beside(nodeid: str) -> bool:
    """Whether this test runs in the process beside the one in real time."""
    file, _, name = nodeid.partition("::")
    _, *place = PurePosixPath(file).parts
    return name in ONLY_WAIT or (place[0] in BESIDE and place[-1] not in IN_REAL_TIME)


class TwoProcesses(LoadScopeScheduling):
    """Gives each of the two processes its tests. (xdist's own groups are lost on pytest 9.)"""

    def _split_scope(self, nodeid: str) -> str:
        return "beside" if is_beside(nodeid) else "in real time"


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> TwoProcesses:
    """Share the tests out."""
    return TwoProcesses(config, log)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Let the process beside give way, where there are two."""
    if "PYTEST_XDIST_WORKER" in os.environ and is_beside(item.nodeid) and os.nice(0) < GIVES_WAY:
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
