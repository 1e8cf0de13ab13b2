"""Boards that break one promise each. A simulation that does not notice them would notice nothing."""

from collections.abc import Iterator
from dataclasses import replace

from appliance.core.board import Board
from appliance.core.callers import DIALLED_WHY
from appliance.core.effects import Effect, EndRing, PlaySound, ShowPicture, Tell
from appliance.core.events import Event, PickupMoved, RingEnded, RingsListed, RingStarted
from appliance.core.notices import CallEnded, LampTestOver, Notice, Outcome, StageReached
from appliance.core.pickup_notices import PickupBegan
from appliance.core.picture import Overlay, Picture, Segment, Showing
from appliance.core.settings import BoardSettings
from appliance.core.words import NEVER_MS, DurationMs, InstantMs, PickupStep, UnitId


class Wrapped:
    """A right board behind a wrapper; each broken one changes one thing of it."""

    def __init__(self, settings: BoardSettings) -> None:
        """Wrap a new board."""
        self.board = Board(settings)
        self.told_ms = InstantMs(0)

    @property
    def deadline_ms(self) -> InstantMs | None:
        """What the board says."""
        return self.board.deadline_ms

    @property
    def picture(self) -> Picture:
        """What the board shows, perhaps spoilt."""
        return self.spoil(self.board.picture)

    def receive(self, event: Event, now_ms: InstantMs) -> tuple[Effect, ...]:
        """Pass the event on, and the effects back, perhaps spoilt."""
        self.told_ms = now_ms
        return tuple(self.answer(self.board.receive(event, now_ms)))

    def answer(self, effects: tuple[Effect, ...]) -> Iterator[Effect]:
        """Return the effects, with what this board breaks."""
        for effect in effects:
            match effect:
                case ShowPicture(picture):
                    yield ShowPicture(self.spoil(picture))
                case Tell(notice):
                    yield from (Tell(said) for said in self.say(notice))
                case _:
                    yield effect

    def say(self, notice: Notice) -> Iterator[Notice]:
        """Return what is said instead of this notice."""
        yield notice

    def spoil(self, picture: Picture) -> Picture:
        """Return what is shown instead of this picture."""
        return replace(picture, segments=tuple(self.spoil_segment(one) for one in picture.segments))

    def spoil_segment(self, segment: Segment) -> Segment:
        """Return what is shown instead of this segment."""
        return segment


class DropsSegments(Wrapped):
    """Shows a waiting caller as nobody."""

    def spoil_segment(self, segment: Segment) -> Segment:
        return replace(segment, showing=Showing.NOTHING) if segment.showing is Showing.WAITING else segment


class KeepsSegmentsLit(Wrapped):
    """Shows a caller where nobody is."""

    def spoil_segment(self, segment: Segment) -> Segment:
        return replace(segment, showing=Showing.WAITING) if segment.showing is Showing.NOTHING else segment


class TakesEveryRingForANewCaller(Wrapped):
    """Does not know a caller again who comes back out of the gap of a queue."""

    def receive(self, event: Event, now_ms: InstantMs) -> tuple[Effect, ...]:
        return super().receive(stranger(event) if isinstance(event, RingStarted) else event, now_ms)


class ForgetsHalfASecond(Wrapped):
    """Tells a shorter wait at a later stage than at an earlier one."""

    def say(self, notice: Notice) -> Iterator[Notice]:
        if isinstance(notice, StageReached) and notice.stage == 3:
            notice = replace(notice, wait_ms=DurationMs(notice.wait_ms - 500))
        yield notice


class KeepsOldRings(Wrapped):
    """Lets a ring that is past its limit go on."""

    def answer(self, effects: tuple[Effect, ...]) -> Iterator[Effect]:
        yield from (effect for effect in super().answer(effects) if not isinstance(effect, EndRing))


class TellsOutcomesTwice(Wrapped):
    """Gives a call two outcomes."""

    def say(self, notice: Notice) -> Iterator[Notice]:
        yield notice
        if isinstance(notice, CallEnded):
            yield notice


class TellsNoOutcome(Wrapped):
    """Lets answered callers vanish without an outcome."""

    def say(self, notice: Notice) -> Iterator[Notice]:
        if not (isinstance(notice, CallEnded) and notice.outcome is Outcome.ANSWERED_ELSEWHERE):
            yield notice


class TakesAnswersForLosses(Wrapped):
    """Says of an answered caller that he gave up."""

    def say(self, notice: Notice) -> Iterator[Notice]:
        if isinstance(notice, CallEnded) and notice.outcome is Outcome.ANSWERED_ELSEWHERE:
            notice = replace(notice, outcome=Outcome.ABANDONED)
        yield notice


class TakesADialForAColleague(Wrapped):
    """Says of a caller whom our desk phone was told to dial for that a colleague answered."""

    def say(self, notice: Notice) -> Iterator[Notice]:
        if isinstance(notice, CallEnded) and notice.why == DIALLED_WHY:
            notice = replace(notice, outcome=Outcome.ANSWERED_ELSEWHERE)
        yield notice


