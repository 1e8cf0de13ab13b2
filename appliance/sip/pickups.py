"""The callers in our hands: what each `Pickup` decides is done here to legs and sound, and what legs tell it.

Legs are held only as long as they live: each is let go of at the very moment in which it ends.
"""

import contextlib
import weakref
from typing import Final, Protocol

import pjsua2 as pj

from appliance.core.words import PICKUPS_MAX, InstantMs, PickupStep, RingId, Way
from appliance.sip.audio import Audio, sound_of
from appliance.sip.hands import Dial
from appliance.sip.host import TEMPORARILY_UNAVAILABLE, Host, now_ms, plain_error
from appliance.sip.legs import Ring, SecondLeg, status
from appliance.sip.pickup import Pickup
from appliance.sip.settings import Ringback

OK: Final = 200


class Phones(Protocol):
    """Calls second legs: the stack."""

    def second_leg(self, caller: Ring, dial: Dial) -> SecondLeg:
        """Call the dial's target for this caller.

        Raises:
            LookupError: no registration holds by which it could be called.
            pj.Error: the library cannot.
        """
        ...

    def may_take(self, caller: Ring) -> bool:
        """Return whether this caller's sound is as this phone system's settings want it."""
        ...

    def uri_of(self, caller: Ring, dial: Dial) -> str:
        """Return the URI of the dial's target at this caller's phone system; raises LookupError as above."""
        ...

    def ringback_of(self, caller: Ring) -> Ringback:
        """Return what this caller's phone system lets callers hear."""
        ...


class _Held:
    """One pickup's legs and sound; the `Hands` of its `Pickup`."""

    def __init__(self, caller: Ring, dial: Dial, host: Host, phones: Phones, audio: Audio) -> None:
        assert caller.ring is not None, "only what rings is taken"
        self.ring: Final = caller.ring
        self.caller: Ring | None = caller
        self.second: SecondLeg | None = None
        # Nothing is collected in this process, so a circle would stay for ever.
        self.pickup: Final = Pickup(weakref.proxy(self), dial)
        self._host = host
        self._phones = phones
        self._audio = audio
        self._ringback = phones.ringback_of(caller)
        self._is_joined = False
        self._asks_for_key = False

    def call(self, dial: Dial) -> None:
        """Call the second leg."""
        assert self.caller is not None, "a caller who is gone is called nobody for"
        try:
            self.second = self._phones.second_leg(self.caller, dial)
        except LookupError as error:
            self.pickup.second_over(str(error))
        except pj.Error as error:
            self._host.fault(f"second leg: {plain_error(error)}")
            self.pickup.second_over("it could not be called")

    def let_go(self) -> None:
        """End the second leg."""
        second, self.second = self.second, None
        self._asks_for_key = False
        if second is not None:
            with contextlib.suppress(pj.Error):
                second.refuse(TEMPORARILY_UNAVAILABLE)

    def ring_back(self) -> None:
        """Let the caller hear ringback, from its beginning."""
        self._is_joined = False
        self._audio.begin(self._ringback)
        self.connect()

    def ask_for_key(self) -> None:
        """Let the second leg hear that a key is wanted."""
        self._asks_for_key = True
        self.connect()

    def join(self) -> None:
        """Let both hear each other."""
        self._is_joined = True
        self.connect()

    def hand_over(self) -> None:
        """Ask by REFER with Replaces."""
        if self.caller is not None and self.second is not None:
            try:
                self.caller.xferReplaces(self.second, pj.CallOpParam())
            except pj.Error as error:
                self._host.fault(f"hand-over: {plain_error(error)}")

    def hang_up(self) -> None:
        """End the caller's leg."""
        caller, self.caller = self.caller, None
        if caller is not None:
            with contextlib.suppress(pj.Error):
                caller.refuse(TEMPORARILY_UNAVAILABLE)

    def tell(self, step: PickupStep, why: str) -> None:
        """Tell the unit."""
        self._host.moved(self.ring, step, why, self.pickup.order)

    def connect(self) -> None:
        """Connect what must be heard now; asked again whenever a leg's sound has changed."""
        try:
            self._connect()
        except pj.Error as error:
            self._host.fault(f"sound: {plain_error(error)}")

    def _connect(self) -> None:
        caller = None if self.caller is None else sound_of(self.caller)
        second = None if self.second is None else sound_of(self.second)
        if caller is None:
            return
        if not self._is_joined:
            self._audio.ring_back(self._ringback, caller)
            if self._asks_for_key and second is not None:
                self._audio.ask_for_key(second)
        elif second is not None:
            self._audio.join(caller, second)
        elif self.pickup.on_handset:
            self._audio.join(caller, self._audio.handset())


