"""What several tests of the engine's parts need."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.peers.talker import Talker, talker
from tests.sip.house import CALLER_HZ, House, running_house


@pytest.fixture
def getent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A stand-in for the system's own program, first in the path."""
    program = tmp_path / "getent"
    program.write_text(f"#!/bin/sh\ncat {tmp_path}/answer 2>/dev/null\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    return tmp_path / "answer"


@pytest.fixture(scope="module")
def whole_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with running_house(tmp_path_factory.mktemp("engine")) as house:
        yield house


@pytest.fixture
def house(whole_house: House) -> Iterator[House]:
    whole_house.begin()
    yield whole_house
    whole_house.end()


@pytest.fixture
def caller() -> Iterator[Talker]:
    with talker(CALLER_HZ, "0301555") as one:
        yield one
