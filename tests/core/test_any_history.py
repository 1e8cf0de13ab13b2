"""Whatever happens in whatever order: the board takes it, and dark means that nobody rings.

The simulated practices draw histories that could be; this draws any that could be typed.
"""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.core.bus_events import (
    AwayAsked,
    BusBack,
    BusLost,
    MuteAsked,
    NeighbourCall,
    NeighbourLine,
    NeighbourOnline,
    NeighbourRetired,
    NeighbourSilent,
    NeighbourState,
    PickupAnswered,
    PickupAsked,
    Verdict,
)
from appliance.core.calls import CallState
from appliance.core.effects import PublishLine
from appliance.core.events import (
    ButtonPressed,
    ButtonReleased,
    EngineLost,
    EngineSilent,
    EngineSpoke,
    EngineStarted,
    Event,
    LampTestAsked,
    PickupMoved,
    Reason,
    RegistrationChanged,
    RingEnded,
    RingsListed,
    RingStarted,
    TimePassed,
)
from appliance.core.lamps import ButtonLamp
from appliance.core.notices import CallArrived, CallEnded
from appliance.core.picture import Showing
from appliance.core.rings import Rings
from appliance.core.settings import CancelMeaning, LineSource, SiteSettings, SiteUnit
from appliance.core.view import BoardView
from appliance.core.words import (
    CALL_LOST_WHY,
    LINE_BUTTONS,
    QUICKER_WHY,
    Button,
    CallName,
    DurationMs,
    ExtensionId,
    InstantMs,
    LineId,
    OrderId,
    PickupStep,
    RingId,
    TransactionId,
    UnitId,
)
from tests.core.desk import Desk, extension, line
from tests.core.pickups import BY_PHONE

LINES = (line("main", queue=True, hold_s=8, ring_limit_s=60), line("lab", ring_limit_s=30, dialled=("700",)))
EXTENSIONS = (
    extension("e1", "main"),
    extension("e2", "main", (LineSource.DIALLED, LineSource.EXTENSION), CancelMeaning.ALWAYS),
    extension("e3", "lab", cancel_meaning=CancelMeaning.FREEPBX_DEFAULT),
)
SITE = SiteSettings((SiteUnit(UnitId("back"), target="202"),), b"the secret of this site")


def new_desk() -> Desk:
    return Desk(LINES, EXTENSIONS, unit="front", boot="b0", site=SITE, pickup=BY_PHONE)


DRAWING = new_desk()
"""Only for the making of offers."""


def key_of_caller(caller: str, tag: str) -> str:
    """The key by which another unit would know this caller of the first line."""
    desk = new_desk()
    desk.rings("r", on="e1", caller=caller, tag=tag)
    (call,) = desk.board._callers
    return call.key


KEYS = ("", "unheard-of", key_of_caller("ann", ""), key_of_caller("bob", ""), key_of_caller("", "t1"))

rings = st.integers(0, 9).map(lambda number: f"r{number}")
offers = st.builds(
    DRAWING.offer,
    rings,
    st.sampled_from(["e1", "e2", "e3"]),
    st.sampled_from(["ann", "bob", ""]),
    st.sampled_from(["", "", "t1", "t2"]),
    st.sampled_from(["c1", "c2", "c3"]),
    st.just(""),
    st.sampled_from(["", "700"]),
)
reasons = st.lists(
    st.builds(Reason, st.sampled_from(["SIP", "Q.850", "x"]), st.sampled_from([200, 487, 26, 19, 16, 0])),
    max_size=2,
).map(tuple)
ages = st.floats(0, 70_000).map(DurationMs)
starts = st.builds(RingStarted, offers, ages)
units = st.sampled_from(["back", "attic"]).map(UnitId)
boots = st.sampled_from(["b1", "b2"])
calls_elsewhere = st.builds(
    NeighbourCall,
    st.sampled_from(["c1", "c2", "c3"]).map(CallName),
    st.sampled_from(KEYS),
    st.sampled_from(NeighbourState),
    st.integers(1, 3),
    st.booleans(),
    ages,
    st.sampled_from(["", "front", "back"]).map(UnitId),
)
transactions = st.sampled_from(["front-b0-1", "front-b0-2", "back-b1-1"]).map(TransactionId)
requests = st.builds(
    PickupAsked,
    units,
    transactions,
    st.integers(1, 9).map(lambda number: CallName(f"b0-{number}")),
    st.sampled_from([0, 4_001]).map(DurationMs),
)
answers = st.builds(PickupAnswered, units, transactions, st.sampled_from(Verdict), units)
words = st.builds(
    NeighbourLine,
    units,
    boots,
    st.sampled_from(["main", "lab", "fax"]).map(LineId),
    st.integers(1, 9),
    st.lists(calls_elsewhere, max_size=4).map(tuple),
)
on_the_bus: st.SearchStrategy[Event] = st.one_of(
    words,
    words,
    st.just(BusBack()),
    st.just(BusLost("gone")),
    st.builds(NeighbourOnline, units, boots),
    st.builds(NeighbourSilent, units),
    st.builds(NeighbourRetired, units),
    st.builds(MuteAsked, units, st.sampled_from([0, 4_001]).map(DurationMs)),
    st.builds(AwayAsked, units, st.booleans(), st.sampled_from([0, 30_000]).map(DurationMs)),
)
events: st.SearchStrategy[Event] = st.one_of(
    starts,
    starts,
    st.builds(RingEnded, rings.map(RingId), st.booleans(), reasons),
    st.lists(starts, max_size=4).map(lambda listed: RingsListed(tuple(listed))),
    st.just(EngineStarted()),
    st.just(EngineLost("killed")),
    st.just(EngineSilent("it says nothing")),
    st.just(EngineSpoke()),
    st.builds(
        RegistrationChanged,
        st.sampled_from(["e1", "e2", "e3"]).map(ExtensionId),
        st.booleans(),
        st.sampled_from([200, 403]),
        st.just(""),
        st.sampled_from([0, 2_000]).map(DurationMs),
    ),
    st.builds(ButtonPressed, st.sampled_from(Button), st.sampled_from([0, 4_001]).map(DurationMs)),
    st.builds(ButtonReleased, st.sampled_from(Button)),
    st.builds(
        PickupMoved,
        rings.map(RingId),
        st.sampled_from(PickupStep),
        st.sampled_from(["", QUICKER_WHY, CALL_LOST_WHY]),
        st.integers(0, 3).map(OrderId),
    ),
    st.builds(ButtonPressed, st.sampled_from(LINE_BUTTONS[:2])),
    st.just(LampTestAsked()),
    st.just(TimePassed()),
    on_the_bus,
    on_the_bus,
    requests,
    answers,
)
seconds = st.floats(0, 20).map(lambda after_s: round(after_s, 1))
History = list[tuple[float, bool, Event]]
histories: st.SearchStrategy[History] = st.lists(st.tuples(seconds, st.booleans(), events), max_size=30)
"""Each event with the seconds since the one before, and whether the unit was too busy until then."""


