"""What the button of a line does: it takes the caller who has waited longest there, wherever they ring.

A caller who rings at us is answered here, and the phone system settles any race. One who rings elsewhere only
is asked for. A press never takes a second caller while the first one is being taken on that line, and it
never ends a conversation. A handset has one caller at a time: a press for a second one fails at once.
"""

from collections.abc import Iterable
from typing import Final

from appliance.core.awards import Awards
from appliance.core.bus_events import NeighbourState, PickupAnswered, PickupAsked
from appliance.core.callers import Callers
from appliance.core.calls import Call, CallState
from appliance.core.claims import Claims
from appliance.core.dial import Dial
from appliance.core.dropped import Dropped
from appliance.core.effects import Effect
from appliance.core.lamps import LampLook
from appliance.core.merging import Member, SiteCaller
from appliance.core.moments import Moments
from appliance.core.notices import HandsetInUse, Notice
from appliance.core.pickup import Pickups
from appliance.core.picture import Showing
from appliance.core.settings import BoardSettings
from appliance.core.site import Site
from appliance.core.standing import Standing
from appliance.core.words import InstantMs, LineId, RingId, Way

_TAKEABLE_ELSEWHERE: Final = (NeighbourState.RINGING, NeighbourState.KEPT, NeighbourState.HELD)
_HELD: Final = (CallState.HELD, NeighbourState.HELD)
_UNDER_WAY: Final = (NeighbourState.ASKED, NeighbourState.TAKEN)
_TAKEN: Final = (CallState.TAKEN, NeighbourState.TAKEN)


