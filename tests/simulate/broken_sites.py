"""Boards of a site that break one promise between units each, as those of `broken_boards` do for one unit."""

import sys
from dataclasses import replace

from appliance.core.bus_events import BusLost, NeighbourLine, NeighbourSilent
from appliance.core.effects import Effect
from appliance.core.events import Event, PickupMoved, RingEnded, TimePassed
from appliance.core.picture import Segment, Showing
from appliance.core.settings import BoardSettings, SiteSettings
from appliance.core.view import BoardView
from appliance.core.words import DurationMs, InstantMs, OrderId
from tests.simulate.broken_boards import Wrapped


class OfASite(Wrapped):
    """A right board of a site, which can be asked what it knows."""

    def view(self, now_ms: InstantMs) -> BoardView:
        """Return what the board says."""
        return self.board.view(now_ms)

    @property
    def holds_callers(self) -> bool:
        """Return what the board says."""
        return self.board.holds_callers


class HearsNobody(OfASite):
    """Takes no word of another unit's callers."""

    def receive(self, event: Event, now_ms: InstantMs) -> tuple[Effect, ...]:
        return super().receive(TimePassed() if isinstance(event, NeighbourLine) else event, now_ms)


class HasAKeyOfItsOwn(OfASite):
    """Does not know that another unit speaks of the same caller."""

    def __init__(self, settings: BoardSettings) -> None:
        assert settings.site is not None
        super().__init__(replace(settings, site=SiteSettings(settings.site.units, settings.unit.encode())))


class TakesEveryoneForNew(OfASite):
    """Begins the wait of another unit's callers anew with each word on them."""

    def receive(self, event: Event, now_ms: InstantMs) -> tuple[Effect, ...]:
        if isinstance(event, NeighbourLine):
            calls = tuple(replace(one, age_ms=DurationMs(0)) for one in event.calls)
            event = replace(event, calls=calls)
        return super().receive(event, now_ms)


class HidesTheUnsure(OfASite):
    """Shows nobody where somebody may wait whom no unit sees any more."""

    def spoil_segment(self, segment: Segment) -> Segment:
        return replace(segment, showing=Showing.NOTHING) if segment.showing is Showing.UNSURE else segment


class TrustsTheSilent(OfASite):
    """Goes on as if a unit that is gone saw its callers."""

    def receive(self, event: Event, now_ms: InstantMs) -> tuple[Effect, ...]:
        is_loss = isinstance(event, NeighbourSilent | BusLost)
        return super().receive(TimePassed() if is_loss else event, now_ms)


class BelievesInEndsElsewhere(OfASite):
    """Ends whoever rings here as soon as another unit has nobody on a line."""

    def receive(self, event: Event, now_ms: InstantMs) -> tuple[Effect, ...]:
        effects = super().receive(event, now_ms)
        if isinstance(event, NeighbourLine) and not event.calls:
            for ring in list(self.board._callers.rings.alive):
                effects += super().receive(RingEnded(ring, cancelled=False), now_ms)
        return effects


class KeepsLit(OfASite):
    """Shows a caller where nobody is."""

    def spoil_segment(self, segment: Segment) -> Segment:
        return replace(segment, showing=Showing.WAITING) if segment.showing is Showing.NOTHING else segment


class EndsAtOnce(OfASite):
    """Sees no reason to wait when the unit is told to stop."""

    @property
    def holds_callers(self) -> bool:
        return False


class TakesEveryWordForTheLatest(OfASite):
    """Does not see that a word about a caller crossed an order."""

    def receive(self, event: Event, now_ms: InstantMs) -> tuple[Effect, ...]:
        if isinstance(event, PickupMoved):
            event = replace(event, order=OrderId(sys.maxsize))
        return super().receive(event, now_ms)
