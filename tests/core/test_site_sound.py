"""Stories of sound on several units: delays, away that moves it, and mute that another unit asks for."""

from appliance.core.bus_events import AwayAsked, MuteAsked
from appliance.core.effects import AskAway, AskMute
from appliance.core.notices import AwayOver, HushAsked, Muted, OtherAway, OtherBack
from appliance.core.site import ASKED_LATE_MS_MAX
from appliance.core.sounding import HUSH_MS
from appliance.core.words import Button
from tests.core.bus import Bus
from tests.core.desk import AWAY_MS, CALLER_GAVE_UP, line

AWAY_S = AWAY_MS / 1000
LATER = (30.0, 15.0, 5.0)
"""The back sounds half a minute after a caller came, and 5 s after one became urgent."""


def desk_and_back(bus: Bus | None = None) -> Bus:
    bus = bus or Bus()
    bus.starts("front")
    bus.starts("back", sound_delays_s=LATER)
    return bus


def test_each_unit_sounds_by_its_own_delay_for_each_stage_and_shows_at_once() -> None:
    bus = desk_and_back()
    front, back = bus.desks.values()
    front.rings("ann", on="main", at_s=10)
    assert back.shows() == "Main: waiting, stage 1 fill 1"
    bus.wait_until(71)
    assert front.sounds == [(10, "arrived"), (30, "waiting"), (55, "urgent"), (65, "urgent")]
    assert back.sounds == [(45, "waiting"), (60, "urgent"), (70, "urgent")]


def test_a_delay_holds_for_own_callers_too_and_one_who_ends_before_it_was_never_heard() -> None:
    bus = desk_and_back()
    back = bus.desks["back"]
    back.rings("ann", on="main", at_s=10)
    back.cancelled("ann", CALLER_GAVE_UP, at_s=39)
    bus.wait_until(60)
    assert back.sounds == []


def test_away_moves_the_sound_to_the_other_units_at_once_and_shows_on_all_towers() -> None:
    bus = desk_and_back()
    front, back = bus.desks.values()
    front.rings("ann", on="main", at_s=10)
    front.taps(Button.AWAY, at_s=15)
    assert front.shows() == "Main: waiting, stage 1 fill 1; away steady"
    assert back.shows() == "Main: waiting, stage 1 fill 1; away takeable"
    bus.wait_until(31)
    assert front.sounds == [(10, "arrived")]
    assert back.sounds == [(15, "arrived"), (30, "waiting")]
    front.taps(Button.AWAY, at_s=32)
    assert back.shows() == "Main: waiting, stage 2 fill 2"
    bus.wait_until(61)
    assert front.sounds == [(10, "arrived"), (32, "waiting"), (55, "urgent")]
    assert back.sounds == [(15, "arrived"), (30, "waiting"), (60, "urgent")]
    assert AskAway(False, 0) in front.said
    assert back.notices == [OtherAway("front", AWAY_MS), OtherBack("front", "the button was pressed again")]


def test_away_ends_by_itself_everywhere() -> None:
    bus = desk_and_back()
    front, back = bus.desks.values()
    front.taps(Button.AWAY, at_s=10)
    assert back.shows(at_s=9 + AWAY_S) == "away takeable"
    assert back.shows(at_s=10 + AWAY_S) == front.shows() == "dark"
    assert AwayOver("the time for it is over") in front.notices


def test_only_the_units_that_cover_the_desk_sound_for_it_at_once_if_any_do() -> None:
    bus = desk_and_back(Bus(covers={"attic": ("front",), "back": (), "front": ()}))
    attic = bus.starts("attic", sound_delays_s=LATER)
    front, back = bus.desks["front"], bus.desks["back"]
    front.taps(Button.AWAY, at_s=10)
    front.rings("ann", on="main", at_s=12)
    bus.wait_until(20)
    assert (front.sounds, back.sounds, attic.sounds) == ([], [], [(12, "arrived")])
    assert back.shows() == attic.shows() == "Main: waiting, stage 1 fill 1; away takeable"


