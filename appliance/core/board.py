"""The board: all lines and calls as this unit knows them.

`receive(event, now_ms)` takes what happened and the instant, and returns everything that is to be done, in
order: nothing has to be fetched afterwards. `deadline_ms` is the next instant at which time alone changes
something; tell the board `TimePassed` then. It counts from the instant the board was last told, never from a
fresh reading of a clock, so that no threshold can slip through between two readings.
"""

from collections.abc import Iterable
from typing import Final

from appliance.core.bus_events import BusEvent
from appliance.core.callers import Callers
from appliance.core.composition import segment_of
from appliance.core.effects import Effect, EndRing, PlaySound, ShowPicture, Tell
from appliance.core.escalation import Chirps
from appliance.core.events import (
    ButtonPressed,
    ButtonReleased,
    EngineLost,
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
    TimePassed,
)
from appliance.core.lamp_test import Light
from appliance.core.lamps import ButtonLamp
from appliance.core.lines import Lines
from appliance.core.notices import CallArrived, Notice
from appliance.core.panel import Panel
from appliance.core.picture import SWEEP_MS, SWEEPS_APART_MIN_MS, Overlay, Picture, Segment, settle
from appliance.core.refusals import Refusals
from appliance.core.settings import BoardSettings
from appliance.core.standing import Standing
from appliance.core.view import BoardView, CallView, LineView
from appliance.core.words import STAGES, DurationMs, InstantMs, LineId, RingId

CLOSING_MS: Final = DurationMs(1_000)
"""For how long a line shows that a colleague answered (product: closes to the middle within 1 s)."""


