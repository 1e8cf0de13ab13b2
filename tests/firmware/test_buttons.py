"""Buttons at the real firmware: each press is one event, whatever the contact, the cable or the host does."""

import itertools
import random

import pytest

from appliance.tower.wire import HOOK, ButtonEvent, Heard, Hello
from tests.peers.tower import Tower
from tests.tower.golden import QUIET

BUTTONS = range(HOOK + 1)

AGE_LATCHED_MS = 65_535


def serve(tower: Tower, for_ms: float) -> list[ButtonEvent]:
    """Be a host that answers every EVENT with HEARD; each event once."""
    events: dict[int, ButtonEvent] = {}
    until_ms = tower.now_ms + for_ms
    while tower.now_ms < until_ms:
        before_ms = tower.now_ms
        tower.run(5)
        for event in tower.messages(ButtonEvent, before_ms):
            events.setdefault(event.event, event)
            tower.say(Heard(event.event))
    return list(events.values())


def edges(events: list[ButtonEvent]) -> list[tuple[int, bool]]:
    return [(event.button, event.pressed) for event in events]


@pytest.mark.parametrize("button", BUTTONS)
def test_each_button_is_told_by_its_number_once_for_each_edge(tower: Tower, button: int) -> None:
    tower.press(button)
    assert edges(serve(tower, 100)) == [(button, True)]
    assert tower.ask(QUIET).pressed == 1 << button
    tower.release(button)
    assert edges(serve(tower, 100)) == [(button, False)]
    assert tower.ask(QUIET).pressed == 0


def test_an_event_is_told_again_every_50_ms_until_it_is_heard_and_grows_old_meanwhile(tower: Tower) -> None:
    tower.press(2)
    pressed_ms = tower.now_ms
    tower.run(400)
    told = tower.heard(ButtonEvent)
    assert {(one.message.event, one.message.button) for one in told} == {(told[0].message.event, 2)}
    gaps = [later.at_ms - one.at_ms for one, later in itertools.pairwise(told)]
    assert len(gaps) >= 6
    assert all(gap == pytest.approx(50, abs=5) for gap in gaps)
    for one in told:
        assert one.message.age_ms == pytest.approx(one.began_ms - pressed_ms, abs=6)
    tower.say(Heard(told[0].message.event))
    tower.run(20)
    count = len(tower.received)
    tower.run(500)
    assert len(tower.received) == count


def test_a_contact_that_bounces_for_30_ms_is_one_press_and_one_release(tower: Tower) -> None:
    chance = random.Random(3)
    for _ in range(50):
        for last in (tower.press, tower.release):
            end_ms = tower.now_ms + 30
            while tower.now_ms < end_ms:
                chance.choice((tower.press, tower.release))(4)
                tower.run(chance.uniform(0.05, 2))
            last(4)
            assert edges(serve(tower, 100)) == [(4, last == tower.press)]


def test_a_hundred_presses_in_ten_seconds_are_a_hundred(tower: Tower) -> None:
    events = []
    for _ in range(100):
        tower.press(7)
        events += serve(tower, 50)
        tower.release(7)
        events += serve(tower, 50)
    events += serve(tower, 100)
    assert edges(events) == [(7, True), (7, False)] * 100
    first = events[0].event
    assert [event.event for event in events] == [(first + count) % 256 for count in range(200)]


def test_all_buttons_at_once_are_one_event_each(tower: Tower) -> None:
    for button in BUTTONS:
        tower.press(button)
    assert sorted(edges(serve(tower, 500))) == [(button, True) for button in BUTTONS]


def test_a_button_that_is_stuck_is_a_level_and_no_press_and_the_others_still_work(tower: Tower) -> None:
    tower.press(1)
    tower.cut_power()
    assert edges(serve(tower, 500)) == []
    assert tower.ask(QUIET).pressed == 1 << 1
    tower.press(3)
    assert edges(serve(tower, 100)) == [(3, True)]
    tower.run(10_000)
    assert tower.ask(QUIET).pressed == 1 << 1 | 1 << 3


def test_a_press_while_nobody_listens_arrives_with_its_true_age(tower: Tower) -> None:
    serve(tower, 100)
    tower.press(0)
    pressed_ms = tower.now_ms
    tower.run(120)
    tower.release(0)
    tower.run(5_000)
    listens_ms = tower.now_ms
    events = serve(tower, 200)
    assert edges(events) == [(0, True), (0, False)]
    for one in tower.heard(ButtonEvent, listens_ms):
        true_ms = one.began_ms - pressed_ms - (0 if one.message.pressed else 120)
        assert one.message.age_ms == pytest.approx(true_ms, abs=6)


def test_the_age_of_a_press_stops_growing_before_it_could_look_young_again(tower: Tower) -> None:
    tower.press(0)
    tower.run(AGE_LATCHED_MS + 5_000)
    (event,) = serve(tower, 100)
    assert event.age_ms == AGE_LATCHED_MS


def test_after_a_reset_a_press_that_was_not_heard_is_forgotten_and_the_boot_count_says_so(
    tower: Tower,
) -> None:
    tower.press(0)
    tower.run(100)
    tower.reset()
    assert edges(serve(tower, 500)) == []
    before, after = tower.messages(Hello)
    assert after.boot_count == before.boot_count + 1
