"""The running unit: latency, bursts, start, memory, processor time; its phone system sends raw datagrams."""

import contextlib
import subprocess
import sys
import time
from collections.abc import Iterator
from statistics import median

from appliance.core.picture import Picture, Showing
from appliance.core.words import CALLERS_MAX
from appliance.tower.record import from_line
from tests.bench.figures import Figure, p99
from tests.bench.processes import cpu_s, family, pss_mb
from tests.end_to_end.desk import Setting, usual_site
from tests.peers.program import until
from tests.peers.raw import RawPbx, accepts_for, raw_pbx
from tests.peers.unit import Unit, running_unit

PAIRS = 300
BURST = 32
BEYOND = 50
IDLE_S = 20.0
CALLS = 5_000
CALLS_A_SECOND = 25
"""What a call leaves in the library lives for 32 s (RFC 3261, timer J), so memory follows the rate of calls
and not their number. A busy practice has one or two a minute."""
SHOWN_WITHIN_S = 5.0
ONE_LINE = Setting(extensions={"601": "main"})


@contextlib.contextmanager
def registered_unit() -> Iterator[tuple[Unit, RawPbx]]:
    """A unit with one extension at a phone system that sends raw datagrams; its tower is the recorder."""
    with (
        raw_pbx(accepts_for(3600)) as pbx,
        running_unit(usual_site([f"sip:{pbx.address}"], ONE_LINE)) as unit,
    ):
        unit.until_registered()
        yield unit, pbx


class Tail:
    """Reads what the recorder appends."""

    def __init__(self, unit: Unit) -> None:
        self._file = unit.record_file.open(encoding="utf-8")
        self._line = ""
        self.seen: list[tuple[float, Picture]] = []

    def read(self) -> None:
        """Take what is new."""
        while part := self._file.readline():
            self._line += part
            if not part.endswith("\n"):
                # The rest is still being written.
                return
            recorded, self._line = from_line(self._line), ""
            if isinstance(recorded.what, Picture):
                self.seen.append((recorded.at_ms, recorded.what))

    def until_callers(self, count: int) -> float:
        """Wait until so many callers wait, shown or counted; return the instant of that picture."""

        def there() -> bool:
            self.read()
            return bool(self.seen) and callers_in(self.seen[-1][1]) == count

        until(there, SHOWN_WITHIN_S, f"{count} callers are shown")
        return next(at_ms for at_ms, picture in reversed(self.seen) if callers_in(picture) == count)


def callers_in(picture: Picture) -> int:
    """As many as one line can say: none, one, two, three or more."""
    segment = picture.segments[0]
    waiting = segment.showing in (Showing.WAITING, Showing.URGENT)
    return segment.marks + waiting


@contextlib.contextmanager
def bare_process() -> Iterator[tuple["subprocess.Popen[str]", RawPbx]]:
    """pjsua2 alone, registered at a phone system of its own."""
    with raw_pbx(accepts_for(3600)) as pbx:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.bench.bare", pbx.address], stdout=subprocess.PIPE, text=True
        )
        try:
            until(lambda: bool(pbx.registers()), SHOWN_WITHIN_S, "the bare process registers")
            yield process, pbx
        finally:
            process.kill()
            process.wait()


def caller(number: int) -> bytes:
    """A From of its own for each caller: one who was lost before would be urgent."""
    return f"<sip:03{number:07}@127.0.0.1>".encode()


def latency() -> list[Figure]:
    """From the datagram's sending to the picture, against the bare callback, one after the other."""
    ours, bare = [], []
    with registered_unit() as (unit, pbx), bare_process() as (process, bare_pbx):
        tail = Tail(unit)
        assert process.stdout is not None
        for number in range(PAIRS):
            call, who = f"latency-{number}", caller(number)
            invite = bare_pbx.invite(call, who)
            sent_ms = time.monotonic() * 1000
            bare_pbx.send(invite)
            bare.append(float(process.stdout.readline()) - sent_ms)
            bare_pbx.send(bare_pbx.cancel(call, who))
            invite = pbx.invite(call, who)
            sent_ms = time.monotonic() * 1000
            pbx.send(invite)
            ours.append(tail.until_callers(1) - sent_ms)
            pbx.send(pbx.cancel(call, who))
            tail.until_callers(0)
    more_ms = median(ours) - median(bare)
    return [
        Figure(
            "INVITE to picture handed to the driver, more than a bare pjsua2 callback (median)",
            "0.5 ms",
            f"{more_ms:.2f} ms ({median(ours):.2f} against {median(bare):.2f})",
            more_ms <= 0.5,
        ),
        Figure("the same, p99", "reported", f"{p99(ours):.2f} ms, bare {p99(bare):.2f} ms", met=True),
    ]


