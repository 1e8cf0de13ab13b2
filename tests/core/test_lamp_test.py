"""Stories of the lamp test: everything in turn, by name, and over as soon as it matters."""

import pytest

from appliance.core.events import ButtonPressed, LampTestAsked, TimePassed
from appliance.core.lamp_test import PART_MS
from appliance.core.notices import LampTestOver, Muted, PartTested
from appliance.core.panel import HOLD_MUTE_MS
from appliance.core.picture import Picture
from appliance.core.words import Button, InstantMs
from tests.core.desk import CALLER_GAVE_UP, Desk, line
from tests.core.lights import Watcher, watch, words_of

HOLD_S, PART_S = HOLD_MUTE_MS / 1000, PART_MS / 1000

WALK = [
    ("line Main", "Main: tested"),
    ("line Lab", "Lab: tested"),
    ("the lamp of button line-1", "line-1 steady"),
    ("the lamp of button line-2", "line-2 steady"),
    ("the lamp of button mute", "mute steady"),
    ("the lamp of button away", "away steady"),
    ("the lamp of button owed", "owed steady"),
    ("the fault light", "fault"),
    ("the light for callers who are only counted", "and 1 more"),
    ("the sound 'arrived'", "dark"),
    ("the sound 'waiting'", "dark"),
    ("the sound 'urgent'", "dark"),
]


def parts_of(desk: Desk) -> list[str]:
    return [notice.part for notice in desk.notices if isinstance(notice, PartTested)]


def test_mute_held_for_three_seconds_walks_every_light_and_every_sound_by_name() -> None:
    desk = Desk.registered()
    desk.presses(Button.MUTE, at_s=10)
    desk.wait_until(10 + HOLD_S - 0.001)
    assert parts_of(desk) == []
    for place, (name, shows) in enumerate(WALK):
        assert desk.shows(at_s=10 + HOLD_S + place * PART_S) == shows
        assert parts_of(desk) == [part for part, _ in WALK[: place + 1]], name
    assert desk.shows(at_s=10 + HOLD_S + len(WALK) * PART_S) == "dark"
    assert desk.notices[-1] == LampTestOver("all was shown")
    assert desk.sounds == [(22, "arrived"), (23, "waiting"), (24, "urgent")]
    desk.releases(Button.MUTE, at_s=26)
    assert desk.board.deadline_ms is None


def test_a_short_press_or_a_hold_while_somebody_waits_tests_nothing() -> None:
    desk = Desk.registered()
    desk.presses(Button.MUTE, at_s=10)
    desk.releases(Button.MUTE, at_s=10 + HOLD_S - 0.1)
    desk.rings("a", on="main", at_s=20)
    desk.presses(Button.MUTE, at_s=21)
    desk.wait_until(30)
    assert parts_of(desk) == []
    assert Muted(1) in desk.notices


def test_a_ring_ends_it_at_once_and_is_lit_and_heard_at_once() -> None:
    desk = Desk.registered()
    desk.tell(LampTestAsked(), at_s=10)
    assert desk.shows() == "Main: tested"
    desk.rings("a", on="lab", at_s=10.4)
    assert desk.shows() == "Lab: waiting, stage 1 fill 1"
    assert desk.notices[-1] == LampTestOver("a caller rings")
    assert desk.sounds == [(10.4, "arrived")]
    desk.cancelled("a", CALLER_GAVE_UP, at_s=12)
    assert desk.shows(at_s=30) == "dark"


def test_a_ring_during_a_sound_chirps_after_the_pause_that_two_sounds_need() -> None:
    desk = Desk.registered()
    desk.tell(LampTestAsked(), at_s=10)
    desk.rings("a", on="lab", at_s=19.3)
    desk.wait_until(25)
    assert desk.sounds == [(19, "arrived"), (20, "arrived")]


@pytest.mark.parametrize("button", [button for button in Button if button is not Button.HOOK][:2])
def test_any_press_ends_it(button: Button) -> None:
    desk = Desk.registered()
    desk.tell(LampTestAsked(), at_s=10)
    desk.presses(button, at_s=10.5)
    assert LampTestOver("a button was pressed") in desk.notices
    assert desk.shows(at_s=20) == "dark"


def test_asked_again_it_goes_on_and_asked_while_somebody_waits_it_does_not_begin() -> None:
    desk = Desk.registered()
    desk.tell(LampTestAsked(), at_s=10)
    desk.tell(LampTestAsked(), at_s=10.5)
    desk.wait_until(11)
    assert parts_of(desk) == ["line Main", "line Lab"]
    desk.rings("a", on="lab", at_s=12)
    assert desk.tell(LampTestAsked(), at_s=13) == ()


def test_a_tower_can_be_tested_before_there_is_a_phone_system_which_stays_shown_as_lost() -> None:
    desk = Desk()
    desk.tell(LampTestAsked(), at_s=1)
    assert desk.shows() == "Main: tested; phone system lost; fault"


def test_away_and_its_lamp_outlive_the_test_and_its_sounds_are_played_all_the_same() -> None:
    desk = Desk.registered()
    desk.taps(Button.AWAY, at_s=5)
    desk.tell(LampTestAsked(), at_s=10)
    assert desk.shows(at_s=40) == "away steady"
    assert [sound for _, sound in desk.sounds] == ["arrived", "waiting", "urgent"]


def test_the_walk_flashes_nothing_and_never_lights_the_whole_tower() -> None:
    desk = Desk.registered(*(line(name) for name in "abcdefgh"))
    before = desk.board.picture
    shown: list[tuple[InstantMs, Picture]] = [(InstantMs(9_000), before)]
    desk.tell(LampTestAsked(), at_s=10)
    while desk.board.deadline_ms is not None:
        shown.append((InstantMs(desk.now_s * 1000), desk.board.picture))
        desk.wait_until(desk.board.deadline_ms / 1000)
    frames = list(watch(shown, InstantMs(desk.now_s * 1000 + 1_000)))
    assert Watcher().see(frames).too_often() == []
    for _, frame, lamps in frames:
        lit = sum(any(pixel.level for pixel in segment) for segment in frame.segments)
        assert lit + sum(lamps.buttons) <= 1
    assert words_of(desk.board.picture) == "dark"


def test_a_hold_and_a_part_that_are_over_at_once_are_both_seen_by_a_busy_unit() -> None:
    desk = Desk.registered()
    desk.tell(ButtonPressed(Button.MUTE), at_s=1)
    desk.tell(LampTestAsked(), at_s=3.5)
    # The hold was over at 4 s, the first part at 4.5 s.
    desk.now_s = 5
    desk.tell(TimePassed())
    assert desk.board.deadline_ms == InstantMs(6_000)
    assert [notice.part for notice in desk.notices if isinstance(notice, PartTested)] == [
        "line Main",
        "line Lab",
    ]
