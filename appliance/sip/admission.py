"""Who may ring: a pure decision, and the books about those who may not.

An INVITE rings only if its request URI carries the mark that we registered in our Contact, which nobody but
our phone system has ever seen. Over plain UDP its source must also be one of that phone system's addresses,
for what travels in the clear can be overheard; over TCP and TLS it comes through a connection that we opened.
"""

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final

from appliance.core.words import ExtensionId, InstantMs
from appliance.sip.headers import clean, request_mark
from appliance.sip.protocol import Refused
from appliance.sip.settings import EngineSettings, Transport

MARK_PARAMETER: Final = "k"
"""The parameter of our Contact's URI that carries the mark."""

ADDRESSES_MAX: Final = 64
"""Addresses told apart between two beats; those beyond are counted together as `OTHERS`. Anybody can send us
a datagram from any address, so the list must not grow with them."""

OTHERS: Final = "others"

FULL_ANSWERS_MAX: Final = 8
"""Refusals that may be answered with a plain 403 in a row. Each costs the library two sockets for 0.5 s and a
transaction for up to 32 s (RFC 3261, timer H), so a flood of them would starve our own callers."""

FULL_ANSWER_EVERY_MS: Final = 250
"""How often one more refusal may be answered in full; the others get a stateless answer."""

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network


@dataclass(frozen=True, slots=True)
class Admitted:
    """The INVITE is for this extension."""

    extension: ExtensionId


@dataclass(frozen=True, slots=True)
class TurnedAway:
    """The INVITE is not from our phone system."""

    address: str
    why: str


class Doorkeeper:
    """Knows the marks, and the addresses of each phone system."""

    def __init__(self, settings: EngineSettings) -> None:
        """Begin with the configured addresses; `learn` adds the resolved ones."""
        self._extension_of = {
            extension.mark: extension for extension in settings.extensions if extension.mark
        }
        self._pbxs = {pbx.id: pbx for pbx in settings.pbxs}
        self._configured = {
            pbx.id: frozenset(ip_network(address, strict=False) for address in pbx.addresses)
            for pbx in settings.pbxs
        }
        self._resolved: dict[str, frozenset[Address]] = {pbx.id: frozenset() for pbx in settings.pbxs}

    def learn(self, pbx: str, addresses: Iterable[Address]) -> None:
        """Take these as the addresses that the phone system's names and URIs stand for now."""
        self._resolved[pbx] = frozenset(addresses)

    def decide(self, text: str, source: str) -> Admitted | TurnedAway:
        """Return whether the INVITE with this text, from this `address:port`, may ring."""
        address = address_of(source)
        told = clean(source, 64) if address is None else str(address)
        mark = request_mark(text, MARK_PARAMETER)
        extension = self._extension_of.get(mark) if mark else None
        if extension is None:
            return TurnedAway(told, "a wrong mark" if mark else "no mark")
        pbx = self._pbxs[extension.pbx]
        if pbx.transport is Transport.UDP and not self._is_of(pbx.id, address):
            return TurnedAway(told, "not an address of the phone system")
        return Admitted(extension.id)

    def _is_of(self, pbx: str, address: Address | None) -> bool:
        if address is None:
            return False
        return address in self._resolved[pbx] or any(address in network for network in self._configured[pbx])


def address_of(source: str) -> Address | None:
    """Return the address in ``192.0.2.1:5060``, ``[2001:db8::1]:5060`` or alone; None in others."""
    host = source
    if source.startswith("["):
        host = source[1:].partition("]")[0]
    elif source.count(":") == 1:
        host = source.partition(":")[0]
    try:
        address = ip_address(host)
    except ValueError:
        return None
    # A dual-stack socket shows IPv4 peers as mapped addresses.
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


class Refusals:
    """Counts those who were turned away, between two beats."""

    def __init__(self) -> None:
        """Begin with nobody."""
        self._counts: OrderedDict[tuple[str, str], int] = OrderedDict()

    def add(self, turned: TurnedAway) -> None:
        """Count one more."""
        key = (turned.address, turned.why)
        if key not in self._counts and len(self._counts) >= ADDRESSES_MAX:
            key = (OTHERS, turned.why)
        self._counts[key] = self._counts.get(key, 0) + 1

    @property
    def gathered(self) -> tuple[Refused, ...]:
        """What came together since it was last cleared."""
        return tuple(Refused(address, why, count) for (address, why), count in self._counts.items())

    def clear(self) -> None:
        """The unit was told."""
        self._counts.clear()


class FullAnswers:
    """Decides which refusals get a plain 403: some in a row, then one now and then."""

    def __init__(self) -> None:
        """Begin with a full allowance."""
        self._left = float(FULL_ANSWERS_MAX)
        self._at_ms: InstantMs | None = None

    def allow(self, now_ms: InstantMs) -> bool:
        """Return whether this one gets it."""
        if self._at_ms is not None:
            gained = (now_ms - self._at_ms) / FULL_ANSWER_EVERY_MS
            self._left = min(float(FULL_ANSWERS_MAX), self._left + gained)
        self._at_ms = now_ms
        if self._left < 1:
            return False
        self._left -= 1
        return True
