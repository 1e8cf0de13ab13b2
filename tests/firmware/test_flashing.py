"""Whatever a unit asks for: no pixel and no segment comes on more than three times in a second."""

import random
from collections.abc import Sequence

import pytest

from appliance.core.words import LINES_MAX
from appliance.tower.wire import (
    KEYS,
    Age,
    Chirp,
    Cover,
    LampLook,
    Set,
    SetLamp,
    SetLine,
    Shown,
)
from tests.firmware.drawn import STATUS_PIXELS, segment_at
from tests.peers.board import CHAIN_PIXELS, Pixels
from tests.peers.tower import Tower

SECOND_MS = 1_000.0

SEEDS = range(4)

STORY_MS = 10_000.0

RESETS = 0.01
"""How often a SET is followed by a reset, or by a hang and the watchdog's."""


def came_on(shown: Sequence[Pixels], lines: int) -> dict[str, list[float]]:
    """When each pixel of the chain and each segment of so many lines came on."""
    pixels = [False] * CHAIN_PIXELS
    lit: dict[str, bool] = {}
    instants: dict[str, list[float]] = {}
    for frame in shown:
        # A shorter frame leaves the pixels behind it as they are.
        pixels[: len(frame.colours)] = map(any, frame.colours)
        lights = {f"pixel {place}": is_lit for place, is_lit in enumerate(pixels)}
        lights |= {f"segment {line}": any(pixels[segment_at(line)]) for line in range(lines)}
        for name, is_lit in lights.items():
            if is_lit and not lit.get(name, False):
                instants.setdefault(name, []).append(frame.at_ms)
        lit = lights
    return instants


def too_often(shown: Sequence[Pixels], lines: int) -> list[str]:
    """Every light that came on four times within a second."""
    return [
        f"{name} came on four times from {first:.1f} to {fourth:.1f}"
        for name, instants in came_on(shown, lines).items()
        for first, fourth in zip(instants, instants[3:], strict=False)
        if fourth - first <= SECOND_MS
    ]


def anything(chance: random.Random, count: int) -> Set:
    """A SET of so many lines that the wire allows, of a unit that takes no care at all."""
    near = chance.choice((-128, 0, chance.randrange(-128, 128), chance.randrange(-4, 4)))
    lines = tuple(
        SetLine(
            chance.choice(list(Shown)), chance.randrange(4), chance.randrange(4), chance.randrange(3),
            chance.random() < 0.2, chance.random() < 0.2, near,
        )
        for _ in range(count)
    )  # fmt: skip
    lamps = (SetLamp(chance.choice(list(LampLook)), chance.randrange(4)) for _ in range(count + len(KEYS)))
    return Set(
        phase_ms=chance.randrange(10_000), lines=lines, lamps=tuple(lamps), cover=chance.choice(list(Cover)),
        alive=chance.random() < 0.8, fault=chance.random() < 0.5, more=chance.random() < 0.5,
        owed=chance.choice(list(Age)), voicemail=chance.choice(list(Age)), cover_entered=near,
        fault_entered=near, more_entered=near, brightness=chance.randrange(1, 256),
        volume=chance.randrange(4), chirp=chance.choice(list(Chirp)), chirps=chance.randrange(8),
    )  # fmt: skip


def tell_anything(tower: Tower, chance: random.Random, counts: Sequence[int]) -> None:
    """Be a unit gone wrong for a while, and the cause of a reset now and then."""
    pace_ms = chance.choice((30, 100, 400))
    until_ms = tower.now_ms + STORY_MS
    while tower.now_ms < until_ms:
        tower.say(anything(chance, chance.choice(counts)))
        tower.run(chance.uniform(20, 2 * pace_ms))
        if chance.random() < RESETS:
            chance.choice((tower.reset, lambda: tower.hang_after(1)))()
            tower.run(300)


@pytest.mark.parametrize("lines", [1, 2, LINES_MAX])
def test_no_sequence_of_sets_makes_a_light_flash_more_than_three_times_in_a_second(
    tower: Tower, lines: int
) -> None:
    for seed in SEEDS:
        tell_anything(tower, random.Random(seed), [lines])
    assert too_often(tower.pixels, lines) == []
    assert len(came_on(tower.pixels, lines)) == STATUS_PIXELS + 10 * lines + len(KEYS)


def test_a_tower_that_becomes_longer_and_shorter_flashes_no_more_often_for_it(tower: Tower) -> None:
    for seed in SEEDS:
        tell_anything(tower, random.Random(seed), range(1, LINES_MAX + 1))
    # A place of the chain is a segment at one time and a lamp at another.
    assert too_often(tower.pixels, lines=0) == []
    assert len(came_on(tower.pixels, lines=0)) == CHAIN_PIXELS


def test_the_watcher_sees_what_flashes_too_often() -> None:
    dark, lit = ((0, 0, 0),) * CHAIN_PIXELS, ((0, 0, 9),) * CHAIN_PIXELS
    shown = [Pixels(place * 166.0, lit if place % 2 else dark) for place in range(9)]
    assert len(too_often(shown, LINES_MAX)) == CHAIN_PIXELS + LINES_MAX
    assert too_often([Pixels(one.at_ms * 1.01, one.colours) for one in shown], LINES_MAX) == []
