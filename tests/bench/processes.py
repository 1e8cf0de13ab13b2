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
    total_kb = 0
    for pid in pids:
        found = re.search(r"^Pss:\s+(\d+) kB", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.MULTILINE)
        assert found is not None
        total_kb += int(found[1])
    return total_kb * 1024 / 1e6


def cpu_s(pids: Iterable[int]) -> float:
    """Processor time of all together, user and system."""
    total = 0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
        total += int(fields[11]) + int(fields[12])
    return total / TICKS_A_SECOND
