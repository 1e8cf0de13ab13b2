"""`call-light simulate --compare`: the same staff and callers with the light and without it."""

import argparse
from pathlib import Path

import pytest

from appliance.cli import main
from appliance.errors import ExitCode
from appliance.simulate.command import run
from appliance.simulate.compare import NO_HELP, Difference, difference_of, pair_of
from appliance.simulate.dice import Dice
from appliance.simulate.morning import Place, callers_of, morning
from appliance.simulate.people import DECLARED, Assumptions

ALONE_IN_THE_BACK = Assumptions(at_desk=0, leaves_errand=1, hears_phone=0, sees_light=1)
"""Nobody is at the desk, and who is in the back never hears its phone but always sees the light."""


def compared(mornings: int, capsys: pytest.CaptureFixture[str]) -> str:
    assert run(argparse.Namespace(compare=mornings, config=None)) == ExitCode.OK
    return capsys.readouterr().out


def test_a_wait_that_may_end_at_any_moment_is_one_in_the_mean_and_falls_the_same_way_everywhere() -> None:
    dice = Dice(1)
    thrown = [dice.exponential() for _ in range(20_000)]
    assert [round(one, 9) for one in thrown[:3]] == [0.134364244, 1.449491065, 0.788723351]
    assert sum(thrown) / len(thrown) == pytest.approx(1, abs=0.02)
    assert sum(one > 1 for one in thrown) / len(thrown) == pytest.approx(0.3679, abs=0.01)


def test_the_same_callers_come_with_the_light_and_without_it_and_whatever_the_staff_is() -> None:
    def come(assumed: Assumptions) -> list[tuple[float, float]]:
        return [(one.comes_s, one.gone_s) for one in callers_of(3, assumed)]

    assert come(Assumptions()) == come(Assumptions(sees_light=0.1, in_back=4, errands=30))
    dark, lit = (morning(3, Assumptions(), light=light) for light in (False, True))
    assert dark.callers == lit.callers == len(come(Assumptions()))


def test_whom_only_the_light_calls_reaches_callers_with_it_and_nobody_without() -> None:
    dark, lit = (morning(1, ALONE_IN_THE_BACK, light=light) for light in (False, True))
    assert (dark.reached, dark.left_work) == (0, 0)
    assert lit.reached == lit.left_work > 20


def test_what_the_light_spares_is_the_walk_where_it_is_noticed_no_more_than_the_phone() -> None:
    near = Assumptions(sees_light=0.3, walks_s=Assumptions().speaks_s)
    assert all(pair_of(near, seed)[0] == pair_of(near, seed)[1] for seed in range(1, 11))


def test_a_light_gives_nobody_a_third_hand() -> None:
    (_, _, assumed), *_ = NO_HELP
    for seed in range(1, 11):
        without, with_light, left = pair_of(assumed, seed)
        assert without == with_light < 100
        assert left == 0


def test_nobody_speaks_with_two_callers_and_nobody_is_counted_twice() -> None:
    busy = Assumptions(callers=400, talk_s=1e6, errands=0, patients=0, in_back=0)
    told = morning(1, busy, light=True)
    assert (told.reached, told.callers > 1000) == (1, True)


def test_the_mean_its_interval_and_the_spread_of_mornings_are_those_of_the_differences() -> None:
    pairs = [(50.0, 50.0 + more, 1.0) for more in (0, 2, 4, 6, 8)]
    half_width = 1.96 * 10**0.5 / 5**0.5
    seen = difference_of(pairs)
    assert seen == Difference(50, 54, 4, seen.interval, spread=(0, 8), left_work=1)
    assert seen.interval == pytest.approx((4 - half_width, 4 + half_width))


def test_every_assumption_is_told_with_its_unit_and_moves_the_answer_or_is_shown_not_to(
    capsys: pytest.CaptureFixture[str],
) -> None:
    said = compared(2, capsys)
    _, _, table = said.partition("what it is\n")
    rows = [row for row in table.splitlines() if row[2:].split(" ")[0] in NAMES]
    assert [row.split()[0] for row in rows] == NAMES
    assert all(one.unit in row and one.what in row for one, row in zip(DECLARED, rows, strict=True))
    assert all(len(row) <= 110 for row in said.splitlines())
    assert "does not help" in said
    assert said == compared(2, capsys)


NAMES = [one.name for one in DECLARED]


def test_a_chance_is_doubled_to_certainty_at_most_and_half_a_person_is_nobody() -> None:
    by_name = {one.name: one for one in DECLARED}
    assert (by_name["sees_light"].halved, by_name["sees_light"].doubled) == (0.35, 1.0)
    assert (by_name["walks_s"].halved, by_name["walks_s"].doubled) == (4.0, 16.0)
    nobody = Assumptions(at_desk=by_name["at_desk"].halved, in_back=by_name["in_back"].halved)
    assert morning(1, nobody, light=True).reached == 0


def test_every_place_is_where_somebody_is_in_some_morning() -> None:
    from appliance.simulate.morning import Person

    person = Person(1, 0, Assumptions(), in_back=False)
    assert {person.where(now_s).place for now_s in range(0, 14_400, 10)} == set(Place)


def test_a_comparison_takes_no_configuration(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["simulate", "--compare", "2", "--config", str(tmp_path / "none.toml")]) == ExitCode.REFUSED
    assert "practice of its own" in capsys.readouterr().err
