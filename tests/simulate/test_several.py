"""Sites of several units: each promise between units can be broken, and is then named."""

from collections import Counter
from collections.abc import Callable

import pytest

from appliance.core.board import Board
from appliance.core.settings import BoardSettings
from appliance.simulate import agreement as promises
from appliance.simulate.agreement import ALL_DARK, OF_A_SITE, OWN_RINGS, SENT_ON_FIRST, SiteInvariant
from appliance.simulate.callers import Fate
from appliance.simulate.faults import BusFaults, Faults
from appliance.simulate.invariants import promise_of
from appliance.simulate.practice import Report
from appliance.simulate.several import SitePractice
from appliance.simulate.shell import SiteBoard
from tests.bench.pickups import a_site
from tests.simulate import broken_sites as boards
from tests.simulate.broken_sites import OfASite

ONLY_CUT_CABLES = Faults(), BusFaults(cut_cables=True)
"""Enough to break nearly any of them."""

PRESSES = Faults(
    impatient_staff=True, bad_phones=True, bad_transfers=True, late_messages=True, lost_moves=True
)
ONLY_RESTARTS = PRESSES, BusFaults(late_messages=True, power_cuts=True, stopped_units=True)
"""Units that go off, told or not, with callers in their hands."""

SEEDS_EACH = 200
"""How many seeds are looked through, from the named one on; the named one shows the defect today."""

BROKEN: list[tuple[type[OfASite], SiteInvariant | str, int]] = [
    (boards.HearsNobody, promises.nobody_is_merged_away, 4),
    (boards.HasAKeyOfItsOwn, promises.a_caller_is_shown_once, 4),
    (boards.TakesEveryoneForNew, promises.all_boards_agree, 14),
    (boards.HidesTheUnsure, promises.nobody_goes_dark, 13),
    (boards.TrustsTheSilent, promises.a_silent_units_callers_are_unsure, 85),
    (boards.BelievesInEndsElsewhere, OWN_RINGS, 2),
    (boards.KeepsLit, ALL_DARK, 1),
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


@pytest.mark.parametrize(
    ("board", "first"), [(boards.EndsAtOnce, 1), (boards.TakesEveryWordForTheLatest, 37)]
)
def test_a_unit_that_ends_and_leaves_a_caller_to_nobody_is_caught(board: type[OfASite], first: int) -> None:
    reports = (restarted(seed, board) for seed in range(first, first + SEEDS_EACH))
    report = next(report for report in reports if report.promise == SENT_ON_FIRST)
    assert restarted(report.seed).promise == ""


def test_units_go_off_and_come_back_with_callers_in_their_hands() -> None:
    reports = [restarted(seed) for seed in range(1, 16)]
    assert {report.broken for report in reports} == {""}
    fates = sum((Counter(report.fates) for report in reports), Counter())
    assert fates[Fate.DROPPED] > 3, "whom a power cut met in a unit's hands"
    assert fates[Fate.REACHED] > 20


def restarted(seed: int, board: Callable[[BoardSettings], SiteBoard] = Board) -> Report:
    return SitePractice(seed, board, faults=ONLY_RESTARTS, rivals=a_site(seed)).run()


def test_every_promise_between_units_has_a_board_that_breaks_it() -> None:
    assert {*OF_A_SITE, OWN_RINGS, ALL_DARK} == {promise for _, promise, _ in BROKEN}


def test_a_seed_tells_the_same_story_of_a_site_each_time() -> None:
    first, second = (SitePractice(4, sentences_max=None).run() for _ in range(2))
    assert first == second
    assert first.units > 1
    assert "bus: publish line" in first.story
