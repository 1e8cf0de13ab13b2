"""What the library calls: legs, registrations, the endpoint. Beside `stack` the only import of pjsua2.

A `Call` is kept from its first callback until it is disconnected and dropped at that very moment: one that is
collected later declines whatever call has its slot by then. What a callback is given is copied inside it.
Whatever a callback raises would be printed and forgotten, so each one hands its exceptions on.
"""

import contextlib
import functools
from collections.abc import Callable
from typing import Any, Final, TypeVar

import pjsua2 as pj

from appliance.core.events import Reason
from appliance.core.words import ExtensionId, InstantMs, RingId
from appliance.sip.headers import read_reasons
from appliance.sip.host import (
    FORBIDDEN,
    SERVICE_UNAVAILABLE,
    TEMPORARILY_UNAVAILABLE,
    Host,
    Way,
    now_ms,
    plain_error,
)
from appliance.sip.settings import Transport

_Method = TypeVar("_Method", bound=Callable[..., None])


def _guarded(method: _Method) -> _Method:
    """Hand on what a callback raises; the library would print it and go on."""

    @functools.wraps(method)
    def callback(self: Any, prm: Any) -> None:
        try:
            method(self, prm)
        except Exception as error:
            self.host.fault(f"{method.__name__}: {plain_error(error)}")

    return callback  # type: ignore[return-value]


class Quiet(pj.LogWriter):
    """Takes the library's log and drops it: it holds numbers. What matters comes by callbacks."""

    def write(self, entry: Any) -> None:
        """Drop a line."""


class Leg(pj.Call):
    """One INVITE to us, from its arrival until it is disconnected."""

    def __init__(self, account: "Reception", call_id: int, replaced: "Leg | None") -> None:
        super().__init__(account, call_id)
        self.host = account.host
        self.legs = account.legs
        self.slot = call_id
        self.ring: RingId | None = None
        self.cancelled = False
        self.reasons: tuple[Reason, ...] = ()
        self.said_180_ms = InstantMs(0)
        # A leg whose end was lost while its slot was used again must not be collected before the new one.
        self.replaced = replaced

    @_guarded
    def onCallTsxState(self, prm: Any) -> None:
        state = prm.e.body.tsxState
        if state.type == pj.PJSIP_EVENT_RX_MSG and state.tsx.method == "CANCEL":
            self.cancelled = True
            self.reasons = read_reasons(str(state.src.rdata.wholeMsg))

    @_guarded
    def onCallState(self, _prm: Any) -> None:
        if self.getInfo().state == pj.PJSIP_INV_STATE_DISCONNECTED:
            self.end()

    @_guarded
    def onCallTransferRequest(self, prm: Any) -> None:
        # The library would obey a REFER and call whatever it names, at the practice's cost.
        prm.statusCode = FORBIDDEN

    def say_180(self, at_ms: InstantMs) -> None:
        """Tell the phone system that the light is on."""
        self.said_180_ms = at_ms
        self.answer(status(180))

    def refuse(self, code: int) -> None:
        """End the leg with this status. Without one the library would send 603, which ends every branch."""
        self.hangup(status(code))

    def end(self) -> None:
        """Let go of the leg; its slot may be used again at once."""
        self.legs.pop(self.slot, None)
        if self.ring is not None:
            ring, self.ring = self.ring, None
            self.host.ended(ring, self.cancelled, self.reasons)


class Reception(pj.Account):
    """Takes every INVITE, whichever registration it came by; it registers nowhere itself."""

    def __init__(self, host: Host, legs: "dict[int, Leg]") -> None:
        super().__init__()
        self.host = host
        self.legs = legs

    @_guarded
    def onIncomingCall(self, prm: Any) -> None:
        at_ms = now_ms()
        slot = prm.callId
        leg = Leg(self, slot, self.legs.pop(slot, None))
        self.legs[slot] = leg
        try:
            offer = self.host.invited(str(prm.rdata.wholeMsg), str(prm.rdata.srcAddress), at_ms)
            if isinstance(offer, int):
                leg.refuse(offer)
            else:
                leg.ring = offer.ring
                leg.say_180(at_ms)
        except Exception:
            with contextlib.suppress(pj.Error):
                leg.refuse(TEMPORARILY_UNAVAILABLE)
            raise


class Registered(pj.Account):
    """One extension at one of its registrars."""

    def __init__(
        self,
        host: Host,
        endpoint: "Endpoint",
        extension: ExtensionId,
        index: int,
        way: Way,
        transport: Transport,
    ) -> None:
        super().__init__()
        self.transport = transport
        self.stale = False
        """True once its connection has ended: the library goes on naming that one's port in the Contact."""
        self.host = host
        self.endpoint = endpoint
        self.extension = extension
        self.index = index
        self.way = way
        self.held = False

    @_guarded
    def onRegState(self, prm: Any) -> None:
        self.held = prm.code // 100 == 2 and prm.expiration > 0
        code = 408 if prm.code == 0 else prm.code
        why = self.endpoint.take_distrust() if code == SERVICE_UNAVAILABLE else ""
        self.host.answered(
            self.extension,
            self.index,
            code,
            why or str(prm.reason),
            prm.expiration if self.held else 0,
        )


_DISTRUST: Final = (
    (pj.PJ_SSL_CERT_EVALIDITY_PERIOD, "has expired or is not valid yet"),
    (pj.PJ_SSL_CERT_EIDENTITY_NOT_MATCH, "is made out to another name than the registrar's"),
    (
        pj.PJ_SSL_CERT_EISSUER_NOT_FOUND | pj.PJ_SSL_CERT_EUNTRUSTED | pj.PJ_SSL_CERT_EISSUER_MISMATCH,
        "is from an authority that we do not trust (see ca_file)",
    ),
    (pj.PJ_SSL_CERT_EREVOKED, "was revoked"),
)
"""What is wrong with a certificate, by the library's bits, in words that say what to mend."""


def distrust_of(verify_status: int) -> str:
    """Return why a TLS peer's certificate is not trusted; empty if nothing is wrong with it."""
    said = [words for bits, words in _DISTRUST if verify_status & bits]
    if verify_status and not said:
        said = ["cannot be verified"]
    return f"its certificate {' and '.join(said)}" if said else ""


class Endpoint(pj.Endpoint):
    """The library's one root object."""

    def __init__(self, host: Host) -> None:
        super().__init__()
        self.host = host
        self.strangers_account: int | None = None
        self.reception_account: int | None = None
        self._distrust = ""

    def take_distrust(self) -> str:
        """Return, once, why the last TLS peer was not trusted: the library tells its account only "503"."""
        why, self._distrust = self._distrust, ""
        return why

    @_guarded
    def onSelectAccount(self, prm: Any) -> None:
        admitted = self.host.admits(str(prm.rdata.wholeMsg), str(prm.rdata.srcAddress))
        prm.accountIndex = self.reception_account if admitted else self.strangers_account

    @_guarded
    def onRejectedIncomingCall(self, prm: Any) -> None:
        self.host.rejected(str(prm.rdata.wholeMsg), str(prm.rdata.srcAddress), prm.statusCode)

    @_guarded
    def onTransportState(self, prm: Any) -> None:
        if prm.state == pj.PJSIP_TP_STATE_DISCONNECTED:
            if not prm.tlsInfo.isEmpty():
                self._distrust = distrust_of(prm.tlsInfo.verifyStatus)
            self.host.disconnected(str(prm.type))


def status(code: int) -> Any:
    """Return the library's parameter for an answer with this status."""
    param = pj.CallOpParam()
    param.statusCode = code
    return param
