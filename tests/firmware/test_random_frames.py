"""Random and mutated frames at the line's full rate, each followed by a good one, into the real firmware."""

import random
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest

from appliance.tower.wire import Decoder, Frame, Hello, Status, Who, encode
from tests.firmware.damage import damaged
from tests.peers.tower import BYTE_MS, Tower, running_tower
from tests.tower.golden import FRAMES, QUIET

DAMAGED = 50_000
"""In each story; `make soak` tells twenty more of them, a million in all."""

SOAK_STORIES = range(1, 21)

TOWERS = 2
"""So many at once, for there are two processors."""

BATCH = 200
"""Frames that are sent at once: what is random must not wait for Python between two of them."""

ANSWER_BYTES = 22
"""A STATUS on the wire. Good frames stand so many bytes apart, or their answers would have to wait."""

GOOD = [Frame(place % 256, QUIET if place % 5 == 4 else Who()) for place in range(BATCH)]


def batch(chance: random.Random) -> bytes:
    """Damaged frames, each followed by one of the good ones."""
    parts = []
    for frame in GOOD:
        bad, good = damaged(tuple(FRAMES.values()), chance), encode(frame.message, frame.sequence)
        # Nothing between two zero bytes is no frame.
        parts.append(bad + b"\0" * (ANSWER_BYTES - len(bad) - len(good)) + good)
    return b"".join(parts)


def compare(tower: Tower, seed: int) -> None:
    """Send this tower's part of the damaged frames. The Python decoder says how many are to be counted."""
    chance = random.Random(seed)
    decoder = Decoder()
    for _ in range(DAMAGED // TOWERS // BATCH):
        wire, since_ms = batch(chance), tower.now_ms
        assert decoder.receive(wire) == GOOD
        tower.send(wire)
        tower.run(len(wire) * BYTE_MS + 30)
        answered = [status.answers for status in tower.messages(Status, since_ms)]
        assert answered == [frame.sequence for frame in GOOD if frame.message == QUIET]
        assert len(tower.messages(Hello, since_ms)) == BATCH - len(answered)
        assert tower.messages(Status)[-1].damaged_count == decoder.damaged_count
        tower.forget()
    assert tower.ask(QUIET).overrun_count == tower.lost_count == 0
    assert [reset.cause for reset in tower.resets] == ["power"]


@pytest.mark.parametrize(
    "story", [0, *(pytest.param(story, marks=pytest.mark.soak) for story in SOAK_STORIES)]
)
def test_no_damaged_frame_passes_and_none_costs_the_next_one(story: int) -> None:
    seeds = range(TOWERS * story, TOWERS * (story + 1))
    with ExitStack() as running, ThreadPoolExecutor(TOWERS) as pool:
        towers = [running.enter_context(running_tower()) for _ in seeds]
        list(pool.map(compare, towers, seeds))
