"""What the unit says of its lines, again and again."""

from typing import Final

from appliance.bus.book import LINE_REFRESH_MS, Book
from appliance.bus.message import Message
from appliance.bus.payloads import LineState, Waiting
from appliance.bus.topics import LINE_EXPIRY_S, topic_of
from appliance.core.bus_events import NeighbourState
from appliance.core.words import InstantMs, LineId
from tests.bus.site import OTHER_BOOT, SITE, UTC_NOW, caller

MAIN: Final = LineId("main")
DOCTORS: Final = LineId("doctors")


def book() -> Book:
    return Book(SITE, "front", OTHER_BOOT, [MAIN, DOCTORS])


def said(one: Book, now_ms: float) -> list[tuple[str, int, list[float]]]:
    """Each line that is said at this instant with its rev and the ages of its callers; then who waits."""
    found: list[tuple[str, int, list[float]]] = []
    for message in one.say(InstantMs(now_ms), UTC_NOW):
        topic = topic_of(message.topic)
        assert topic is not None
        assert (message.retain, message.expiry_s) == (True, LINE_EXPIRY_S)
        match topic[0].decode(message.payload):
            case LineState() as line:
                found.append((topic[1]["line"], line.rev, [call.age_s for call in line.calls]))
            case Waiting() as waiting:
                oldest = [] if waiting.oldest_age_s is None else [waiting.oldest_age_s]
                found.append((waiting.call or "nobody", waiting.count, oldest))
    return found


def test_all_lines_are_said_at_the_first_chance_once_more_and_then_nothing_while_nobody_waits() -> None:
    front = book()
    assert said(front, 0) == [("main", 1, []), ("doctors", 2, []), ("nobody", 0, [])]
    assert said(front, LINE_REFRESH_MS) == [("main", 3, []), ("doctors", 4, []), ("nobody", 0, [])]
    assert said(front, 1e9) == []
    assert front.due_ms == float("inf")


def test_a_line_with_callers_is_said_at_once_and_refreshed_with_the_age_of_then() -> None:
    front = Book(SITE, "front", OTHER_BOOT, [MAIN])
    said(front, 0)
    front.keep(MAIN, (caller("f0f0-2", 4_000), caller("f0f0-1", 1_000)), InstantMs(5_000))
    assert said(front, 5_000) == [("main", 2, [1.0, 4.0]), ("f0f0-1", 2, [4.0])]
    assert front.due_ms == 5_000 + LINE_REFRESH_MS
    assert said(front, front.due_ms - 1) == []
    assert said(front, 35_000) == [("main", 3, [31.0, 34.0]), ("f0f0-1", 2, [34.0])]


def test_that_nobody_waits_any_more_is_said_once_more_for_who_lost_it() -> None:
    front = Book(SITE, "front", OTHER_BOOT, [MAIN])
    front.keep(MAIN, (caller(started_ms=0),), InstantMs(0))
    said(front, 0)
    front.keep(MAIN, (), InstantMs(6_000))
    assert said(front, 6_000) == [("main", 2, []), ("nobody", 0, [])]
    assert front.due_ms == 6_000 + LINE_REFRESH_MS
    assert said(front, front.due_ms) == [("main", 3, []), ("nobody", 0, [])]
    assert front.due_ms == float("inf")


def test_everything_is_said_again_when_the_broker_may_have_forgotten_and_a_rev_never_comes_twice() -> None:
    front = book()
    said(front, 0)
    front.keep(DOCTORS, (caller(started_ms=0),), InstantMs(1_000))
    front.repeat(InstantMs(2_000))
    assert said(front, 2_000) == [("main", 3, []), ("doctors", 4, [2.0]), ("f0f0-1", 1, [2.0])]


def test_who_is_spoken_with_waits_no_more() -> None:
    front = book()
    front.keep(
        MAIN,
        (
            caller("f0f0-1", 0, NeighbourState.TAKEN, by="back"),
            caller("f0f0-2", 1_000, NeighbourState.KEPT),
            caller("f0f0-3", 2_000, NeighbourState.UNSURE),
        ),
        InstantMs(3_000),
    )
    assert said(front, 3_000)[-1] == ("f0f0-2", 2, [2.0])


def test_no_identity_of_a_caller_is_in_what_is_kept() -> None:
    front = book()
    front.keep(MAIN, (caller(),), InstantMs(0))
    (line, *_) = front.say(InstantMs(1_500), UTC_NOW)
    assert line == Message(
        "calllight/elm-street/front/line/main/state",
        b'{"v":1,"boot":"f0f0","rev":1,"calls":[{"call":"f0f0-1","key":"abc123","state":"ringing","stage":1,'
        b'"urgent":false,"since":"2026-11-26T09:29:58.500000Z","age_s":1.5,"by":""}]}',
        retain=True,
        expiry_s=120,
    )
