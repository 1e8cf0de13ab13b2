"""The flash meter counts what lights, and only that."""

from appliance.core.beats import STEP_MS
from appliance.core.picture import Overlay, Picture, Segment, Showing
from appliance.core.words import InstantMs
from appliance.simulate.flashes import FlashMeter

DARK = Picture((Segment("Main"), Segment("Lab")))
MAIN = Picture((Segment("Main", Showing.TAKEN), Segment("Lab")))


def flicker(times: int, every_ms: float, lit: Picture = MAIN, dark: Picture = DARK) -> list[str]:
    meter, told, at_ms = FlashMeter(2), [], 5_000.0
    for _ in range(times):
        told += [meter.show(lit, InstantMs(at_ms)), meter.show(dark, InstantMs(at_ms + every_ms / 2))]
        at_ms += every_ms
    return [sentence for sentence in told if sentence]


def test_three_lights_within_a_second_are_allowed() -> None:
    assert flicker(times=3, every_ms=100) == []


def test_the_fourth_light_within_a_second_is_one_too_many() -> None:
    assert flicker(times=4, every_ms=330)[0] == "segment 1 lit 4 times within 990.0 ms"
    assert flicker(times=40, every_ms=334) == []


def test_what_lights_all_over_the_tower_counts_together() -> None:
    lost = Picture(DARK.segments, overlay=Overlay.LOST)
    assert any("the whole tower" in told for told in flicker(5, 2 * STEP_MS - 200, lost))


def test_a_picture_that_stands_for_long_is_drawn_around_its_ends_only() -> None:
    urgent = Picture((Segment("Main", Showing.URGENT, 3, 3), Segment("Lab")))
    meter = FlashMeter(2)
    meter.show(urgent, InstantMs(0))
    assert meter.show(DARK, InstantMs(600_000)) is None
    assert 10 < meter.frame_count < 60
