"""The board: all lines and calls as this unit knows them.

`receive(event, now_ms)` takes what happened and the instant, and returns everything that is to be done, in
order: nothing has to be fetched afterwards. `deadline_ms` is the next instant at which time alone changes
something; tell the board `TimePassed` then. It counts from the instant the board was last told, never from a
fresh reading of a clock, so that no threshold can slip through between two readings.
"""

from collections.abc import Iterable
from typing import Final

from appliance.core.bus_events import BusBack, NeighbourOnline, PickupAnswered, PickupAsked
from appliance.core.callers import Callers
from appliance.core.drawing import Drawing
from appliance.core.effects import Effect, EndRing, PlaySound, ShowPicture, Sound, Tell
from appliance.core.events import (
    ButtonPressed,
    ButtonReleased,
    CallersFound,
    EngineLost,
    EngineSilent,
    EngineSpoke,
    EngineStarted,
    Event,
    FaultCleared,
    FaultRaised,
    LampTestAsked,
    PickupMoved,
    RegistrationChanged,
    RingEnded,
    RingRefused,
    RingsListed,
    RingStarted,
    SenderRefused,
    StopAsked,
    TimePassed,
)
from appliance.core.lines import Lines
from appliance.core.moments import Moments
from appliance.core.notices import Notice
from appliance.core.panel import Panel
from appliance.core.picture import Picture
from appliance.core.refusals import Refusals
from appliance.core.settings import BoardSettings
from appliance.core.site import Site
from appliance.core.sounding import Sounding
from appliance.core.standing import Standing
from appliance.core.taking import Taking
from appliance.core.view import BoardView, LineView
from appliance.core.words import NEVER_MS, CallId, InstantMs, RingId


