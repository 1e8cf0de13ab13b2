"""The tower in a terminal: drawn live where there is one, in plain lines where there is not.

It needs no wiring: run the unit in a terminal. Standard output that is a pipe or a file, a terminal that
cannot move its cursor, and a set NO_COLOR get plain lines instead.
"""

import os
import sys

from appliance.clock import Clock
from appliance.tower.driver import Driver
from appliance.tower.plain import PlainTower


def open_terminal(clock: Clock, bell: bool) -> Driver:
    """Open the tower on standard output, by a stream that the driver closes.

    It is not `sys.stdout`: where nobody takes the output (Ctrl-S, a reader that stopped) the tower's thread
    hangs in the stream, and the interpreter would wait at its end for that one.
    """
    own = os.dup(sys.stdout.fileno())
    out = os.fdopen(own, "w", encoding=sys.stdout.encoding, errors="backslashreplace")
    dumb = os.environ.get("TERM", "dumb") == "dumb" or os.environ.get("NO_COLOR")
    if dumb or not out.isatty():
        return PlainTower(out, clock, bell)
    # Rich is loaded only where it draws.
    from appliance.tower.live import LiveTower
    from appliance.tower.screen import Screen

    return LiveTower(Screen(out), clock, bell)
