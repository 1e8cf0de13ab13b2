"""SIPp as a stranger: INVITEs straight to the unit from somebody who is not its phone system."""

import contextlib
from collections.abc import Iterator

from tests.peers.callers import scenario, sipp
from tests.peers.program import LOOPBACK, Program, free_port, private_folder

ELSEWHERE = "127.0.0.2"
"""An address of this machine that no phone system of a test has."""


@contextlib.contextmanager
def strangers_ring(
    port: int, *, dials: str = "601", host: str = LOOPBACK, per_second: int = 50, count: int = 1
) -> Iterator[Program]:
    """So many strangers ring at the unit's UDP port, each once and without waiting for the others."""
    with private_folder("strangers") as folder:
        file = scenario("stranger", {"DIALLED": dials}, folder)
        rate = ["-r", str(per_second), "-rp", "1000", "-m", str(count), "-l", str(count)]
        where = ["-t", "u1", "-nr", f"{LOOPBACK}:{port}"]
        with sipp(file, folder, free_port(), *rate, *where, traced=False, host=host) as program:
            yield program