class Pickups:
    """All of them; the `Exchange` of their legs."""

    def __init__(self, host: Host, phones: Phones, audio: Audio) -> None:
        """Begin with empty hands."""
        self.handset = ""
        """The ALSA name of the sound device for `Way.HANDSET`; empty for the machine's default."""
        self._host = host
        self._phones = phones
        self._audio = audio
        self._all: dict[RingId, _Held] = {}
        self._on_handset: _Held | None = None
        """Who has the unit's own sound device."""

    def take(self, caller: Ring, way: Way, dial: Dial, at_ms: InstantMs) -> None:
        """Take a caller who rings, or who is in our hands and has not spoken with anybody."""
        assert caller.ring is not None, "only what rings is taken"
        held = self._all.get(caller.ring)
        if held is not None and held.pickup.joined:
            return
        try:
            self._check(caller, way, dial, held)
            if way is Way.REDIRECT and held is None:
                self._redirect(caller, dial)
                return
            if way is Way.HANDSET:
                self._audio.open_handset(self.handset)
        except LookupError as error:
            self._host.moved(caller.ring, PickupStep.FAILED, str(error), dial.order)
            return
        if held is None:
            held = self._answer(caller, dial, at_ms)
        else:
            held.pickup.take(dial, at_ms)
        if way is Way.HANDSET:
            self._on_handset = held
            held.connect()
        self._settle(held)

    def _check(self, caller: Ring, way: Way, dial: Dial, held: _Held | None) -> None:
        """Raise LookupError, with the reason, if this caller cannot be taken in this way."""
        if held is None and len(self._all) >= PICKUPS_MAX:
            raise LookupError("too many callers are being taken here")
        if not self._phones.may_take(caller):
            raise LookupError("its sound is not encrypted")
        if way is Way.HANDSET:
            if self._on_handset is not None:
                raise LookupError("the handset is in use")
        elif not dial.target:
            raise LookupError("there is no target to be called")

    def hang_up(self, ring: RingId) -> None:
        """The hook is on."""
        if held := self._all.get(ring):
            held.pickup.hang_up()
            self._settle(held)

    def stop(self) -> None:
        """End all of them."""
        for held in list(self._all.values()):
            held.pickup.stop()
            self._settle(held)

    def pass_time(self, at_ms: InstantMs) -> None:
        """Give up what took too long."""
        for held in list(self._all.values()):
            held.pickup.pass_time(at_ms)
            if held.caller is not None and held.pickup.answered and not held.pickup.joined:
                held.caller.look_after(at_ms)
            self._settle(held)

    def _answer(self, caller: Ring, dial: Dial, at_ms: InstantMs) -> _Held:
        held = _Held(caller, dial, self._host, self._phones, self._audio)
        self._all[held.ring] = held
        self._audio.clock.begin(at_ms)
        caller.is_answered = True
        try:
            caller.answer(status(OK))
        except pj.Error as error:
            self._host.fault(f"answer: {plain_error(error)}")
            # The library has ended the leg, or will: the phone system goes on without us.
            with contextlib.suppress(pj.Error):
                caller.refuse(TEMPORARILY_UNAVAILABLE)
        return held

    def _redirect(self, caller: Ring, dial: Dial) -> None:
        """Answer 302: from then on the light hears nothing more of this caller."""
        assert caller.ring is not None
        uri = self._phones.uri_of(caller, dial)
        # Said first: the ring is over as soon as the answer is sent.
        self._host.moved(caller.ring, PickupStep.HANDED_OVER, "", dial.order)
        caller.send_to(uri)

    def caller_connected(self, ring: RingId) -> None:
        """Our 200 was acknowledged."""
        if held := self._all.get(ring):
            held.pickup.caller_connected(now_ms())
            self._settle(held)

    def caller_over(self, ring: RingId, why: str) -> None:
        """The caller's leg ended."""
        if held := self._all.get(ring):
            held.caller = None
            held.pickup.caller_over(why)
            self._settle(held)

    def transfer_told(self, ring: RingId, code: int, final: bool) -> None:
        """The phone system said how the hand-over goes."""
        if held := self._all.get(ring):
            held.pickup.transfer_told(code, final)
            self._settle(held)

    def sound_changed(self, ring: RingId) -> None:
        """A leg has sound now, or another one."""
        if held := self._all.get(ring):
            held.connect()

    def second_rings(self, ring: RingId, leg: object) -> None:
        """A second leg rings."""
        if held := self._of(ring, leg):
            held.pickup.second_rings()

    def second_answered(self, ring: RingId, leg: object) -> None:
        """A second leg was answered."""
        if held := self._of(ring, leg):
            held.pickup.second_answered(now_ms())

    def second_over(self, ring: RingId, leg: object, why: str) -> None:
        """A second leg ended."""
        if held := self._of(ring, leg):
            held.second = None
            held.pickup.second_over(why)
            self._settle(held)

    def key_pressed(self, ring: RingId, leg: object, key: str) -> None:
        """A second leg sent a key."""
        if held := self._of(ring, leg):
            held.pickup.key_pressed(key, now_ms())

    def handset_gone(self) -> None:
        """The handset was pulled out: told of its ear and of its mouth, and once is enough."""
        if held := self._on_handset:
            held.pickup.handset_gone()
            self._settle(held)

    def _of(self, ring: RingId, leg: object) -> _Held | None:
        """Return the pickup whose second leg this is; one that was let go of has none."""
        held = self._all.get(ring)
        return held if held is not None and held.second is leg else None

    def _settle(self, held: _Held) -> None:
        """Let go of what this pickup needs no longer."""
        if self._on_handset is held and not held.pickup.on_handset:
            self._on_handset = None
            self._audio.close_handset()
        if held.pickup.over and self._all.pop(held.ring, None) is not None:
            self._audio.clock.end(now_ms())
