"""What an INVITE and a CANCEL say, read from their raw text. Pure, and no text makes it raise.

The text comes from strangers: every value that leaves here is cleaned of control characters and cut to the
limits of the core. Grammar: RFC 3261 section 25 and RFC 3326; only what a light needs is read.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import unquote

from appliance.core.events import Reason
from appliance.core.words import NAME_LENGTH_MAX, NUMBER_LENGTH_MAX

_COMPACT: Final = {"f": "from", "t": "to", "i": "call-id", "m": "contact", "v": "via", "s": "subject"}
"""The short names of headers (RFC 3261 section 7.3.3) that are asked for here, and a few beside them."""

HEADERS_MAX: Final = 256
"""Headers looked at in one message. Honest ones have some forty; those beyond are not read."""

REASONS_MAX: Final = 16
"""Reason values kept of one message; the PBXes that were measured send two. Those beyond are not read."""

REQUEST_LINE_MAX: Final = 2048
"""Characters of a request line that are read: ours has some 150. A mark that is cut by it is a wrong one."""

_ZERO_WIDTH_JOINER: Final = "\u200d"
"""Holds emoji together; the one format character that is no danger to a terminal."""

_NO_NUMBER: Final = frozenset({"anonymous", "restricted", "unavailable", "unknown", "private"})
"""User parts that say that there is no number: RFC 3323 section 4.1.1.3, and what PBXes write in its place.
Two such callers must not be taken for one."""


@dataclass(frozen=True, slots=True)
class Invite:
    """What is read from an INVITE."""

    call_id: str = field(default="", repr=False)
    number: str = field(default="", repr=False)
    name: str = field(default="", repr=False)
    dialled: str = field(default="", repr=False)
    line_header: str = field(default="", repr=False)
    tag: str = field(default="", repr=False)


def clean(text: str, length_max: int) -> str:
    """Return the text without control and format characters, in valid UTF-8, stripped and cut."""
    # Far more than the limit is dropped first, so that kilobytes of rubbish cost nothing.
    text = text[: 8 * length_max]
    if text.isascii() and text.isprintable():
        # Nearly every text is clean, and the light waits for it.
        return text.strip()[:length_max].strip()
    kept = (_clean_character(character) for character in text)
    return "".join(kept).strip()[:length_max].strip()


def _clean_character(character: str) -> str:
    category = unicodedata.category(character)
    if category == "Cs":
        return "\N{REPLACEMENT CHARACTER}"
    if category in ("Cc", "Zl", "Zp") or (category == "Cf" and character != _ZERO_WIDTH_JOINER):
        return " " if character in "\t\r\n" else ""
    return character


def request_mark(text: str, parameter: str) -> str:
    """Return a parameter of the request URI; empty if there is none."""
    words = text[:REQUEST_LINE_MAX].split("\n", 1)[0].split()
    if len(words) < 2:
        return ""
    # The user part may hold semicolons, even one that looks like our mark.
    after_user = words[1].rpartition("@")[2].partition("?")[0]
    for part in after_user.split(";")[1:]:
        name, _, value = part.partition("=")
        if name.lower() == parameter:
            return value
    return ""


def registered_contact(text: str, parameter: str, mark: str) -> str:
    """Return our own URI in a registrar's answer: the one with our mark; empty for none."""
    contacts = " ".join(value for name, value in headers(text) if name == "contact")
    found = re.findall(r"<(sips?:[^<>]*)>", contacts)
    return next((uri for uri in found if mark and f";{parameter}={mark}" in uri), "")


def read_invite(text: str, *, line_header: str = "", tag_header: str = "") -> Invite:
    """Read what a light needs from the text of an INVITE; what is missing or broken is empty."""
    wanted = {"from", "to", "call-id", line_header.lower(), tag_header.lower()} - {""}
    found: dict[str, str] = {}
    for name, value in headers(text):
        if name in wanted:
            found.setdefault(name, value)
    display, user = read_address(found.get("from", ""))
    _, dialled = read_address(found.get("to", ""))
    number = clean(user, NUMBER_LENGTH_MAX)
    return Invite(
        call_id=_short_call_id(found.get("call-id", "")),
        number="" if number.casefold() in _NO_NUMBER else number,
        name=clean(display, NAME_LENGTH_MAX),
        dialled=clean(dialled, NUMBER_LENGTH_MAX),
        line_header=clean(found.get(line_header.lower(), ""), NUMBER_LENGTH_MAX) if line_header else "",
        tag=clean(found.get(tag_header.lower(), ""), NUMBER_LENGTH_MAX) if tag_header else "",
    )