class Board:
    """The pure core of a unit. Not safe for several threads: one inbox, one thread."""

    def __init__(self, settings: BoardSettings) -> None:
        """Begin with a dark, unregistered board: until the PBX answers, the tower says that it is lost."""
        self._lines: Final = Lines(settings)
        self._callers = Callers(self._lines.settings)
        self._chirps = Chirps()
        self._standing = Standing(self._lines)
        self._panel = Panel(settings, self._callers, self._standing)
        self._closing_until_ms: dict[LineId, InstantMs] = {}
        self._swept_at_ms = InstantMs(float("-inf"))
        self._refusals = Refusals()
        self._told_ms = InstantMs(float("-inf"))
        self._end_rings: list[RingId] = []
        self._notices: list[Notice] = []
        self._position = {line.id: position for position, line in enumerate(settings.lines)}
        self._lamps_wanted = self._panel.lamps
        self._picture = Picture(
            segments=tuple(Segment(line.label) for line in settings.lines), lamps=self._lamps_wanted
        )
        self._deadline_ms: InstantMs | None = None

    @property
    def picture(self) -> Picture:
        """What the tower shows, as of the last event."""
        return self._picture

    @property
    def deadline_ms(self) -> InstantMs | None:
        """The next instant at which time alone changes something, strictly after the last event; or None."""
        return self._deadline_ms

    def receive(self, event: Event, now_ms: InstantMs) -> tuple[Effect, ...]:
        """Take what happened at this instant and return what is to be done, the picture first.

        An instant before the last one counts as the last one: the board's time never runs backwards.

        Raises:
            IllegalStep: a call was told something that its state has no cell for: a defect, please report it.
        """
        self._told_ms = now_ms = max(now_ms, self._told_ms)
        self._pass_time(now_ms)
        self._take(event, now_ms)
        if self._callers.is_overdue:
            self._end_rings += self._callers.pass_time(now_ms)
        self._callers.promote(now_ms)
        self._panel.attend()
        return self._answer(now_ms)

    def _take(self, event: Event, now_ms: InstantMs) -> None:
        match event:
            case RingStarted():
                self._start_ring(event, now_ms)
            case RingEnded():
                self._end_ring(event, now_ms)
            case RingsListed(rings):
                self._compare(rings, now_ms)
            case PickupMoved():
                pass
            case EngineStarted():
                self._callers.lose_witness(now_ms)
                self._standing.start_engine(now_ms)
            case EngineLost(why):
                self._callers.lose_witness(now_ms)
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
                self._panel.press(event, self._picture.lamps, now_ms)
            case ButtonReleased():
                self._panel.release(event)
            case LampTestAsked():
                self._panel.ask_lamp_test(now_ms)
            case TimePassed():
                pass
            case _:
                self._hear(event)

    def _hear(self, event: BusEvent) -> None:
        """Take what other units and the broker bring about."""

    def _start_ring(self, event: RingStarted, now_ms: InstantMs) -> None:
        offer = event.offer
        if self._callers.knows(offer.ring):
            return
        if self._callers.full:
            self._end_rings.append(offer.ring)
            self._refusals.rings(1)
            return
        started_ms = InstantMs(now_ms - event.age_ms)
        self._callers.start(offer, self._lines.line_of(offer), started_ms, now_ms)

    def _end_ring(self, event: RingEnded, now_ms: InstantMs) -> None:
        extension = self._callers.extension_of(event.ring)
        if extension is not None:
            self._callers.end(event, self._lines.extensions[extension].cancel_meaning, now_ms)

    def _compare(self, rings: Iterable[RingStarted], now_ms: InstantMs) -> None:
        """Heal what a lost message left: the engine's list is the truth about rings."""
        listed = {ring.offer.ring for ring in rings}
        for missing in [ring for ring in self._callers.rings if ring not in listed]:
            self._end_ring(RingEnded(missing, cancelled=False), now_ms)
        for ring in rings:
            if self._callers.has_ended(ring.offer.ring):
                # Our word to end it was lost: it would keep its leg, and its caller, for ever.
                self._end_rings.append(ring.offer.ring)
            else:
                self._start_ring(ring, now_ms)

    def _pass_time(self, now_ms: InstantMs) -> None:
        if self._deadline_ms is None or now_ms < self._deadline_ms:
            return
        self._end_rings += self._callers.pass_time(now_ms)
        self._standing.pass_time(now_ms)
        self._panel.pass_time(now_ms)
        for line in [line for line, until_ms in self._closing_until_ms.items() if until_ms <= now_ms]:
            del self._closing_until_ms[line]
            self._callers.touched.add(line)

    def _answer(self, now_ms: InstantMs) -> tuple[Effect, ...]:
        standing_moved = self._standing.moved
        if standing_moved:
            self._callers.touched |= self._standing.weigh()
        arrived = any(isinstance(notice, CallArrived) for notice in self._callers.told)
        for told in (self._callers.told, self._standing.told, self._panel.told, self._refusals.told):
            self._notices += told
            told.clear()
        effects: list[Effect] = []
        sweep_over = self._picture.overlay is Overlay.SWEEP and now_ms >= self._swept_at_ms + SWEEP_MS
        if self._callers.touched or standing_moved or self._panel.moved or sweep_over:
            picture = self._draw(arrived, now_ms)
            if picture != self._picture:
                self._picture = picture
                effects.append(ShowPicture(picture))
        effects += self._chirp(now_ms)
        effects += [EndRing(ring) for ring in self._end_rings]
        effects += [Tell(notice) for notice in self._notices]
        self._end_rings.clear()
        self._notices.clear()
        self._deadline_ms = self._next_deadline_ms()
        return tuple(effects)

    def _draw(self, arrived: bool, now_ms: InstantMs) -> Picture:
        """Compose again the lines that changed, and let the picture settle on the beat."""
        for line, ended_ms in self._callers.closed:
            self._closing_until_ms[line.id] = InstantMs(ended_ms + CLOSING_MS)
        self._callers.closed.clear()
        segments = list(self._picture.segments)
        tested = self._panel.tested
        for changed in self._callers.touched:
            segments[self._position[changed]] = segment_of(
                self._lines.settings[changed],
                self._callers.on_line(changed),
                closing=changed in self._closing_until_ms,
                lost=changed in self._standing.lost_lines,
                tested=changed == tested.line,
            )
        self._callers.touched.clear()
        self._panel.moved = False
        wanted = Picture(
            segments=tuple(segments),
            overlay=self._overlay(arrived, now_ms),
            fault=self._standing.needs_a_person or tested.light is Light.FAULT,
            more_count=self._callers.counted or int(tested.light is Light.MORE),
            lamps=self._wanted_lamps(),
        )
        return settle(self._picture, wanted, now_ms)

    def _wanted_lamps(self) -> tuple[ButtonLamp, ...]:
        """Return the lamps of the last picture as they are settled, unless the panel wants other ones."""
        before, self._lamps_wanted = self._lamps_wanted, self._panel.lamps
        return self._picture.lamps if self._lamps_wanted is before else self._lamps_wanted

    def _overlay(self, arrived: bool, now_ms: InstantMs) -> Overlay:
        if arrived and now_ms - self._swept_at_ms >= SWEEPS_APART_MIN_MS:
            self._swept_at_ms = now_ms
        if self._standing.phone_lost_why is not None:
            return Overlay.LOST
        return Overlay.SWEEP if now_ms < self._swept_at_ms + SWEEP_MS else Overlay.NONE

    def _chirp(self, now_ms: InstantMs) -> list[Effect]:
        """Play the sounds of the lamp test as they come, and those of the callers who are heard in turn."""
        sounds = self._panel.sounds.copy()
        self._panel.sounds.clear()
        if sounds:
            self._chirps.rest(now_ms)
        due_ms = self._chirps.due_ms
        if self._callers.stages or (due_ms is not None and now_ms >= due_ms):
            for stage in self._callers.stages:
                self._chirps.stage_reached(stage)
            self._callers.stages.clear()
            stages = [] if self._panel.is_away else [call.stage for call in self._callers if call.is_heard]
            sound = self._chirps.take(now_ms, STAGES in stages, bool(stages))
            sounds += [] if sound is None else [sound]
        return [PlaySound(sound) for sound in sounds]

    def _next_deadline_ms(self) -> InstantMs | None:
        dues = [call.due_ms for call in self._callers]
        dues += self._closing_until_ms.values()
        others = (self._standing.due_ms, self._chirps.due_ms, self._panel.due_ms)
        dues += [due for due in others if due is not None]
        if self._picture.overlay is Overlay.SWEEP:
            dues.append(InstantMs(self._swept_at_ms + SWEEP_MS))
        return min(dues, default=None)

    def view(self, now_ms: InstantMs) -> BoardView:
        """Return a copy of everything a person may ask, as of this instant."""
        return BoardView(
            phone_lost=self._standing.phone_lost_why,
            lines=tuple(
                LineView(line.id, line.label, segment.showing, self._standing.line_lost(line.id))
                for line, segment in zip(self._lines.settings.values(), self._picture.segments, strict=False)
            ),
            calls=tuple(
                CallView(
                    c.id, c.line.id, c.state, c.stage, c.urgency, c.wait_ms(now_ms), c.shown, len(c.rings)
                )
                for c in self._callers
            ),
            registrations=self._standing.registrations,
            refused_senders=self._refusals.senders,
            refused_ring_count=self._refusals.ring_count,
            faults=self._standing.faults,
            muted=self._panel.is_muted,
            away=self._panel.is_away,
            lamp_test=self._panel.tested.words if self._panel.is_testing else None,
        )
