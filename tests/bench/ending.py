"""How soon a unit that is told to end is dark and gone, and how soon one whose engine dies says so."""

import os
import signal
import time

from appliance.core.picture import Overlay
from tests.bench.figures import Figure
from tests.bench.unit import SHOWN_WITHIN_S, Tail, caller, registered_unit
from tests.end_to_end.desk import MAIN, Setting, desk_at_kamailio
from tests.peers.program import until
from tests.peers.unit import Unit
from tests.practice.record import read_record

TIMES = 5


def told_to_end() -> list[Figure]:
    """From SIGTERM to the last picture and to the end of the process: while a caller rings, and with a dead
    registrar."""
    dark_s, gone_s, gone_alone_s = [], [], []
    for _ in range(TIMES):
        with desk_at_kamailio(Setting()) as desk:
            desk.someone_calls(MAIN)
            desk.shows(main="stage 1")
            asked_ms = time.monotonic() * 1000
            gone_s.append(desk.unit.end())
            dark_s.append(_went_dark_s(desk.unit, asked_ms))
        with desk_at_kamailio(Setting()) as desk:
            desk.kamailio.kill()
            asked_ms = time.monotonic() * 1000
            gone_alone_s.append(desk.unit.end())
            dark_s.append(_went_dark_s(desk.unit, asked_ms))
    return [
        _longest("SIGTERM to lights out", 0.5, dark_s),
        _longest("SIGTERM to gone, a caller rings", 2.0, gone_s),
        _longest("SIGTERM to gone, the registrar is dead", 2.0, gone_alone_s),
    ]


def engine_killed() -> list[Figure]:
    """From SIGKILL of the engine, while a caller rings, to the picture that says so, and to the next
    registration."""
    shown_s, back_s = [], []
    for number in range(TIMES):
        with registered_unit() as (unit, pbx):
            tail = Tail(unit)
            pbx.send(pbx.invite("engine", caller(number)))
            tail.until_callers(1)
            before = len(pbx.registers())
            killed_s = time.monotonic()
            os.kill(unit.engine_pid(), signal.SIGKILL)
            shown_s.append(_says_lost_ms(tail, killed_s * 1000) / 1000 - killed_s)
            until(
                lambda pbx=pbx, before=before: len(pbx.registers()) > before,  # type: ignore[misc]
                SHOWN_WITHIN_S,
                "the next engine registers",
            )
            back_s.append(time.monotonic() - killed_s)
    return [
        _longest("engine killed while a caller rings, to the picture that says so", 1.0, shown_s),
        _longest("engine killed to the next one registered", 3.0, back_s),
    ]


def _went_dark_s(unit: Unit, asked_ms: float) -> float:
    last = read_record(unit.record_file, also_shutdown=True)[-1]
    assert not last.picture.alive
    return (last.at_ms - asked_ms) / 1000


def _says_lost_ms(tail: Tail, since_ms: float) -> float:
    """The instant of the first picture since then that says that the phone system is lost."""
    found: list[float] = []

    def there() -> bool:
        tail.read()
        found.extend(
            at_ms for at_ms, picture in tail.seen if at_ms > since_ms and picture.overlay is Overlay.LOST
        )
        return bool(found)

    until(there, SHOWN_WITHIN_S, "the picture says so")
    return found[0]


def _longest(what: str, target_s: float, seen_s: list[float]) -> Figure:
    longest = max(seen_s)
    return Figure(
        f"{what} (longest of {len(seen_s)})", f"{target_s} s", f"{1000 * longest:.0f} ms", longest <= target_s
    )