class Board:
    """The pure core of a unit. Not safe for several threads: one inbox, one thread."""

    def __init__(self, settings: BoardSettings) -> None:
        """Begin with a dark, unregistered board: until the PBX answers, the tower says that it is lost."""
        self._is_alone: Final = settings.site is None
        self._lines: Final = Lines(settings)
        self._callers = Callers(self._lines.settings, b"" if settings.site is None else settings.site.key)
        self._sounding = Sounding(settings.sound_delays_ms)
        self._standing = Standing(self._lines)
        moments = Moments(self._callers.touched)
        self._moments: Final = moments
        self._site = Site(settings, self._lines, self._callers, self._standing, moments)
        self._taking = Taking(settings, self._callers, self._site, self._standing, moments)
        self._panel = Panel(settings, self._callers, self._site, self._standing, self._taking)
        self._refusals = Refusals()
        self._told_ms = InstantMs(float("-inf"))
        self._end_rings: list[RingId] = []
        self._notices: list[Notice] = []
        tellers = (self._callers, self._standing, self._panel, self._refusals, self._site, self._taking)
        self._told: tuple[list[Notice], ...] = tuple(teller.told for teller in tellers)
        self._drawing = Drawing(
            settings,
            self._lines,
            self._callers,
            self._site,
            self._standing,
            self._panel,
            moments,
            self._taking,
        )
        self._due_ms = NEVER_MS

    @property
    def picture(self) -> Picture:
        """What the tower shows, as of the last event."""
        return self._drawing.picture

    @property
    def deadline_ms(self) -> InstantMs | None:
        """The next instant at which time alone changes something, strictly after the last event; or None."""
        return None if self._due_ms == NEVER_MS else self._due_ms

    @property
    def holds_callers(self) -> bool:
        """True while the unit should not end yet: somebody whom it took still waits, or speaks through it."""
        return self._taking.pickups.holds_callers

    def receive(self, event: Event, now_ms: InstantMs) -> tuple[Effect, ...]:
        """Take what happened at this instant and return what is to be done, the picture first.

        An instant before the last one counts as the last one: the board's time never runs backwards.

        Raises:
            IllegalStep: a call was told something that its state has no cell for: a defect, please report it.
        """
        self._told_ms = now_ms = max(now_ms, self._told_ms)
        if now_ms >= self._due_ms:
            self._pass_time(now_ms)
        elif isinstance(event, RingsListed) and self._says_nothing_new(event):
            return ()
        self._take(event, now_ms)
        if self._callers.is_overdue:
            self._end_rings += self._callers.pass_time(now_ms)
        self._site.settle(now_ms)
        self._panel.attend(self._taking.settle(now_ms))
        self._callers.promote(now_ms)
        return self._answer(now_ms)

    def _says_nothing_new(self, event: RingsListed) -> bool:
        """Return whether a list changes nothing, as nearly all do: the engine repeats its own each second.

        Only the first word that a board hears changes something in any case: it is answered by a picture.
        """
        return self._callers.rings.are(event.rings) and not self._standing.moved

    def _take(self, event: Event, now_ms: InstantMs) -> None:
        match event:
            case RingStarted():
                self._start_ring(event, now_ms)
            case RingEnded():
                self._end_ring(event, now_ms)
            case RingsListed(rings):
                self._compare(rings, now_ms)
            case PickupMoved():
                self._taking.pickups.moved(event, now_ms)
            case EngineStarted():
                self._lose_witness(now_ms)
                self._standing.start_engine(now_ms)
            case EngineSilent(why):
                self._standing.doubt_engine(why)
            case EngineSpoke():
                self._standing.doubt_engine(None)
            case EngineLost(why):
                self._lose_witness(now_ms)
                self._standing.lose_engine(why, now_ms)
            case RegistrationChanged():
                self._standing.register(event, now_ms)
            case SenderRefused(address, why, count):
                self._refusals.sender(address, why, count)
            case RingRefused(count):
                self._refusals.rings(count)
            case FaultRaised(fault, why):
                self._standing.raise_fault(fault, why)
            case FaultCleared(fault):
                self._standing.clear_fault(fault)
            case ButtonPressed():
                self._panel.press(event, self._drawing.picture.lamps, now_ms)
            case ButtonReleased():
                self._panel.release(event)
            case LampTestAsked():
                self._panel.ask_lamp_test(now_ms)
            case CallersFound(count):
                self._taking.dropped.found(count, now_ms)
            case StopAsked():
                self._taking.pickups.stop(now_ms)
            case TimePassed():
                pass
            case PickupAsked() | PickupAnswered():
                self._taking.hear(event, self._standing.phone_lost_why is not None, now_ms)
            case _:
                self._site.hear(event, now_ms)
                if isinstance(event, BusBack | NeighbourOnline):
                    self._panel.say_away(now_ms)

    def _lose_witness(self, now_ms: InstantMs) -> None:
        self._callers.lose_witness(now_ms)
        self._taking.pickups.lose_engine(now_ms)

    def _start_ring(self, event: RingStarted, now_ms: InstantMs) -> None:
        offer = event.offer
        if self._callers.rings.knows(offer.ring):
            return
        if self._callers.rings.full:
            self._end_rings.append(offer.ring)
            self._refusals.rings(1)
            return
        started_ms = InstantMs(now_ms - event.age_ms)
        self._callers.start(offer, self._lines.line_of(offer), started_ms, now_ms)
        self._taking.rang(offer.ring, now_ms)

    def _end_ring(self, event: RingEnded, now_ms: InstantMs) -> None:
        extension = self._callers.extension_of(event.ring)
        if extension is not None:
            self._callers.end(event, self._lines.extensions[extension].cancel_meaning, now_ms)

    def _compare(self, rings: Iterable[RingStarted], now_ms: InstantMs) -> None:
        """Heal what a lost message left: the engine's list is the truth about rings."""
        listed = {ring.offer.ring for ring in rings}
        for missing in [ring for ring in self._callers.rings.alive if ring not in listed]:
            self._end_ring(RingEnded(missing, cancelled=False), now_ms)
        for ring in rings:
            if self._callers.rings.has_ended(ring.offer.ring):
                # Our word to end it was lost: it would keep its leg, and its caller, for ever.
                self._end_rings.append(ring.offer.ring)
            else:
                self._start_ring(ring, now_ms)

    def _pass_time(self, now_ms: InstantMs) -> None:
        self._end_rings += self._callers.pass_time(now_ms)
        self._standing.pass_time(now_ms)
        self._panel.pass_time(now_ms)
        self._site.pass_time(now_ms)
        self._taking.pass_time(now_ms)
        self._moments.pass_time(now_ms)

    def _answer(self, now_ms: InstantMs) -> tuple[Effect, ...]:
        standing_moved = self._standing.moved
        if standing_moved:
            self._callers.touched |= self._standing.weigh()
        arrived = self._site.take_arrivals()
        for told in filter(None, self._told):
            self._notices += told
            told.clear()
        said = [] if self._is_alone else [*self._site.news(now_ms), *self._panel.asked]
        self._panel.asked.clear()
        picture = self._drawing.draw(standing_moved, arrived, now_ms)
        effects: list[Effect] = [] if picture is None else [ShowPicture(picture)]
        if self._panel.sounds:
            # The sounds of the lamp test are played as they come.
            effects += map(PlaySound, self._panel.sounds)
            self._panel.sounds.clear()
            self._sounding.rest(now_ms)
        if self._callers.rose or self._site.moved or now_ms >= self._sounding.due_ms:
            sound = self._chirp(now_ms)
            effects += [] if sound is None else [PlaySound(sound)]
        effects += said
        effects += self._taking.orders()
        effects += map(EndRing, self._end_rings)
        effects += map(Tell, self._notices)
        self._end_rings.clear()
        self._notices.clear()
        self._due_ms = self._next_due_ms()
        return tuple(effects)

    def _chirp(self, now_ms: InstantMs) -> Sound | None:
        """Return the sound of the callers who are heard in turn."""
        self._callers.rose = self._site.moved = False
        everyone = () if self._panel.is_away else self._site.everyone()
        return self._sounding.take(everyone, now_ms, at_once=self._site.coverage.sounds_at_once)

    def _next_due_ms(self) -> InstantMs:
        return min(
            self._drawing.due_ms,
            self._standing.due_ms,
            self._sounding.due_ms,
            self._panel.due_ms,
            self._site.due_ms,
            self._taking.due_ms,
            *[call.due_ms for call in self._callers],
        )

    def number_of(self, call: CallId) -> str:
        """Return the number of a caller of ours, empty for one who hides it or is gone. It is for no log."""
        return next((one.number for one in self._callers if one.id == call), "")

    def view(self, now_ms: InstantMs) -> BoardView:
        """Return a copy of everything a person may ask, as of this instant."""
        return BoardView(
            phone_lost=self._standing.phone_lost_why,
            lines=tuple(
                LineView(line.id, line.label, segment.showing, self._standing.line_lost(line.id))
                for line, segment in zip(
                    self._lines.settings.values(), self._drawing.picture.segments, strict=False
                )
            ),
            calls=self._site.calls(now_ms),
            elsewhere=self._site.elsewhere(now_ms),
            units=self._site.units,
            registrations=self._standing.registrations,
            refused_senders=self._refusals.senders,
            refused_ring_count=self._refusals.ring_count,
            faults=self._standing.faults,
            muted=self._panel.is_muted,
            away=self._panel.is_away,
            hushed_by=self._site.hushed_by,
            lamp_test=self._panel.tested.words if self._panel.is_testing else None,
        )
