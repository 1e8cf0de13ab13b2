"""The kinds of text that a setting may hold: what each allows, in words and as a test. Pure.

A refusal never repeats what was written: a password may stand in the wrong place.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Final

from appliance.tower.pins import PIN_LINES_MAX, PINS

ID_LENGTH_MAX: Final = 32
"""Characters of an id. It names a credential, an environment variable and a log field, so it stays short."""

LABEL_LENGTH_MAX: Final = 24
"""Characters of a line's label: what fits beside a segment on an 80-column terminal and on a legend card."""

USER_LENGTH_MAX: Final = 64
"""Characters of a SIP user or an authentication user; PBXes that make them up stay under 40."""

VALUE_LENGTH_MAX: Final = 64
"""Characters of a header's value or a dialled number, as many as the core keeps of one."""

PASSWORD_LENGTH_MAX: Final = 128
"""Characters of a password; digest authentication hashes them, and no PBX takes more from its own pages."""

HEADER_LENGTH_MAX: Final = 64
"""Characters of a header's name; the longest registered one has 28 (IANA, SIP header fields)."""

HEADER_LINE_LENGTH_MAX: Final = 200
"""Characters of a whole header line that we set; those that make a phone answer have 50."""

ALSA_LENGTH_MAX: Final = 64
"""Characters of a sound device's name: "plughw:CARD=Handset,DEV=0" has 25."""

DIRECTORY_BYTES_MAX: Final = 80
"""Bytes of a directory's path: `lamp-test.sock.<pid>` in it must fit the 107 of a Unix socket (unix(7))."""

_ID: Final = re.compile(r"[a-z0-9](?:-?[a-z0-9])*")
_TOKEN: Final = re.compile(r"[A-Za-z0-9\-.!%*_+`'~]+")  # RFC 3261 section 25.1, token
_USER: Final = re.compile(
    r"(?:[A-Za-z0-9\-_.!~*'()&=+$,;?/]|%[0-9A-Fa-f]{2})+"
)  # RFC 3261 section 25.1, user
_DIAL: Final = re.compile(r"(?:sips?:)?[A-Za-z0-9*#+\-_.!~&=$,;?/@:\[\]]+")
_HEADER_LINE: Final = re.compile(r"([^:]+): ?([\x20-\x7e]+)")
_NAME_PART: Final = r"[A-Za-z0-9](?:[A-Za-z0-9\-]{0,61}[A-Za-z0-9])?"
_HOST_NAME: Final = re.compile(rf"{_NAME_PART}(?:\.{_NAME_PART})*\.?")  # RFC 1123 section 2.1
_PHONE_URL: Final = re.compile(r"(https?)://(\[[0-9A-Fa-f:.]+\]|[0-9.]+)(?::([0-9]{1,5}))?/?")
_SIP_URI: Final = re.compile(r"sips?:(\[[0-9A-Fa-f:.]+\]|[^\[\]:;?@/\s]+)(?::([0-9]{1,5}))?", re.IGNORECASE)

# Headers of every INVITE that say nothing of the line: their values differ by caller or by hop (RFC 3261).
_NOT_SET_FOR_US: Final = frozenset(
    ("via", "from", "to", "call-id", "cseq", "contact", "max-forwards", "route", "record-route")
)


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of text. Calling it returns the text or raises ValueError with what is allowed."""

    allowed: str
    """In words, to follow "must be"."""
    example: str
    fits: Callable[[str], bool]
    may_be_empty: bool = False
    hint: Callable[[str], str] = lambda _text: ""
    """More about a text that does not fit; never the text itself."""

    def __call__(self, text: str) -> str:
        """Return the text if it is of this kind."""
        if (self.may_be_empty and not text) or self.fits(text):
            return text
        raise ValueError(f'must be {self.allowed}, e.g. "{self.example}"{self.hint(text)}')


def _is_host(text: str) -> bool:
    if text.startswith("["):
        return _parses(IPv6Address, text[1:-1])
    if re.fullmatch(r"[0-9.]+", text):
        return _parses(ip_address, text)
    return len(text) <= 253 and _HOST_NAME.fullmatch(text) is not None


def _is_sip_address(text: str) -> bool:
    found = _SIP_URI.fullmatch(text)
    return found is not None and _is_host(found[1]) and (found[2] is None or 1 <= int(found[2]) <= 65535)


def _parses(kind: Callable[[str], object], text: str) -> bool:
    try:
        kind(text)
    except ValueError:
        return False
    return True


def _whole_network(text: str) -> str:
    try:
        return f'; did you mean "{ip_network(text, strict=False)}"?'
    except ValueError:
        return ""


def _is_header_line(text: str) -> bool:
    """Return whether the text is one header, and none that the engine must write itself."""
    found = _HEADER_LINE.fullmatch(text)
    return found is not None and HEADER.fits(found[1]) and bool(found[2].strip())


def phone_place(text: str) -> tuple[str, int] | None:
    """Return the IP address and the port of a phone's URL; None if it is no such URL."""
    found = _PHONE_URL.fullmatch(text)
    if found is None or not _parses(ip_address, address := found[2].strip("[]")):
        return None
    if (":" in address) != (found[2] != address):
        return None
    port = int(found[3]) if found[3] else 443 if found[1] == "https" else 80
    return (address, port) if 1 <= port <= 65535 else None


