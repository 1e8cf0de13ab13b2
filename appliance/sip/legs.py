"""The library's calls: callers' legs and our own to desk phones.

A `Call` is kept from its first callback until it is disconnected and dropped at that very moment: one that is
collected later declines whatever call has its slot by then. What a callback is given is copied inside it.
Whatever a callback raises would be printed and forgotten, so each one hands its exceptions on.
"""

import contextlib
import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, TypeVar

import pjsua2 as pj

from appliance.core.events import Offer, Reason
from appliance.core.words import CALL_LOST_WHY, QUICKER_WHY, DurationMs, InstantMs, RingId
from appliance.sip.headers import read_reasons
from appliance.sip.host import FORBIDDEN, MOVED_TEMPORARILY, Exchange, plain_error
from appliance.sip.silence import Silence

if TYPE_CHECKING:
    from appliance.sip.callbacks import Reception

_Method = TypeVar("_Method", bound=Callable[..., None])


def guarded(method: _Method) -> _Method:
    """Hand on what a callback raises; the library would print it and go on."""

    @functools.wraps(method)
    def callback(self: Any, prm: Any) -> None:
        try:
            method(self, prm)
        except Exception as error:
            self.host.fault(f"{method.__name__}: {plain_error(error)}")

    return callback  # type: ignore[return-value]


RINGING_AGAIN_MS: Final = DurationMs(60_000)
"""How often 180 is repeated, so that no proxy on the way gives up (RFC 3261 section 13.3.1.1)."""


class Leg(pj.Call):
    """One call of the library's, from its beginning until it is disconnected."""

    def __init__(self, account: "Reception", call_id: int = pj.PJSUA_INVALID_ID) -> None:
        super().__init__(account, call_id)
        self.host = account.host
        self.legs = account.legs
        self.slot = call_id
        # A leg whose end was lost while its slot was used again must not be collected before the new one.
        self.replaced: Leg | None = None

    def keep(self, slot: int) -> None:
        """Keep this leg until it ends: the library has given it this slot."""
        self.slot = slot
        self.replaced = self.legs.pop(slot, None)
        self.legs[slot] = self

    @guarded
    def onCallTransferRequest(self, prm: Any) -> None:
        # The library would obey a REFER and call whatever it names, at the practice's cost.
        prm.statusCode = FORBIDDEN

    @guarded
    def onCallReplaceRequest(self, prm: Any) -> None:
        # The library would answer an INVITE with Replaces by itself, with a call that we know nothing of.
        prm.statusCode = FORBIDDEN

    def refuse(self, code: int) -> None:
        """End the leg with this status. Without one the library would send 603, which ends every branch."""
        self.hangup(status(code))

    def end(self, why: str = "it was lost") -> None:
        """Let go of the leg; its slot may be used again at once."""
        if self.legs.get(self.slot) is self:
            del self.legs[self.slot]
        self.over(why)

    def over(self, why: str) -> None:
        """Tell those who care that the leg has ended."""


