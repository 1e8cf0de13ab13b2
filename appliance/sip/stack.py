"""The SIP stack: the library set up for a light, and what the engine asks of it.

The library's traps decide the shape: everything runs on one thread, nothing of the library's may be collected
at a moment of its own, and nothing may wait. What the library calls stands in `callbacks`.
"""

import contextlib
import ctypes
from typing import Final

import pjsua2 as pj

from appliance.core.words import LEGS_MAX, InstantMs, RingId
from appliance.sip.accounts import Accounts
from appliance.sip.audio import CLOCK_HZ, Audio
from appliance.sip.callbacks import Endpoint, Quiet
from appliance.sip.guards import Guards
from appliance.sip.hands import Dial
from appliance.sip.host import TEMPORARILY_UNAVAILABLE, Host, Way
from appliance.sip.legs import Leg, Ring, SecondLeg
from appliance.sip.pickups import Pickups
from appliance.sip.settings import EngineSettings, ExtensionAccount, PbxSettings, Ringback, Transport

SLOTS: Final = LEGS_MAX + 16
"""Calls that the library holds at most: legs, second legs of pickups, and refusals on their way out."""

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
        config.medConfig.clockRate = CLOCK_HZ
        # A handset is held to the ear: there is no echo to cancel, and the canceller takes music for noise.
        config.medConfig.ecTailLen = 0
        # Some phone systems take silence for a dead leg.
        config.medConfig.noVad = True
        self._endpoint.libInit(config)
        self._guards = Guards(host.overflowed)
        self.audio: Final = Audio(self._endpoint)
        self.pickups: Final = Pickups(host, self, self.audio)
        self._endpoint.exchange = self.pickups
        self._legs: dict[int, Leg] = {}
        self._transports: dict[tuple[Transport, bool, str], int] = {}
        self.udp_port = 0

    def open(self, settings: EngineSettings, udp_port: int) -> None:
        """Open what the phone systems are reached by, and the doors for INVITEs.

        Raises:
            OSError: no UDP port can be had.
        """
        for pbx in settings.pbxs:
            key = _transport_key(pbx)
            if key not in self._transports:
                self._transports[key] = self._open(pbx, udp_port)
        self._endpoint.libStart()
        self.pickups.handset = settings.handset
        self.audio.choose_codecs(self._endpoint)
        self._accounts = Accounts(
            settings,
            self._host,
            self._endpoint,
            self.pickups,
            self._legs,
            lambda pbx: self._transports[_transport_key(pbx)],
        )

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

    @property
    def fileno(self) -> int:
        """The descriptor that becomes readable when a message comes (the library answers a pointer to it)."""
        return ctypes.c_int.from_address(int(self._endpoint.libGetSipIoqueueHandle())).value

    def handle(self) -> None:
        """Take what has come and let due timers run; never waits."""
        self._endpoint.libHandleEvents(0)

    def register(self, account: ExtensionAccount, pbx: PbxSettings, index: int, way: Way) -> None:
        """Ask a registrar of the list to hold the extension; the answer comes by `Host.answered`."""
        self._accounts.register(account, pbx, index, way)

    def disconnected(self, transport: str) -> None:
        """A connection of this kind (TCP, TLS) ended."""
        self._accounts.disconnected(transport)

    def sweep(self, at_ms: InstantMs) -> None:
        """Find the legs whose end was lost, and repeat 180 where it is time."""
        for leg in list(self._legs.values()):
            try:
                if leg.getInfo().state == pj.PJSIP_INV_STATE_DISCONNECTED:
                    leg.end()
                elif isinstance(leg, Ring) and leg.must_say_180(at_ms):
                    leg.say_180(at_ms)
            except pj.Error:
                leg.end()

    def ringing(self, ring: RingId) -> Ring | None:
        """Return the leg of a ring or of a pickup, if it is alive."""
        rings = (leg for leg in self._legs.values() if isinstance(leg, Ring) and leg.ring == ring)
        return next(rings, None)

    def end_ring(self, ring: RingId) -> None:
        """Answer a ring 480, if it is alive and not answered."""
        leg = self.ringing(ring)
        if leg is not None and not leg.is_answered:
            leg.refuse(TEMPORARILY_UNAVAILABLE)

    def second_leg(self, caller: Ring, dial: Dial) -> SecondLeg:
        """Call the dial's target for this caller."""
        return self._accounts.second_leg(caller, dial)

    def may_take(self, caller: Ring) -> bool:
        """Return whether this caller's sound is as the settings want it."""
        return self._accounts.may_take(caller)

    def uri_of(self, caller: Ring, dial: Dial) -> str:
        """Return the URI of the dial's target at this caller's phone system."""
        return self._accounts.uri_of(caller, dial)

    def ringback_of(self, caller: Ring) -> Ringback:
        """Return what callers of this one's phone system hear."""
        return self._accounts.ringback_of(caller)

    def take_back(self) -> None:
        """End all pickups and rings (with 480) and ask every registrar to forget us."""
        self.pickups.stop()
        for leg in list(self._legs.values()):
            with contextlib.suppress(pj.Error):
                leg.refuse(TEMPORARILY_UNAVAILABLE)
        self._accounts.take_back()

    @property
    def taken_back(self) -> bool:
        """True once no ring and no registration is left."""
        return not self._legs and self._accounts.taken_back

    def close(self) -> None:
        """End the library without another message."""
        self.audio.end()
        self._endpoint.libDestroy(pj.PJSUA_DESTROY_NO_NETWORK)
