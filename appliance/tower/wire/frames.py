"""Frames: messages as bytes on the wire, and back, with no I/O. Twin of firmware/src/frame.c and cobs.c.

A frame is (length, type, sequence, body, CRC-32), stuffed by COBS (Cheshire and Baker, 1999) so that it holds
no zero byte, between two zero bytes. The length lies inside the checksum: without that, one damaged frame in
a thousand passes. The decoder drops whatever is wrong up to the next zero byte, counts it, and goes on: it
cannot wedge, and a damaged frame never costs the one after it.
"""

import struct
import zlib
from dataclasses import dataclass
from typing import Final

from appliance.tower.wire.messages import MESSAGES, Message

BODY_BYTES_MAX: Final = 64
"""The longest body. A SET of eight lines has 56 bytes, and the controller's buffer room for so many. What is
longer is dropped like any damaged frame."""

HEAD: Final = struct.Struct("<BBB")
CHECKSUM: Final = struct.Struct("<I")

STUFFED_BYTES_MAX: Final = 1 + HEAD.size + BODY_BYTES_MAX + CHECKSUM.size
"""Bytes between two zero bytes. One byte of stuffing is enough: a second one is needed from 254 bytes on."""

END: Final = b"\0"


@dataclass(frozen=True, slots=True)
class Frame:
    """A message that was received."""

    sequence: int
    message: Message


def encode(message: Message, sequence: int) -> bytes:
    """Return a message as it goes over the wire.

    Args:
        message: the message; raises `MalformedBody` if a field is beyond its range.
        sequence: the sender's count of frames, 0 to 255.
    """
    body = message.pack()
    return END + stuffed(checked(HEAD.pack(len(body), message.TYPE, sequence) + body)) + END


def checked(plain: bytes) -> bytes:
    """Return these bytes and their checksum."""
    return plain + CHECKSUM.pack(zlib.crc32(plain))


def stuffed(plain: bytes) -> bytes:
    """Return fewer than 254 bytes without any zero byte among them, by COBS."""
    return b"".join(bytes((len(run) + 1,)) + run for run in plain.split(b"\0"))


def unstuffed(packed: bytes) -> bytes:
    """Return what was stuffed.

    Raises:
        ValueError: these bytes were not made by stuffing.
    """
    runs = []
    at = 0
    while at < len(packed):
        end = at + packed[at]
        if end > len(packed):
            raise ValueError("the last run is longer than what there is")
        runs.append(packed[at + 1 : end])
        at = end
    return b"\0".join(runs)


class Decoder:
    """Takes bytes as they come, in any portions, and returns the good frames among them."""

    def __init__(self) -> None:
        """Begin between two frames."""
        self.damaged_count = 0
        """Frames that were dropped."""
        self._held = bytearray()

    def receive(self, received: bytes) -> list[Frame]:
        """Return the good frames that these bytes complete, in order."""
        frames = []
        *ends, rest = received.split(END)
        for part in ends:
            self._hold(part)
            if self._held:
                try:
                    frames.append(frame_of(bytes(self._held)))
                except ValueError:
                    self.damaged_count += 1
            self._held.clear()
        self._hold(rest)
        return frames

    def _hold(self, part: bytes) -> None:
        """Keep what may still become a frame: one byte more than the longest tells that it is too long."""
        self._held += part[: STUFFED_BYTES_MAX + 1 - len(self._held)]


def frame_of(packed: bytes) -> Frame:
    """Return the frame between two zero bytes.

    Raises:
        ValueError: anything is wrong with it; the text says what, for people who look at a wire.
    """
    if len(packed) > STUFFED_BYTES_MAX:
        raise ValueError("longer than any frame")
    plain = unstuffed(packed)
    if len(plain) < HEAD.size + CHECKSUM.size:
        raise ValueError("shorter than any frame")
    length, kind, sequence = HEAD.unpack_from(plain)
    body = plain[HEAD.size : -CHECKSUM.size]
    if length != len(body):
        raise ValueError("another length than it says")
    if checked(plain[: -CHECKSUM.size]) != plain:
        raise ValueError("a wrong checksum")
    if kind not in MESSAGES:
        raise ValueError("an unknown type")
    return Frame(sequence, MESSAGES[kind].unpack(body))
