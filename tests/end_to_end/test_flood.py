"""A user with rights floods the bus while callers ring: the front desk's light does not notice."""

import statistics
import time
from typing import Final

import pytest

from tests.end_to_end.desk import Setting
from tests.end_to_end.flooding import GROWN_KB_MAX, LIT_MS_MAX, flood, lit_after_ms, rss_kb
from tests.end_to_end.site import site_at_kamailio

FLOOD_S: Final = 10


@pytest.mark.parametrize("for_s", [1, pytest.param(FLOOD_S, marks=pytest.mark.soak)])
def test_a_flood_of_hostile_messages_darkens_and_delays_no_caller_and_costs_no_memory(for_s: int) -> None:
    with site_at_kamailio(Setting()) as site:
        # Who listens to all of it here would only take the processor from those who must not.
        site.ears.close()
        pid = site.front.unit.program.pid
        before_kb = rss_kb(pid)
        waits_ms: list[float] = []
        with flood(site.broker) as said:
            until_s = time.monotonic() + for_s
            while time.monotonic() < until_s or len(waits_ms) < 4:
                waits_ms.append(lit_after_ms(site))
            site.front.unit.until_status(
                lambda report: report.bus is not None and report.bus.dropped_count > 200, "it was a flood"
            )
        # The suite shares its processors with others, so its short form asks of the ordinary caller only.
        late_ms = max(waits_ms) if for_s == FLOOD_S else statistics.median(waits_ms)
        print(f"{statistics.median(said):.0f} messages a second, callers lit after {waits_ms} ms")
        assert late_ms <= LIT_MS_MAX
        assert rss_kb(pid) - before_kb < GROWN_KB_MAX
        site.back.unit.until_status(
            lambda found: found.bus is not None and found.bus.lost is None, "the bus answers again"
        )
