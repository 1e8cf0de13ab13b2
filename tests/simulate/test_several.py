"""Sites of several units: each promise between units can be broken, and is then named."""

import pytest

from appliance.core.board import Board
from appliance.simulate import agreement as promises
from appliance.simulate.agreement import ALL_DARK, OF_A_SITE, OWN_RINGS, SiteInvariant
from appliance.simulate.faults import BusFaults, Faults
from appliance.simulate.invariants import promise_of
from appliance.simulate.several import SitePractice
from tests.simulate import broken_sites as boards
from tests.simulate.broken_sites import OfASite

ONLY_CUT_CABLES = Faults(), BusFaults(cut_cables=True)
"""Enough to break any of them."""

SEEDS_EACH = 200
"""How many seeds are looked through, from the named one on; the named one shows the defect today."""

BROKEN: list[tuple[type[OfASite], SiteInvariant | str, int]] = [
    (boards.HearsNobody, promises.nobody_is_merged_away, 1),
    (boards.HasAKeyOfItsOwn, promises.a_caller_is_shown_once, 1),
    (boards.TakesEveryoneForNew, promises.all_boards_agree, 3),
    (boards.HidesTheUnsure, promises.nobody_goes_dark, 8),
    (boards.TrustsTheSilent, promises.a_silent_units_callers_are_unsure, 8),
    (boards.BelievesInEndsElsewhere, OWN_RINGS, 3),
    (boards.KeepsLit, ALL_DARK, 2),
]


@pytest.mark.parametrize(("board", "promise", "first"), BROKEN, ids=[one.__name__ for one, _, _ in BROKEN])
def test_a_site_that_breaks_a_promise_is_caught_and_the_promise_named(
    board: type[OfASite], promise: SiteInvariant | str, first: int
) -> None:
    said = promise if isinstance(promise, str) else promise_of(promise)
    seeds = range(first, first + SEEDS_EACH)
    reports = (SitePractice(seed, board, faults=ONLY_CUT_CABLES).run() for seed in seeds)
    report = next(report for report in reports if report.promise == said)
    assert SitePractice(report.seed, Board, faults=ONLY_CUT_CABLES).run().promise == ""


def test_every_promise_between_units_has_a_board_that_breaks_it() -> None:
    assert {*OF_A_SITE, OWN_RINGS, ALL_DARK} == {promise for _, promise, _ in BROKEN}


def test_a_seed_tells_the_same_story_of_a_site_each_time() -> None:
    first, second = (SitePractice(4, sentences_max=None).run() for _ in range(2))
    assert first == second
    assert first.units > 1
    assert "bus: publish line" in first.story