def _is_phone_url(text: str) -> bool:
    return phone_place(text) is not None


def _is_one_line(text: str, length_max: int) -> bool:
    return 1 <= len(text) <= length_max and text.isprintable() and bool(text.strip())


ID: Final = Kind(
    f"small letters, digits and single dashes, at most {ID_LENGTH_MAX} characters",
    "main-2",
    lambda text: len(text) <= ID_LENGTH_MAX and _ID.fullmatch(text) is not None,
)
MAYBE_ID: Final = Kind(ID.allowed, "elm-street", ID.fits, may_be_empty=True)
LABEL: Final = Kind(
    f"1 to {LABEL_LENGTH_MAX} printable characters", "Main", lambda text: _is_one_line(text, LABEL_LENGTH_MAX)
)
USER: Final = Kind(
    f"the user part of a SIP address, at most {USER_LENGTH_MAX} characters",
    "601",
    lambda text: len(text) <= USER_LENGTH_MAX and _USER.fullmatch(text) is not None,
)
AUTH_USER: Final = Kind(
    f"at most {USER_LENGTH_MAX} printable characters without quotes and backslashes",
    "601",
    lambda text: _is_one_line(text, USER_LENGTH_MAX) and not set(text) & {'"', "\\"},
    may_be_empty=True,
)
HEADER: Final = Kind(
    "the name of a header that the PBX sets for us, without a colon",
    "X-Line",
    lambda text: (
        len(text) <= HEADER_LENGTH_MAX
        and _TOKEN.fullmatch(text) is not None
        and text.lower() not in _NOT_SET_FOR_US
    ),
    may_be_empty=True,
)
MATCHED: Final = Kind(
    f"1 to {VALUE_LENGTH_MAX} printable characters, no blank at either end",
    "0301234567",
    # What it is held against comes without blanks at its ends: such a text would never match.
    lambda text: _is_one_line(text, VALUE_LENGTH_MAX) and text == text.strip(),
)
SIP_ADDRESS: Final = Kind(
    "sip:HOST or sip:HOST:PORT, an IPv6 address in brackets", "sip:192.0.2.10:5060", _is_sip_address
)
PROXY: Final = Kind(SIP_ADDRESS.allowed, "sip:192.0.2.1", _is_sip_address, may_be_empty=True)
NETWORK: Final = Kind(
    "an IP address, or a network without host bits",
    "192.0.2.0/24",
    lambda text: _parses(ip_network, text),
    hint=_whole_network,
)
DIRECTORY: Final = Kind(
    f"an absolute path of at most {DIRECTORY_BYTES_MAX} bytes",
    "/run/call-light",
    lambda text: text.startswith("/") and text.isprintable() and len(text.encode()) <= DIRECTORY_BYTES_MAX,
)
FILE: Final = Kind(
    "an absolute path",
    "/etc/call-light/pbx-ca.pem",
    lambda text: text.startswith("/") and text.isprintable(),
    may_be_empty=True,
)
PORT: Final = Kind(
    "the path of a serial port",
    "/dev/serial/by-path/pci-0000:01:00.0-usb-0:1.1:1.0-port0",
    lambda text: text.startswith("/") and text.isprintable(),
    may_be_empty=True,
)
ADDRESS: Final = Kind(
    "an IP address or the name of a host",
    "192.0.2.20",
    lambda text: _parses(ip_address, text) or (":" not in text and _is_host(text)),
    may_be_empty=True,
)

