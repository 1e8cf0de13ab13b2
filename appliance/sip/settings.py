"""What the engine must know: phone systems, extensions and secrets, already validated.

Defaults and ranges are declared in config.py. This goes over the socketpair as the first message and nowhere
else: never an argument, never the environment.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from appliance.core.words import ExtensionId


class Transport(StrEnum):
    """How SIP messages travel to and from a phone system."""

    UDP = "udp"
    TCP = "tcp"
    TLS = "tls"


class Srtp(StrEnum):
    """Whether the sound of calls is encrypted (RFC 3711, keys by RFC 4568)."""

    OFF = "off"
    """We offer none; a phone system that offers nothing else gets it."""
    OPTIONAL = "optional"
    """We offer both; a call that came encrypted is called on encrypted."""
    REQUIRED = "required"
    """A caller whose sound is not encrypted lights the light, but cannot be taken here."""


class Ringback(StrEnum):
    """What a caller hears while it rings at the desk phone."""

    NORTH_AMERICA = "north-america"
    EUROPE = "europe"


@dataclass(frozen=True, slots=True)
class PbxSettings:
    """One phone system."""

    id: str
    registrars: tuple[str, ...]
    """SIP URIs without user and transport, tried in order: ``sip:192.0.2.10``, ``sip:pbx:5070``."""
    transport: Transport
    outbound_proxy: str = ""
    """A SIP URI that every request goes through; empty for none."""
    ca_file: str = ""
    """Certificates that a TLS peer's must descend from; empty for the system's own."""
    addresses: tuple[str, ...] = ()
    """Addresses and networks (CIDR) beside the registrars' own that this phone system sends INVITEs from."""
    line_header: str = ""
    """The name of a header that this phone system sets and that names the line; empty for none."""
    tag_header: str = ""
    """The name of a header that is the same on every ring of one caller; empty for none."""
    srtp: Srtp = Srtp.OFF
    ringback: Ringback = Ringback.NORTH_AMERICA


@dataclass(frozen=True, slots=True)
class ExtensionAccount:
    """One extension as the engine registers it."""

    id: ExtensionId
    pbx: str
    """The `PbxSettings.id` it belongs to."""
    user: str
    password: str = field(repr=False)
    auth_user: str = ""
    """The user of the digest; empty if it is `user`."""
    expiry_s: int = 120
    """For how long to ask the registration to hold. A lost registration shows within 1.5 times this."""
    mark: str = field(default="", repr=False)
    """The unguessable parameter of our Contact: an INVITE without it is not from our phone system."""


@dataclass(frozen=True, slots=True)
class EngineSettings:
    """All phone systems and extensions of a unit."""

    pbxs: tuple[PbxSettings, ...]
    extensions: tuple[ExtensionAccount, ...]
    handset: str = ""
    """The ALSA name of the handset's sound device; empty for the machine's default."""

    def pbx_of(self, extension: ExtensionAccount) -> PbxSettings:
        """Return the phone system of an extension; KeyError names one that is not declared."""
        for pbx in self.pbxs:
            if pbx.id == extension.pbx:
                return pbx
        raise KeyError(extension.pbx)
