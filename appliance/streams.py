"""The standard streams of a command: one may be closed, full, or without a reader; it ends all the same."""

import contextlib
import io
import os
import sys
from pathlib import Path

from appliance.errors import printable


def settle_streams() -> None:
    """Give a standard stream that was closed to nobody, and let any label be printed in any locale."""
    for stream in (0, 1, 2):
        try:
            os.fstat(stream)
        except OSError:
            # Else a socket would get the number, and our lines with it.
            os.open(os.devnull, os.O_RDWR)
    # Python leaves None where it found a stream closed, and `print` takes None for stdout.
    sys.stdout = sys.stdout or open(1, "w", closefd=False)  # noqa: SIM115
    sys.stderr = sys.stderr or open(2, "w", closefd=False)  # noqa: SIM115
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")


def complain(line: str) -> None:
    """Write one printable line to stderr; a closed or full stderr must not change the exit code."""
    with contextlib.suppress(OSError, ValueError):
        print(f"call-light: {printable(line)}", file=sys.stderr, flush=True)


def leave_nothing_to_flush() -> None:
    """Drop what a stream did not take: the interpreter would try again at exit, fail, and end with 120."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            with Path(os.devnull).open("wb") as nobody:
                os.dup2(nobody.fileno(), stream.fileno())
