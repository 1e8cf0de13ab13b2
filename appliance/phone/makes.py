"""How each make of desk phone is told over HTTP to dial a number: a table, and nothing else. Pure.

A make is here if its maker's own document says how. Each needs remote control allowed on the phone, for the
unit's address:

- `snom`: snom Service Hub, "Can I control my snom phone remotely", Remote Dialing. The outgoing identity that
  may stand beside the number is left out: the phone then takes its own.
- `yealink`: Yealink, "Administrator's Guide for SIP-T2 Series/T4 Series/T5 Series/CP920 IP Phones", Action
  URI, for the form; the value `number=` as integrations of it write it, likewise without an identity.
- `grandstream`: Grandstream, "GRP26xx Series CTI Guide", Make Call. The phone wants its password in the
  address of the request.
- `poly`: Poly, "REST API Reference Manual, UC Software 6.4.0" (3725-46212-006A), callctrl.dial.
- `cisco`: Cisco, "Unified IP Phone Services Application Development Notes for Unified Communications Manager
  and Multiplatform Phones", CGI/Execute and the URI `Dial:`.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import quote, urlencode
from xml.sax.saxutils import quoteattr


@dataclass(frozen=True, slots=True)
class Order:
    """One HTTP request. Its path may hold the phone's password."""

    method: str
    path: str = field(repr=False)
    body: bytes = field(default=b"", repr=False)
    content_type: str = ""


@dataclass(frozen=True, slots=True)
class Make:
    """One make of phone."""

    order: Callable[[str, str], Order]
    """Makes the request of the number to dial and the phone's password."""
    refusal: re.Pattern[bytes] | None = None
    """What the body of an answer 200 holds if the phone will not dial after all."""


def _snom(number: str, _password: str) -> Order:
    return Order("GET", f"/command.htm?number={_quoted(number)}")


def _yealink(number: str, _password: str) -> Order:
    return Order("GET", f"/servlet?key=number={_quoted(number)}")


def _grandstream(number: str, password: str) -> Order:
    query = f"passcode={quote(password, safe='')}&phonenumber={_quoted(number)}"
    return Order("GET", f"/cgi-bin/api-make_call?{query}")


def _poly(number: str, _password: str) -> Order:
    body = json.dumps({"data": {"Dest": number, "Line": "1", "Type": "TEL"}})
    return Order("POST", "/api/v1/callctrl/dial", body.encode(), "application/json")


def _cisco(number: str, _password: str) -> Order:
    item = f'<ExecuteItem Priority="0" URL={quoteattr(f"Dial:{number}")}/>'
    body = urlencode({"XML": f"<CiscoIPPhoneExecute>{item}</CiscoIPPhoneExecute>"})
    return Order("POST", "/CGI/Execute", body.encode(), "application/x-www-form-urlencoded")


def _quoted(number: str) -> str:
    """Return the number as part of a query: ``**601#`` becomes ``**601%23``."""
    return quote(number, safe="*")


MAKES: Final[dict[str, Make]] = {
    "snom": Make(_snom),
    "yealink": Make(_yealink),
    "grandstream": Make(_grandstream, re.compile(rb'"response"\s*:\s*"error"')),
    "poly": Make(_poly, re.compile(rb'"Status"\s*:\s*"(?!2000")')),
    "cisco": Make(_cisco, re.compile(rb'<CiscoIPPhoneError|\bStatus="(?!0")')),
}
"""Every make by the name that the configuration has for it."""
