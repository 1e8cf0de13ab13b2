"""Frames gone wrong on their way: bits, bytes and ends lost, bodies that never were right. From a seed."""

import random
from collections.abc import Callable, Sequence
from typing import Final

from appliance.tower.wire import BODY_BYTES_MAX, Decoder, Frame, Type, encode
from appliance.tower.wire.frames import HEAD, checked, stuffed

Way = Callable[[bytes, random.Random], bytes]


def _flipped(wire: bytes, chance: random.Random) -> bytes:
    changed = bytearray(wire)
    for _ in range(chance.randrange(1, 5)):
        changed[chance.randrange(len(wire))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def _changed(wire: bytes, chance: random.Random) -> bytes:
    changed = bytearray(wire)
    for _ in range(chance.randrange(1, 4)):
        changed[chance.randrange(len(wire))] = chance.randrange(256)
    return bytes(changed)


def _cut(wire: bytes, chance: random.Random) -> bytes:
    first, last = sorted(chance.sample(range(len(wire) + 1), 2))
    return wire[first:last]


def _doubled(wire: bytes, chance: random.Random) -> bytes:
    first, last = sorted(chance.sample(range(len(wire) + 1), 2))
    return wire[:last] + wire[first:]


def _without(wire: bytes, chance: random.Random) -> bytes:
    first, last = sorted(chance.sample(range(len(wire) + 1), 2))
    return wire[:first] + wire[last:]


def _swapped(wire: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(wire) - 1)
    return wire[:at] + wire[at + 1 : at + 2] + wire[at : at + 1] + wire[at + 2 :]


def _noise(_wire: bytes, chance: random.Random) -> bytes:
    return chance.randbytes(chance.randrange(1, 60))


def _right_checksum_around_anything(_wire: bytes, chance: random.Random) -> bytes:
    """What a unit gone wrong might say: the frame is sound, and its body is anything."""
    body = chance.randbytes(chance.choice((0, 1, 2, 17, 21, 45, chance.randrange(BODY_BYTES_MAX + 3))))
    length = len(body) if chance.random() < 0.8 else chance.randrange(256)
    kind = chance.choice((*Type, chance.randrange(256)))
    return b"\0" + stuffed(checked(HEAD.pack(length, kind, chance.randrange(256)) + body)) + b"\0"


WAYS: Final[tuple[Way, ...]] = (
    _flipped,
    _changed,
    _cut,
    _doubled,
    _without,
    _swapped,
    _noise,
    _right_checksum_around_anything,
)


def damaged(frames: Sequence[Frame], chance: random.Random) -> bytes:
    """Bytes that one of these frames has become, in which no frame is left whole."""
    while True:
        frame = chance.choice(frames)
        wire = chance.choice(WAYS)(encode(frame.message, frame.sequence), chance)
        if not Decoder().receive(b"\0" + wire + b"\0"):
            return wire
