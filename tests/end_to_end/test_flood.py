"""A user with rights floods the bus while callers ring: the front desk's light does not notice."""

import contextlib
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.end_to_end.desk import Setting
from tests.end_to_end.site import TwoUnits, site_at_kamailio
from tests.peers.mosquitto import SITE, STRANGER
from tests.practice.record import read_record, since_registered

LIT_MS_MAX: Final = 250.0
"""From an INVITE to the picture, at p99, while the flood lasts."""

GROWN_KB_MAX: Final = 20_000
"""How much memory the flood may cost the unit: what waits for its thread, and for TLS."""


@contextlib.contextmanager
def flood(site: TwoUnits) -> Iterator[None]:
    """10,000 hostile messages a second, for as long as it lasts."""
    broker = site.broker
    argv = [
        sys.executable,
        "-m",
        "tests.peers.flood",
        str(broker.port),
        str(broker.certificate.ca_file),
        SITE,
        STRANGER,
        "front",
    ]
    process = subprocess.Popen(
        ["setpriv", "--pdeathsig", "KILL", "--", *argv],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        process.stdin.write(broker.passwords[STRANGER].encode() + b"\n")
        process.stdin.flush()
        assert process.stdout.readline() == b"floods\n"
        yield
        assert process.poll() is None, "it flooded until now"
    finally:
        process.kill()
        process.communicate()


def rss_kb(pid: int) -> int:
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


@pytest.mark.parametrize(
    ("count", "of"), [(4, statistics.median), pytest.param(20, max, marks=pytest.mark.soak)]
)
def test_a_flood_of_hostile_messages_darkens_and_delays_no_caller_and_costs_no_memory(
    count: int, of: Callable[[list[float]], float]
) -> None:
    # At one stage for the whole time: what it shows is there for as long as anybody looks.
    with site_at_kamailio(Setting(line={"stages_s": (0, 60, 120)})) as site:
        # Who listens to all of it here would only take the processor from those who must not.
        site.ears.close()
        pid = site.front.unit.program.pid
        before_kb = rss_kb(pid)
        with flood(site):
            waits_ms = [lit_after_ms(site) for _ in range(count)]
            site.front.unit.until_status(
                lambda report: report.bus is not None and report.bus.dropped_count > 200, "it was a flood"
            )
        # The suite shares its processors with others, so its short form asks of the ordinary caller only.
        assert of(waits_ms) <= LIT_MS_MAX, waits_ms
        assert rss_kb(pid) - before_kb < GROWN_KB_MAX
        site.back.unit.until_status(
            lambda found: found.bus is not None and found.bus.lost is None, "the bus answers again"
        )