DIAL: Final = Kind(
    f"what the PBX can dial: at most {VALUE_LENGTH_MAX} letters, digits and signs such as * # +",
    "*80201",
    lambda text: len(text) <= VALUE_LENGTH_MAX and _DIAL.fullmatch(text) is not None,
    may_be_empty=True,
)
PICKUP_CODE: Final = Kind(
    f"{DIAL.allowed}, and {{user}} for the user of the extension at which the caller rings",
    "**{user}",
    lambda text: DIAL.fits(text.replace("{user}", "601")),
    may_be_empty=True,
)
PHONE_URL: Final = Kind(
    "http:// or https:// and an IP address, an IPv6 address in brackets, perhaps with a port",
    "https://192.0.2.21",
    _is_phone_url,
    may_be_empty=True,
)
PHONE_USER: Final = Kind(
    f"at most {USER_LENGTH_MAX} printable characters of ASCII without quotes, backslashes and colons",
    "admin",
    lambda text: _is_one_line(text, USER_LENGTH_MAX) and text.isascii() and not set(text) & {'"', "\\", ":"},
    may_be_empty=True,
)
HEADER_LINE: Final = Kind(
    f"a whole header line of ASCII, at most {HEADER_LINE_LENGTH_MAX} characters",
    "Alert-Info: Auto Answer",
    lambda text: len(text) <= HEADER_LINE_LENGTH_MAX and _is_header_line(text),
)
ALSA: Final = Kind(
    f"the name of an ALSA device, at most {ALSA_LENGTH_MAX} characters",
    "plughw:CARD=Handset",
    lambda text: _is_one_line(text, ALSA_LENGTH_MAX) and text.isascii(),
    may_be_empty=True,
)
HIDRAW: Final = Kind(
    "the path of a HID device",
    "/dev/call-light-handset-pci-0000:01:00.0-usb-0:1.2:1.3",
    lambda text: text.startswith("/") and text.isprintable(),
    may_be_empty=True,
)

PIN_ALLOWED: Final = f"a GPIO of the header, {PINS[0]} to {PINS[-1]}"
MAYBE_PIN_ALLOWED: Final = f"{PIN_ALLOWED}, or 0"
PINS_ALLOWED: Final = f"a list of at most {PIN_LINES_MAX} GPIOs of the header, {PINS[0]} to {PINS[-1]}"
PIN_LISTS_ALLOWED: Final = (
    f"a list of at most {PIN_LINES_MAX} lists of GPIOs of the header, {PINS[0]} to {PINS[-1]}"
)
PASSWORD_ALLOWED: Final = f"at most {PASSWORD_LENGTH_MAX} characters without control characters"
STAGES_ALLOWED: Final = "three numbers that begin at 0 and rise by 1 or more, at most 3600"


def password(text: str) -> str:
    """Allow a password; no example, and never a hint."""
    # Bytes of the environment that are no UTF-8 come as surrogates, which no message can carry.
    bad = any(letter < " " or letter == "\x7f" or "\ud800" <= letter <= "\udfff" for letter in text)
    if len(text) > PASSWORD_LENGTH_MAX or bad:
        raise ValueError(f"must be {PASSWORD_ALLOWED}")
    return text


def rising(stages_s: tuple[float, ...]) -> tuple[float, ...]:
    """Allow three thresholds: 0, and two that rise by a second or more."""
    first, second, third = stages_s if len(stages_s) == 3 else (0.0, 0.0, 0.0)
    # Written so that a NaN, which compares with nothing, does not fit.
    if not (first == 0 and 1 <= second <= third - 1 and third <= 3600):
        raise ValueError(f"must be {STAGES_ALLOWED}, e.g. [0, 20, 45]")
    return stages_s


def once_each(values: tuple[object, ...]) -> tuple[object, ...]:
    """Allow a list only if nothing stands in it twice."""
    if len(set(values)) < len(values):
        raise ValueError("must not hold the same twice")
    return values


def pin(number: int) -> int:
    """Allow a GPIO that a Pi's header has for anybody."""
    if number not in PINS:
        raise ValueError(f"must be {PIN_ALLOWED}, e.g. 17")
    return number


def maybe_pin(number: int) -> int:
    """Allow such a GPIO, or 0 for none."""
    if number != 0 and number not in PINS:
        raise ValueError(f"must be {MAYBE_PIN_ALLOWED}, e.g. 17")
    return number
