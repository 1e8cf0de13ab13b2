"""The short form of two figures of `make bench`: two presses at once, and pickups that fail."""

from appliance.simulate.callers import Fate
from tests.bench.pickups import raced, tried


def test_of_two_presses_at_once_one_wins_or_the_caller_has_gone() -> None:
    spoke_with, broken = raced(15)
    assert (broken, spoke_with.keys() - {0, 1}) == ("", set())
    assert spoke_with[1] > 3


def test_no_pickup_fault_drops_a_caller() -> None:
    met, fates, broken = tried(40)
    assert (broken, met >= 40) == ("", True)
    assert fates[Fate.DROPPED] == fates[Fate.CUT_OFF] == 0
    assert fates[Fate.REACHED] > 20
