"""Chance and faults: the same seed throws the same dice everywhere, and each kind of fault comes and goes."""

from dataclasses import fields

import pytest

from appliance.simulate.dice import Dice
from appliance.simulate.faults import Faults
from appliance.simulate.practice import Practice

TRACES = {
    "lost starts": "started, and the message is lost",
    "lost ends": "and the message is lost",
    "engine deaths": "the engine is killed",
    "silent engines": "the engine hangs",
    "pbx restarts": "restarts",
    "pbx kills": "is killed",
    "lost registrations": "is refused",
    "refused senders": "senders refused",
    "stuck rings": "the engine never notices",
    "failed rings": "was lost",
    "lost moves": "joined, and the message is lost",
    "deaths in hand": "the engine is killed",
    "bad phones": "(it is busy)",
    "bad transfers": "the phone system refuses",
    "impatient staff": "the board wants this done: take ring",
    "pressed buttons": "the board hears: button pressed",
    "floods": "answered 486",
}
"""What the story says where a fault happened; those that are missing here only move instants."""


def test_the_dice_fall_the_same_way_on_every_python() -> None:
    dice = Dice(42)
    thrown = [round(dice.between(0, 1), 9), dice.count(1, 6), dice.pick("abcdef"), dice.chance(0.5)]
    assert [*thrown, round(dice.often_little(0, 10), 6)] == [0.639426798, 1, "b", True, 3.994545]


def test_a_count_takes_both_of_its_ends_and_nothing_beyond() -> None:
    dice = Dice(1)
    assert {dice.count(2, 4) for _ in range(200)} == {2, 3, 4}


@pytest.mark.parametrize("kind", [kind.name for kind in fields(Faults)])
def test_every_kind_of_fault_is_on_in_some_practices_and_off_in_others(kind: str) -> None:
    switched = [getattr(Faults.swarm(Dice(seed)), kind) for seed in range(1, 1001)]
    assert 15 < sum(switched) < 985


def test_every_kind_of_fault_is_met_alone_among_the_pairs_that_hide_each_other() -> None:
    swarms = [Faults.swarm(Dice(seed)) for seed in range(1, 1001)]
    assert {(one.engine_deaths, one.pbx_restarts) for one in swarms} == {
        (False, False),
        (False, True),
        (True, False),
        (True, True),
    }


def test_a_fault_that_is_on_happens_and_one_that_is_off_does_not() -> None:
    met = dict.fromkeys(TRACES, False)
    for seed in range(1, 120):
        report = Practice(seed, sentences_max=None).run()
        for kind in TRACES:
            if kind in report.faults:
                met[kind] = met[kind] or TRACES[kind] in report.story
        off = set(TRACES) - set(report.faults)
        for kind in off & {"silent engines", "pbx restarts", "stuck rings"}:
            assert TRACES[kind] not in report.story, (seed, kind)
    assert met == dict.fromkeys(TRACES, True)
