"""What a second leg's INVITE says: whom it calls, and for whom. Pure.

The caller's name and number come from strangers, the target from the configuration: each is written here so
that it can be nothing but what it is.
"""

import re
from typing import Final

from appliance.sip.addresses import Place

_ALLOWED: Final = re.compile(r"[A-Za-z0-9\-_.!~*'()&=+$,;?/]")
"""What may stand in the user part of a SIP URI as it is (RFC 3261 section 25)."""

_NUMBER: Final = re.compile(r"\+?[0-9A-Za-z*#._-]{1,64}")

ANONYMOUS: Final = "Anonymous"


def target_uri(target: str, domain: Place, transport: str) -> str:
    """Return the URI of a dial string at a phone system; a whole SIP URI is taken as it is."""
    if target.lower().startswith(("sip:", "sips:")):
        return target
    return f"sip:{escaped(target)}@{domain};transport={transport}"


def escaped(user: str) -> str:
    """Return the user part of a URI: ``#9`` becomes ``%239``."""
    return "".join(
        character if _ALLOWED.fullmatch(character) else "".join(f"%{byte:02X}" for byte in character.encode())
        for character in user
    )


def from_address(extension: str, domain: Place, name: str, number: str) -> str:
    """Return the From of a second leg: our extension, with the caller's name and number to be read.

    The user part stays the extension: phone systems know by it who calls, and what the call may do.
    """
    shown = f"{name} ({number})" if name and number and name != number else name or number or ANONYMOUS
    quoted = shown.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{quoted}" <sip:{escaped(extension)}@{domain.host}>'


def identity(domain: Place, name: str, number: str) -> tuple[tuple[str, str], ...]:
    """Return the header that gives the caller's number to a phone system that trusts us (RFC 3325)."""
    if not _NUMBER.fullmatch(number):
        return ()
    quoted = name.replace("\\", "\\\\").replace('"', '\\"')
    shown = f'"{quoted}" ' if name else ""
    return (("P-Asserted-Identity", f"{shown}<sip:{escaped(number)}@{domain.host}>"),)


def header(line: str) -> tuple[str, str]:
    """Return name and value of a configured header line."""
    name, _, value = line.partition(":")
    return name.strip(), value.strip()
