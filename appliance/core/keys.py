"""By what two units know that they speak of one caller: a keyed hash, so that no number travels.

The phone system's tag says it best, for it is the same on every ring of a caller, anonymous or not. Without
one it is the caller's number on this line. An anonymous caller without a tag has no key: nobody can tell two
of them apart, and nobody tries.
"""

from hashlib import blake2b
from typing import Final

from appliance.core.calls import Call

KEY_BYTES: Final = 12
"""Bytes of a key, twice as many letters on the bus: 96 bits, so that no two of all callers whom a site ever
has meet by chance."""

SITE_KEY_BYTES_MAX: Final = 64
"""Bytes of a site's secret that count (BLAKE2b's own limit); those beyond it do not."""


def key_of(call: Call, site_key: bytes) -> str:
    """Return the key of a caller under this site's secret; empty if there is none."""
    if not site_key or not (call.tag or call.number):
        return ""
    said = ("tag", call.tag) if call.tag else ("number", call.line.id, call.number)
    # No part holds a control character, so that no two callers make one text.
    text = "\0".join(said).encode("utf-8", "surrogatepass")
    return blake2b(text, digest_size=KEY_BYTES, key=site_key[:SITE_KEY_BYTES_MAX]).hexdigest()
