"""A program that hangs anywhere: the watchdog ends it, and the next SET brings the picture back."""

import random

import pytest

from appliance.core.picture import Picture, Segment, Showing
from appliance.core.words import InstantMs
from appliance.tower.wire import Hello, Status, set_of
from tests.firmware.drawn import expected, unlike
from tests.peers.tower import Tower

SHORT, LONG = 50, 1_000

RECOVERS_MS = 300.0

SHOWN_AGAIN_MS = 400.0
"""After a reset nothing comes on before the flash limit could have been paid for what was lit before it."""

INSTRUCTIONS_MAX = 30_000
"""What the firmware runs through in a hundred milliseconds or so: the hang may come anywhere in it."""

PLACES_MIN = 200
"""At how many addresses many hangs must come. The chip waits in a few instructions most of the time: a
thousand hangs came at 311 addresses, and more hangs would hardly come at more."""

WATCHDOG = 8
"""The bit of MCUSR."""

TIMSK2 = 0x70
"""The register that lets timer 2 interrupt: the tick."""

BRIGHTNESS = 32

BUSY = Picture(tuple(Segment(str(line), Showing.URGENT, 3, 3, marks=2) for line in range(8)), fault=True)

STEADY = Picture(tuple(Segment(str(line), Showing.TAKEN) for line in range(8)))


def tell(tower: Tower, picture: Picture) -> None:
    tower.say(set_of(picture, InstantMs(tower.now_ms), BRIGHTNESS))


def hang(tower: Tower, chance: random.Random) -> float:
    """Let the program hang somewhere while it has everything to do; for how long it then stood still."""
    hangs, resets = len(tower.hangs), len(tower.resets)
    tower.hang_after(chance.randrange(1, INSTRUCTIONS_MAX))
    while len(tower.hangs) == hangs:
        tell(tower, BUSY)
        chance.choice((tower.press, tower.release))(chance.randrange(12))
        tower.run(20)
    tower.run(RECOVERS_MS)
    assert [reset.cause for reset in tower.resets[resets:]] == ["watchdog"]
    return tower.resets[-1].at_ms - tower.hangs[-1].at_ms


@pytest.mark.parametrize("count", [SHORT, pytest.param(LONG, marks=pytest.mark.soak)])
def test_the_watchdog_ends_a_hang_anywhere_and_the_next_set_brings_the_picture_back(
    tower: Tower, count: int
) -> None:
    chance = random.Random(4)
    for number in range(1, count + 1):
        assert hang(tower, chance) <= RECOVERS_MS
        tower.run(20)
        hello = tower.messages(Hello)[-1]
        assert (hello.boot_count, hello.reset_cause) == (number, WATCHDOG)
        tell(tower, STEADY)
        tower.run(SHOWN_AGAIN_MS)
        wanted = expected(STEADY, tower.now_ms, BRIGHTNESS)
        assert unlike(tower.chain[: len(wanted)], wanted) == []
        tower.forget()
    addresses = {hang.address for hang in tower.hangs}
    assert len(addresses) > min(count / 3, PLACES_MIN), "the hangs were all in the same few places"


def test_a_tick_that_stands_still_is_a_hang_though_the_line_is_served(tower: Tower) -> None:
    tower.keep(STEADY, 1_000)
    stopped_ms = tower.now_ms
    tower.poke(TIMSK2, b"\0")
    tower.keep(STEADY, RECOVERS_MS)
    assert [reset.cause for reset in tower.resets] == ["power", "watchdog"]
    assert tower.resets[-1].at_ms - stopped_ms <= RECOVERS_MS
    # The line was served: it has answered SETs meanwhile.
    assert tower.heard(Status, stopped_ms)[0].at_ms < tower.resets[-1].at_ms
