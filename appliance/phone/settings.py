"""Which phone is told to dial, and what: plain data, already validated."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from appliance.core.words import ExtensionId

TELL_S_MAX: Final = 3.0
"""How long the phone may take to say that it dials. What is left of the 4 s of a press is for the call
itself, and a phone on the desk's own network answers within a tenth of it."""


@dataclass(frozen=True, slots=True)
class PhoneSettings:
    """The desk phone beside this unit. Nothing else is ever contacted."""

    make: str
    """One of `makes.MAKES`."""
    address: str
    """An IP address: a press does not wait for a name server."""
    port: int
    certificate_file: str
    """Over HTTPS, the phone's own certificate, which is compared byte by byte; empty for plain HTTP."""
    codes: Mapping[ExtensionId, str]
    """What is dialled to get a caller who rings at each of our extensions."""
    user: str = ""
    password: str = field(default="", repr=False)
