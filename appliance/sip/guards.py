"""Guards that the binding does not offer: set in the library itself, in C, through `ctypes`.

A message longer than the library's buffer is dropped piece by piece, in silence, and what follows on that
connection is read from the middle of it: a CANCEL that came with it would be lost, for over TCP nothing is
sent twice. So the connection is ended and counted, and the unit registers over a new one.

A SUBSCRIBE, a MESSAGE or a NOTIFY is obeyed by the library whoever sends it, and keeps 10 to 40 KB for 32 s
and longer: 3,000 of each took 245 MB (measured), so a stranger could fill the memory. A light takes calls and
nothing else; whatever else begins outside of a dialog is refused without any state.
"""

import ctypes
from collections.abc import Callable
from typing import Any, Final

import pjsua2 as pj

from appliance.sip.host import METHOD_NOT_ALLOWED

OVERFLOW: Final = 171062
"""PJSIP_ERXOVERFLOW of sip_errno.h: a message on a connection is longer than PJSIP_MAX_PKT_LEN."""

MESSAGE_BYTES_MAX: Final = 16_384
"""PJSIP_MAX_PKT_LEN as the binding is built (`binding.recipe`). The longest honest INVITE that was seen has
9 KB; over UDP the library cuts what is longer, over TCP and TLS the connection is ended here."""

TAKEN: Final = frozenset({b"INVITE", b"ACK", b"CANCEL", b"BYE", b"OPTIONS"})
"""Methods that may come outside of a dialog: a call's own, and the question of RFC 3261 section 11, by which
phone systems see whether we are there; the library answers it without any state."""

_BEFORE_APPLICATIONS: Final = 63
"""One less than PJSIP_MOD_PRIORITY_APPLICATION: after the dialogs, before all that the library would do."""

_POINTER: Final = ctypes.c_void_p


class _Dropped(ctypes.Structure):
    """`pjsip_tp_dropped_data` of sip_transport.h."""

    _fields_ = (
        ("transport", _POINTER),
        ("content", _POINTER),
        ("length", ctypes.c_size_t),
        ("status", ctypes.c_int),
    )


_ON_DROPPED: Final = ctypes.CFUNCTYPE(None, ctypes.POINTER(_Dropped))
_ON_REQUEST: Final = ctypes.CFUNCTYPE(ctypes.c_int, _POINTER)


class _Module(ctypes.Structure):
    """`pjsip_module` of sip_module.h; the functions that are left out are null."""

    _fields_ = (
        ("links", _POINTER * 2),
        ("name", ctypes.c_char_p),
        ("name_length", ctypes.c_ssize_t),
        ("id", ctypes.c_int),
        ("priority", ctypes.c_int),
        ("life", _POINTER * 4),
        ("on_request", _ON_REQUEST),
        ("others", _POINTER * 4),
    )


class Guards:
    """Both guards, from `libInit` on; the library calls them for as long as it runs, so keep this object."""

    def __init__(self, overflowed: Callable[[], None]) -> None:
        """Set them; `overflowed` is called, inside `libHandleEvents`, for each connection that is ended.

        Raises:
            RuntimeError: the library does not take them.
        """
        self._overflowed = overflowed
        self._library = library = ctypes.CDLL(pj._pjsua2.__file__)
        library.pjsua_get_pjsip_endpt.restype = _POINTER
        library.pjsip_endpt_get_tpmgr.restype = _POINTER
        library.pjsip_endpt_get_tpmgr.argtypes = (_POINTER,)
        library.pjsip_tpmgr_set_drop_data_cb.argtypes = (_POINTER, _ON_DROPPED)
        library.pjsip_transport_shutdown2.argtypes = (_POINTER, ctypes.c_int)
        library.pjsip_endpt_register_module.argtypes = (_POINTER, ctypes.POINTER(_Module))
        library.pjsip_rx_data_get_info.restype = ctypes.c_char_p
        library.pjsip_rx_data_get_info.argtypes = (_POINTER,)
        library.pjsip_endpt_respond_stateless.argtypes = (_POINTER, _POINTER, ctypes.c_int, *[_POINTER] * 3)
        self._endpoint = library.pjsua_get_pjsip_endpt()
        self._on_dropped = _ON_DROPPED(self._dropped)
        library.pjsip_tpmgr_set_drop_data_cb(library.pjsip_endpt_get_tpmgr(self._endpoint), self._on_dropped)
        self._module = _Module(
            name=b"call-light",
            name_length=len(b"call-light"),
            id=-1,
            priority=_BEFORE_APPLICATIONS,
            on_request=_ON_REQUEST(self._requested),
        )
        if library.pjsip_endpt_register_module(self._endpoint, ctypes.byref(self._module)) != 0:
            raise RuntimeError("the SIP library takes no guard")

    def _dropped(self, data: Any) -> None:
        if data.contents.status == OVERFLOW:
            self._overflowed()
            # The library itself ends a connection here whose very first bytes are no SIP.
            self._library.pjsip_transport_shutdown2(data.contents.transport, 1)

    def _requested(self, request: int) -> int:
        """Return 1 for a request that is dealt with, 0 for one that others may take."""
        # "Request msg INVITE/cseq=1 (rdata...)": the one public way to the method.
        method = self._library.pjsip_rx_data_get_info(request).split(b" ", 2)[2].partition(b"/")[0]
        if method in TAKEN:
            return 0
        self._library.pjsip_endpt_respond_stateless(
            self._endpoint, request, METHOD_NOT_ALLOWED, None, None, None
        )
        return 1
