"""The bus of one start of a simulated unit: the bus's own code, its thread on the agenda, and a client."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Final

from appliance.bus.link import BusLink
from appliance.bus.message import Message, News
from appliance.bus.settings import BusSettings
from appliance.bus.speech import About
from appliance.core.effects import BusEffect
from appliance.core.events import Event
from appliance.core.settings import BoardSettings
from appliance.core.words import InstantMs
from appliance.simulate.agenda import UnitTime
from appliance.simulate.broker import SimulatedClient
from appliance.simulate.surroundings import StrictLog, Surroundings, Time
from appliance.site.copy import SiteCopy

SITE: Final = "practice"

WALL_ZERO: Final = datetime(2026, 1, 5, 8, tzinfo=UTC)
"""What the wall clock of a unit says when its own clock says zero."""

NO_FILE: Final = Path("/dev/null/site.toml")
"""A site file that is not there and never will be."""


class UnitBus:
    """From the start of a unit until it is off."""

    def __init__(
        self, around: Surroundings, settings: BoardSettings, time: UnitTime, post: Callable[[Event], None]
    ) -> None:
        """Prepare; `post` puts an event into the unit's inbox."""
        self.thaws_ms = InstantMs(0)
        """Until when the thread is frozen, in the practice's time."""
        self._around = around
        self._time = time
        self._wall_zero = WALL_ZERO + timedelta(hours=around.dice.between(-30_000, 30_000))
        self._turn_ms = float("inf")
        self._is_off = False
        self._client: SimulatedClient | None = None
        self._link = BusLink(
            BusSettings("broker", 8883, "", SITE, settings.unit, ""),
            self._about(settings),
            post,
            lambda take: None,  # noqa: ARG005 (nobody reads the health of a practice's units)
            StrictLog(),
            Time(time),
            wall=self._wall,
            make_client=self._make_client,
        )

    def wake(self) -> None:
        """Let the thread come round now."""
        self._plan_turn(self._around.agenda.now_ms)

    def perform(self, effect: BusEffect) -> None:
        """Say what the board wants said."""
        self._link.perform(effect)
        self.wake()

    def leave(self) -> None:
        """Say the last word, if anybody hears it."""
        if self._client is not None and self._around.broker.serves(self._client.unit):
            self._around.broker.take(self._client.will)
        self.cut()

    def cut(self) -> None:
        """Say and hear nothing more."""
        self._is_off = True
        if self._client is not None:
            self._client.close()

    def _about(self, settings: BoardSettings) -> About:
        return About(
            site=SITE,
            unit=settings.unit,
            boot=settings.boot,
            software="0",
            site_copy=SiteCopy(NO_FILE, settings.unit, None, (), lambda: None),
            lines=settings.lines,
            towers=(),
            started_ms=self._time.now_ms,
        )

    def _wall(self) -> datetime:
        return self._wall_zero + timedelta(milliseconds=self._time.now_ms)

    def _make_client(
        self, settings: BusSettings, will: Message, hear: Callable[[News], None]
    ) -> SimulatedClient:
        self._client = SimulatedClient(self._around.broker, settings.unit, will, hear, self.wake)
        return self._client

    def _plan_turn(self, at_ms: float) -> None:
        at_ms = max(at_ms, self.thaws_ms)
        if at_ms < self._turn_ms:
            self._turn_ms = at_ms
            self._around.agenda.at(at_ms, partial(self._turn, at_ms))

    def _turn(self, planned_ms: float) -> None:
        if planned_ms != self._turn_ms or self._is_off:
            return
        self._turn_ms = float("inf")
        due_ms = self._link.turn(self._time.now_ms)
        if due_ms is not None and due_ms < float("inf"):
            self._plan_turn(max(self._time.shared_ms(due_ms), self._around.agenda.now_ms + 1))
