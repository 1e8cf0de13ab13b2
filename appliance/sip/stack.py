"""The SIP stack: the only import of pjsua2, and the only file that touches its objects.

The library's traps decide the shape. Everything runs on one thread. A `Call` is kept from its first callback
until it is disconnected and dropped at that very moment: one that is collected later declines whatever call
has its slot by then. What a callback is given is copied inside it. Whatever a callback raises would be
printed and forgotten, so each one hands its exceptions on.
"""

import contextlib
import ctypes
import functools
from collections.abc import Callable
from typing import Any, Final, TypeVar

import pjsua2 as pj

from appliance.core.events import Reason
from appliance.core.words import LEGS_MAX, DurationMs, ExtensionId, InstantMs, RingId
from appliance.sip.admission import MARK_PARAMETER
from appliance.sip.headers import read_reasons
from appliance.sip.host import TEMPORARILY_UNAVAILABLE, Host, now_ms, plain_error
from appliance.sip.settings import ExtensionAccount, PbxSettings, Transport

SLOTS: Final = LEGS_MAX + 16
"""Calls that the library holds at most, beside the legs: refusals that are on their way out."""

RINGING_AGAIN_MS: Final = DurationMs(60_000)
"""How often 180 is repeated, so that no proxy on the way gives up (RFC 3261 section 13.3.1.1)."""

TLS_HANDSHAKE_MS: Final = 5_000
"""How long a TLS peer may take; without a limit, one that never answers gives no event at all."""

DEBIAN_CA_FILE: Final = "/etc/ssl/certs/ca-certificates.crt"
"""The system's certificates (package ca-certificates)."""


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


class _Quiet(pj.LogWriter):
    """Takes the library's log and drops it: it holds numbers. What matters comes by callbacks."""

    def write(self, entry: Any) -> None:
        """Drop a line."""


class _Leg(pj.Call):
    """One INVITE to us, from its arrival until it is disconnected."""

    def __init__(self, account: "_Reception", call_id: int, replaced: "_Leg | None") -> None:
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

    def say_180(self, at_ms: InstantMs) -> None:
        """Tell the phone system that the light is on."""
        self.said_180_ms = at_ms
        self.answer(_status(180))

    def refuse(self, code: int) -> None:
        """End the leg with this status. Without one the library would send 603, which ends every branch."""
        self.hangup(_status(code))

    def end(self) -> None:
        """Let go of the leg; its slot may be used again at once."""
        self.legs.pop(self.slot, None)
        if self.ring is not None:
            ring, self.ring = self.ring, None
            self.host.ended(ring, self.cancelled, self.reasons)


class _Reception(pj.Account):
    """Takes every INVITE, whichever registration it came by; it registers nowhere itself."""

    def __init__(self, host: Host) -> None:
        super().__init__()
        self.host = host
        self.legs: dict[int, _Leg] = {}

    @_guarded
    def onIncomingCall(self, prm: Any) -> None:
        at_ms = now_ms()
        slot = prm.callId
        leg = _Leg(self, slot, self.legs.pop(slot, None))
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


class _Registration(pj.Account):
    """One extension at one of its registrars."""

    def __init__(self, host: Host, extension: ExtensionId, index: int, route: str) -> None:
        super().__init__()
        self.host = host
        self.extension = extension
        self.index = index
        self.route = route
        self.held = False

    @_guarded
    def onRegState(self, prm: Any) -> None:
        self.held = prm.code // 100 == 2 and prm.expiration > 0
        code = 408 if prm.code == 0 else prm.code
        self.host.answered(
            self.extension, self.index, code, str(prm.reason), prm.expiration if self.held else 0
        )


class _Endpoint(pj.Endpoint):
    """The library's one root object."""

    def __init__(self, host: Host) -> None:
        super().__init__()
        self.host = host
        self.strangers_account: int | None = None
        self.reception_account: int | None = None

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
            self.host.disconnected(str(prm.type))


