"""What several tests of the engine's parts need."""

import os
from pathlib import Path

import pytest


@pytest.fixture
def getent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A stand-in for the system's own program, first in the path."""
    program = tmp_path / "getent"
    program.write_text(f"#!/bin/sh\ncat {tmp_path}/answer 2>/dev/null\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    return tmp_path / "answer"
