"""A flood of hostile messages on the bus, and what a caller waits for the light meanwhile."""

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tests.end_to_end.site import TwoUnits
from tests.peers.mosquitto import SITE, STRANGER, Mosquitto
from tests.practice.record import read_record, since_registered

LIT_MS_MAX: Final = 250.0
"""From an INVITE to the picture, at p99, while the flood lasts."""

GROWN_KB_MAX: Final = 20_000
"""How much memory the flood may cost the unit: what waits for its thread, and for TLS."""


class Flood:
    """A user with rights who says 10,000 hostile things a second, or as many as the broker takes."""

    def __init__(self, broker: Mosquitto) -> None:
        arguments = (str(broker.port), str(broker.certificate.ca_file), SITE, STRANGER, "front")
        self._process = subprocess.Popen(
            ["setpriv", "--pdeathsig", "KILL", "--", sys.executable, "-m", "tests.peers.flood", *arguments],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=Path(__file__).parents[2],
        )  # fmt: skip
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(broker.passwords[STRANGER].encode() + b"\n")
        self._process.stdin.flush()
        assert self._process.stdout.readline() == b"floods\n"

    def end(self) -> list[int]:
        """Stop it; how many things were said in each whole second."""
        ended = self._process.poll()
        self._process.kill()
        said, _ = self._process.communicate()
        assert ended is None, "it flooded until now"
        return [int(line) for line in said.splitlines()]


@contextlib.contextmanager
def flood(broker: Mosquitto) -> Iterator[list[int]]:
    """A flood for as long as the block lasts; afterwards the list has what was said in each second."""
    running = Flood(broker)
    said: list[int] = []
    try:
        yield said
    finally:
        said += running.end()


def rss_kb(pid: int) -> int:
    """What the process holds."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0])


def lit_after_ms(site: TwoUnits) -> float:
    """How long after the INVITE a caller is lit at the front; the caller then gives up."""
    placing = site.front.someone_calls()
    site.front.shows(main="stage 1")
    invited_ms = placing.caller().invited_at_ms
    shown = since_registered(read_record(site.front.unit.record_file))
    lit_ms = next(
        one.at_ms for one in shown if one.at_ms >= invited_ms and one.picture.segments[0].stage == 1
    )
    placing.hang_up()
    site.front.shows(main="dark")
    return lit_ms - invited_ms