def test_a_unit_that_comes_later_or_was_cut_off_hears_that_the_desk_is_away() -> None:
    bus = desk_and_back()
    front = bus.desks["front"]
    front.taps(Button.AWAY, at_s=10)
    attic = bus.starts("attic")
    assert attic.shows() == "away takeable"
    bus.is_cut_off("attic", at_s=20)
    front.taps(Button.AWAY, at_s=30)
    front.taps(Button.AWAY, at_s=40)
    bus.is_mended("attic", at_s=50)
    assert attic.shows(at_s=39 + AWAY_S) == "away takeable"
    assert attic.shows(at_s=40 + AWAY_S) == "dark"


def test_a_unit_that_was_cut_off_hears_that_the_desk_is_back() -> None:
    bus = desk_and_back()
    front, back = bus.desks.values()
    front.taps(Button.AWAY, at_s=10)
    bus.is_cut_off("back", at_s=20)
    front.taps(Button.AWAY, at_s=30)
    assert back.shows() == "fault; away takeable"
    bus.is_mended("back", at_s=40)
    assert back.shows() == "dark"


def test_a_unit_that_starts_again_is_not_away() -> None:
    bus = desk_and_back()
    back = bus.desks["back"]
    bus.desks["front"].taps(Button.AWAY, at_s=10)
    bus.wait_until(20)
    bus.starts("front")
    assert back.shows() == "dark"
    assert back.notices[-1] == OtherBack("front", "the unit started again")


def test_mute_at_one_unit_hushes_the_others_for_a_while_and_never_holds_up_stage_3() -> None:
    bus = Bus()
    front, back = bus.starts("front"), bus.starts("back")
    front.rings("ann", on="main", at_s=10)
    front.taps(Button.MUTE, at_s=12)
    assert front.said[-1] == AskMute()
    assert back.notices == [HushAsked("front", HUSH_MS)]
    assert back.board.view(13_000).hushed_by == "front"
    assert back.shows() == "Main: waiting, stage 1 fill 1"
    back.rings("bob", on="lab", at_s=14)
    bus.wait_until(56)
    assert front.sounds == [(10, "arrived"), (14, "arrived"), (34, "waiting")]
    assert back.sounds == [(10, "arrived"), (14, "arrived"), (34, "waiting"), (55, "urgent")]
    bus.wait_until(12 + HUSH_MS / 1000)
    assert back.board.view(72_000).hushed_by is None


def test_who_is_still_there_when_a_hush_is_over_is_heard_by_the_stage_reached_meanwhile() -> None:
    bus = Bus((line("main", stages_s=(0, 20, 300)),))
    bus.starts("front")
    back = bus.starts("back")
    back.rings("ann", on="main", at_s=10)
    back.tell(MuteAsked("front", 0), at_s=25)
    back.tell(MuteAsked("front", 0), at_s=29)
    bus.wait_until(120)
    assert back.sounds == [(10, "arrived"), (29 + HUSH_MS / 1000, "waiting")]


def test_our_own_mute_holds_for_good_though_another_units_is_over() -> None:
    bus = Bus()
    bus.starts("front")
    back = bus.starts("back")
    back.rings("ann", on="main", at_s=10)
    back.tell(MuteAsked("front", 0), at_s=11)
    back.taps(Button.MUTE, at_s=12)
    assert back.notices[-1] == Muted(1)
    bus.wait_until(100)
    assert back.sounds == [(10, "arrived")]


def test_a_late_wish_for_quiet_and_one_with_nobody_to_hush_change_nothing() -> None:
    bus = Bus()
    bus.starts("front")
    back = bus.starts("back")
    back.tell(MuteAsked("front", 0), at_s=5)
    back.rings("ann", on="main", at_s=10)
    back.tell(MuteAsked("front", ASKED_LATE_MS_MAX + 1), at_s=11)
    back.tell(AwayAsked("front", False, 0))
    bus.wait_until(31)
    assert back.sounds == [(10, "arrived"), (30, "waiting")]
    assert back.board.view(31_000).hushed_by is None