class LosesDeadlines(Wrapped):
    """Forgets a deadline that is near, as a loop does that asks for it with a fresh reading of the clock."""

    @property
    def deadline_ms(self) -> InstantMs | None:
        deadline_ms = super().deadline_ms
        return None if deadline_ms is None or deadline_ms < self.told_ms + 200 else deadline_ms


class WakesLate(Wrapped):
    """Wants to be told 5 ms after its deadline."""

    @property
    def deadline_ms(self) -> InstantMs | None:
        deadline_ms = super().deadline_ms
        return None if deadline_ms is None else InstantMs(deadline_ms + 5)


class WakesAtOnce(Wrapped):
    """Has its deadline at the instant it was told."""

    @property
    def deadline_ms(self) -> InstantMs | None:
        return self.told_ms


class CountsOneMarkTooFew(Wrapped):
    """Shows too few marks."""

    def spoil_segment(self, segment: Segment) -> Segment:
        return replace(segment, marks=max(0, segment.marks - 1))


class HidesTheLoss(Wrapped):
    """Does not show that the phone system is lost."""

    def spoil(self, picture: Picture) -> Picture:
        return replace(picture, overlay=Overlay.NONE) if picture.overlay is Overlay.LOST else picture


class CountsNobodyMore(Wrapped):
    """Keeps quiet about callers who are only counted."""

    def spoil(self, picture: Picture) -> Picture:
        return replace(picture, more_count=0)


class ChirpsTwice(Wrapped):
    """Chirps twice at once."""

    def answer(self, effects: tuple[Effect, ...]) -> Iterator[Effect]:
        for effect in super().answer(effects):
            yield effect
            if isinstance(effect, PlaySound):
                yield effect


class ForgetsWhoIsMuted(Wrapped):
    """Takes everybody for a new caller as far as sound goes."""

    def receive(self, event: Event, now_ms: InstantMs) -> tuple[Effect, ...]:
        effects = super().receive(event, now_ms)
        for call in self.board._callers:
            call.muted = False
        return effects


class StaysWhereSoundIsWanted(Wrapped):
    """Says that it is away, and sounds all the same."""

    def receive(self, event: Event, now_ms: InstantMs) -> tuple[Effect, ...]:
        effects = super().receive(event, now_ms)
        self.board._panel._away_until_ms = NEVER_MS
        return effects


class TestsOn(Wrapped):
    """Goes on with the lamp test, whoever rings."""

    __test__ = False

    def say(self, notice: Notice) -> Iterator[Notice]:
        if not isinstance(notice, LampTestOver):
            yield notice


class BlinksAtWill(Wrapped):
    """Answers each press with a blink, however many there are."""

    def spoil(self, picture: Picture) -> Picture:
        lamps = tuple(
            replace(lamp, blinked_ms=self.told_ms) if lamp.blinked_ms is not None else lamp
            for lamp in picture.lamps
        )
        return replace(picture, lamps=lamps)


class FlashesAtWill(Wrapped):
    """Begins each picture on a beat of its own."""

    def spoil(self, picture: Picture) -> Picture:
        segments = tuple(replace(one, entered_ms=self.told_ms) for one in picture.segments)
        return replace(picture, segments=segments, epoch_ms=self.told_ms)


class StaysDark(Wrapped):
    """Puts every segment off."""

    def spoil_segment(self, segment: Segment) -> Segment:
        return replace(segment, entered_ms=InstantMs(self.told_ms + 10_000))


class Raises(Wrapped):
    """Cannot stand a list of more than two rings."""

    def receive(self, event: Event, now_ms: InstantMs) -> tuple[Effect, ...]:
        if isinstance(event, RingsListed) and len(event.rings) > 2:
            raise KeyError("a ring")
        return super().receive(event, now_ms)


class HearsNoEnd(Wrapped):
    """Does not hear that a ring ended."""

    def receive(self, event: Event, now_ms: InstantMs) -> tuple[Effect, ...]:
        return () if isinstance(event, RingEnded) else super().receive(event, now_ms)


def stranger(ring: RingStarted) -> RingStarted:
    """Return the ring as one of somebody whom nobody knows."""
    unique = str(ring.offer.ring)
    return replace(ring, offer=replace(ring.offer, call_id=unique, number=unique, tag=""))


class TakesThemAgain(Wrapped):
    """Says of everybody who is taken that they are taken once more."""

    def say(self, notice: Notice) -> Iterator[Notice]:
        yield notice
        if isinstance(notice, PickupBegan):
            yield replace(notice, by=UnitId("somebody"))


class GivesUpOnFailure(Wrapped):
    """Takes whom nobody took for somebody who is gone."""

    def receive(self, event: Event, now_ms: InstantMs) -> tuple[Effect, ...]:
        if isinstance(event, PickupMoved) and event.step is PickupStep.FAILED:
            event = replace(event, step=PickupStep.CALLER_GONE)
        return super().receive(event, now_ms)
