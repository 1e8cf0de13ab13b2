"""The engine's process: started with nothing of the unit's but a socket, and never left behind."""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import appliance

ENVIRONMENT: Final = ("PATH", "LANG", "LC_ALL", "TZ", "LD_LIBRARY_PATH", "VIRTUAL_ENV")
"""What the engine inherits. The unit's environment may hold passwords, and /proc shows it to others."""

GONE_S: Final = 0.5
"""How long a process may take to vanish after it closed its socket, before it is killed."""


def start_engine(program: Sequence[str], socket_fd: int) -> subprocess.Popen[bytes]:
    """Start Python with this program and the socket's number.

    Raises:
        OSError: it cannot be started.
    """
    environment = {name: os.environ[name] for name in ENVIRONMENT if name in os.environ}
    # Not the current folder (-P), which anybody may have filled, but the one that we came from.
    environment["PYTHONPATH"] = str(Path(appliance.__file__).parent.parent)
    return subprocess.Popen(
        [sys.executable, "-P", *program, str(socket_fd)],
        pass_fds=[socket_fd],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env=environment,
        # A session of its own: Ctrl-C at the terminal is for the unit, which then says Stop.
        start_new_session=True,
    )


def bury(process: subprocess.Popen[bytes], why: str) -> str:
    """Make sure that the process is gone, at once if we know why it must go; return why it ended."""
    if not why:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(GONE_S)
    process.kill()
    status = process.wait()
    assert process.stderr is not None
    with process.stderr as stderr:
        last_words = stderr.read().decode(errors="replace").strip().rpartition("\n")[2]
    return why or _told_by(status, last_words)


def _told_by(status: int, last_words: str) -> str:
    if status < 0:
        return f"it was killed by {signal.Signals(-status).name}"
    return f"it ended with status {status}" + (f": {last_words}" if last_words else "")
