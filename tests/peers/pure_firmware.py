"""The firmware's pure files, compiled for this machine: every function that a test asks for, in Python.

What it does wrong by the rules of C (an overflow, a shift too far) ends the test run with a message.
"""

import ctypes
import subprocess
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from appliance.tower.wire import BODY_BYTES_MAX, Frame, Message, Set, frame_of
from appliance.tower.wire.frames import HEAD, checked, stuffed
from tests.peers.board import Rgb

FIRMWARE: Final = Path(__file__).parents[2] / "firmware"
HALVES: Final = 112
TICK_MS: Final = 4
OVER: Final = 0xFFFF


@cache
def library() -> ctypes.CDLL:
    """The library, built if it is not there or older than its source."""
    subprocess.run(["make", "-s", "-C", str(FIRMWARE), "host"], check=True)
    opened = ctypes.CDLL(str(FIRMWARE / "build/libtower.so"))
    opened.host_receive.restype = ctypes.c_size_t
    opened.host_set_is_good.restype = ctypes.c_bool
    opened.host_tower.restype = ctypes.c_void_p
    for name in ("host_frame", "host_tick", "host_say"):
        getattr(opened, name).restype = ctypes.c_uint8
    return opened


def received(wire: bytes) -> tuple[list[tuple[int, int, bytes]], int]:
    """The good frames among these bytes as type, sequence and body, and how many were dropped."""
    frames = ctypes.create_string_buffer(len(wire) + 1)
    damaged = ctypes.c_uint16()
    count = library().host_receive(wire, ctypes.c_size_t(len(wire)), frames, ctypes.byref(damaged))
    packed, found = frames.raw[:count], []
    while packed:
        kind, sequence, length = packed[:3]
        found.append((kind, sequence, packed[3 : 3 + length]))
        packed = packed[3 + length :]
    return found, damaged.value


def framed(kind: int, sequence: int, body: bytes) -> bytes:
    """A frame as the firmware writes it; its bodies have 12 bytes at most."""
    frame = ctypes.create_string_buffer(2 * BODY_BYTES_MAX)
    count = library().host_frame(frame, kind, sequence, body, len(body))
    return frame.raw[:count]


def frame_in_python(kind: int, sequence: int, body: bytes) -> bytes:
    """The same as the unit's side writes it, of whatever type."""
    return b"\0" + stuffed(checked(HEAD.pack(len(body), kind, sequence) + body)) + b"\0"


def is_set(body: bytes) -> bool:
    """Whether the firmware takes this body of a SET."""
    return bool(library().host_set_is_good(body, len(body)))


def drawn(told: Set, half: int) -> list[list[Rgb]]:
    """Every pixel in each of 112 half steps, of which the first is this one, by day."""
    body, pixels = told.pack(), 12 + 9 * len(told.lines)
    levels = ctypes.create_string_buffer(3 * pixels * HALVES)
    library().host_draw(body, len(body), half, levels)
    return [colours(levels.raw[3 * pixels * at : 3 * pixels * (at + 1)]) for at in range(HALVES)]


def colours(levels: bytes) -> list[Rgb]:
    """Levels as pixels."""
    return list(zip(levels[::3], levels[1::3], levels[2::3], strict=True))


def chirp(which: int) -> list[tuple[int, int]]:
    """A chirp as periods in microseconds (0 is a pause) and milliseconds."""
    periods = (ctypes.c_uint16 * 250)()
    library().host_chirp(which, periods, ctypes.c_size_t(len(periods)))
    notes: list[tuple[int, int]] = []
    for period in periods:
        if period == OVER:
            return notes
        if notes and notes[-1][0] == period:
            notes[-1] = period, notes[-1][1] + TICK_MS
        else:
            notes.append((period, TICK_MS))
    raise AssertionError("a chirp of more than a second")


def debounced(samples: Sequence[int]) -> list[int]:
    """The buttons that changed at each sample."""
    changed = (ctypes.c_uint16 * len(samples))()
    library().host_debounce(
        (ctypes.c_uint16 * len(samples))(*samples), changed, ctypes.c_size_t(len(samples))
    )
    return list(changed)


class PureTower:
    """The whole controller without its hardware, on a clock of ticks."""

    def __init__(self) -> None:
        self._tower = ctypes.c_void_p(library().host_tower())
        self.pixels: list[Rgb] = []
        """What each pixel of the chain shows."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        library().host_free(self._tower)

    def hear(self, wire: bytes) -> None:
        """Take bytes from the line."""
        library().host_hear(self._tower, wire, ctypes.c_size_t(len(wire)))

    def tick(self) -> None:
        """Let a tick pass, and draw if there is anything new."""
        count = library().host_tick(self._tower)
        if count:
            levels = ctypes.create_string_buffer(3 * count)
            library().host_levels(self._tower, count, levels)
            self.pixels[:count] = colours(levels.raw)

    def said(self) -> list[Message]:
        """Everything that it has to say now."""
        frames: list[Frame] = []
        frame = ctypes.create_string_buffer(64)
        while count := library().host_say(self._tower, frame):
            frames.append(frame_of(frame.raw[1 : count - 1]))
        return [one.message for one in frames]
