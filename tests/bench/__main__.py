"""`make bench`: measures every figure and prints the table that README quotes."""

import os
import sys

from tests.bench import board, bus, firmware, site, tower, unit
from tests.bench.figures import HEAD


def main() -> None:
    """Measure one after the other, since they share the processors."""
    # An installed unit has its bytecode, and so has a checkout after its first start, unless this forbids it.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    print(HEAD, flush=True)
    for measure in (
        unit.latency,
        unit.burst,
        unit.start,
        unit.idle,
        unit.memory,
        board.measure,
        firmware.measure,
        tower.measure,
        bus.event_latency,
        site.measure,
    ):
        print(f"measuring: {measure.__module__}.{measure.__name__}", file=sys.stderr, flush=True)
        for figure in measure():
            print(figure, flush=True)


if __name__ == "__main__":
    main()
