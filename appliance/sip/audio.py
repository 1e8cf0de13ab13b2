"""What callers hear: the library's conference bridge and its tones, moved on by our own clock (`frames`)."""

import ctypes
import dataclasses
from typing import Any, Final

import pjsua2 as pj

from appliance.core.words import InstantMs
from appliance.sip.frames import FRAME_MS, FrameClock
from appliance.sip.settings import Ringback

CLOCK_HZ: Final = 16_000
"""The bridge's rate: that of G.722, the best that phones of a practice speak."""

FRAME_BYTES: Final = int(CLOCK_HZ * FRAME_MS // 1000) * 2

CODECS: Final = (("G722/16000", 255), ("PCMA/8000", 254), ("PCMU/8000", 253), ("opus/48000", 252))
"""What we speak, best first: G.722 costs a small processor a tenth of what Opus does."""

DEFAULT_DEVICE: Final = -1
"""PJMEDIA_AUD_DEFAULT_CAPTURE_DEV of audiodev.h; for playback the same number is taken for its default."""

LOUDNESS: Final = 8_000
"""A tone's amplitude of 32,767: about -9 dBm0, which nobody holds away from the ear."""


@dataclasses.dataclass(frozen=True, slots=True)
class _Cadence:
    hertz: int
    and_hertz: int
    on_ms: int
    off_ms: int


_RINGBACKS: Final = {
    Ringback.NORTH_AMERICA: _Cadence(440, 480, 2_000, 4_000),
    Ringback.EUROPE: _Cadence(425, 0, 1_000, 4_000),
}
"""As the countries' networks play it (ITU-T E.180, supplement 2)."""

_KEY_TONE: Final = _Cadence(800, 0, 150, 1_500)
"""What says "press 1": a short high tone again and again, like no tone of any phone system."""


class _Frame(ctypes.Structure):
    """`pjmedia_frame` of pjmedia/frame.h."""

    _fields_ = (
        ("type", ctypes.c_int),
        ("buffer", ctypes.c_void_p),
        ("size", ctypes.c_size_t),
        ("timestamp", ctypes.c_uint64),
        ("bits", ctypes.c_uint32),
    )


class Audio:
    """The bridge. `pass_time` is called at every turn of the engine's loop."""

    def __init__(self, endpoint: Any) -> None:
        """Take the bridge away from every sound device."""
        self._devices = endpoint.audDevManager()
        self._library = ctypes.CDLL(pj._pjsua2.__file__)
        self._library.pjmedia_port_get_frame.argtypes = (ctypes.c_void_p, ctypes.POINTER(_Frame))
        self._port = int(self._devices.setNoDev())
        self._buffer = ctypes.create_string_buffer(FRAME_BYTES)
        self._frame = _Frame(0, ctypes.addressof(self._buffer), FRAME_BYTES, 0, 0)
        self._has_device = False
        """True while a sound device is open, which moves the bridge by a clock of its own."""
        self._tones: dict[_Cadence, Any] = {}
        self.clock: Final = FrameClock()

    @staticmethod
    def choose_codecs(endpoint: Any) -> None:
        """Speak what `CODECS` names, and nothing else."""
        for codec in endpoint.codecEnum2():
            wanted = (rank for name, rank in CODECS if str(codec.codecId).startswith(name))
            endpoint.codecSetPriority(codec.codecId, next(wanted, 0))

    def pass_time(self, now_ms: InstantMs) -> None:
        """Move the sound on, if it is time."""
        count = self.clock.take_due(now_ms)
        if not self._has_device:
            for _ in range(count):
                self._move()

    def _move(self) -> None:
        """Move the sound on by one frame; what is left in it is what a handset would hear."""
        self._frame.size = FRAME_BYTES
        self._library.pjmedia_port_get_frame(self._port, self._frame)

    def begin(self, kind: Ringback) -> None:
        """Let ringback begin anew, so that who hears it first hears it at once."""
        self._tone(_RINGBACKS[kind]).rewind()

    def ring_back(self, kind: Ringback, to: Any) -> None:
        """Let a port hear ringback."""
        self._tone(_RINGBACKS[kind]).startTransmit(to)

    def ask_for_key(self, port: Any) -> None:
        """Let a port hear that it must press a key."""
        self._tone(_KEY_TONE).startTransmit(port)

    def join(self, one: Any, other: Any) -> None:
        """Let two ports hear each other, and no tone any more."""
        for port in (one, other):
            for tone in self._tones.values():
                tone.stopTransmit(port)
        one.startTransmit(other)
        other.startTransmit(one)

    def open_handset(self, name: str) -> None:
        """Let the sound device of this ALSA name, or the machine's default, be a port of the bridge.

        Raises:
            LookupError: there is none, or it cannot be opened.
        """
        # It may have been plugged in since the library looked.
        self._devices.refreshDevs()
        try:
            place = self._devices.lookupDev("ALSA", name) if name else DEFAULT_DEVICE
        except pj.Error:
            raise LookupError("handset_device is none of those that `aplay -L` names") from None
        if self._library.pjsua_set_snd_dev(place, place) != 0:
            self.close_handset()
            raise LookupError("the handset's sound device cannot be opened")
        self._has_device = True

    def close_handset(self) -> None:
        """Let the bridge move by our own clock again."""
        self._has_device = False
        self._port = int(self._devices.setNoDev())

    def handset(self) -> Any:
        """Return the port of the sound device."""
        return self._devices.getPlaybackDevMedia()

    def end(self) -> None:
        """Let go of everything; the library is about to be destroyed."""
        self._tones.clear()

    def _tone(self, kind: _Cadence) -> Any:
        """Return a tone's source, made when it is first needed and kept."""
        if kind not in self._tones:
            self._tones[kind] = _generator(kind)
        return self._tones[kind]


def _generator(cadence: _Cadence) -> Any:
    generator = pj.ToneGenerator()
    generator.createToneGenerator(CLOCK_HZ, 1)
    tone = pj.ToneDesc()
    tone.freq1, tone.freq2, tone.on_msec, tone.off_msec = dataclasses.astuple(cadence)
    tone.volume = LOUDNESS
    tones = pj.ToneDescVector()
    tones.append(tone)
    generator.play(tones, True)
    return generator


def sound_of(call: Any) -> Any:
    """Return the bridge's port of a call; None while it has no sound (not answered, on hold)."""
    try:
        return call.getAudioMedia(-1)
    except pj.Error:
        return None
