"""Ends what its owner left behind: run as a program of its own, it outlives an owner that was killed.

The owner writes one line for each thing it starts or ends: ``+group 123``, ``-group 123``,
``+folder /tmp/x``, ``-folder /tmp/x``. When the pipe closes, whatever the reason, every process group still
named gets SIGKILL and every folder still named is removed.
"""

import os
import shutil
import signal
import sys
from collections.abc import Iterable


def keep(lines: Iterable[str]) -> None:
    """Follow the owner's lines to their end, then clear what they still name."""
    groups: set[int] = set()
    folders: set[str] = set()
    for line in lines:
        word, _, value = line.strip().partition(" ")
        match word:
            case "+group":
                groups.add(int(value))
            case "-group":
                groups.discard(int(value))
            case "+folder":
                folders.add(value)
            case "-folder":
                folders.discard(value)
            case _:
                raise ValueError(f"the keeper knows no {word!r}")
    for group in groups:
        try:
            os.killpg(group, signal.SIGKILL)
        except ProcessLookupError:
            # The group ended by itself in the same moment as its owner.
            continue
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    keep(sys.stdin)