def each_step(
    history: History, look: Callable[[BoardView], None], before: Callable[[Desk], None] = lambda _: None
) -> Desk:
    """Tell a desk this history, with a look at the board after each event, and something done before it."""
    desk = new_desk()
    at_s = 0.0
    for after_s, is_busy, event in history:
        at_s += after_s
        if not is_busy:
            desk.wait_until(at_s)
        desk.now_s = at_s
        before(desk)
        desk.tell(event)
        deadline_ms = desk.board.deadline_ms
        assert deadline_ms is None or deadline_ms > at_s * 1000
        look(desk.board.view(InstantMs(at_s * 1000)))
    return desk


@given(histories)
def test_no_line_is_dark_on_which_somebody_rings_or_is_believed_to_wait(history: History) -> None:
    def look(view: BoardView) -> None:
        for shown in view.lines:
            here = [call for call in view.calls if call.line == shown.line]
            elsewhere = [one for one in view.elsewhere if one.line == shown.line]
            # Who speaks with a person, wherever, does not wait.
            here = [call for call in here if call.state is not CallState.TAKEN]
            if any(call.ring_count for call in here):
                assert shown.showing in (Showing.WAITING, Showing.URGENT, Showing.ASKED, Showing.FAILED)
            elif here or elsewhere:
                assert shown.showing not in (Showing.NOTHING, Showing.LINE_LOST, Showing.CLOSING)

    each_step(history, look)


@given(histories)
def test_every_caller_arrives_once_and_ends_once_and_no_wait_runs_backwards(history: History) -> None:
    waits: dict[int, float] = {}

    def look(view: BoardView) -> None:
        for call in view.calls:
            assert call.wait_ms >= waits.get(call.call, 0)
            waits[call.call] = call.wait_ms

    desk = each_step(history, look)
    for unit in ("back", "attic"):
        desk.tell(NeighbourRetired(UnitId(unit)))
    desk.wait_until(desk.now_s)
    desk.tell(EngineLost("the end"))
    desk.wait_until(desk.now_s + 200)
    arrived = [notice.call for notice in desk.notices if isinstance(notice, CallArrived)]
    ended = [notice.call for notice in desk.notices if isinstance(notice, CallEnded)]
    assert arrived == list(range(1, len(arrived) + 1))
    assert sorted(ended) == arrived
    assert {segment.showing for segment in desk.board.picture.segments} == {Showing.NOTHING}


@given(histories)
def test_what_was_said_last_of_each_line_is_what_is_so(history: History) -> None:
    desk = each_step(history, lambda _: None)
    desk.tell(EngineLost("the end"))
    said = {effect.line: effect.calls for effect in desk.said if isinstance(effect, PublishLine)}
    for line_id in ("main", "lab"):
        told = {call.call for call in said.get(LineId(line_id), ()) if call.state is not NeighbourState.TAKEN}
        assert told == {f"b0-{call.id}" for call in desk.board._callers.on_line(LineId(line_id))}


def forget_what_is_kept(desk: Desk) -> None:
    """Have the next event make anew whatever the board keeps from the one before."""
    board = desk.board
    board._callers.touched.update(board._callers.lines)
    board._panel._lamps_of = ()
    board._panel._lamps = tuple(ButtonLamp() for _ in board._panel._lamps)
    board._standing.moved = board._panel.moved = True


@given(histories)
def test_a_board_that_keeps_nothing_from_one_event_to_the_next_says_the_same(history: History) -> None:
    forgetful: list[BoardView] = []
    remembering: list[BoardView] = []
    desks = [each_step(history, remembering.append)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Rings, "are", lambda *_: False)
        desks.append(each_step(history, forgetful.append, forget_what_is_kept))
    assert desks[0] == desks[1]
    assert remembering == forgetful
    assert desks[0].board.deadline_ms == desks[1].board.deadline_ms
