"""The bus of one unit without the rest of the unit: what it told the board, with the second of it."""

import contextlib
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from appliance.bus.link import BusLink
from appliance.bus.settings import BusSettings
from appliance.bus.speech import About, Vitals
from appliance.clock import RealClock
from appliance.core.board import Board
from appliance.core.bus_events import BusBack, BusLost, NeighbourLine, NeighbourState
from appliance.core.effects import PublishedCall, PublishLine
from appliance.core.events import Event
from appliance.core.settings import BoardSettings, LineSettings
from appliance.core.words import CallName, InstantMs, LineId, UnitId
from appliance.log import Log
from appliance.site.copy import SiteCopy
from tests.core.desk import AWAY_MS, extension, line
from tests.peers.mosquitto import SITE, Mosquitto
from tests.peers.program import PATIENT_S, until

LINES: Final = (line("main"), line("doctors"))


class Member:
    """A unit on the bus."""

    def __init__(
        self, broker: Mosquitto, unit: str, log: Log, boot: str = "", lines: tuple[LineSettings, ...] = LINES
    ) -> None:
        self.unit = unit
        self.boot = boot or f"{unit}-1"
        self.told: list[tuple[float, Event]] = []
        self._clock = RealClock()
        self._board = Board(BoardSettings(lines, (extension("ext-main", "main"),), AWAY_MS))
        ca_file = str(broker.certificate.ca_file)
        settings = BusSettings("localhost", broker.port, ca_file, SITE, unit, broker.passwords[unit])
        about = About(
            SITE, unit, self.boot, "0.1.0", SiteCopy(Path("/nowhere"), unit, None, (), lambda: None), lines,
            ("terminal",), self._clock.now_ms(),
        )  # fmt: skip
        self.link = BusLink(settings, about, self._tell, self._ask, log, self._clock)

    @property
    def events(self) -> list[Event]:
        return [event for _, event in list(self.told)]

    def bus_told(self) -> list[Event]:
        """Whether the bus was lost or back, in order."""
        return [event for event in self.events if isinstance(event, BusLost | BusBack)]

    def until_told(self, condition: Callable[[Event], bool], what: str, within_s: float = PATIENT_S) -> None:
        until(lambda: any(map(condition, self.events)), within_s, what)

    def until_back(self, within_s: float = PATIENT_S) -> None:
        """Wait until the last word on the bus is that it is back."""
        until(lambda: self.bus_told()[-1:] == [BusBack()], within_s, f"{self.unit}: bus back")

    def has_waiting(self, *waits_s: float, on: str = "main") -> None:
        """Callers who have waited so long."""
        now_ms = self._clock.now_ms()
        calls = tuple(
            PublishedCall(
                CallName(f"{self.boot}-{number}"), "", NeighbourState.RINGING, 1, False,
                InstantMs(now_ms - wait_s * 1000), UnitId(""),
            )
            for number, wait_s in enumerate(waits_s)
        )  # fmt: skip
        self.link.perform(PublishLine(LineId(on), calls))

    def sees(self, unit: str, on: str = "main") -> list[float]:
        """The waits of another unit's callers on a line, as it last told them, in whole tens of seconds: on a
        busy machine a word may be on its way for seconds."""
        found = [
            event
            for event in self.events
            if isinstance(event, NeighbourLine) and (event.unit, event.line) == (unit, on)
        ]
        return [call.age_ms // 10_000 * 10 for call in found[-1].calls] if found else []

    def _tell(self, event: Event) -> None:
        self.told.append((time.monotonic(), event))

    def _ask(self, take: Callable[[Vitals], None]) -> None:
        take(Vitals(self._board.view(InstantMs(0)), (True,)))


@contextlib.contextmanager
def members(broker: Mosquitto, *units: str, **more: str) -> Iterator[tuple[Member, ...]]:
    """Units on the bus, started and not yet connected."""
    logs = [Log() for _ in units]
    found = tuple(Member(broker, unit, log, **more) for unit, log in zip(units, logs, strict=True))
    for one in found:
        one.link.start()
    try:
        yield found
    finally:
        for one in found:
            one.link.leave()
        for one in found:
            one.link.join(PATIENT_S)
        for log in logs:
            log.close(PATIENT_S)
