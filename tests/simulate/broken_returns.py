"""Boards that break a promise to whoever is kept or sent on, as those of `broken_boards` do."""

from dataclasses import replace

from appliance.core.calls import CallState
from appliance.core.effects import Effect
from appliance.core.events import Event, RingStarted
from appliance.core.lamps import LampLook
from appliance.core.picture import Picture
from appliance.core.words import InstantMs
from tests.simulate.broken_boards import Wrapped, stranger


class TakesWhoeverIsSentOnForANewCaller(Wrapped):
    """Does not know a caller again who was sent to where it rings itself."""

    def receive(self, event: Event, now_ms: InstantMs) -> tuple[Effect, ...]:
        is_any = any(call.state is CallState.RETURNING for call in self.board._callers)
        if is_any and isinstance(event, RingStarted):
            event = stranger(event)
        return super().receive(event, now_ms)


class LetsNobodyTakeThem(Wrapped):
    """Has no lamp lit for whoever may be taken."""

    def spoil(self, picture: Picture) -> Picture:
        takeable = LampLook.TAKEABLE
        lamps = [replace(one, look=LampLook.OFF) if one.look is takeable else one for one in picture.lamps]
        return replace(super().spoil(picture), lamps=tuple(lamps))
