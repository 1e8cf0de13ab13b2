"""Messages that never end: what becomes of a connection whose bytes are no SIP any more.

A message longer than the library's buffer is dropped piece by piece, in silence, and what follows on that
connection is read from the middle of it: a CANCEL that came with it would be lost, for over TCP nothing is
sent twice. So the connection is ended and counted, and the unit registers over a new one. The library tells
of dropped data in C alone; `ctypes` reaches the functions inside its own module, and nothing else is touched.
"""

import ctypes
from collections.abc import Callable
from typing import Any, Final

import pjsua2 as pj

OVERFLOW: Final = 171062
"""PJSIP_ERXOVERFLOW of sip_errno.h: a message on a connection is longer than PJSIP_MAX_PKT_LEN."""

MESSAGE_BYTES_MAX: Final = 16_384
"""PJSIP_MAX_PKT_LEN as the binding is built (`binding.recipe`). The longest honest INVITE that was seen has
9 KB; over UDP the library cuts what is longer, over TCP and TLS the connection is ended here."""


class _Dropped(ctypes.Structure):
    """`pjsip_tp_dropped_data` of sip_transport.h."""

    _fields_ = (
        ("transport", ctypes.c_void_p),
        ("content", ctypes.c_void_p),
        ("length", ctypes.c_size_t),
        ("status", ctypes.c_int),
    )


_CALLBACK: Final = ctypes.CFUNCTYPE(None, ctypes.POINTER(_Dropped))


def end_overflowing_connections(told: Callable[[], None]) -> Any:
    """Have each connection ended that overflows, and `told` called for it, inside `libHandleEvents`.

    Returns:
        What must be kept for as long as the library runs: the library calls it.
    """
    library = ctypes.CDLL(pj._pjsua2.__file__)
    for name in ("pjsua_get_pjsip_endpt", "pjsip_endpt_get_tpmgr"):
        getattr(library, name).restype = ctypes.c_void_p
    library.pjsip_endpt_get_tpmgr.argtypes = (ctypes.c_void_p,)
    library.pjsip_tpmgr_set_drop_data_cb.argtypes = (ctypes.c_void_p, _CALLBACK)
    library.pjsip_transport_shutdown2.argtypes = (ctypes.c_void_p, ctypes.c_int)

    def dropped(data: Any) -> None:
        if data.contents.status == OVERFLOW:
            told()
            # The library itself ends a connection here whose very first bytes are no SIP.
            library.pjsip_transport_shutdown2(data.contents.transport, 1)

    kept = _CALLBACK(dropped)
    transports = library.pjsip_endpt_get_tpmgr(library.pjsua_get_pjsip_endpt())
    library.pjsip_tpmgr_set_drop_data_cb(transports, kept)
    return kept