def burst() -> list[Figure]:
    """Many callers at once: the last one lit, and what becomes of those beyond the limit."""
    with registered_unit() as (unit, pbx):
        for number in range(BURST):
            pbx.send(pbx.invite(f"burst-{number}", caller(number)))
        last_sent_ms = time.monotonic() * 1000
        unit.until_status(lambda report: len(report.calls) == BURST, f"{BURST} callers wait")
        # The last caller of a line changes no pixel: the sentence is what is handed to the driver for each.
        arrived = [
            recorded.at_ms
            for recorded in map(from_line, unit.record_file.read_text(encoding="utf-8").splitlines())
            if isinstance(recorded.what, str) and recorded.what.endswith("a caller rings.")
        ]
        late_ms = arrived[-1] - last_sent_ms
        for number in range(BURST, BEYOND):
            pbx.send(pbx.invite(f"burst-{number}", caller(number)))
        unit.until_status(lambda report: len(report.calls) == BEYOND, f"{BEYOND} callers wait")
        shown = sum(call.shown for call in unit.status().calls)
    return [
        Figure(f"{BURST} callers at once: last one told after the last INVITE", "50 ms", f"{late_ms:.1f} ms",
               len(arrived) == BURST and late_ms <= 50),
        Figure(f"{BEYOND} at once", "32 shown, 18 counted", f"{shown} shown, {BEYOND - shown} counted",
               shown == CALLERS_MAX),
    ]  # fmt: skip


def start() -> list[Figure]:
    """From the unit's start to its first REGISTER accepted; the median of some."""
    took_s = []
    for _ in range(5):
        with raw_pbx(accepts_for(3600)) as pbx:
            begun_s = time.monotonic()
            with running_unit(usual_site([f"sip:{pbx.address}"], ONE_LINE)):
                until(lambda heard=pbx: bool(heard.registers()), SHOWN_WITHIN_S, "it registers")  # type: ignore[misc]
                took_s.append(time.monotonic() - begun_s)
    return [
        Figure(
            "process start to registered (median of 5)",
            "1.0 s",
            f"{median(took_s):.2f} s",
            median(took_s) <= 1,
        )
    ]


def idle() -> list[Figure]:
    """Processor time of unit and engine: with nobody there, and with one caller."""
    figures = []
    with registered_unit() as (unit, pbx):
        pids = family(unit.program.process.pid)
        for what, target in (("registered, dark tower", 0.5), ("one caller waiting", 1.0)):
            if target == 1.0:
                pbx.send(pbx.invite("idle", caller(1)))
                Tail(unit).until_callers(1)
            begun_s, used_s = time.monotonic(), cpu_s(pids)
            until(lambda end=begun_s + IDLE_S: time.monotonic() > end, 2 * IDLE_S, "time passes")  # type: ignore[misc]
            percent = 100 * (cpu_s(pids) - used_s) / (time.monotonic() - begun_s)
            figures.append(
                Figure(
                    f"processor time, {what} (recorder tower)",
                    f"{target} % of a core",
                    f"{percent:.2f} %",
                    percent <= target,
                )
            )
    return figures


def memory() -> list[Figure]:
    """What unit and engine hold: at rest, and after thousands of calls."""
    with registered_unit() as (unit, pbx):
        pids = family(unit.program.process.pid)
        at_rest = pss_mb(pids)
        after = {}
        begun_s = time.monotonic()
        for number in range(1, CALLS + 1):
            until(lambda due=begun_s + number / CALLS_A_SECOND: time.monotonic() > due, 5, "its turn comes")  # type: ignore[misc]
            call = f"memory-{number}"
            pbx.send(pbx.invite(call, caller(number)))
            pbx.hears("SIP/2.0 180", call)
            pbx.send(pbx.cancel(call, caller(number)))
            pbx.hears("SIP/2.0 487", call)
            pbx.heard[:] = pbx.registers()[-1:]
            if number in (2_000, CALLS):
                after[number] = pss_mb(pids)
        grown = after[CALLS] - after[2_000]
    return [
        Figure(
            "memory of unit and engine, registered and idle", "70 MB PSS", f"{at_rest:.1f} MB", at_rest <= 70
        ),
        Figure(
            f"after {CALLS:,} calls, {CALLS_A_SECOND} a second",
            "95 MB PSS",
            f"{after[CALLS]:.1f} MB",
            after[CALLS] <= 95,
        ),
        Figure("growth from call 2,000 to 5,000", "under 2 MB", f"{grown:.2f} MB", grown < 2),
    ]
