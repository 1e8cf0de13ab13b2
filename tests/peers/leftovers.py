"""Finds what a run left behind: the living processes of a group, and all that descend from one."""

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Process:
    """One living process of this machine; one that has ended and only waits to be reaped is not."""

    pid: int
    parent: int
    group: int


def processes() -> Iterator[Process]:
    """Every living process but our own."""
    for stat in Path("/proc").glob("[0-9]*/stat"):
        # A process may end between the listing and the reading.
        with contextlib.suppress(OSError):
            pid = int(stat.parent.name)
            state, parent, group = stat.read_text().rpartition(")")[2].split()[:3]
            if state != "Z" and pid != os.getpid():
                yield Process(pid, int(parent), int(group))


def members(group: int) -> list[int]:
    """The living processes of a group."""
    return [process.pid for process in processes() if process.group == group]


def children(parent: int) -> list[int]:
    """The living processes whose parent this one is."""
    return [process.pid for process in processes() if process.parent == parent]


def descendants(ancestor: int) -> set[int]:
    """The living processes that this one started, and those that they started."""
    parents = {process.pid: process.parent for process in processes()}
    found = {ancestor}
    while more := {pid for pid, parent in parents.items() if parent in found} - found:
        found |= more
    return found - {ancestor}


def alive(pids: set[int]) -> set[int]:
    """Those of these processes that still live."""
    return pids & {process.pid for process in processes()}
