"""The site as people see it: each caller once, with the longest wait, and every unit with how it is."""

from itertools import pairwise

from appliance.bus.message import Message
from appliance.watch.text import changes, site_text
from appliance.watch.view import WATCHED_UNITS_MAX, SiteListener, SiteView
from tests.watch.words import SITE, call, health, info, line, state

NOTHING = SiteView("", (), (), ())


def heard(*messages: Message, now_s: float = 100.0) -> SiteListener:
    listener = SiteListener(SITE)
    for message in messages:
        listener.hear(message, now_s)
    return listener


def shown(*messages: Message, after_s: float = 0.0) -> SiteView:
    return heard(*messages).view(100.0 + after_s)


def test_one_caller_whom_two_units_see_is_one_caller_with_the_longest_wait() -> None:
    view = shown(
        state("front"), state("back"),
        line("front", "main", call("front-1", 12.0, key="ab")),
        line("back", "main", call("back-7", 9.5, key="ab"), call("back-8", 3.0, key="cd")),
    )  # fmt: skip
    assert [(one.wait_s, one.seen_by) for one in view.callers] == [
        (12.0, ("back", "front")),
        (3.0, ("back",)),
    ]


def test_callers_without_a_key_are_as_many_as_the_unit_that_sees_most() -> None:
    view = shown(
        state("front"), state("back"),
        line("front", "main", call("f1", 12.0)),
        line("back", "main", call("b1", 11.0), call("b2", 3.0)),
    )  # fmt: skip
    assert [(one.wait_s, one.seen_by) for one in view.callers] == [(11.0, ("back",)), (3.0, ("back",))]


def test_a_wait_goes_on_from_when_it_was_said_and_not_from_when_it_was_heard() -> None:
    kept = line("front", "main", call("front-1", 12.0, key="ab"), left_s=90)
    view = shown(state("front"), kept, after_s=5.0)
    assert [one.wait_s for one in view.callers] == [12.0 + 30.0 + 5.0]


def test_a_caller_who_is_taken_anywhere_is_taken() -> None:
    view = shown(
        state("front"), state("back"),
        line("front", "main", call("front-1", 25.0, key="ab", state="taken", by="back")),
        line("back", "main", call("back-7", 24.0, key="ab")),
    )  # fmt: skip
    assert [(one.state, one.by, one.stage) for one in view.callers] == [("taken", "back", 2)]


def test_the_callers_of_a_unit_that_is_gone_or_says_no_more_are_unsure() -> None:
    rings = line("front", "main", call("front-1", 12.0, key="ab"))
    assert [one.state for one in shown(state("front"), rings).callers] == ["ringing"]
    assert [one.state for one in shown(state("front", "offline"), rings).callers] == ["unsure"]
    assert [one.state for one in shown(state("front"), rings, after_s=121).callers] == ["unsure"]


def test_what_is_cleared_is_gone_and_what_is_malformed_is_left() -> None:
    listener = heard(state("front"), line("front", "main", call("front-1", 12.0)), state("back"))
    listener.hear(Message(f"calllight/{SITE}/front/line/main/state", b""), 100)
    listener.hear(Message(f"calllight/{SITE}/back/state", b""), 100)
    for junk in (b"\xff", b"[]", b'{"v":2,"state":"offline","boot":"x"}'):
        listener.hear(Message(f"calllight/{SITE}/front/state", junk), 100)
    listener.hear(Message("elsewhere", b"{}"), 100)
    view = listener.view(100)
    assert view.callers == ()
    assert [(unit.unit, unit.online) for unit in view.units] == [("front", True)]


def test_units_beyond_those_of_a_site_are_left_out() -> None:
    view = shown(*(state(f"u{number}") for number in range(WATCHED_UNITS_MAX + 1)))
    assert len(view.units) == WATCHED_UNITS_MAX


def test_lines_stand_in_the_order_of_the_unit_that_shows_most() -> None:
    view = shown(info("back", "lab", "main", "own"), info("front", "main", "lab"), info("attic", "extra"))
    assert [one.line for one in view.lines] == ["lab", "main", "own", "extra"]


def test_the_whole_site_as_text() -> None:
    view = shown(
        state("front"), state("back", "offline"),
        info("front", "main", "doctors"), info("back", "main", revision=2),
        health("front"), health("back", phone_lost=True, fault_count=2),
        line("front", "main", call("front-1", 75.0, key="ab"), call("front-2", 5.0, key="cd")),
    )  # fmt: skip
    assert (
        site_text(view)
        == """\
site elm-street: 2 callers wait, 1 of 2 units online
callers:
  Main  1:15  ringing  stage 2  at front
  Main  0:05  ringing  stage 1  at front
units:
  back   SILENT  phone LOST      1/1 towers  2 faults  site file 2
  front  online  1/1 registered  1/1 towers            site file 3
"""
    )


def test_units_with_different_site_files_are_told() -> None:
    view = shown(state("front"), state("back"), info("front", "main"), info("back", "main", revision=2))
    assert "site files DIFFER" in site_text(view)
    assert not shown(state("front"), info("front", "main")).revisions_differ


def test_changes_are_told_and_a_growing_wait_is_none() -> None:
    listener = heard(state("front"), info("front", "main"), health("front"))
    first = listener.view(100)
    listener.hear(line("front", "main", call("front-1", 1.0, key="ab")), 101)
    rings = listener.view(101)
    listener.hear(line("front", "main", call("front-1", 5.0, key="ab", state="taken", by="back")), 105)
    taken = listener.view(105)
    listener.hear(line("front", "main"), 130)
    over = listener.view(130)
    told = [list(changes(*pair)) for pair in pairwise((NOTHING, first, rings, listener.view(104)))]
    assert told[:2] == [
        ["front  online  1/1 registered  1/1 towers  site file 3"],
        ["Main: 0:01  ringing  stage 1  at front"],
    ]
    assert list(changes(rings, heard().view(0))) == ["front  removed"]
    assert list(changes(rings, taken)) == ["Main: 0:05  taken back  stage 1  at front"]
    assert list(changes(taken, over)) == ["Main: nobody waits"]
    assert list(changes(rings, rings)) == []