class Ring(Leg):
    """One INVITE to us: a caller who rings, and the caller's leg of a pickup."""

    ring: RingId | None = None
    offer: Offer
    exchange: Exchange
    cancelled = False
    reasons: tuple[Reason, ...] = ()
    said_180_ms = InstantMs(0)
    is_answered = False
    is_encrypted = False
    """Whether the sound that it offers is."""
    lost_why = ""
    """Why the caller is gone, if the phone system does not know the call any more."""

    def __init__(self, account: "Reception", call_id: int = pj.PJSUA_INVALID_ID) -> None:
        super().__init__(account, call_id)
        self._silence = Silence()

    @guarded
    def onCallTsxState(self, prm: Any) -> None:
        state = prm.e.body.tsxState
        if state.type == pj.PJSIP_EVENT_RX_MSG and state.tsx.method in ("CANCEL", "BYE"):
            self.cancelled = state.tsx.method == "CANCEL"
            # Where our answer crossed a CANCEL, it is that which says why: the BYE, Asterisk 22's, does not.
            self.reasons = read_reasons(str(state.src.rdata.wholeMsg)) or self.reasons

    @guarded
    def onCallState(self, _prm: Any) -> None:
        info = self.getInfo()
        if info.state == pj.PJSIP_INV_STATE_DISCONNECTED:
            self.lost_why = CALL_LOST_WHY if info.lastStatusCode in _UNKNOWN_THERE else ""
            self.end()
        elif info.state == pj.PJSIP_INV_STATE_CONFIRMED and self.ring is not None:
            self.exchange.caller_connected(self.ring)

    @guarded
    def onCallMediaState(self, _prm: Any) -> None:
        if self.ring is not None:
            self.exchange.sound_changed(self.ring)

    @guarded
    def onCallTransferStatus(self, prm: Any) -> None:
        if self.ring is not None:
            self.exchange.transfer_told(self.ring, prm.statusCode, prm.finalNotify)

    def must_say_180(self, at_ms: InstantMs) -> bool:
        """Return whether it is time to repeat the 180."""
        rings = self.ring is not None and not self.is_answered
        return rings and at_ms - self.said_180_ms >= RINGING_AGAIN_MS

    def say_180(self, at_ms: InstantMs) -> None:
        """Tell the phone system that the light is on."""
        self.said_180_ms = at_ms
        self.answer(status(180))

    def send_to(self, uri: str) -> None:
        """Answer 302 with this URI."""
        param = pj.CallOpParam(True)
        param.statusCode = MOVED_TEMPORARILY
        contact = pj.SipHeader()
        contact.hName, contact.hValue = "Contact", f"<{uri}>"
        param.txOption.headers.append(contact)
        self.answer(param)

    def look_after(self, at_ms: InstantMs) -> None:
        """Ask the phone system about a caller of whom nothing is heard; its 481, or silence, ends the leg.

        By UPDATE, and only where it said that it takes one: Asterisk 22 leaves OPTIONS in a call unanswered.
        """
        if self._silence.must_ask(self._count_packets, at_ms):
            param = pj.CallSendRequestParam()
            param.method = "UPDATE"
            with contextlib.suppress(pj.Error):
                if self.remoteHasCap(pj.PJSIP_H_ALLOW, "", param.method) == pj.PJSIP_DIALOG_CAP_SUPPORTED:
                    self.sendRequest(param)

    def _count_packets(self) -> int:
        try:
            return int(self.getStreamStat(0).rtcp.rxStat.pkt)
        except pj.Error:
            # On hold, or without any sound.
            return 0

    def over(self, _why: str) -> None:
        """Tell the pickup, if there is one, and the unit."""
        if self.ring is not None:
            ring, self.ring = self.ring, None
            quicker = any((reason.protocol.upper(), reason.cause) in _ELSEWHERE for reason in self.reasons)
            self.exchange.caller_over(ring, QUICKER_WHY if quicker else self.lost_why)
            self.host.ended(ring, self.cancelled, self.reasons)


class SecondLeg(Leg):
    """A call of ours to a desk phone, for a caller in our hands."""

    ring: RingId
    """The caller's."""
    exchange: Exchange

    @guarded
    def onCallState(self, _prm: Any) -> None:
        info = self.getInfo()
        if info.state == pj.PJSIP_INV_STATE_DISCONNECTED:
            self.end(_END_WORDS.get(info.lastStatusCode, f"the phone system said {info.lastStatusCode}"))
        elif info.state == pj.PJSIP_INV_STATE_EARLY:
            self.exchange.second_rings(self.ring, self)
        elif info.state == pj.PJSIP_INV_STATE_CONFIRMED:
            self.exchange.second_answered(self.ring, self)

    @guarded
    def onCallMediaState(self, _prm: Any) -> None:
        self.exchange.sound_changed(self.ring)

    @guarded
    def onDtmfDigit(self, prm: Any) -> None:
        self.exchange.key_pressed(self.ring, self, str(prm.digit))

    def over(self, why: str) -> None:
        """Tell the pickup."""
        self.exchange.second_over(self.ring, self, why)


_ELSEWHERE: Final = frozenset({("SIP", 200), ("Q.850", 26)})
"""The Reasons that say that another branch was answered (facts of the measured phone systems)."""

_UNKNOWN_THERE: Final = (408, 481)
"""How the end of a leg is told that the phone system knows no more (RFC 3261 section 12.2.1.2)."""

_END_WORDS: Final = {
    200: "it hung up",
    403: "it was declined",
    404: "the phone system knows no such number",
    408: "it cannot be reached",
    480: "it cannot be reached",
    486: "it is busy",
    600: "it is busy",
    603: "it was declined",
}
"""How a second leg ended, by the last status of its INVITE."""


def status(code: int) -> Any:
    """Return the library's parameter for an answer with this status."""
    param = pj.CallOpParam()
    param.statusCode = code
    return param
