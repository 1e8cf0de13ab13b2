"""What the kernel says of the unit's processes: memory and processor time."""

import os
import re
from collections.abc import Iterable
from pathlib import Path

TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")


def family(pid: int) -> list[int]:
    """The process and its children: the unit and its engine."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    threads = Path(f"/proc/{pid}/task").iterdir()
    found = {int(child) for thread in threads for child in (thread / "children").read_text().split()}
    return [pid, *sorted(found | set(map(int, children)))]


def pss_mb(pids: Iterable[int]) -> float:
    """Proportional set size of all together, in MB of 10^6 bytes: shared pages are counted once."""
    return sum(_memory_mb(pid, "Pss") for pid in pids)


def own_mb(pid: int) -> float:
    """What a process has written to itself, in MB of 10^6 bytes. The end of another one that shares its
    libraries changes nothing of it, as it does of the proportional size."""
    return _memory_mb(pid, "Anonymous")


def _memory_mb(pid: int, kind: str) -> float:
    text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    found = re.search(rf"^{kind}:\s+(\d+) kB", text, re.MULTILINE)
    assert found is not None
    return int(found[1]) * 1024 / 1e6


def cpu_s(pids: Iterable[int]) -> float:
    """Processor time of all together, user and system."""
    total = 0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
        total += int(fields[11]) + int(fields[12])
    return total / TICKS_A_SECOND
