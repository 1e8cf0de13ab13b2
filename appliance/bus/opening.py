"""Opens the bus of a unit, if it has one. Nothing of the bus is loaded for a unit that works alone."""

from collections.abc import Callable
from typing import Protocol

from appliance.clock import Clock
from appliance.config.configuration import Configuration
from appliance.core.effects import BusEffect
from appliance.core.events import Event
from appliance.core.notices import Notice
from appliance.core.view import BoardView
from appliance.core.words import InstantMs
from appliance.log import Log
from appliance.status.report import BusStatus

Reply = Callable[[BoardView, InstantMs], None]


class Bus(Protocol):
    """The bus as the unit sees it. Every method returns at once; only `join` waits."""

    def start(self) -> None:
        """Begin to connect."""

    def perform(self, effect: BusEffect) -> None:
        """Carry out what the board wants said."""

    def tell(self, notice: Notice, number: str = "") -> None:
        """Tell the bus what happened; of a caller's number it shows as much as the configuration allows."""

    def leave(self) -> None:
        """Begin to take leave."""

    def join(self) -> None:
        """Wait for leave to be taken, for a moment at most."""

    def unsupervised(self, now_ms: InstantMs) -> tuple[str, ...]:
        """Name the bus if nobody looks after it; a broker that is gone is no such case."""

    def status(self) -> BusStatus | None:
        """Return how the bus stands, or None where there is none."""


class NoBus:
    """The bus of a unit that works alone: it says nothing and hears nothing."""

    def start(self) -> None:
        """Connect to nobody."""

    def perform(self, effect: BusEffect) -> None:
        """Say nothing."""

    def tell(self, notice: Notice, number: str = "") -> None:
        """Tell nobody."""

    def leave(self) -> None:
        """Leave nobody."""

    def join(self) -> None:
        """Wait for nobody."""

    def unsupervised(self, now_ms: InstantMs) -> tuple[str, ...]:  # noqa: ARG002
        """Name nothing."""
        return ()

    def status(self) -> None:
        """Return None."""


def open_bus(
    configuration: Configuration,
    boot: str,
    software: str,
    clock: Clock,
    log: Log,
    post: Callable[[Event], None],
    ask: Callable[[Reply], None],
    stop: Callable[[str], None],
    towers_online: Callable[[], tuple[bool, ...]],
) -> Bus:
    """Return the bus of this configuration, not yet started.

    Args:
        configuration: the unit's.
        boot: names this start of the unit.
        software: the version of the call light.
        clock: the unit's clock.
        log: where what is refused is told.
        post: where the board is told, from any thread.
        ask: has its argument called with the board's view, on the unit's thread.
        stop: ends the unit, on its own thread.
        towers_online: tells which towers work, in the order of the configuration.
    """
    settings = configuration.bus
    if settings is None:
        return NoBus()
    from appliance.bus.link import BusLink
    from appliance.bus.speech import About, Vitals
    from appliance.site.copy import SiteCopy

    about = About(
        site=settings.site,
        unit=settings.unit,
        boot=boot,
        software=software,
        site_copy=SiteCopy(
            configuration.site_file,
            settings.unit,
            configuration.site,
            configuration.own_lines,
            lambda: ask(end_when_quiet),
        ),
        lines=configuration.board.lines,
        towers=tuple(tower.driver for tower in configuration.towers),
        started_ms=clock.now_ms(),
    )

    def end_when_quiet(view: BoardView, _now_ms: InstantMs) -> None:
        # The service is started again at once, and shows the site as it is now; nobody waits meanwhile.
        if not view.calls:
            stop("site-file")

    def ask_vitals(take: Callable[[Vitals], None]) -> None:
        ask(lambda view, _now_ms: take(Vitals(view, towers_online())))

    return BusLink(settings, about, post, ask_vitals, log, clock)
