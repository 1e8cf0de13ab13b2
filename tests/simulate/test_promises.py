"""Each promise can be broken, is then named, and the seed plays it again."""

from dataclasses import replace

import pytest

from appliance.core.settings import PickupSettings
from appliance.core.words import DurationMs, PickupStep, Way
from appliance.simulate import invariants as promises
from appliance.simulate import shown, sounds, taking
from appliance.simulate.callers import Caller, Fate, Leg
from appliance.simulate.crowd import ACCOUNTED_FOR
from appliance.simulate.dice import Dice
from appliance.simulate.faults import Faults
from appliance.simulate.invariants import AT_EVERY_CHANGE, AT_EVERY_STEP, Invariant, promise_of
from appliance.simulate.judge import FLASHES
from appliance.simulate.pbx import Pbx
from appliance.simulate.practice import RAISES, Practice, Report
from appliance.simulate.site import GROUP_AGAIN, random_settings
from appliance.sip.pickup import Pickup
from tests.simulate import broken_boards as boards
from tests.simulate.broken_boards import Wrapped
from tests.simulate.broken_returns import LetsNobodyTakeThem, TakesWhoeverIsSentOnForANewCaller

SEEDS = range(1, 400)
"""Where a seed is looked for that shows the defect; most do at once."""

BROKEN: list[tuple[type[Wrapped], Invariant | str]] = [
    (boards.DropsSegments, promises.dark_means_nobody_waits),
    (boards.KeepsSegmentsLit, promises.lit_means_somebody_may_wait),
    (boards.TakesEveryRingForANewCaller, promises.a_wait_never_restarts),
    (boards.ForgetsHalfASecond, promises.a_wait_never_runs_backwards),
    (boards.KeepsOldRings, promises.every_ring_ends),
    (boards.TakesThemAgain, taking.whoever_is_taken_waits),
    (boards.GivesUpOnFailure, promises.every_call_has_one_outcome),
    (boards.TellsOutcomesTwice, promises.every_call_has_one_outcome),
    (boards.TellsNoOutcome, promises.every_call_has_one_outcome),
    (boards.HearsNoEnd, promises.every_call_has_one_outcome),
    (boards.TakesAnswersForLosses, promises.the_outcome_is_the_right_one),
    (boards.TakesADialForAColleague, promises.the_outcome_is_the_right_one),
    (boards.LosesDeadlines, promises.a_stage_is_shown_in_time),
    (boards.WakesLate, promises.a_stage_is_shown_in_time),
    (boards.WakesAtOnce, promises.the_deadline_lies_ahead),
    (boards.CountsOneMarkTooFew, shown.the_picture_agrees_with_what_was_told),
    (boards.HidesTheLoss, shown.a_lost_phone_system_is_shown),
    (boards.CountsNobodyMore, shown.limits_hold),
    (boards.ForgetsWhoIsMuted, sounds.nobody_hears_what_was_silenced),
    (boards.StaysWhereSoundIsWanted, sounds.nobody_hears_what_was_silenced),
    (boards.TestsOn, sounds.a_ring_ends_the_lamp_test),
    (boards.BlinksAtWill, FLASHES),
    (boards.ChirpsTwice, sounds.chirps_keep_apart),
    (boards.StaysDark, shown.what_is_shown_is_seen_soon),
    (boards.FlashesAtWill, FLASHES),
    (boards.Raises, RAISES),
]


def first_broken(board: type[Wrapped], promise: str) -> Report:
    reports = (Practice(seed, make_board=board).run() for seed in SEEDS)
    return next(report for report in reports if report.promise == promise)


@pytest.mark.parametrize(("board", "promise"), BROKEN, ids=[board.__name__ for board, _ in BROKEN])
def test_a_board_that_breaks_a_promise_is_caught_and_the_promise_named(
    board: type[Wrapped], promise: Invariant | str
) -> None:
    report = first_broken(board, promise if isinstance(promise, str) else promise_of(promise))
    again = Practice(report.seed, make_board=board, sentences_max=30).run()
    assert again.broken == report.broken, "the seed alone plays it again"
    assert again.story.count("\n") <= 30 + again.story.count("Traceback") * 60
    assert Practice(report.seed, make_board=Wrapped).run().promise == ""


BROKEN_TO_THE_KEPT: list[tuple[type[Wrapped], Invariant]] = [
    (LetsNobodyTakeThem, taking.whoever_is_kept_may_be_taken),
    (TakesWhoeverIsSentOnForANewCaller, taking.whoever_is_sent_on_is_known_again),
]


class HangsUpOnFailure(Pickup):
    """An engine that ends a caller whom nobody took."""

    def _fail(self, why: str) -> None:
        self._end(PickupStep.FAILED, why)


class GivesThemTwice(Pbx):
    """A phone system that gives a caller to whoever answers, however late."""

    def answered(self, leg: Leg) -> bool | None:
        leg.caller.hand = leg
        return True


def forgets(self: Pbx, caller: Caller, fate: Fate) -> None:  # noqa: ARG001
    """A phone system that does not know what becomes of a caller."""
    self._forget(caller)


OTHERWISE_BROKEN = [
    ("appliance.simulate.held.Pickup", HangsUpOnFailure, promise_of(taking.no_pickup_ends_a_caller)),
    ("appliance.simulate.practice.Pbx", GivesThemTwice, promise_of(taking.a_caller_speaks_with_one_person)),
    ("appliance.simulate.pbx.Pbx._leave", forgets, ACCOUNTED_FOR),
]
"""What no board can break, for the engine and the phone system look after it, too."""


@pytest.mark.parametrize(("name", "broken", "promise"), OTHERWISE_BROKEN)
def test_what_others_than_the_board_break_is_caught(
    name: str, broken: object, promise: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(name, broken)
    report = first_broken(Wrapped, promise)
    monkeypatch.undo()
    assert Practice(report.seed, make_board=Wrapped).run().promise == ""


def group_called_again(seed: int, board: type[Wrapped]) -> Report:
    """A practice in which whoever is not taken is soon sent to the group that they had called."""
    pickup = PickupSettings(Way.PHONE, "201", return_target=GROUP_AGAIN, return_after_ms=DurationMs(1_000))
    settings = replace(random_settings(Dice(seed)), pickup=pickup)
    faults = Faults(bad_phones=True, impatient_staff=True)
    return Practice(seed, settings, make_board=board, faults=faults).run()


@pytest.mark.parametrize(("board", "promise"), BROKEN_TO_THE_KEPT)
def test_a_board_that_wrongs_whoever_is_kept_or_sent_on_is_caught(
    board: type[Wrapped], promise: Invariant
) -> None:
    reports = (group_called_again(seed, board) for seed in SEEDS)
    report = next(report for report in reports if report.promise == promise_of(promise))
    assert group_called_again(report.seed, Wrapped).promise == ""


def test_every_promise_can_be_broken() -> None:
    caught = {promise if isinstance(promise, str) else promise_of(promise) for _, promise in BROKEN}
    caught |= {promise for _, _, promise in OTHERWISE_BROKEN}
    caught |= {promise_of(promise) for _, promise in BROKEN_TO_THE_KEPT}
    every = {promise_of(invariant) for invariant in (*AT_EVERY_CHANGE, *AT_EVERY_STEP)}
    assert caught == {*every, FLASHES, RAISES, ACCOUNTED_FOR}


def test_every_promise_is_a_sentence() -> None:
    for invariant in AT_EVERY_CHANGE:
        assert promise_of(invariant)[0].isupper()
        assert promise_of(invariant)[-1] == "."