def _status(code: int) -> Any:
    param = pj.CallOpParam()
    param.statusCode = code
    return param


class Stack:
    """The running library. `handle` is called whenever `fileno` is readable, and a few times each second."""

    def __init__(self, host: Host) -> None:
        """Start the library; no message is sent or taken yet."""
        self._host = host
        self._endpoint = _Endpoint(host)
        self._endpoint.libCreate()
        self._log_writer = _Quiet()
        config = pj.EpConfig()
        config.logConfig.level = 0
        config.logConfig.consoleLevel = 0
        config.logConfig.msgLogging = 0
        config.logConfig.writer = self._log_writer
        config.uaConfig.threadCnt = 0
        config.uaConfig.mainThreadOnly = True
        config.uaConfig.maxCalls = SLOTS
        config.uaConfig.userAgent = "call-light"
        # Media sockets are served by the same loop: no second thread, and no second set of handles.
        config.medConfig.hasIoqueue = False
        config.medConfig.threadCnt = 0
        self._endpoint.libInit(config)
        # No clock may tick for sound that is never played.
        self._endpoint.audDevManager().setNoDev()
        self._registrations: dict[tuple[ExtensionId, int], _Registration] = {}
        self._transports: dict[tuple[Transport, str], int] = {}
        self.udp_port = 0

    def open(self, pbxs: tuple[PbxSettings, ...], udp_port: int) -> None:
        """Open what the phone systems are reached by, and the door for INVITEs.

        Raises:
            OSError: no UDP port can be had.
        """
        for pbx in pbxs:
            key = (pbx.transport, pbx.ca_file if pbx.transport is Transport.TLS else "")
            if key not in self._transports:
                self._transports[key] = self._open(pbx, udp_port)
        self._endpoint.libStart()
        self._reception = self._local_account(_Reception(self._host), "light")
        self._strangers = self._local_account(_Reception(self._host), "nobody", refuses=True)
        self._endpoint.reception_account = self._reception.getId()
        self._endpoint.strangers_account = self._strangers.getId()

    def _open(self, pbx: PbxSettings, udp_port: int) -> int:
        config = pj.TransportConfig()
        if pbx.transport is Transport.TCP:
            return int(self._endpoint.transportCreate(pj.PJSIP_TRANSPORT_TCP, config))
        if pbx.transport is Transport.TLS:
            config.tlsConfig.verifyServer = True
            config.tlsConfig.CaListFile = pbx.ca_file or DEBIAN_CA_FILE
            config.tlsConfig.msecTimeout = TLS_HANDSHAKE_MS
            return int(self._endpoint.transportCreate(pj.PJSIP_TRANSPORT_TLS, config))
        try:
            config.port = udp_port
            transport = int(self._endpoint.transportCreate(pj.PJSIP_TRANSPORT_UDP, config))
        except pj.Error:
            # Somebody else has the port that we had before: any other one will do.
            config.port = 0
            transport = int(self._endpoint.transportCreate(pj.PJSIP_TRANSPORT_UDP, config))
        self.udp_port = int(self._endpoint.transportGetInfo(transport).localName.rpartition(":")[2])
        return transport

    def _local_account(self, account: _Reception, name: str, *, refuses: bool = False) -> _Reception:
        config = pj.AccountConfig()
        config.idUri = f"sip:{name}@call-light.invalid"
        config.natConfig.iceEnabled = False
        config.callConfig.prackUse = pj.PJSUA_100REL_NOT_USED
        config.callConfig.timerUse = pj.PJSUA_SIP_TIMER_INACTIVE
        if refuses:
            # An INVITE that does not offer what an account demands is answered 421, without any state.
            config.callConfig.prackUse = pj.PJSUA_100REL_MANDATORY
            config.callConfig.timerUse = pj.PJSUA_SIP_TIMER_REQUIRED
        account.create(config)
        return account

    @property
    def fileno(self) -> int:
        """The descriptor that becomes readable when a message comes (the library answers a pointer to it)."""
        return ctypes.c_int.from_address(int(self._endpoint.libGetSipIoqueueHandle())).value

    def handle(self) -> None:
        """Take what has come and let due timers run; never waits."""
        self._endpoint.libHandleEvents(0)

    def register(
        self, account: ExtensionAccount, pbx: PbxSettings, index: int, domain: str, route: str
    ) -> None:
        """Ask a registrar of the list to hold the extension; the answer comes by `Host.answered`."""
        key = (account.id, index)
        registration = self._registrations.get(key)
        if registration is not None and registration.route != route:
            registration.shutdown()
            registration = None
        if registration is None:
            registration = _Registration(self._host, account.id, index, route)
            registration.create(self._account_config(account, pbx, domain, route))
            self._registrations[key] = registration
        with contextlib.suppress(pj.Error):
            # Refused while an earlier REGISTER still waits for its answer: that one will tell.
            registration.setRegistration(True)

    def _account_config(self, account: ExtensionAccount, pbx: PbxSettings, domain: str, route: str) -> Any:
        config = pj.AccountConfig()
        transport = f";transport={pbx.transport.value}"
        config.idUri = f"sip:{account.user}@{domain.rpartition(':')[0] or domain}"
        config.regConfig.registrarUri = f"sip:{domain}{transport}"
        config.regConfig.registerOnAdd = False
        config.regConfig.timeoutSec = account.expiry_s
        config.regConfig.retryIntervalSec = 0
        config.regConfig.firstRetryIntervalSec = 0
        config.regConfig.delayBeforeRefreshSec = max(1, min(5, account.expiry_s // 4))
        config.sipConfig.contactUriParams = f";{MARK_PARAMETER}={account.mark}"
        credentials = pj.AuthCredInfo("digest", "*", account.auth_user or account.user, 0, account.password)
        config.sipConfig.authCreds.append(credentials)
        if route:
            config.sipConfig.proxies.append(route)
        if pbx.transport is Transport.TLS:
            # Each set of certificates has a transport of its own. Over UDP the library must stay free to
            # choose: bound to a transport, it tells every registrar the address of our default route.
            config.sipConfig.transportId = self._transports[pbx.transport, pbx.ca_file]
        config.natConfig.iceEnabled = False
        config.natConfig.sipOutboundUse = 0
        config.mwiConfig.enabled = False
        return config

    def sweep(self, at_ms: InstantMs) -> None:
        """Find the legs whose end was lost, and repeat 180 where it is time."""
        for leg in list(self._reception.legs.values()) + list(self._strangers.legs.values()):
            try:
                if leg.getInfo().state == pj.PJSIP_INV_STATE_DISCONNECTED:
                    leg.end()
                elif leg.ring is not None and at_ms - leg.said_180_ms >= RINGING_AGAIN_MS:
                    leg.say_180(at_ms)
            except pj.Error:
                leg.end()

    def end_ring(self, ring: RingId) -> None:
        """Answer a ring 480, if it is alive."""
        for leg in list(self._reception.legs.values()):
            if leg.ring == ring:
                leg.refuse(TEMPORARILY_UNAVAILABLE)

    def take_back(self) -> None:
        """End all rings with 480 and ask every registrar to forget us."""
        for leg in list(self._reception.legs.values()):
            with contextlib.suppress(pj.Error):
                leg.refuse(TEMPORARILY_UNAVAILABLE)
        for registration in self._registrations.values():
            if registration.held:
                with contextlib.suppress(pj.Error):
                    registration.setRegistration(False)

    @property
    def taken_back(self) -> bool:
        """True once no ring and no registration is left."""
        return not self._reception.legs and not any(r.held for r in self._registrations.values())

    def close(self) -> None:
        """End the library without another message."""
        self._endpoint.libDestroy(pj.PJSUA_DESTROY_NO_NETWORK)
