"""Every picture that the board can produce, drawn by the real firmware as the core draws it."""

from collections.abc import Iterator

import pytest

from appliance.core.picture import Overlay, Picture, settle
from appliance.core.words import LINES_MAX, InstantMs
from appliance.tower.wire import set_of
from tests.core.test_picture_limits import EVERY_SEGMENT
from tests.firmware.drawn import expected, middles, run_to, unlike
from tests.peers.tower import Tower

NIGHT = 32
"""At this brightness the current limit dims no picture there is: each level can be compared with its own."""


def told(tower: Tower, before: Picture, wanted: Picture, brightness: int) -> Picture:
    """Tell a picture as a unit would that showed another one before."""
    picture = settle(before, wanted, InstantMs(tower.now_ms))
    tower.ask(set_of(picture, InstantMs(tower.now_ms), brightness))
    return picture


def drawn_wrong(tower: Tower, picture: Picture, brightness: int) -> Iterator[str]:
    """Every half step in which the tower shows something else than this picture, in words."""
    told_ms = tower.now_ms
    for middle_ms in middles(picture, told_ms):
        if middle_ms - told_ms > 1_000:
            told_ms = tower.now_ms
            tower.say(set_of(picture, InstantMs(told_ms), brightness))
        run_to(tower, middle_ms)
        wanted = expected(picture, middle_ms, brightness)
        for difference in unlike(tower.chain[: len(wanted)], wanted):
            yield f"{difference} at {middle_ms} in {picture}"


@pytest.mark.parametrize("overlay", Overlay)
def test_every_picture_is_drawn_as_the_core_draws_it(tower: Tower, overlay: Overlay) -> None:
    # After a reset the firmware lets nothing come on twice in a third of a second, whatever it showed before.
    tower.run(500)
    picture = Picture(())
    for first in range(0, len(EVERY_SEGMENT), LINES_MAX):
        segments = tuple(EVERY_SEGMENT[first : first + LINES_MAX])
        wanted = Picture(segments, overlay=overlay, fault=first % 16 == 0, more_count=first % 3)
        picture = told(tower, picture, wanted, NIGHT)
        assert list(drawn_wrong(tower, picture, NIGHT)) == []
