"""No test of a controller leaves a descriptor open or a thread running."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.peers.program import PATIENT_S, keeper, until


@pytest.fixture(autouse=True)
def nothing_is_left_behind() -> Iterator[None]:
    # The one keeper of this process stays until its end.
    keeper()
    descriptors, threads = _descriptors(), set(threading.enumerate())
    yield

    def nothing_is_new() -> bool:
        return _descriptors() <= descriptors and set(threading.enumerate()) <= threads

    # A writer that looks for its tower when it is closed does so until its time is over.
    until(nothing_is_new, PATIENT_S, "nothing is left open")


def _descriptors() -> set[str]:
    return {one.name for one in Path("/proc/self/fd").iterdir()}
