"""A unit that shows one picture after the other and a controller on its own clock: both draw the same."""

from collections.abc import Iterator
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.core.beats import HALF_STEP_MS, STEP_MS, STEPS_APART_MIN, half_at, instant_of
from appliance.core.lamps import ButtonLamp, LampLook, is_lamp_lit
from appliance.core.picture import Overlay, Picture, Segment, settle
from appliance.core.words import InstantMs
from appliance.tower.wire import Status, encode, set_of
from tests.core.test_picture_limits import OVERLAYS, SEGMENTS
from tests.firmware.drawn import expected, unlike
from tests.peers.board import Rgb, is_lit
from tests.peers.pure_firmware import TICK_MS, PureTower

NIGHT = 32
"""At this brightness the current limit dims nothing here."""

SET_EVERY_MS = 250
SEEN_AFTER_MS = 40
"""By then a picture has come over the wire, and the tick after it has passed."""

DRIFTS = st.sampled_from((-0.005, 0.0, 0.005))
"""By how much of its length a second of the controller's differs: a ceramic resonator's 0.5 %."""

LAMPS = st.tuples(*4 * [st.sampled_from(LampLook)])


class Unit:
    """A unit at a controller whose clock drifts, with a line that delays each SET a little."""

    def __init__(self, tower: PureTower, drift: float, delays_ms: list[float]) -> None:
        self.now_ms = 1_000_000.0
        self._tower = tower
        self._tick_ms = TICK_MS * (1 + drift)
        self._delays_ms = delays_ms
        self._sets = 0
        self._due_ms = self.now_ms
        self._under_way: list[tuple[float, bytes]] = []

    def show(self, picture: Picture) -> None:
        """Tell this picture now."""
        wire = encode(set_of(picture, InstantMs(self.now_ms), NIGHT), self._sets % 256)
        delay_ms = len(wire) / 3.84 + self._delays_ms[self._sets % len(self._delays_ms)]
        earliest_ms = self._under_way[-1][0] if self._under_way else 0.0
        self._under_way.append((max(self.now_ms + delay_ms, earliest_ms), wire))
        self._sets += 1
        self._due_ms = self.now_ms + SET_EVERY_MS

    def run(self, picture: Picture, for_ms: float) -> Iterator[tuple[float, list[Rgb]]]:
        """Keep telling a picture for so long; every instant of a tick, with what the pixels show."""
        until_ms = self.now_ms + for_ms
        while self.now_ms < until_ms:
            if self.now_ms >= self._due_ms:
                self.show(picture)
            while self._under_way and self._under_way[0][0] <= self.now_ms:
                self._tower.hear(self._under_way.pop(0)[1])
            self._tower.tick()
            self.now_ms += self._tick_ms
            yield self.now_ms, self._tower.pixels


def in_the_middle(picture: Picture, at_ms: float) -> bool:
    """Whether an instant is nowhere near an edge of the beat: there a tower is a few milliseconds late."""
    start_ms = instant_of(picture.epoch_ms, half_at(picture.epoch_ms, InstantMs(at_ms)))
    return 25 < at_ms - start_ms < HALF_STEP_MS - 10


def seen_after_ms(before: Picture, told_ms: float) -> float:
    """From when on a tower shows the picture that replaced this one at that instant.

    What was about to come on while the next picture was on the wire has come on. The tower then keeps it dark
    for two steps, whatever the next picture says: never more than three flashes in a second.
    """
    lights = (before.overlay_entered_ms, before.fault_entered_ms, before.more_entered_ms)
    entered = (
        *lights,
        *(one.entered_ms for one in before.segments),
        *(one.entered_ms for one in before.lamps),
    )
    came_on = (told_ms < at_ms <= told_ms + SEEN_AFTER_MS for at_ms in entered)
    return told_ms + SEEN_AFTER_MS + (STEPS_APART_MIN * STEP_MS if any(came_on) else 0)


