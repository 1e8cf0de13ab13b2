"""Chance from a seed: the only source of it in a practice.

Everything is made from `Random.random()` alone, whose sequence for a seed is the same on every Python; the
other methods of `random` may be improved from one version to the next, and a seed would tell another story.
"""

from collections.abc import Sequence
from random import Random
from typing import TypeVar

Thing = TypeVar("Thing")


class Dice:
    """Throws that depend on the seed and on the throws before, and on nothing else."""

    def __init__(self, seed: int) -> None:
        """Begin the sequence of this seed."""
        self._random = Random(seed)

    def chance(self, probability: float) -> bool:
        """Return true with this probability, 0 to 1."""
        return self._random.random() < probability

    def between(self, least: float, most: float) -> float:
        """Return a number from `least` up to `most`, each as likely as another."""
        return least + (most - least) * self._random.random()

    def often_little(self, least: float, most: float) -> float:
        """Return a number from `least` up to `most`, small ones much more often."""
        thrown = self._random.random()
        # Multiplied and not raised to a power: that is left to the C library, and each rounds in its own way.
        return least + (most - least) * (thrown * thrown * thrown)

    def count(self, least: int, most: int) -> int:
        """Return a whole number from `least` to `most`, both included."""
        return least + int(self._random.random() * (most - least + 1))

    def pick(self, things: Sequence[Thing]) -> Thing:
        """Return one of these."""
        return things[int(self._random.random() * len(things))]
