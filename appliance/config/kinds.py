"""The kinds of text that a setting may hold.

Each function returns the text, or raises ValueError with what is allowed. Pure, and the messages never repeat
what was written: a password may stand in the wrong place.
"""

import re
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Final

ID_LENGTH_MAX: Final = 32
"""Characters of an id. It names a credential, an environment variable and a log field, so it stays short."""

LABEL_LENGTH_MAX: Final = 24
"""Characters of a line's label: what fits beside a segment on an 80-column terminal and on a legend card."""

USER_LENGTH_MAX: Final = 64
"""Characters of a SIP user or an authentication user; PBXes that make them up stay under 40."""

SECRET_LENGTH_MAX: Final = 128
"""Characters of a password; digest authentication hashes them, and no PBX takes more from its own pages."""

HEADER_LENGTH_MAX: Final = 64
"""Characters of a header's name; the longest registered one has 28 (IANA, SIP header fields)."""

DIRECTORY_LENGTH_MAX: Final = 80
"""Bytes of a directory's path: `status.sock.<pid>` in it must fit the 107 of a Unix socket (unix(7))."""

_ID: Final = re.compile(r"[a-z0-9](?:-?[a-z0-9])*")
_TOKEN: Final = re.compile(r"[A-Za-z0-9\-.!%*_+`'~]+")  # RFC 3261 section 25.1, token
_USER: Final = re.compile(
    r"(?:[A-Za-z0-9\-_.!~*'()&=+$,;?/]|%[0-9A-Fa-f]{2})+"
)  # RFC 3261 section 25.1, user
_LABEL: Final = r"[A-Za-z0-9](?:[A-Za-z0-9\-]{0,61}[A-Za-z0-9])?"
_HOST_NAME: Final = re.compile(rf"{_LABEL}(?:\.{_LABEL})*\.?")  # RFC 1123 section 2.1
_SIP_URI: Final = re.compile(r"(sips?):(\[[0-9A-Fa-f:.]+\]|[^\[\]:;?@/\s]+)(?::([0-9]{1,5}))?", re.IGNORECASE)

# Headers of every INVITE that say nothing of the line: their values differ by caller or by hop (RFC 3261).
_NOT_OURS: Final = frozenset(
    ("via", "from", "to", "call-id", "cseq", "contact", "max-forwards", "route", "record-route")
)


def identity(text: str) -> str:
    """Allow an id: small letters, digits and single dashes."""
    if len(text) > ID_LENGTH_MAX or not _ID.fullmatch(text):
        raise ValueError(
            f'must be small letters, digits and single dashes, at most {ID_LENGTH_MAX}, e.g. "main-2"'
        )
    return text


def label(text: str) -> str:
    """Allow a label for people: anything that can be printed, in one line."""
    if not 1 <= len(text) <= LABEL_LENGTH_MAX or not text.isprintable() or not text.strip():
        raise ValueError(f'must be 1 to {LABEL_LENGTH_MAX} printable characters, e.g. "Main"')
    return text


def user(text: str) -> str:
    """Allow the user part of a SIP URI."""
    if len(text) > USER_LENGTH_MAX or not _USER.fullmatch(text):
        raise ValueError(
            f'must be the user part of a SIP address, at most {USER_LENGTH_MAX} characters, e.g. "601"'
        )
    return text


def auth_user(text: str) -> str:
    """Allow what a digest's quoted user name can carry; empty stands for the extension's user."""
    if len(text) > USER_LENGTH_MAX or not text.isprintable() or '"' in text or "\\" in text:
        raise ValueError(
            f"must be at most {USER_LENGTH_MAX} printable characters without quotes or backslashes"
        )
    return text


def secret(text: str) -> str:
    """Allow a password: no control characters. The message never repeats it."""
    if len(text) > SECRET_LENGTH_MAX or any(letter < " " or letter == "\x7f" for letter in text):
        raise ValueError(f"must be at most {SECRET_LENGTH_MAX} characters without control characters")
    return text


def header_name(text: str) -> str:
    """Allow the name of a header that a PBX can set, or nothing."""
    if text and (len(text) > HEADER_LENGTH_MAX or not _TOKEN.fullmatch(text)):
        raise ValueError('must be the name of a SIP header without a colon, e.g. "X-Line"')
    if text.lower() in _NOT_OURS:
        raise ValueError(
            'must be a header that the PBX sets for us, e.g. "X-Line": this one differs in every call'
        )
    return text


def matched_value(text: str) -> str:
    """Allow a text that a header's value or a dialled number is compared with."""
    if not 1 <= len(text) <= USER_LENGTH_MAX or not text.isprintable():
        raise ValueError(f"must be 1 to {USER_LENGTH_MAX} printable characters")
    return text


def sip_uri(text: str) -> str:
    """Allow a registrar: scheme, host, port. Users and parameters have settings of their own."""
    found = _SIP_URI.fullmatch(text)
    if found is None or not _is_host(found[2]):
        raise ValueError(
            'must be sip:HOST or sip:HOST:PORT, an IPv6 address in brackets, e.g. "sip:192.0.2.10:5060"'
        )
    if found[3] is not None and not 1 <= int(found[3]) <= 65535:
        raise ValueError("must have a port from 1 to 65535")
    return text


def sip_uri_or_nothing(text: str) -> str:
    """Allow what `sip_uri` allows, or nothing."""
    return sip_uri(text) if text else text


def network(text: str) -> str:
    """Allow an IP address or a network in CIDR notation."""
    try:
        ip_network(text)
    except ValueError:
        raise ValueError(_network_hint(text)) from None
    return text


def directory(text: str) -> str:
    """Allow an absolute path that leaves room for a socket's name."""
    if not text.startswith("/") or len(text.encode()) > DIRECTORY_LENGTH_MAX or not text.isprintable():
        raise ValueError(
            f'must be an absolute path of at most {DIRECTORY_LENGTH_MAX} bytes, e.g. "/run/call-light"'
        )
    return text


def file_or_nothing(text: str) -> str:
    """Allow an absolute path, or nothing."""
    if text and (not text.startswith("/") or not text.isprintable()):
        raise ValueError('must be an absolute path, e.g. "/etc/call-light/pbx-ca.pem"')
    return text


def rising(stages_s: tuple[float, ...]) -> tuple[float, ...]:
    """Allow three thresholds: 0, and two that rise by a second or more."""
    first, second, third = stages_s if len(stages_s) == 3 else (0.0, 0.0, 0.0)
    if first != 0 or second < 1 or third < second + 1:
        raise ValueError("must be three numbers that begin at 0 and rise by 1 or more, e.g. [0, 20, 45]")
    return stages_s


def once_each(values: tuple[object, ...]) -> tuple[object, ...]:
    """Allow a list only if nothing stands in it twice."""
    if len(set(values)) < len(values):
        raise ValueError("must not hold the same twice")
    return values


def _is_host(text: str) -> bool:
    if text.startswith("["):
        return _parses(IPv6Address, text[1:-1])
    if re.fullmatch(r"[0-9.]+", text):
        return _parses(ip_address, text)
    return len(text) <= 253 and _HOST_NAME.fullmatch(text) is not None


def _parses(kind: Callable[[str], object], text: str) -> bool:
    try:
        kind(text)
    except ValueError:
        return False
    return True


def _network_hint(text: str) -> str:
    try:
        whole = ip_network(text, strict=False)
    except ValueError:
        return 'must be an IP address or a network, e.g. "192.0.2.10" or "192.0.2.0/24"'
    return f'must be a network without host bits: did you mean "{whole}"?'
