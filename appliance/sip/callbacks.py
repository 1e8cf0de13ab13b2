"""What the library calls beside its calls (`legs`): receptions, registrations, the endpoint."""

import contextlib
from collections.abc import Callable
from typing import Any, Final

import pjsua2 as pj

from appliance.core.words import ExtensionId
from appliance.sip.host import (
    SERVICE_UNAVAILABLE,
    TEMPORARILY_UNAVAILABLE,
    Exchange,
    Host,
    Way,
    now_ms,
)
from appliance.sip.legs import Leg, Ring, guarded
from appliance.sip.settings import Transport


class Quiet(pj.LogWriter):
    """Takes the library's log and drops it: it holds numbers. What matters comes by callbacks."""

    def write(self, entry: Any) -> None:
        """Drop a line."""


class Reception(pj.Account):
    """Takes every INVITE for one extension and calls second legs; it registers nowhere itself.

    The library hangs up the calls of an account that is taken away, and a registration may have to be made
    anew at any time: so calls belong to this one, which stays.
    """

    def __init__(self, host: Host, exchange: Exchange, legs: dict[int, Leg]) -> None:
        super().__init__()
        self.host = host
        self.exchange = exchange
        self.legs = legs

    @guarded
    def onIncomingCall(self, prm: Any) -> None:
        at_ms = now_ms()
        leg = Ring(self, prm.callId)
        leg.keep(prm.callId)
        leg.exchange = self.exchange
        try:
            text = str(prm.rdata.wholeMsg)
            offer = self.host.invited(text, str(prm.rdata.srcAddress), at_ms)
            if isinstance(offer, int):
                leg.refuse(offer)
            else:
                leg.ring, leg.offer = offer.ring, offer
                leg.is_encrypted = "RTP/SAVP" in text
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
        learn: Callable[[str], None],
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
        self.learn = learn
        """Told the registrar's answer, in full, whenever it holds the extension."""

    @guarded
    def onRegState(self, prm: Any) -> None:
        self.held = prm.code // 100 == 2 and prm.expiration > 0
        if self.held:
            self.learn(str(prm.rdata.wholeMsg))
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
        self.exchange: Exchange | None = None
        """Who is told of the sound device; set before one is opened."""
        self.receptions: dict[ExtensionId, int] = {}
        self.strangers_account: int | None = None
        self._distrust = ""

    def take_distrust(self) -> str:
        """Return, once, why the last TLS peer was not trusted: the library tells its account only "503"."""
        why, self._distrust = self._distrust, ""
        return why

    @guarded
    def onSelectAccount(self, prm: Any) -> None:
        extension = self.host.admits(str(prm.rdata.wholeMsg), str(prm.rdata.srcAddress))
        prm.accountIndex = self.strangers_account if extension is None else self.receptions[extension]

    @guarded
    def onRejectedIncomingCall(self, prm: Any) -> None:
        self.host.rejected(str(prm.rdata.wholeMsg), str(prm.rdata.srcAddress), prm.statusCode)

    @guarded
    def onTransportState(self, prm: Any) -> None:
        if prm.state == pj.PJSIP_TP_STATE_DISCONNECTED:
            if not prm.tlsInfo.isEmpty():
                self._distrust = distrust_of(prm.tlsInfo.verifyStatus)
            self.host.disconnected(str(prm.type))

    @guarded
    def onMediaEvent(self, prm: Any) -> None:
        # Of a device that was pulled out: its threads have ended, and with them the clock of all sound.
        if self.exchange is not None and prm.ev.type == pj.PJMEDIA_EVENT_AUD_DEV_ERROR:
            self.exchange.handset_gone()
