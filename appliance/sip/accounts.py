"""The library's accounts: a reception for each extension, and a registration for each of its registrars.

A reception takes INVITEs and calls second legs, and stays for as long as the library runs; a registration is
made anew whenever its way to the registrar has changed.
"""

import contextlib
from collections.abc import Callable
from typing import Any, Final

import pjsua2 as pj

from appliance.core.words import ExtensionId
from appliance.sip.admission import MARK_PARAMETER
from appliance.sip.callbacks import Endpoint, Reception, Registered
from appliance.sip.dialling import from_address, header, identity, target_uri
from appliance.sip.hands import Dial
from appliance.sip.headers import registered_contact
from appliance.sip.host import Exchange, Host, Way
from appliance.sip.legs import Leg, Ring, SecondLeg
from appliance.sip.settings import EngineSettings, ExtensionAccount, PbxSettings, Ringback, Srtp, Transport

_SRTP: Final = {
    Srtp.OFF: pj.PJMEDIA_SRTP_DISABLED,
    Srtp.OPTIONAL: pj.PJMEDIA_SRTP_OPTIONAL,
    Srtp.REQUIRED: pj.PJMEDIA_SRTP_MANDATORY,
}


class Accounts:
    """All accounts of a running library."""

    def __init__(
        self,
        settings: EngineSettings,
        host: Host,
        endpoint: Endpoint,
        exchange: Exchange,
        legs: dict[int, Leg],
        transport_of: Callable[[PbxSettings], int],
    ) -> None:
        """Make the receptions; nothing is registered yet."""
        self._host = host
        self._endpoint = endpoint
        self._exchange = exchange
        self._transport_of = transport_of
        self._pbx_of = {one.id: (one, settings.pbx_of(one)) for one in settings.extensions}
        self._registrations: dict[tuple[ExtensionId, int], Registered] = {}
        self._receptions: dict[ExtensionId, Reception] = {}
        self._ways: dict[ExtensionId, Way] = {}
        """How the registrar that last held each extension is reached."""
        self._contacts: dict[ExtensionId, str] = {}
        """Where each extension is reached over the connection that it registered by; empty over UDP."""
        for one in settings.extensions:
            reception = self._receptions[one.id] = Reception(host, exchange, legs)
            reception.create(self._reception_config(one.id, pj.PJMEDIA_SRTP_OPTIONAL))
            endpoint.receptions[one.id] = reception.getId()
        self._strangers = Reception(host, exchange, legs)
        self._strangers.create(_strangers_config())
        endpoint.strangers_account = self._strangers.getId()

    def register(self, account: ExtensionAccount, pbx: PbxSettings, index: int, way: Way) -> None:
        """Ask a registrar of the list to hold the extension; the answer comes by `Host.answered`."""
        extension = account.id
        key = (extension, index)
        registration = self._registrations.get(key)
        if registration is not None and (registration.way != way or registration.stale):
            # Its Contact or its route is of the past; the library makes both only once.
            # The object must be gone before the next one is made: collected later, it would take away the
            # account that has its slot by then.
            registration.shutdown()
            del self._registrations[key]
            registration = None
        if registration is None:
            registration = Registered(
                self._host,
                self._endpoint,
                extension,
                index,
                way,
                pbx.transport,
                lambda answer: self._learn(account, pbx, way, answer),
            )
            registration.create(self._registration_config(account, pbx, way))
            self._registrations[key] = registration
        with contextlib.suppress(pj.Error):
            # Refused while an earlier REGISTER still waits for its answer: that one will tell.
            registration.setRegistration(True)

    def _learn(self, account: ExtensionAccount, pbx: PbxSettings, way: Way, answer: str) -> None:
        """Let calls take the way that just led to a registrar, if it is another one than before.

        Over a connection, phone systems in calls must be told its port too, for nobody listens at any other:
        the library itself leaves the port out, and an ACK or a BYE would be sent to port 5060.
        """
        contact = ""
        if pbx.transport is not Transport.UDP:
            contact = registered_contact(answer, MARK_PARAMETER, account.mark)
        # Each change of an account costs the library some memory for good.
        if (self._ways.get(account.id), self._contacts.get(account.id)) != (way, contact):
            self._ways[account.id], self._contacts[account.id] = way, contact
            self._receptions[account.id].modify(self._reception_config(account.id, pj.PJMEDIA_SRTP_OPTIONAL))

    def disconnected(self, transport: str) -> None:
        """A connection of this kind (TCP, TLS) ended: the Contacts that name it lead nowhere."""
        for registration in self._registrations.values():
            if registration.transport.value == transport.lower():
                registration.stale = True

    def second_leg(self, caller: Ring, dial: Dial) -> SecondLeg:
        """Call the dial's target for this caller, through the extension at which the caller rang.

        Raises:
            LookupError: the extension's registrar was never reached.
            pj.Error: the library cannot.
        """
        extension = caller.offer.extension
        account, pbx = self._pbx_of[extension]
        way = self._way_of(extension)
        param = pj.CallOpParam(True)
        name, number = caller.offer.name, caller.offer.number
        param.txOption.localUri = from_address(account.user, way.domain, name, number)
        for line in (*identity(way.domain, name, number), *map(header, dial.headers)):
            sip_header = pj.SipHeader()
            sip_header.hName, sip_header.hValue = line
            param.txOption.headers.append(sip_header)
        reception = self._receptions[extension]
        leg = SecondLeg(reception)
        leg.ring, leg.exchange = caller.offer.ring, self._exchange
        self._ways[extension] = way
        # A call that came encrypted is called on encrypted; the library knows that by account only.
        srtp = Srtp.REQUIRED if caller.is_encrypted and pbx.srtp is Srtp.OPTIONAL else pbx.srtp
        reception.modify(self._reception_config(extension, _SRTP[srtp]))
        try:
            leg.makeCall(self.uri_of(caller, dial), param)
        finally:
            reception.modify(self._reception_config(extension, pj.PJMEDIA_SRTP_OPTIONAL))
        leg.keep(leg.getId())
        return leg

    def may_take(self, caller: Ring) -> bool:
        """Return whether this caller's sound is as the settings want it."""
        return caller.is_encrypted or self._pbx_of[caller.offer.extension][1].srtp is not Srtp.REQUIRED

    def uri_of(self, caller: Ring, dial: Dial) -> str:
        """Return the URI of the dial's target at this caller's phone system.

        Raises:
            LookupError: the extension's registrar was never reached.
        """
        extension = caller.offer.extension
        _, pbx = self._pbx_of[extension]
        return target_uri(dial.target, self._way_of(extension).domain, pbx.transport.value)

    def ringback_of(self, caller: Ring) -> Ringback:
        """Return what callers of this one's phone system hear."""
        return self._pbx_of[caller.offer.extension][1].ringback

    def take_back(self) -> None:
        """Ask every registrar to forget us."""
        for registration in self._registrations.values():
            if registration.held:
                with contextlib.suppress(pj.Error):
                    registration.setRegistration(False)

    @property
    def taken_back(self) -> bool:
        """True once no registration is left."""
        return not any(registration.held for registration in self._registrations.values())

    def _way_of(self, extension: ExtensionId) -> Way:
        """Return how the registrar that holds the extension is reached, or else the one asked last."""
        held = [one.way for one in self._registrations.values() if one.extension == extension and one.held]
        way = held[0] if held else self._ways.get(extension)
        if way is None:
            raise LookupError("its phone system was never reached")
        return way

    def _reception_config(self, extension: ExtensionId, srtp: int) -> Any:
        account, pbx = self._pbx_of[extension]
        way = self._ways.get(extension)
        config = _calls_config("light")
        # Whether or not we ever take it: a light that refuses an INVITE for its sound would stay dark.
        config.mediaConfig.srtpUse = srtp
        config.mediaConfig.srtpSecureSignaling = 0
        if contact := self._contacts.get(extension):
            config.sipConfig.contactForced = f"<{contact}>"
        if way is not None:
            config.mediaConfig.transportConfig.publicAddress = way.own_address
            self._go(config, account, pbx, way)
        return config

    def _registration_config(self, account: ExtensionAccount, pbx: PbxSettings, way: Way) -> Any:
        config = pj.AccountConfig()
        config.idUri = f"sip:{account.user}@{way.domain.host}"
        config.regConfig.registrarUri = f"sip:{way.domain};transport={pbx.transport.value}"
        config.regConfig.registerOnAdd = False
        config.regConfig.timeoutSec = account.expiry_s
        config.regConfig.retryIntervalSec = 0
        config.regConfig.firstRetryIntervalSec = 0
        config.regConfig.delayBeforeRefreshSec = max(1, min(5, account.expiry_s // 4))
        config.sipConfig.contactUriParams = f";{MARK_PARAMETER}={account.mark}"
        config.natConfig.iceEnabled = False
        config.natConfig.sipOutboundUse = 0
        config.mwiConfig.enabled = False
        self._go(config, account, pbx, way)
        return config

    def _go(self, config: Any, account: ExtensionAccount, pbx: PbxSettings, way: Way) -> None:
        """Let what an account sends take this way, and answer who asks for a password."""
        credentials = pj.AuthCredInfo("digest", "*", account.auth_user or account.user, 0, account.password)
        config.sipConfig.authCreds.append(credentials)
        if way.route:
            config.sipConfig.proxies.append(way.route)
        if pbx.transport is Transport.TLS:
            # Each set of certificates has a transport of its own. Over UDP the library must stay free to
            # choose: bound to a transport, it tells every registrar the address of our default route.
            config.sipConfig.transportId = self._transport_of(pbx)


def _calls_config(name: str) -> Any:
    config = pj.AccountConfig()
    config.idUri = f"sip:{name}@call-light.invalid"
    config.natConfig.iceEnabled = False
    config.callConfig.prackUse = pj.PJSUA_100REL_NOT_USED
    config.callConfig.timerUse = pj.PJSUA_SIP_TIMER_INACTIVE
    return config


def _strangers_config() -> Any:
    """What an account demands and an INVITE does not offer is refused without any state (400, 421).

    No caller's INVITE is a recording session (SIPREC) that also offers both of the others.
    """
    config = _calls_config("nobody")
    config.callConfig.siprecUse = pj.PJSUA_SIP_SIPREC_MANDATORY
    config.callConfig.prackUse = pj.PJSUA_100REL_MANDATORY
    config.callConfig.timerUse = pj.PJSUA_SIP_TIMER_REQUIRED
    return config
