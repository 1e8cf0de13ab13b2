"""What the back unit makes of everything that may come from the broker."""

from datetime import timedelta

import pytest

from appliance.bus.hearing import (
    NEIGHBOURS_MAX,
    REFUSALS_TOLD_MAX,
    Echoed,
    Hearing,
    Refusal,
    RepublishAsked,
    TwinSeen,
)
from appliance.bus.payloads import (
    VERSION,
    Echo,
    Info,
    LineInfo,
    PickupRequest,
    PlainRequest,
    Response,
    ResponseData,
    State,
)
from appliance.bus.topics import (
    ECHO,
    INFO,
    LINE_EXPIRY_S,
    LINE_STATE,
    RESPONSE,
    STATE,
)
from appliance.bus.translate import line_state
from appliance.core.bus_events import (
    NeighbourCall,
    NeighbourLine,
    NeighbourOnline,
    NeighbourRetired,
    NeighbourSilent,
    NeighbourState,
    PickupAnswered,
    Verdict,
)
from appliance.core.words import LINES_MAX, InstantMs, LineId, UnitId
from tests.bus.site import BOOT, LINES, OTHER_BOOT, SITE, UTC_NOW, back, caller, heard, message, no_news

ONLINE = State(v=VERSION, state="online", boot=OTHER_BOOT)
OFFLINE = State(v=VERSION, state="offline", boot=OTHER_BOOT)
PICKUP = PickupRequest(v=VERSION, transaction="front-f0f0-1", call="b0b0-1")
PLAIN = PlainRequest(v=VERSION)
WAITS = line_state([caller(started_ms=0)], OTHER_BOOT, 5, InstantMs(2_000), UTC_NOW)


def refusals(found: tuple[object, ...]) -> list[tuple[str, str, str]]:
    return [(one.sender, one.topic, one.why) for one in found if isinstance(one, Refusal)]


def test_a_neighbour_comes_and_goes() -> None:
    ears = back()
    assert heard(ears, message(STATE, ONLINE)) == (NeighbourOnline("front", OTHER_BOOT),)
    assert heard(ears, message(STATE, OFFLINE)) == (NeighbourSilent("front"),)


def test_a_neighbour_whose_state_was_cleared_is_retired_and_missed_by_nobody() -> None:
    ears = back()
    assert heard(ears, message(STATE, b"")) == ()
    heard(ears, message(STATE, ONLINE))
    assert heard(ears, message(LINE_STATE, b"", line="main")) == ()
    assert heard(ears, message(STATE, b"")) == (NeighbourRetired("front"),)
    assert heard(ears, message(STATE, b"")) == ()
    assert ears.neighbours == {}


def test_a_line_tells_its_callers_with_the_age_that_they_have_by_now() -> None:
    ears = back()
    (fresh,) = heard(ears, message(LINE_STATE, WAITS, line="main"))
    assert fresh == NeighbourLine(
        "front", OTHER_BOOT, "main", 5,
        (NeighbourCall("f0f0-1", "abc123", NeighbourState.RINGING, 1, False, 2_000, ""),),
    )  # fmt: skip
    (kept,) = heard(ears, message(LINE_STATE, WAITS, line="main", retain=True, expiry_s=LINE_EXPIRY_S - 50))
    assert isinstance(kept, NeighbourLine)
    assert kept.calls[0].age_ms == float(52_000)
    (turned,) = heard(ears, message(LINE_STATE, WAITS, line="main", expiry_s=LINE_EXPIRY_S - 1))
    assert turned == fresh, "a second that turned on the way is no age"
    (late,) = heard(ears, message(LINE_STATE, WAITS, line="main", expiry_s=LINE_EXPIRY_S - 7))
    assert isinstance(late, NeighbourLine)
    assert late.calls[0].age_ms == float(9_000)


def test_a_unit_that_stops_to_repeat_its_callers_is_silent_whatever_its_state_says() -> None:
    ears = back()
    heard(ears, message(STATE, ONLINE))
    heard(ears, message(LINE_STATE, WAITS, line="main"), now_ms=1_000)
    heard(
        ears,
        message(LINE_STATE, WAITS, line="doctors", retain=True, expiry_s=LINE_EXPIRY_S - 20),
        now_ms=1_000,
    )
    assert ears.due_ms == float(1_000 + (LINE_EXPIRY_S - 20) * 1000)
    assert ears.turn(InstantMs(ears.due_ms - 1)) == ()
    assert ears.turn(ears.due_ms) == (NeighbourSilent("front"),)
    assert ears.turn(InstantMs(1e9)) == (), "told once"


def test_an_empty_line_is_never_waited_for() -> None:
    ears = back()
    heard(ears, message(LINE_STATE, WAITS, line="main"))
    heard(ears, message(LINE_STATE, line_state([], OTHER_BOOT, 6, InstantMs(0), UTC_NOW), line="main"))
    assert ears.due_ms == float("inf")


def test_our_own_echo_proves_life_and_one_of_another_start_does_not() -> None:
    ears = back()
    assert heard(ears, message(ECHO, Echo(v=VERSION, boot=BOOT, count=3), unit="back")) == (Echoed(3),)
    assert heard(ears, message(ECHO, Echo(v=VERSION, boot=OTHER_BOOT, count=3), unit="back")) == ()


