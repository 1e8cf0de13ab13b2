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
    """Open the tower on standard output."""
    dumb = os.environ.get("TERM", "dumb") == "dumb" or os.environ.get("NO_COLOR")
    if dumb or not sys.stdout.isatty():
        return PlainTower(sys.stdout, clock, bell)
    # Rich is loaded only where it draws.
    from appliance.tower.live import LiveTower
    from appliance.tower.screen import Screen

    return LiveTower(Screen(sys.stdout), clock, bell)
