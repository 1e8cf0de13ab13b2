"""Lamp towers: which lamp is given to what, what a beacon shows, and the flash limits of both."""

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.core.beats import STEP_MS, instant_of
from appliance.core.frames import lamps_at
from appliance.core.picture import Overlay, Picture, Segment, Showing, settle
from appliance.core.words import InstantMs
from appliance.tower.declared import host_lost_picture, shutdown_picture
from appliance.tower.lamps import Lamp, LampColour, Lamplighter, Use, assign, most_urgent
from tests.core.test_picture_limits import GAPS_MS, OVERLAYS, SEGMENTS

RED, YELLOW, GREEN, BLUE, WHITE = LampColour
STACK = (RED, YELLOW, GREEN)
FIVE = (RED, YELLOW, GREEN, BLUE, WHITE)

QUIET = Segment("Main")
WAITS = Segment("Main", Showing.WAITING, 1, 1)
URGENT = Segment("Main", Showing.URGENT, 3, 3)


def uses(colours: tuple[LampColour, ...], line_count: int, alive: LampColour | None = GREEN) -> str:
    """The assignment in words: ``red urgent 1 2, yellow beacon 1 2, green alive``."""
    lamps = assign(colours, line_count, alive)
    return ", ".join(
        " ".join([lamp.colour, lamp.use, *(str(place + 1) for place in lamp.lines)]) for lamp in lamps
    )


def test_the_first_lamps_are_the_first_lines_and_the_last_one_is_the_beacon_of_all_the_others() -> None:
    assert uses(FIVE, 3) == "red urgent 1 2 3, yellow line 1, green alive, blue line 2, white line 3"
    assert (
        uses(FIVE, 5) == "red urgent 1 2 3 4 5, yellow line 1, green alive, blue line 2, white beacon 3 4 5"
    )
    assert uses(STACK, 1) == "red urgent 1, yellow line 1, green alive"
    assert uses(STACK, 2) == "red urgent 1 2, yellow beacon 1 2, green alive"
    assert uses((WHITE,), 4, None) == "white beacon 1 2 3 4"
    assert uses((WHITE,), 1, None) == "white line 1"


def test_a_lamp_too_many_is_spare() -> None:
    assert uses(FIVE, 1) == "red urgent 1, yellow line 1, green alive, blue spare, white spare"


def test_without_an_alive_lamp_there_is_one_more_for_the_lines() -> None:
    assert uses(STACK, 2, None) == "red urgent 1 2, yellow line 1, green line 2"
    assert uses((YELLOW, BLUE), 2, GREEN) == "yellow line 1, blue line 2"


def test_a_red_lamp_is_never_given_to_a_lines_ordinary_state() -> None:
    assert uses((RED,), 2) == "red urgent 1 2"
    assert uses((RED, RED, GREEN), 2) == "red urgent 1 2, red urgent 1 2, green alive"


class Stand:
    """A lamp tower to which pictures are handed as the board settles them."""

    def __init__(self, colours: tuple[LampColour, ...], line_count: int) -> None:
        self.lighter = Lamplighter(assign(colours, line_count, GREEN))
        self.picture = Picture(tuple(Segment(str(place)) for place in range(line_count)))
        self.now_ms = InstantMs(0)

    def show(self, *segments: Segment, overlay: Overlay = Overlay.NONE, fault: bool = False) -> Picture:
        wanted = Picture(segments, overlay=overlay, fault=fault)
        self.picture = settle(self.picture, wanted, self.now_ms)
        return self.picture

    def beats(self, steps: int) -> list[str]:
        """Each lamp over so many steps from now on, a letter for each half step: ``#`` lit, ``.`` dark."""
        columns = []
        for half in range(2 * steps):
            lit, _ = self.lighter.lit(self.picture, InstantMs(instant_of(self.now_ms, half) + 1))
            columns.append(["#" if one else "." for one in lit])
        self.now_ms = instant_of(self.now_ms, 2 * steps)
        return ["".join(column) for column in zip(*columns, strict=True)]


def test_a_quiet_tower_is_dark_but_for_its_alive_lamp_and_asks_for_nothing() -> None:
    lighter = Lamplighter(assign(STACK, 2, GREEN))
    assert lighter.lit(Picture((QUIET, QUIET)), InstantMs(5)) == ((False, False, True), None)
    assert lighter.lit(shutdown_picture(["Main", "Lab"]), InstantMs(6))[0] == (False, False, False)
    assert lighter.lit(host_lost_picture(["Main", "Lab"]), InstantMs(7))[0] == (True, True, False)


def test_an_ordinary_caller_lights_the_beacon_alone_and_an_urgent_one_the_red_lamp_with_it() -> None:
    stand = Stand(STACK, 2)
    stand.show(QUIET, WAITS)
    assert stand.beats(7) == ["..............", "#######.......", "##############"]
    stand.show(URGENT, WAITS)
    # The beacon was to come on now as it was, so it is dark for two steps before it joins the red lamp.
    assert stand.beats(8)[:2] == ["####..##..##..##", "....####..##..##"]


