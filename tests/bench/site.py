"""Two units at one broker: from light to light, a broker that is back, a unit that is gone, a flood."""

import signal
import time
from collections.abc import Callable
from statistics import median

from tests.bench.figures import Figure, p99
from tests.bench.processes import family, pss_mb
from tests.bench.unit import Tail
from tests.end_to_end.desk import MAIN, Desk, Setting
from tests.end_to_end.flooding import GROWN_KB_MAX, LIT_MS_MAX, flood, lit_after_ms, rss_kb
from tests.end_to_end.site import TwoUnits, site_at_kamailio
from tests.peers.dialler import Dialler
from tests.peers.program import until

CALLS = 200
CALLS_A_SECOND = 10
"""A unit that says more than fifty things a second is not heard any more (`bus.limits`)."""
RESTARTS = 5
FLOOD_S = 10


def measure() -> list[Figure]:
    """Every figure of two units, one after the other, and the flood last."""
    with site_at_kamailio(Setting()) as site:
        # Who checks all that is said here would only take the processor from those who are measured.
        site.ears.close()
        return [*light_to_light(site), memory(site), agreed(site), gone(site), *flooded(site)]


def light_to_light(site: TwoUnits) -> list[Figure]:
    """From the picture at the front to the one at the back."""
    dialler = Dialler(site.front.kamailio.address)
    front, back = Tail(site.front.unit), Tail(site.back.unit)
    took_ms = []
    begun_s = time.monotonic()
    for call in range(CALLS):
        until(lambda due=begun_s + call / CALLS_A_SECOND: time.monotonic() > due, 5, "its turn comes")  # type: ignore[misc]
        dialler.dial(MAIN)
        at_front_ms = front.until_callers(1)
        took_ms.append(back.until_callers(1) - at_front_ms)
        dialler.give_up()
        front.until_callers(0)
        back.until_callers(0)
    dialler.close()
    return [
        Figure(f"front unit lit to back unit lit (median of {CALLS})", "10 ms", f"{median(took_ms):.1f} ms",
               median(took_ms) <= 10),
        Figure("the same, p99", "30 ms", f"{p99(took_ms):.1f} ms", p99(took_ms) <= 30),
    ]  # fmt: skip


def memory(site: TwoUnits) -> Figure:
    """What unit and engine hold with the bus."""
    found_mb = pss_mb(family(site.front.unit.program.pid))
    return Figure(
        "memory of unit and engine, two units known", "80 MB PSS", f"{found_mb:.1f} MB", found_mb <= 80
    )


def took_s(desk: Desk, look: str, done: Callable[[], None]) -> float:
    """How long after this was done the desk shows a look."""
    done()
    begun_s = time.monotonic()
    desk.shows(60, main=look)
    return time.monotonic() - begun_s


def agreed(site: TwoUnits) -> Figure:
    """From a broker that accepts again to a back office that shows the front's caller as before."""
    placing = site.front.someone_calls()
    site.back.shows(main="stage 1")
    found_s = []
    for _ in range(RESTARTS):
        site.broker.kill()
        site.back.shows(10, main="unsure")
        found_s.append(took_s(site.back, "stage 1", site.broker.start))
    placing.hang_up()
    site.back.shows(main="dark")
    longest_s = max(found_s)
    return Figure(
        f"broker back to site agreed (longest of {RESTARTS})", "3 s", f"{longest_s:.2f} s", longest_s <= 3
    )


def gone(site: TwoUnits) -> Figure:
    """From a front unit that freezes to its caller unsure at the back."""
    placing = site.front.someone_calls()
    site.back.shows(main="stage 1")
    program = site.front.unit.program
    found_s = took_s(site.back, "unsure", lambda: program.signal(signal.SIGSTOP))
    program.signal(signal.SIGCONT)
    site.back.shows(20, main="stage 1")
    placing.hang_up()
    site.back.shows(main="dark")
    return Figure("unit frozen, to its callers unsure elsewhere", "25 s", f"{found_s:.1f} s", found_s <= 25)


def flooded(site: TwoUnits) -> list[Figure]:
    """Own callers while a user with rights floods the bus."""
    pid = site.front.unit.program.pid
    before_kb, waits_ms = rss_kb(pid), []
    with flood(site.broker) as said:
        until_s = time.monotonic() + FLOOD_S
        while time.monotonic() < until_s:
            waits_ms.append(lit_after_ms(site))
    grown_mb = (rss_kb(pid) - before_kb) / 1000
    return [
        Figure(
            f"10,000 hostile messages a second for {FLOOD_S} s, of which the broker took (median second)",
            "10,000",
            f"{median(said):,.0f}",
            median(said) >= 10_000,
        ),
        Figure(
            f"own callers lit meanwhile (longest of {len(waits_ms)})",
            f"{LIT_MS_MAX:.0f} ms p99",
            f"{max(waits_ms):.1f} ms",
            max(waits_ms) <= LIT_MS_MAX,
        ),
        Figure(
            "memory of the unit grown by it",
            f"{GROWN_KB_MAX / 1000:.0f} MB",
            f"{grown_mb:.1f} MB",
            grown_mb <= GROWN_KB_MAX / 1000,
        ),
    ]
