"""What the machine itself can tell of a unit's health."""

import os
from pathlib import Path
from typing import Final

_STATM: Final = Path("/proc/self/statm")
_SYNCHRONISED: Final = Path("/run/systemd/timesync/synchronized")


def rss_kb() -> int:
    """Return how much memory this process holds, in kB (proc(5), statm)."""
    pages = int(_STATM.read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") // 1024


def clock_is_synchronised() -> bool:
    """Return whether systemd-timesyncd has set the clock since the start of the machine."""
    return _SYNCHRONISED.exists()
