"""Tones in G.711 A-law: spoken frame by frame, and heard by frequency (Goertzel)."""

import bisect
import math
import threading
from collections import deque
from collections.abc import Iterator
from itertools import count
from typing import Final

RATE_HZ: Final = 8_000
FRAME: Final = 160
"""Samples in a packet of 20 ms."""

WINDOW: Final = 1_600
"""Samples that an ear listens to at once: 200 ms tell 440 from 480 Hz."""

KNOWN: Final = (425, 440, 480, 800, 1000, 1700, 2300)
"""Frequencies that an ear tells apart: ringback, "press 1", and the voices of callers and colleagues."""

AUDIBLE: Final = 600
"""The least amplitude, of 32,767, that counts as heard."""


def _decoded(code: int) -> int:
    """One A-law byte as a sample (ITU-T G.711)."""
    code ^= 0x55
    exponent, mantissa = (code >> 4) & 7, code & 15
    level = (mantissa << 4) + 8 if exponent == 0 else ((mantissa << 4) + 0x108) << (exponent - 1)
    return level if code & 0x80 else -level


SAMPLES: Final = tuple(_decoded(code) for code in range(256))
_SORTED: Final = sorted((sample, code) for code, sample in enumerate(SAMPLES))


def _encoded(sample: int) -> int:
    place = min(bisect.bisect(_SORTED, (sample, 0)), len(_SORTED) - 1)
    return _SORTED[place][1]


def spoken(hertz: int) -> Iterator[bytes]:
    """Frames of a tone, for ever."""
    second = bytes(
        _encoded(int(8_000 * math.sin(2 * math.pi * hertz * at / RATE_HZ))) for at in range(RATE_HZ)
    )
    for number in count():
        start = number * FRAME % RATE_HZ
        yield second[start : start + FRAME]


def amplitude(samples: list[int], hertz: int) -> float:
    """How loud a frequency is in these samples."""
    turn = 2 * math.cos(2 * math.pi * hertz / RATE_HZ)
    before, last = 0.0, 0.0
    for sample in samples:
        before, last = last, sample + turn * last - before
    power = last * last + before * before - turn * last * before
    return 2 * math.sqrt(max(0.0, power)) / len(samples)


class Ear:
    """Keeps the last that was heard."""

    def __init__(self) -> None:
        self._samples: deque[int] = deque(maxlen=WINDOW)
        self._lock = threading.Lock()

    def take(self, frame: bytes) -> None:
        """Hear a frame."""
        with self._lock:
            self._samples.extend(SAMPLES[code] for code in frame)

    def clear(self) -> None:
        """Forget what was heard so far."""
        with self._lock:
            self._samples.clear()

    def tones(self) -> set[int] | None:
        """The known frequencies in what was heard last; None before there is enough to tell."""
        with self._lock:
            samples = list(self._samples)
        if len(samples) < WINDOW:
            return None
        return {hertz for hertz in KNOWN if amplitude(samples, hertz) >= AUDIBLE}
