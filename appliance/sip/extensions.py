"""The unit's extensions: who registers where, by which way, and what became of it.

Between the pure decision (`registering`) and the stack stands what neither should know: names and addresses.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, Protocol

from appliance.core.words import DurationMs, ExtensionId, InstantMs
from appliance.sip.addresses import Lookups, Place, own_address, place_of
from appliance.sip.admission import Address, Doorkeeper
from appliance.sip.headers import clean
from appliance.sip.host import Way
from appliance.sip.protocol import Registration
from appliance.sip.registering import Registering, Standing
from appliance.sip.settings import EngineSettings, ExtensionAccount, PbxSettings, Transport

BAD_GATEWAY: Final = 502
"""The code for a name that cannot be resolved, as the library uses it."""

OWN_ADDRESS_EVERY_MS: Final = DurationMs(2_000)
"""How often our own address towards each registrar is compared: a new lease leaves us unreachable."""

WHY_LENGTH_MAX: Final = 128
"""Characters kept of a phone system's reason phrase; the longest in RFC 3261 has 31. It is cut there."""


class Registers(Protocol):
    """Sends a REGISTER: the stack."""

    def register(self, account: ExtensionAccount, pbx: PbxSettings, index: int, way: Way) -> None:
        """Ask one registrar of the list, by this way."""
        ...


@dataclass(slots=True)
class _Extension:
    account: ExtensionAccount
    pbx: PbxSettings
    places: tuple[Place, ...]
    proxy: Place | None
    registering: Registering
    awaiting: int | None = None
    """The registrar that is asked as soon as its name is resolved."""
    own_address: str = ""
    towards: Address | None = None


class Extensions:
    """All extensions. `pass_time` is called at every turn of the engine's loop."""

    def __init__(
        self,
        settings: EngineSettings,
        doorkeeper: Doorkeeper,
        tell: Callable[[Registration], None],
        random_from_0_to_1: Callable[[], float] = random.random,
    ) -> None:
        """Begin unregistered; everything is due at once."""
        self._doorkeeper = doorkeeper
        self._tell = tell
        self._lookups = Lookups()
        self._own_address_due_ms = InstantMs(0)
        self._all: dict[ExtensionId, _Extension] = {}
        for account in settings.extensions:
            pbx = settings.pbx_of(account)
            self._all[account.id] = _Extension(
                account,
                pbx,
                tuple(place_of(uri) for uri in pbx.registrars),
                place_of(pbx.outbound_proxy) if pbx.outbound_proxy else None,
                Registering(len(pbx.registrars), random_from_0_to_1),
            )
        self._places_of = {pbx.id: tuple(self._places(pbx)) for pbx in settings.pbxs}
        for pbx in settings.pbxs:
            self._teach(pbx.id)

    @staticmethod
    def _places(pbx: PbxSettings) -> Iterator[Place]:
        yield from (place_of(uri) for uri in pbx.registrars)
        if pbx.outbound_proxy:
            yield place_of(pbx.outbound_proxy)

    def answered(
        self, extension: ExtensionId, index: int, code: int, why: str, expires_s: int, now_ms: InstantMs
    ) -> None:
        """A registrar answered, or the library gave up on it."""
        one = self._all[extension]
        if code // 100 == 2 and expires_s > 0:
            self._say(one, one.registering.accepted(index, DurationMs(expires_s * 1000), now_ms), now_ms)
        else:
            self._say(one, one.registering.failed(index, code, clean(why, WHY_LENGTH_MAX), now_ms), now_ms)

    def disconnected(self, transport: str, now_ms: InstantMs) -> None:
        """A connection ended: no call can reach us by it, so every extension behind such a one asks again."""
        for one in self._all.values():
            if one.pbx.transport.value == transport.lower() and one.registering.held:
                one.registering.doubt(now_ms)

    def pass_time(self, stack: Registers, now_ms: InstantMs) -> None:
        """Do what is due."""
        for name in self._lookups.collect(now_ms):
            self._moved(name, now_ms)
        if now_ms >= self._own_address_due_ms:
            self._own_address_due_ms = InstantMs(now_ms + OWN_ADDRESS_EVERY_MS)
            self._ask_names(now_ms)
            self._compare_own_addresses(now_ms)
        for one in self._all.values():
            self._say(one, one.registering.pass_time(now_ms), now_ms)
            index = one.registering.attempt(now_ms)
            if index is not None:
                one.awaiting = index
            if one.awaiting is not None:
                self._try(one, one.awaiting, stack, now_ms)

    def close(self) -> None:
        """End what still asks for names."""
        self._lookups.close()

    def _try(self, one: _Extension, index: int, stack: Registers, now_ms: InstantMs) -> None:
        first_hop = one.proxy or one.places[index]
        address = first_hop.address
        if address is None:
            self._lookups.ask(first_hop.host, now_ms)
            addresses = self._lookups.addresses(first_hop.host)
            if addresses is None:
                return
            if not addresses:
                one.awaiting = None
                why = f"the name {first_hop.host} cannot be resolved"
                self._say(one, one.registering.failed(index, BAD_GATEWAY, why, now_ms), now_ms)
                return
            address = addresses[0]
        one.awaiting = None
        one.towards = address
        one.own_address = own_address(address)
        way = Way(one.places[index], self._route(one, first_hop, address), one.own_address)
        stack.register(one.account, one.pbx, index, way)

    def _route(self, one: _Extension, first_hop: Place, address: Address) -> str:
        """Return the way to the first hop. TLS compares the certificate with the name, so the name stays."""
        by_name = one.pbx.transport is Transport.TLS
        if one.proxy is None and (by_name or first_hop.address is not None):
            return ""
        target = str(first_hop) if by_name else first_hop.at(str(address))
        # "hide" keeps the route out of the message where it is no proxy but only the registrar's address.
        hide = "" if one.proxy else ";hide"
        return f"<sip:{target};transport={one.pbx.transport.value};lr{hide}>"

    def _ask_names(self, now_ms: InstantMs) -> None:
        for places in self._places_of.values():
            for place in places:
                if place.address is None:
                    self._lookups.ask(place.host, now_ms)

    def _moved(self, name: str, now_ms: InstantMs) -> None:
        for pbx, places in self._places_of.items():
            if any(place.host == name for place in places):
                self._teach(pbx)
        addresses = self._lookups.addresses(name) or ()
        for one in self._all.values():
            first_hops = (one.proxy,) if one.proxy else one.places
            uses = any(place.host == name for place in first_hops)
            if uses and one.registering.held and one.towards not in addresses:
                one.registering.doubt(now_ms)

    def _teach(self, pbx: str) -> None:
        addresses: set[Address] = set()
        for place in self._places_of[pbx]:
            known = (place.address,) if place.address else self._lookups.addresses(place.host) or ()
            addresses.update(known)
        self._doorkeeper.learn(pbx, addresses)

    def _compare_own_addresses(self, now_ms: InstantMs) -> None:
        for one in self._all.values():
            if one.towards is not None and one.registering.held:
                found = own_address(one.towards)
                if found and found != one.own_address:
                    one.registering.doubt(now_ms)

    def _say(self, one: _Extension, standing: Standing | None, now_ms: InstantMs) -> None:
        if standing is not None:
            self._tell(
                Registration(
                    one.account.id, standing.held, standing.code, standing.why, standing.expires_ms, now_ms
                )
            )
