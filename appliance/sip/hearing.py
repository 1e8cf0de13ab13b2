"""What the engine says, as the board's events. Pure: the message and the instant come in, events come out."""

from typing import Final, assert_never

from appliance.core.events import (
    EngineStarted,
    Event,
    FaultCleared,
    FaultRaised,
    PickupMoved,
    RegistrationChanged,
    RingEnded,
    RingRefused,
    RingsListed,
    RingStarted,
    SenderRefused,
)
from appliance.core.words import DurationMs, ExtensionId, InstantMs, PickupStep, RingId
from appliance.sip.protocol import (
    IN_OUR_HANDS,
    Beat,
    Moved,
    Rang,
    Ready,
    Registration,
    RingOver,
    Stopped,
    ToUnit,
)

ENGINE_FAULT: Final = "engine"
"""The name of the fault that the engine's own troubles raise."""

FAULT_SHOWN_MS: Final = DurationMs(600_000)
"""How long a trouble that passed by itself stays shown: long enough for a person to come by."""


class Hearing:
    """Turns one engine's messages into events, and knows what the board has heard of them already."""

    def __init__(self) -> None:
        """Begin as the board does: with nothing heard."""
        self._registered_at_ms: dict[ExtensionId, InstantMs] = {}
        self._moved_at_ms: dict[RingId, InstantMs] = {}
        """When each caller in the engine's hands moved last, as far as the board has heard."""
        self._held: set[RingId] = set()
        """The callers whom the last beat had."""
        self._fault_until_ms: InstantMs | None = None

    @property
    def has_callers(self) -> bool:
        """True while the engine has callers in its hands, by its own last word."""
        return bool(self._moved_at_ms)

    def take(self, message: ToUnit, now_ms: InstantMs) -> list[Event]:
        """Return what the board must be told."""
        match message:
            case Ready():
                self._registered_at_ms.clear()
                self._moved_at_ms.clear()
                self._held.clear()
                return [EngineStarted()]
            case Registration():
                return self._registration(message)
            case Rang():
                return [_ring(message, now_ms)]
            case RingOver(ring, cancelled, reasons, _):
                return [RingEnded(ring, cancelled, reasons)]
            case Moved():
                return self._moved(message)
            case Beat():
                return self._beat(message, now_ms)
            case Stopped():
                return []
            case _:
                assert_never(message)

    def misheard(self, why: str, now_ms: InstantMs) -> Event:
        """Return what the board must be told of a message that cannot be understood."""
        return self._trouble(f"it said what cannot be understood: {why}", now_ms)

    def _registration(self, said: Registration) -> list[Event]:
        """A beat repeats what was told at once; only what is newer is an event."""
        if self._registered_at_ms.get(said.extension) == said.at_ms:
            return []
        self._registered_at_ms[said.extension] = said.at_ms
        return [RegistrationChanged(said.extension, said.held, said.code, said.why, said.expires_ms)]

    def _moved(self, moved: Moved) -> list[Event]:
        """A beat repeats where each pickup stands; only what is new is an event."""
        if self._moved_at_ms.get(moved.ring) == moved.at_ms:
            return []
        if moved.step in IN_OUR_HANDS:
            self._moved_at_ms[moved.ring] = moved.at_ms
        else:
            self._moved_at_ms.pop(moved.ring, None)
        return [PickupMoved(moved.ring, moved.step, moved.why, moved.order)]

    def _pickups(self, beat: Beat) -> list[Event]:
        """Tell what was missed, and the end of those that the engine no longer has."""
        events = [event for moved in beat.pickups for event in self._moved(moved)]
        before, self._held = self._held, {moved.ring for moved in beat.pickups}
        for ring in self._moved_at_ms.keys() - self._held:
            del self._moved_at_ms[ring]
            if ring in before:
                events.append(PickupMoved(ring, PickupStep.LEFT, "its end was not heard"))
        return events

    def _beat(self, beat: Beat, now_ms: InstantMs) -> list[Event]:
        # The pickups come first: a ring that is one no longer must not be missed before that is known.
        events = self._pickups(beat)
        events.append(RingsListed(tuple(_ring(rang, now_ms) for rang in beat.rings)))
        for registration in beat.registrations:
            events += self._registration(registration)
        events += (SenderRefused(refused.address, refused.why, refused.count) for refused in beat.refused)
        if beat.legs_full_count:
            events.append(RingRefused(beat.legs_full_count))
        whys = [fault.why for fault in beat.faults]
        if beat.unsent_count:
            whys.append(f"{beat.unsent_count} messages were lost while the unit did not listen")
        events += (self._trouble(why, now_ms) for why in whys)
        if self._fault_until_ms is not None and now_ms >= self._fault_until_ms:
            self._fault_until_ms = None
            events.append(FaultCleared(ENGINE_FAULT))
        return events

    def _trouble(self, why: str, now_ms: InstantMs) -> Event:
        self._fault_until_ms = InstantMs(now_ms + FAULT_SHOWN_MS)
        return FaultRaised(ENGINE_FAULT, why)


def _ring(rang: Rang, now_ms: InstantMs) -> RingStarted:
    return RingStarted(rang.offer, DurationMs(max(0.0, now_ms - rang.received_ms)))
