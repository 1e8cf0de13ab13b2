"""SIP gone wrong: torn, changed and random datagrams from a seed. Pure."""

import random
from collections.abc import Iterator
from typing import Final

LONGEST: Final = 2_000


def damaged(message: bytes, seed: int, count: int) -> Iterator[bytes]:
    """`count` datagrams that are not this message any more, the same ones for the same seed."""
    chance = random.Random(seed)
    ways = (_torn, _changed, _doubled, _without_a_line, _stretched, _random)
    for _ in range(count):
        yield chance.choice(ways)(message, chance)


def _torn(message: bytes, chance: random.Random) -> bytes:
    return message[: chance.randrange(1, len(message))]


def _changed(message: bytes, chance: random.Random) -> bytes:
    changed = bytearray(message)
    for _ in range(chance.randrange(1, 12)):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def _doubled(message: bytes, chance: random.Random) -> bytes:
    lines = message.split(b"\r\n")
    return b"\r\n".join(chance.choices(lines, k=len(lines) * 2))


def _without_a_line(message: bytes, chance: random.Random) -> bytes:
    lines = message.split(b"\r\n")
    del lines[chance.randrange(len(lines))]
    return b"\r\n".join(lines)


def _stretched(message: bytes, chance: random.Random) -> bytes:
    place = chance.randrange(len(message))
    return message[:place] + bytes([chance.randrange(256)]) * chance.randrange(1, LONGEST) + message[place:]


def _random(_message: bytes, chance: random.Random) -> bytes:
    return chance.randbytes(chance.randrange(1, LONGEST))