def _short_call_id(value: str) -> str:
    """Return the Call-ID, or a digest of a long one: all that counts is whether it is the same."""
    if len(value) <= NUMBER_LENGTH_MAX and clean(value, NUMBER_LENGTH_MAX) == value:
        return value
    return hashlib.sha256(value.encode(errors="surrogateescape")).hexdigest()[:NUMBER_LENGTH_MAX]


def headers(text: str) -> Iterator[tuple[str, str]]:
    """Walk over the headers of a message: the long name in lower case, the value unfolded."""
    head = text.replace("\r\n", "\n").partition("\n\n")[0]
    name, value, count = "", "", 0
    for line in head.split("\n")[1:]:
        if line[:1] in (" ", "\t"):
            # A folded line goes on with the value before it (RFC 3261 section 7.3.1).
            value += " " + line.strip()
            continue
        if name:
            yield name, value
        count += 1
        if count > HEADERS_MAX:
            return
        name, _, value = line.partition(":")
        name = name.strip().lower()
        name, value = _COMPACT.get(name, name), value.strip()
    if name:
        yield name, value


_QUOTED: Final = re.compile(r'\s*"((?:[^"\\]|\\.)*)"', re.DOTALL)
_URI: Final = re.compile(r"\s*(?:sips?|tel):(.*)", re.IGNORECASE | re.DOTALL)


def read_address(value: str) -> tuple[str, str]:
    """Return display name and user part of a From or To value; what is not there is empty."""
    quoted = _QUOTED.match(value)
    if quoted:
        display, rest = re.sub(r"\\(.)", r"\1", quoted.group(1), flags=re.DOTALL), value[quoted.end() :]
        address = rest.partition("<")[2].partition(">")[0]
    elif "<" in value:
        display, _, rest = value.partition("<")
        address = rest.partition(">")[0]
    else:
        # Without brackets, parameters belong to the header and not to the URI (RFC 3261 section 20.10).
        display, address = "", value.partition(";")[0]
    uri = _URI.match(address)
    if uri is None:
        return display.strip(), ""
    scheme_is_tel = address.lstrip()[:3].lower() == "tel"
    user, at, _ = uri.group(1).rpartition("@")
    if not at:
        user = uri.group(1) if scheme_is_tel else ""
    user = user.partition(";")[0].partition(":")[0]
    return display.strip(), unquote(user, errors="replace")


def read_reasons(text: str) -> tuple[Reason, ...]:
    """Return every Reason of a message, wherever it stands: several headers, several values in one."""
    reasons: list[Reason] = []
    for name, value in headers(text):
        if name == "reason":
            reasons += (reason for part in _split(value, ",") if (reason := _read_reason(part)))
    return tuple(reasons[:REASONS_MAX])


def _read_reason(part: str) -> Reason | None:
    protocol, *parameters = _split(part, ";")
    given: dict[str, str] = {}
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        given.setdefault(name.strip().lower(), value.strip())
    cause = given.get("cause", "")
    if not re.fullmatch(r"[0-9]{1,4}", cause):
        return None
    text = given.get("text", "")
    quoted = _QUOTED.match(text)
    if quoted:
        text = re.sub(r"\\(.)", r"\1", quoted.group(1), flags=re.DOTALL)
    return Reason(clean(protocol, NAME_LENGTH_MAX), int(cause), clean(text, NAME_LENGTH_MAX))


def _split(value: str, separator: str) -> list[str]:
    """Split at a separator that stands outside of quotes; an open quote reaches to the end.

    One pass over the characters: a pattern that backtracks took 16 s for 40 KB of quotes and backslashes.
    """
    parts, start, quoted, escaped = [], 0, False, False
    for position, character in enumerate(value):
        if escaped:
            escaped = False
        elif quoted and character == "\\":
            escaped = True
        elif character == '"':
            quoted = not quoted
        elif character == separator and not quoted:
            parts.append(value[start:position].strip())
            start = position + 1
    parts.append(value[start:].strip())
    return parts