@settings(max_examples=60)
@given(
    st.lists(
        st.tuples(
            st.floats(60, 2_000), st.tuples(SEGMENTS, SEGMENTS), OVERLAYS, LAMPS, st.booleans(), st.booleans()
        ),
        min_size=1,
        max_size=12,
    ),
    DRIFTS,
    st.lists(st.floats(0, 12), min_size=1, max_size=7),
)
def test_any_sequence_of_pictures_is_drawn_as_the_core_draws_it(
    steps: list[tuple[float, tuple[Segment, Segment], Overlay, tuple[LampLook, ...], bool, bool]],
    drift: float,
    delays_ms: list[float],
) -> None:
    picture = Picture((Segment("Main"),) * 2, lamps=(ButtonLamp(),) * 5)
    with PureTower() as tower:
        unit = Unit(tower, drift, delays_ms)
        list(unit.run(picture, 1_000))
        for for_ms, segments, overlay, looks, fault, more in steps:
            lamps = tuple(map(ButtonLamp, (*looks, LampLook.OFF)))
            wanted = Picture(segments, overlay, fault=fault, more_count=int(more), lamps=lamps)
            told_ms = unit.now_ms
            seen_ms = seen_after_ms(picture, told_ms)
            picture = settle(picture, wanted, InstantMs(told_ms))
            unit.show(picture)
            for at_ms, pixels in unit.run(picture, for_ms):
                if at_ms < seen_ms or not in_the_middle(picture, at_ms):
                    continue
                wrong = unlike(pixels[:25], expected(picture, at_ms, NIGHT))
                lit = [is_lamp_lit(lamp, picture.epoch_ms, InstantMs(at_ms)) for lamp in picture.lamps]
                assert (wrong, [is_lit(pixel) for pixel in pixels[25:30]]) == ([], lit), at_ms - told_ms


@pytest.mark.parametrize("look", LampLook)
@pytest.mark.parametrize("step", range(0, 29, 2))
def test_a_lamp_answers_a_press_as_the_core_has_it(look: LampLook, step: int) -> None:
    lamps = (ButtonLamp(look),) * 4
    quiet = Picture((Segment("Main"),), lamps=(ButtonLamp(),) * 4)
    with PureTower() as tower:
        unit = Unit(tower, 0, [0.0])
        list(unit.run(quiet, 1_000))
        before = settle(quiet, Picture(quiet.segments, lamps=lamps), InstantMs(unit.now_ms))
        unit.show(before)
        list(unit.run(before, 8 * STEP_MS + step * HALF_STEP_MS / 2 + 20))
        pressed = tuple(ButtonLamp(look, blinks=1) for _ in lamps)
        after = settle(before, Picture(quiet.segments, lamps=pressed), InstantMs(unit.now_ms))
        told_ms = unit.now_ms
        unit.show(after)
        seen = [
            (at_ms, is_lit(pixels[17]))
            for at_ms, pixels in unit.run(after, 3_000)
            if at_ms > told_ms + SEEN_AFTER_MS
        ]
    edges_seen = [at_ms for (_, was), (at_ms, lit) in pairwise(seen) if was != lit]
    wanted = [(at_ms, is_lamp_lit(after.lamps[0], after.epoch_ms, InstantMs(at_ms))) for at_ms, _ in seen]
    edges_wanted = [at_ms for (_, was), (at_ms, lit) in pairwise(wanted) if was != lit]
    assert len(edges_seen) == len(edges_wanted)
    assert seen[0][1] == wanted[0][1]
    for at_ms, wanted_ms in zip(edges_seen, edges_wanted, strict=True):
        # Where a lamp came on a moment ago, the guard lets it answer 48 ms sooner than the core.
        assert abs(at_ms - wanted_ms) < 60


def test_a_unit_whose_clock_drifts_is_followed() -> None:
    for drift in (-0.005, 0.005):
        picture = settle(
            Picture((Segment("Main"),)), Picture((Segment("Main"),), Overlay.LOST), InstantMs(1_000_000)
        )
        with PureTower() as tower:
            unit = Unit(tower, drift, [0.0, 3.0, 9.0])
            for at_ms, pixels in unit.run(picture, 60_000):
                if at_ms > 1_001_000 and in_the_middle(picture, at_ms):
                    assert unlike(pixels[:17], expected(picture, at_ms, NIGHT)) == []
            assert all(not one.was_lost for one in tower.said()[1:] if isinstance(one, Status))
