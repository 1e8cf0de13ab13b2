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

    def exponential(self) -> float:
        """Return how long something takes that takes 1 in the mean and may end at any moment, like a wait.

        By von Neumann's comparisons (Various techniques used in connection with random digits, 1951): a
        logarithm is left to the C library, and each rounds in its own way.
        """
        whole = 0
        while True:
            first = last = self._random.random()
            falls = 1
            while (thrown := self._random.random()) < last:
                last, falls = thrown, falls + 1
            if falls % 2:
                return whole + first
            whole += 1

    def count(self, least: int, most: int) -> int:
        """Return a whole number from `least` to `most`, both included."""
        return least + int(self._random.random() * (most - least + 1))

    def pick(self, things: Sequence[Thing]) -> Thing:
        """Return one of these."""
        return things[int(self._random.random() * len(things))]
