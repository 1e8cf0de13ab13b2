"""Stories of mute and away: what is silenced, for how long, and that no light is."""

from appliance.core.notices import AwayBegan, AwayOver, Muted, NothingToDo
from appliance.core.words import Button
from tests.core.desk import AWAY_MS, CALLER_GAVE_UP, COLLEAGUE_ANSWERED, Desk, line

AWAY_S = AWAY_MS / 1000
TWO_CALLERS = "Main: urgent, stage 3 fill 3; Lab: urgent, stage 3 fill 3"


def test_mute_silences_those_who_wait_now_and_a_new_caller_sounds_again() -> None:
    desk = Desk.registered()
    desk.rings("a", on="main", at_s=10)
    desk.taps(Button.MUTE, at_s=12)
    desk.rings("b", on="lab", at_s=60)
    desk.wait_until(82)
    assert desk.sounds == [(10, "arrived"), (60, "arrived"), (80, "waiting")]
    assert Muted(1) in desk.notices


def test_mute_darkens_no_light_and_holds_up_no_stage() -> None:
    loud, quiet = Desk.registered(), Desk.registered()
    for desk in (loud, quiet):
        desk.rings("a", on="main", at_s=10)
        desk.rings("b", on="lab", at_s=12)
    quiet.taps(Button.MUTE, at_s=13)
    for at_s in (14, 33, 58, 90):
        assert quiet.shows(at_s).removesuffix("; mute steady") == loud.shows(at_s)
    assert quiet.sounds == [(10, "arrived"), (12, "arrived")]
    assert len(loud.sounds) > 6


def test_the_lamp_is_steady_while_all_who_wait_are_muted_and_then_goes_off_by_itself() -> None:
    desk = Desk.registered()
    desk.rings("a", on="main", at_s=10)
    desk.taps(Button.MUTE, at_s=12)
    assert desk.shows() == "Main: waiting, stage 1 fill 1; mute steady"
    desk.rings("b", on="lab", at_s=14)
    assert desk.shows() == "Main: waiting, stage 1 fill 1; Lab: waiting, stage 1 fill 1"
    desk.taps(Button.MUTE, at_s=16)
    assert desk.shows() == "Main: waiting, stage 1 fill 1; Lab: waiting, stage 1 fill 1; mute steady"
    desk.cancelled("a", COLLEAGUE_ANSWERED, at_s=18)
    desk.cancelled("b", CALLER_GAVE_UP, at_s=20)
    assert desk.shows() == "dark"
    assert [notice for notice in desk.notices if isinstance(notice, Muted)] == [Muted(1), Muted(1)]


def test_mute_with_nobody_to_mute_is_one_blink() -> None:
    desk = Desk.registered()
    desk.taps(Button.MUTE, at_s=10)
    assert desk.shows() == "dark"
    assert desk.notices == [NothingToDo(Button.MUTE)]
    desk.rings("a", on="main", at_s=20)
    desk.taps(Button.MUTE, at_s=21)
    desk.taps(Button.MUTE, at_s=23)
    assert desk.shows() == "Main: waiting, stage 1 fill 1; mute steady"
    assert desk.board.picture.lamps[2].blinks == 3


def test_a_caller_of_a_queue_stays_muted_over_the_gaps() -> None:
    desk = Desk.registered(line("main", queue=True))
    desk.rings("a", at_s=10, caller="5550100")
    desk.taps(Button.MUTE, at_s=12)
    desk.cancelled("a", at_s=18)
    assert desk.shows() == "Main: held, stage 1 fill 1; mute steady"
    desk.rings("b", at_s=22, caller="5550100")
    desk.wait_until(70)
    assert desk.sounds == [(10, "arrived")]


def test_a_chirp_that_was_put_off_is_not_played_for_a_caller_who_was_muted_meanwhile() -> None:
    desk = Desk.registered()
    desk.rings("a", on="main", at_s=10)
    desk.rings("b", on="lab", at_s=10.2)
    desk.taps(Button.MUTE, at_s=10.5)
    desk.wait_until(15)
    assert desk.sounds == [(10, "arrived")]


def test_a_new_caller_is_heard_though_the_chirp_of_a_muted_urgent_one_was_put_off_before() -> None:
    desk = Desk.registered(line("main", priority=True), line("lab"))
    desk.rings("z", on="lab", at_s=9.9)
    desk.rings("a", on="main", at_s=10)
    desk.taps(Button.MUTE, at_s=10.3)
    desk.rings("b", on="lab", at_s=10.6)
    desk.wait_until(15)
    assert desk.sounds == [(9.9, "arrived"), (10.9, "arrived")]


def test_away_silences_this_unit_and_nothing_else_and_says_so_on_its_lamp() -> None:
    desk = Desk.registered()
    desk.taps(Button.AWAY, at_s=10)
    assert desk.shows() == "away steady"
    desk.rings("a", on="main", at_s=20)
    desk.rings("b", on="lab", at_s=20)
    assert desk.shows(at_s=90) == f"{TWO_CALLERS}; away steady"
    assert desk.sounds == []
    assert AwayBegan(AWAY_MS) in desk.notices


def test_a_second_press_ends_away_and_those_who_wait_sound_at_once_by_their_stage() -> None:
    desk = Desk.registered()
    desk.taps(Button.AWAY, at_s=10)
    desk.rings("a", on="main", at_s=20)
    desk.rings("b", on="lab", at_s=60)
    desk.taps(Button.AWAY, at_s=70)
    assert desk.notices[-1] == AwayOver("the button was pressed again")
    assert desk.sounds == [(70, "urgent")]
    desk.wait_until(91)
    assert desk.sounds == [(70, "urgent"), (80, "urgent"), (90, "urgent")]


def test_back_with_nobody_waiting_or_all_of_them_muted_is_silent() -> None:
    desk = Desk.registered()
    desk.taps(Button.AWAY, at_s=10)
    desk.taps(Button.AWAY, at_s=12)
    desk.taps(Button.AWAY, at_s=14)
    desk.rings("a", on="main", at_s=20)
    desk.taps(Button.MUTE, at_s=22)
    desk.taps(Button.AWAY, at_s=24)
    assert desk.shows(at_s=30) == "Main: waiting, stage 1 fill 1; mute steady"
    assert desk.sounds == []


def test_away_ends_by_itself_so_that_a_forgotten_button_silences_no_whole_day() -> None:
    desk = Desk.registered()
    desk.taps(Button.AWAY, at_s=10)
    assert desk.shows(at_s=10 + AWAY_S - 0.001) == "away steady"
    assert desk.shows(at_s=10 + AWAY_S) == "dark"
    assert desk.notices[-1] == AwayOver("the time for it is over")
    desk.rings("a", on="main", at_s=5_000)
    assert desk.sounds == [(5_000, "arrived")]
