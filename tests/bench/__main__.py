"""`make bench`: measures every figure and prints the table that README quotes.

With names it measures only those: `python -m tests.bench site unit.start`.
"""

import os
import sys
from typing import Final

from tests.bench import board, bus, ending, firmware, pickups, site, taking, tower, unit
from tests.bench.figures import HEAD

MEASURES: Final = {
    f"{one.__module__.rpartition('.')[2]}.{one.__name__}": one
    for one in (
        unit.latency,
        unit.burst,
        unit.start,
        unit.idle,
        unit.memory,
        ending.told_to_end,
        ending.engine_killed,
        board.measure,
        firmware.measure,
        tower.measure,
        bus.event_latency,
        site.measure,
        taking.measure,
        pickups.presses,
        pickups.faults,
    )
}


def main(wanted: list[str]) -> None:
    """Measure one after the other, since they share the processors."""
    # An installed unit has its bytecode, and so has a checkout after its first start, unless this forbids it.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    print(HEAD, flush=True)
    for name, measure in MEASURES.items():
        if wanted and not {name, name.partition(".")[0]} & set(wanted):
            continue
        print(f"measuring: {name}", file=sys.stderr, flush=True)
        for figure in measure():
            print(figure, flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