def test_our_own_state_is_watched_for_a_late_will_and_for_a_twin() -> None:
    ears = back()
    own = State(v=VERSION, state="online", boot=BOOT)
    gone = State(v=VERSION, state="offline", boot=BOOT)
    assert heard(ears, message(STATE, ONLINE, unit="back", retain=True)) == (), "that was ourselves, before"
    assert heard(ears, message(STATE, own, unit="back")) == ()
    assert heard(ears, message(STATE, gone, unit="back", retain=True)) == (), "our word is on its way"
    assert heard(ears, message(STATE, gone, unit="back")) == (RepublishAsked(),)
    for retain in (True, False):
        assert heard(ears, message(STATE, ONLINE, unit="back", retain=retain)) == (TwinSeen(),)
    assert ears.neighbours == {}


def test_our_own_lines_and_other_peoples_answers_are_none_of_our_business() -> None:
    ears = back()
    assert heard(ears, message(LINE_STATE, WAITS, unit="back", line="main")) == ()
    answer = Response(
        v=VERSION, status="ok", error="", transaction="third-1234-1", data=ResponseData(winner="third")
    )
    assert heard(ears, message(RESPONSE, answer, verb="pickup")) == ()


@pytest.mark.parametrize("verdict", Verdict)
def test_an_answer_to_us_is_told_with_its_verdict(verdict: Verdict) -> None:
    ok = verdict is Verdict.TAKEN_BY_YOU
    answer = Response(
        v=VERSION,
        status="ok" if ok else "error",
        error="" if ok else verdict.value,
        transaction="back-b0b0-9",
        data=ResponseData(winner="third"),
    )
    assert heard(back(), message(RESPONSE, answer, verb="pickup")) == (
        PickupAnswered("front", "back-b0b0-9", verdict, "third"),
    )


def test_what_is_refused_is_counted_each_time_and_told_once() -> None:
    ears = back()
    bad = message(STATE, b"nonsense")
    assert refusals(heard(ears, bad)) == [("front", "state", "json_invalid")]
    assert heard(ears, bad) == ()
    assert refusals(heard(ears, message(STATE, b"{}"))) == [("front", "state", "v: missing")]
    assert ears.refused_count == 3


def test_refusals_of_many_kinds_are_told_up_to_a_limit_and_counted_beyond() -> None:
    ears = back()
    told = [heard(ears, message(STATE, b"?", unit=f"u-{number}")) for number in range(REFUSALS_TOLD_MAX + 10)]
    assert sum(map(len, told)) == REFUSALS_TOLD_MAX
    assert ears.refused_count == REFUSALS_TOLD_MAX + 10


def test_more_units_or_lines_than_a_site_has_are_refused() -> None:
    ears = back()
    for number in range(NEIGHBOURS_MAX):
        heard(ears, message(STATE, ONLINE, unit=f"u-{number}"))
    assert refusals(heard(ears, message(STATE, ONLINE, unit="one-more"))) == [
        ("one-more", "state", "more units than a site has")
    ]
    for number in range(LINES_MAX):
        heard(ears, message(LINE_STATE, WAITS, unit="u-0", line=f"l-{number}"))
    assert refusals(heard(ears, message(LINE_STATE, WAITS, unit="u-0", line="one-more"))) == [
        ("u-0", "line-state", "more lines than a site has")
    ]


def test_a_neighbour_tells_which_site_file_and_which_lines_it_has() -> None:
    ears = back()
    info = Info(
        v=VERSION,
        boot=OTHER_BOOT,
        model="call light",
        serial="x",
        software="1",
        site_revision=4,
        lines=(LineInfo(id="main", label="Main"), LineInfo(id="fax", label="Fax")),
        towers=(),
    )
    # Of a line that is not known here nothing is listened to, but that it is there is a fault of the board.
    assert heard(ears, message(INFO, info)) == (
        NeighbourLine(UnitId("front"), OTHER_BOOT, LineId("fax"), 0, ()),
    )
    assert ears.neighbours["front"].site_revision == 4
    assert heard(ears, message(INFO, info, unit="back")) == (), "what we say ourselves is no news"


def test_a_topic_of_nobody_is_refused() -> None:
    ears = Hearing(SITE, "back", BOOT, no_news, LINES)
    (refusal,) = ears.take(message(STATE, ONLINE, unit="FRONT"), InstantMs(0))
    assert refusal == Refusal("FRONT", "", "no topic of ours")


def test_a_message_from_the_future_counts_by_its_age_and_by_no_clock() -> None:
    tomorrow = line_state(
        [caller(started_ms=0)], OTHER_BOOT, 5, InstantMs(2_000), UTC_NOW + timedelta(days=400)
    )
    assert heard(back(), message(LINE_STATE, tomorrow, line="main")) == heard(
        back(), message(LINE_STATE, WAITS, line="main")
    )
    # More is left of it than it ever had: that makes nobody's wait shorter.
    (odd,) = heard(back(), message(LINE_STATE, WAITS, line="main", retain=True, expiry_s=LINE_EXPIRY_S + 999))
    assert isinstance(odd, NeighbourLine)
    assert odd.calls[0].age_ms == float(2_000)