class Taking:
    """The pickups of our own callers, the claims on those of others, and the awards to others."""

    def __init__(
        self, settings: BoardSettings, callers: Callers, site: Site, standing: Standing, moments: Moments
    ) -> None:
        """Begin with nobody taken."""
        self._unit: Final = settings.unit
        self._is_able: Final = Dial(settings).reaches(settings.unit)
        self._by_handset: Final = settings.pickup.way is Way.HANDSET
        self._callers = callers
        self._site = site
        self._moments = moments
        self.pickups: Final = Pickups(settings, callers, moments)
        self.dropped: Final = Dropped(standing)
        self._claims = Claims(settings, site, moments, callers.touched)
        self._awards = Awards(settings, callers, self.pickups)
        self.looks: dict[LineId, LampLook] = dict.fromkeys(callers.lines, LampLook.OFF)
        """What the lamp in each line's button shows."""

    @property
    def told(self) -> list[Notice]:
        """What people should hear of claims; what becomes of our own callers, they are told with the rest."""
        return self._claims.told

    @property
    def due_ms(self) -> InstantMs:
        """When time alone next changes something here."""
        return min(self.pickups.due_ms, self._claims.due_ms, self.dropped.due_ms)

    def press(self, line: LineId, now_ms: InstantMs) -> bool:
        """Take the caller of this line who has waited longest; return False if there is nobody to take."""
        if self._is_asked(line):
            return False
        found = self._next(line)
        match found:
            case None:
                return False
            case _ if self._handset_is_in_use:
                # Nobody else would learn of it soon: an owner who is asked calls the handset for 10 s.
                self._moments.begin(line, Showing.FAILED, now_ms)
                self.told.append(HandsetInUse(line))
            case Call():
                self.pickups.want(found, self._unit, now_ms)
            case _:
                self._claims.ask(found, now_ms)
        return True

    def hear(self, event: PickupAsked | PickupAnswered, phone_lost: bool, now_ms: InstantMs) -> None:
        """Take what another unit asks or answers."""
        match event:
            case PickupAsked():
                self._awards.judge(event, phone_lost=phone_lost, now_ms=now_ms)
            case PickupAnswered():
                self._claims.answered(event, now_ms)

    def rang(self, ring: RingId, now_ms: InstantMs) -> None:
        """A ring began: a press may have waited for it."""
        self.pickups.rang(ring, now_ms)

    def pass_time(self, now_ms: InstantMs) -> None:
        """Do what time alone brings by this instant."""
        self.pickups.pass_time(now_ms)
        self._claims.pass_time(now_ms)
        self.dropped.pass_time(now_ms)

    def settle(self, now_ms: InstantMs) -> list[LineId]:
        """See to what ended; return the lines on which a press came to nothing: their lamps blink once."""
        if self._callers.closed or self.pickups.followed:
            self.pickups.settle()
            self.dropped.settle(self.pickups.ours, self._callers.closed, now_ms)
        self._claims.settle(now_ms)
        if self._claims.expects_ring:
            self._answer_ours(now_ms)
        gone = self.pickups.gone + self._claims.gone
        self.pickups.gone.clear()
        self._claims.gone.clear()
        return gone

    def orders(self) -> list[Effect]:
        """Return what the engine and the bus shall do."""
        orders: list[Effect] = [*self.pickups.orders.given, *self._claims.asked, *self._awards.answered]
        orders += self.dropped.notes
        self.dropped.notes.clear()
        self.pickups.orders.given.clear()
        self._claims.asked.clear()
        self._awards.answered.clear()
        return orders

    def showings(self, line: LineId) -> list[Showing]:
        """Return what a line shows beside its callers."""
        return [Showing.ASKED] * self._claims.is_on(line) + self._moments.on_line(line)

    def note(self, lines: Iterable[LineId]) -> None:
        """Look again at what the lamps of these lines show."""
        for line in lines if self._is_able else ():
            self.looks[line] = self._look_of(line)

    @property
    def _handset_is_in_use(self) -> bool:
        """True while somebody speaks on our handset, or a caller is being taken for it."""
        ours = (call for call in self._callers if call.by == self._unit)
        return self._by_handset and (self._claims.is_any or any(map(_is_under_way, ours)))

    def _answer_ours(self, now_ms: InstantMs) -> None:
        """Answer the ring that an award has brought to our handset."""
        for call in self._callers:
            if call.state is CallState.RINGING and call.is_takeable and self._claims.belongs_to(call, now_ms):
                self.pickups.want(call, self._unit, now_ms)

    def _look_of(self, line: LineId) -> LampLook:
        moments = self._moments.on_line(line)
        if Showing.FAILED in moments:
            return LampLook.FAILED
        if self._is_asked(line):
            return LampLook.ASKED
        if self._is_takeable(line):
            return LampLook.TAKEABLE
        return LampLook.STEADY if self._is_taken(line) or Showing.TAKEN in moments else LampLook.OFF

    def _is_asked(self, line: LineId) -> bool:
        """Return whether a caller of this line is being taken for our people."""
        if self._claims.is_on(line):
            return True
        ours = self._ours(line)
        return any(one.is_asked if isinstance(one, Call) else _is_asked_for(one) for one in ours)

    def _is_taken(self, line: LineId) -> bool:
        return any(one.state in _TAKEN for one in self._ours(line))

    def _ours(self, line: LineId) -> list[Member]:
        """Return whom our people take on this line, or have."""
        members: list[Member] = [*self._callers.on_line(line), *self._site.neighbours.on_line(line)]
        return [one for one in members if one.by == self._unit]

    def _next(self, line: LineId) -> Member | None:
        """Return whom a press on this line takes now: of the longest waiter, the leg to be had soonest."""
        if not self._is_able or self.pickups.is_stopping:
            return None
        callers: Iterable[Call | SiteCaller] = self._site.on_line(line)
        takeable = [caller for caller in callers if _leg_of(caller) is not None]
        longest = min(takeable, key=lambda caller: caller.started_ms, default=None)
        return None if longest is None else _leg_of(longest)

    def _is_takeable(self, line: LineId) -> bool:
        """Return whether a press on this line takes somebody now."""
        if not self._is_able or self.pickups.is_stopping:
            return False
        return any(_leg_of(caller) is not None for caller in self._site.on_line(line))


def _leg_of(caller: Call | SiteCaller) -> Member | None:
    """Return the leg by which a caller is to be had soonest; None for one whom nobody may take now."""
    if isinstance(caller, Call):
        return caller if caller.is_takeable else None
    members = caller.members
    legs = [one for one in members if _may_be_had(one)]
    if not legs or any(_is_under_way(member) for member in members):
        return None
    # Our own come first, and `min` keeps that order where both ring or both are held.
    return min(legs, key=lambda leg: leg.state in _HELD)


def _is_asked_for(caller: Member) -> bool:
    return caller.state is NeighbourState.ASKED and not caller.is_unsure


def _is_under_way(member: Member) -> bool:
    """Return whether somebody has the caller, or is about to."""
    if isinstance(member, Call):
        return member.is_asked or member.state is CallState.TAKEN
    return member.state in _UNDER_WAY and not member.is_unsure


def _may_be_had(member: Member) -> bool:
    if isinstance(member, Call):
        return member.is_takeable
    return member.state in _TAKEABLE_ELSEWHERE and not member.is_unsure
