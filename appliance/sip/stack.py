"""The SIP stack: the library set up for a light, and what the engine asks of it.

The library's traps decide the shape: everything runs on one thread, nothing of the library's may be collected
at a moment of its own, and nothing may wait. What the library calls stands in `callbacks`.
"""

import contextlib
import ctypes
from typing import Any, Final

import pjsua2 as pj

from appliance.core.words import LEGS_MAX, DurationMs, ExtensionId, InstantMs, RingId
from appliance.sip.admission import MARK_PARAMETER
from appliance.sip.callbacks import Endpoint, Leg, Quiet, Reception, Registered
from appliance.sip.guards import Guards
from appliance.sip.host import TEMPORARILY_UNAVAILABLE, Host, Way
from appliance.sip.settings import ExtensionAccount, PbxSettings, Transport

SLOTS: Final = LEGS_MAX + 16
"""Calls that the library holds at most, beside the legs: refusals that are on their way out."""

RINGING_AGAIN_MS: Final = DurationMs(60_000)
"""How often 180 is repeated, so that no proxy on the way gives up (RFC 3261 section 13.3.1.1)."""

TLS_HANDSHAKE_MS: Final = 5_000
"""How long a TLS peer may take; without a limit, one that never answers gives no event at all."""

DEBIAN_CA_FILE: Final = "/etc/ssl/certs/ca-certificates.crt"
"""The system's certificates (package ca-certificates)."""


_KINDS: Final = {
    (Transport.UDP, False): pj.PJSIP_TRANSPORT_UDP,
    (Transport.UDP, True): pj.PJSIP_TRANSPORT_UDP6,
    (Transport.TCP, False): pj.PJSIP_TRANSPORT_TCP,
    (Transport.TCP, True): pj.PJSIP_TRANSPORT_TCP6,
    (Transport.TLS, False): pj.PJSIP_TRANSPORT_TLS,
    (Transport.TLS, True): pj.PJSIP_TRANSPORT_TLS6,
}


def _is_ipv6(pbx: PbxSettings) -> bool:
    """A phone system that is named by IPv6 addresses; one that has a name is reached by IPv4."""
    return "[" in (pbx.outbound_proxy or pbx.registrars[0])


def _transport_key(pbx: PbxSettings) -> tuple[Transport, bool, str]:
    """Phone systems with the same key share a transport: certificates are a matter of TLS alone."""
    return pbx.transport, _is_ipv6(pbx), pbx.ca_file if pbx.transport is Transport.TLS else ""


