"""Finds what a run left behind: every process carries the mark of its run in its environment."""

import contextlib
import os
import uuid
from pathlib import Path
from typing import Final

MARK: Final = "CALL_LIGHT_TEST_RUN"


def new_mark() -> str:
    """A mark for the environment of a run, `MARK=this`; whatever it starts inherits it."""
    return uuid.uuid4().hex


def marked(mark: str) -> dict[int, str]:
    """The processes that carry the mark, but for our own, with their command lines."""
    wanted = f"{MARK}={mark}".encode()
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        # A process may end between the listing and the reading, and another user's is not ours.
        with contextlib.suppress(OSError):
            if int(folder.name) != os.getpid() and wanted in (folder / "environ").read_bytes().split(b"\0"):
                command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                # One that has ended and only waits to be reaped has no command line.
                if command:
                    found[int(folder.name)] = command
    return found
