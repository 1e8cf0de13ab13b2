"""Stories of buttons: each press is answered, nothing is acted on too late, and nothing sticks for ever."""

from appliance.core.events import ButtonPressed, ButtonReleased
from appliance.core.notices import FaultBegan, FaultOver, NothingToDo, PressTooLate
from appliance.core.panel import PRESS_LATE_MS_MAX, STUCK_MS_MAX
from appliance.core.words import Button, DurationMs, InstantMs
from tests.core.desk import Desk, line
from tests.core.lights import button_beat

STUCK_S = STUCK_MS_MAX / 1000


def test_a_press_of_a_button_with_nothing_behind_it_is_answered_by_one_blink_at_once() -> None:
    desk = Desk.registered()
    desk.presses(Button.LINE_2, at_s=10)
    assert [lamp.blinks for lamp in desk.board.picture.lamps] == [0, 1, 0, 0, 0]
    assert desk.board.picture.lamps[1].blinked_ms == InstantMs(10_000)
    desk.releases(Button.LINE_2, at_s=10.1)
    assert desk.notices == [NothingToDo(Button.LINE_2)]


def test_a_press_darkens_nothing() -> None:
    desk = Desk.registered()
    desk.rings("a", on="main", at_s=1)
    before = desk.board.picture.segments[0]
    for button in Button:
        desk.presses(button, at_s=3)
    assert desk.board.picture.segments[0] == before


def test_a_hundred_presses_in_ten_seconds_are_each_counted_and_the_lamp_blinks_as_often_as_it_may() -> None:
    desk = Desk.registered()
    for number in range(100):
        desk.presses(Button.OWED, at_s=10 + number / 10)
        desk.releases(Button.OWED, at_s=10.05 + number / 10)
    lamp = desk.board.picture.lamps[4]
    assert lamp.blinks == 25
    assert desk.notices == [NothingToDo(Button.OWED)] * 25


def test_a_press_that_comes_more_than_four_seconds_late_is_shown_and_told_and_never_acted_on() -> None:
    desk = Desk.registered()
    desk.presses(Button.MUTE, at_s=10, age_s=PRESS_LATE_MS_MAX / 1000)
    desk.presses(Button.AWAY, at_s=10, age_s=4.5)
    assert [lamp.blinks for lamp in desk.board.picture.lamps] == [0, 0, 1, 1, 0]
    assert desk.notices == [NothingToDo(Button.MUTE), PressTooLate(Button.AWAY, DurationMs(4_500))]


def test_a_button_that_stays_down_is_a_fault_until_it_comes_up_and_the_others_go_on() -> None:
    desk = Desk.registered()
    desk.presses(Button.LINE_1, at_s=10)
    desk.wait_until(10 + STUCK_S - 0.001)
    assert desk.shows() == "dark"
    desk.presses(Button.LINE_2, at_s=10 + STUCK_S)
    assert desk.shows() == "fault"
    desk.releases(Button.LINE_1, at_s=60)
    assert desk.shows() == "dark"
    assert desk.notices == [
        NothingToDo(Button.LINE_1),
        FaultBegan("button line-1", "has been pressed for 30 s: stuck, or a short circuit"),
        NothingToDo(Button.LINE_2),
        FaultOver("button line-1"),
    ]


def test_a_press_ends_what_an_earlier_press_without_a_release_began() -> None:
    desk = Desk.registered()
    desk.presses(Button.LINE_1, at_s=10)
    desk.presses(Button.LINE_1, at_s=35)
    assert desk.shows(at_s=10 + STUCK_S + 1) == "dark"
    assert desk.shows(at_s=35 + STUCK_S) == "fault"
    desk.presses(Button.LINE_1, at_s=70)
    assert desk.shows() == "dark"
    assert desk.board.picture.lamps[0].blinks == 3


def test_a_release_without_a_press_is_no_error() -> None:
    desk = Desk.registered()
    assert desk.tell(ButtonReleased(Button.MUTE), at_s=10) == ()


def test_a_line_button_without_a_line_and_the_hook_have_no_lamp_and_never_stick() -> None:
    desk = Desk.registered(line("main"))
    assert desk.tell(ButtonPressed(Button.LINE_2), at_s=10) == ()
    assert desk.tell(ButtonPressed(Button.HOOK), at_s=10) == ()
    assert desk.board.deadline_ms is None


def test_the_blink_is_seen_while_the_phone_system_is_lost_too() -> None:
    desk = Desk()
    desk.presses(Button.MUTE, at_s=10)
    picture = desk.board.picture
    assert "#" in button_beat(picture, 2, 10_200 - picture.epoch_ms)[-5:]