class Stack:
    """The running library. `handle` is called whenever `fileno` is readable, and a few times each second."""

    def __init__(self, host: Host) -> None:
        """Start the library; no message is sent or taken yet."""
        self._host = host
        self._endpoint = Endpoint(host)
        self._endpoint.libCreate()
        self._log_writer = Quiet()
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
        self._guards = Guards(host.overflowed)
        # No clock may tick for sound that is never played.
        self._endpoint.audDevManager().setNoDev()
        self._legs: dict[int, Leg] = {}
        self._registrations: dict[tuple[ExtensionId, int], Registered] = {}
        self._transports: dict[tuple[Transport, bool, str], int] = {}
        self.udp_port = 0

    def open(self, pbxs: tuple[PbxSettings, ...], udp_port: int) -> None:
        """Open what the phone systems are reached by, and the door for INVITEs.

        Raises:
            OSError: no UDP port can be had.
        """
        for pbx in pbxs:
            key = _transport_key(pbx)
            if key not in self._transports:
                self._transports[key] = self._open(pbx, udp_port)
        self._endpoint.libStart()
        self._reception = self._local_account(Reception(self._host, self._legs), "light")
        self._strangers = self._local_account(Reception(self._host, self._legs), "nobody", refuses=True)
        self._endpoint.reception_account = self._reception.getId()
        self._endpoint.strangers_account = self._strangers.getId()

    def _open(self, pbx: PbxSettings, udp_port: int) -> int:
        config = pj.TransportConfig()
        kind = _KINDS[pbx.transport, _is_ipv6(pbx)]
        if pbx.transport is Transport.TLS:
            config.tlsConfig.verifyServer = True
            config.tlsConfig.CaListFile = pbx.ca_file or DEBIAN_CA_FILE
            config.tlsConfig.msecTimeout = TLS_HANDSHAKE_MS
        if pbx.transport is not Transport.UDP:
            return int(self._endpoint.transportCreate(kind, config))
        try:
            config.port = udp_port
            transport = int(self._endpoint.transportCreate(kind, config))
        except pj.Error:
            # Somebody else has the port that we had before: any other one will do.
            config.port = 0
            transport = int(self._endpoint.transportCreate(kind, config))
        self.udp_port = int(self._endpoint.transportGetInfo(transport).localName.rpartition(":")[2])
        return transport

    def _local_account(self, account: Reception, name: str, *, refuses: bool = False) -> Reception:
        config = pj.AccountConfig()
        config.idUri = f"sip:{name}@call-light.invalid"
        config.natConfig.iceEnabled = False
        config.callConfig.prackUse = pj.PJSUA_100REL_NOT_USED
        config.callConfig.timerUse = pj.PJSUA_SIP_TIMER_INACTIVE
        if refuses:
            # What an account demands and an INVITE does not offer is refused without any state (400, 421). No
            # caller's INVITE is a recording session (SIPREC) that also offers both of the others.
            config.callConfig.siprecUse = pj.PJSUA_SIP_SIPREC_MANDATORY
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

    def register(self, account: ExtensionAccount, pbx: PbxSettings, index: int, way: Way) -> None:
        """Ask a registrar of the list to hold the extension; the answer comes by `Host.answered`."""
        key = (account.id, index)
        registration = self._registrations.get(key)
        if registration is not None and (registration.way != way or registration.stale):
            # Its Contact or its route is of the past; the library makes both only once.
            # The object must be gone before the next one is made: collected later, it would take away the
            # account that has its slot by then.
            registration.shutdown()
            del self._registrations[key]
            registration = None
        if registration is None:
            registration = Registered(self._host, self._endpoint, account.id, index, way, pbx.transport)
            registration.create(self._account_config(account, pbx, way))
            self._registrations[key] = registration
        with contextlib.suppress(pj.Error):
            # Refused while an earlier REGISTER still waits for its answer: that one will tell.
            registration.setRegistration(True)

    def disconnected(self, transport: str) -> None:
        """A connection of this kind (TCP, TLS) ended: the Contacts that name it lead nowhere."""
        for registration in self._registrations.values():
            if registration.transport.value == transport.lower():
                registration.stale = True

    def _account_config(self, account: ExtensionAccount, pbx: PbxSettings, way: Way) -> Any:
        config = pj.AccountConfig()
        transport = f";transport={pbx.transport.value}"
        config.idUri = f"sip:{account.user}@{way.domain.host}"
        config.regConfig.registrarUri = f"sip:{way.domain}{transport}"
        config.regConfig.registerOnAdd = False
        config.regConfig.timeoutSec = account.expiry_s
        config.regConfig.retryIntervalSec = 0
        config.regConfig.firstRetryIntervalSec = 0
        config.regConfig.delayBeforeRefreshSec = max(1, min(5, account.expiry_s // 4))
        config.sipConfig.contactUriParams = f";{MARK_PARAMETER}={account.mark}"
        credentials = pj.AuthCredInfo("digest", "*", account.auth_user or account.user, 0, account.password)
        config.sipConfig.authCreds.append(credentials)
        if way.route:
            config.sipConfig.proxies.append(way.route)
        if pbx.transport is Transport.TLS:
            # Each set of certificates has a transport of its own. Over UDP the library must stay free to
            # choose: bound to a transport, it tells every registrar the address of our default route.
            config.sipConfig.transportId = self._transports[_transport_key(pbx)]
        config.natConfig.iceEnabled = False
        config.natConfig.sipOutboundUse = 0
        config.mwiConfig.enabled = False
        return config

    def sweep(self, at_ms: InstantMs) -> None:
        """Find the legs whose end was lost, and repeat 180 where it is time."""
        for leg in list(self._legs.values()):
            try:
                if leg.getInfo().state == pj.PJSIP_INV_STATE_DISCONNECTED:
                    leg.end()
                elif leg.ring is not None and at_ms - leg.said_180_ms >= RINGING_AGAIN_MS:
                    leg.say_180(at_ms)
            except pj.Error:
                leg.end()

    def end_ring(self, ring: RingId) -> None:
        """Answer a ring 480, if it is alive."""
        for leg in list(self._legs.values()):
            if leg.ring == ring:
                leg.refuse(TEMPORARILY_UNAVAILABLE)

    def take_back(self) -> None:
        """End all rings with 480 and ask every registrar to forget us."""
        for leg in list(self._legs.values()):
            with contextlib.suppress(pj.Error):
                leg.refuse(TEMPORARILY_UNAVAILABLE)
        for registration in self._registrations.values():
            if registration.held:
                with contextlib.suppress(pj.Error):
                    registration.setRegistration(False)

    @property
    def taken_back(self) -> bool:
        """True once no ring and no registration is left."""
        return not self._legs and not any(r.held for r in self._registrations.values())

    def close(self) -> None:
        """End the library without another message."""
        self._endpoint.libDestroy(pj.PJSUA_DESTROY_NO_NETWORK)