def test_the_lamp_test_of_a_line_lights_every_lamp_that_speaks_for_it() -> None:
    stand = Stand(FIVE, 3)
    stand.show(QUIET, Segment("Lab", Showing.TESTED), QUIET)
    assert stand.beats(4) == ["########", "........", "########", "########", "........"]


def test_the_beacon_says_that_more_than_one_caller_waits_on_its_lines() -> None:
    stand = Stand(STACK, 2)
    stand.show(WAITS, WAITS)
    assert stand.beats(7)[1] == "######..##...."


def test_a_lamp_of_its_own_is_lit_exactly_as_the_line_is() -> None:
    stand = Stand(FIVE, 3)
    picture = stand.show(WAITS, URGENT, QUIET)
    for half in range(60):
        at_ms = InstantMs(instant_of(picture.epoch_ms, half) + 1)
        lit, _ = stand.lighter.lit(picture, at_ms)
        assert (lit[1], lit[3], lit[4]) == lamps_at(picture, at_ms).lines


def test_when_the_phone_system_is_lost_the_lamps_take_turns_and_the_alive_lamp_stays() -> None:
    stand = Stand(FIVE, 8)
    stand.show(*[QUIET] * 8, overlay=Overlay.LOST)
    red, yellow, green, blue, white = stand.beats(8)
    assert [red, yellow, blue, white] == [
        "####............", "....####........", "........####....", "............####",
    ]  # fmt: skip
    assert green == "#" * 16


def test_a_fault_makes_the_alive_lamp_dip() -> None:
    stand = Stand(STACK, 1)
    stand.show(QUIET, fault=True)
    assert stand.beats(28)[2] == ("#" * 24 + "....") * 2


def test_a_beacon_whose_line_is_followed_by_another_one_is_dark_for_two_steps_first() -> None:
    stand = Stand(STACK, 2)
    stand.show(URGENT, QUIET)
    stand.beats(3)
    stand.show(QUIET, WAITS)
    # It was to come on at the fourth step too, and a tower that is a little early or late may have done so.
    assert stand.beats(4)[1] == "....####"


def test_what_a_beacon_cannot_show_does_not_disturb_it() -> None:
    stage_two = Segment("Main", Showing.WAITING, 2, 2, waiting_since_ms=InstantMs(3))
    stand = Stand(STACK, 2)
    stand.show(QUIET, WAITS)
    stand.beats(8)
    stand.show(QUIET, stage_two)
    assert stand.beats(6)[1] == "#####......."


def test_the_most_urgent_line_of_all_is_what_a_beacon_shows() -> None:
    held_long = Segment("Lab", Showing.HELD, 3, 3)
    unsure_long = Segment("Lab", Showing.UNSURE, 3, 3)
    taken = Segment("Lab", Showing.TAKEN)
    assert most_urgent([WAITS, held_long]).showing is Showing.URGENT
    assert most_urgent([WAITS, unsure_long]).showing is Showing.WAITING
    assert most_urgent([taken, QUIET]).showing is Showing.TAKEN
    assert most_urgent([QUIET, Segment("Lab", more=True)]).more
    assert most_urgent([QUIET, QUIET]) == QUIET


LINES = st.tuples(SEGMENTS, SEGMENTS, SEGMENTS)


@settings(max_examples=300)
@given(
    st.sampled_from([STACK, (WHITE,), (YELLOW, WHITE)]),
    st.lists(st.tuples(GAPS_MS, LINES, OVERLAYS), min_size=1, max_size=25),
)
def test_no_sequence_of_pictures_makes_a_lamp_come_on_twice_within_two_steps(
    colours: tuple[LampColour, ...],
    steps: list[tuple[float, tuple[Segment, Segment, Segment], Overlay]],
) -> None:
    stand = Stand(colours, 3)
    was_lit: tuple[bool, ...] = (False,) * len(colours)
    came_on: list[list[float]] = [[] for _ in colours]
    for gap_ms, segments, overlay in [*steps, (2_000.0, (QUIET,) * 3, Overlay.NONE)]:
        stand.show(*segments, overlay=overlay)
        at_ms: InstantMs | None = stand.now_ms
        end_ms = InstantMs(stand.now_ms + gap_ms)
        while at_ms is not None and at_ms < end_ms:
            lit, next_ms = stand.lighter.lit(stand.picture, at_ms)
            for place, (before, after) in enumerate(zip(was_lit, lit, strict=True)):
                if after and not before:
                    came_on[place].append(at_ms)
            assert next_ms is None or next_ms > at_ms
            was_lit, at_ms = lit, next_ms
        stand.now_ms = end_ms
    for instants in came_on:
        apart = [second - first for first, second in pairwise(instants)]
        assert all(gap_ms > 2 * STEP_MS - 0.01 for gap_ms in apart), apart


def test_a_spare_lamp_stays_dark() -> None:
    lighter = Lamplighter([Lamp(WHITE, Use.SPARE), Lamp(YELLOW, Use.LINE, (0,))])
    picture = settle(Picture((QUIET,)), Picture((WAITS,)), InstantMs(0))
    assert lighter.lit(picture, InstantMs(0))[0] == (False, True)
