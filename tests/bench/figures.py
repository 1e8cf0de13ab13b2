"""One figure each: what it is, what was promised, what was seen."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """A row of the table."""

    what: str
    target: str
    seen: str
    met: bool

    def __str__(self) -> str:
        return f"| {self.what} | {self.target} | {self.seen} | {'met' if self.met else 'not met'} |"


HEAD = "| what | target | seen | |\n|---|---|---|---|"


def p99(values: Sequence[float]) -> float:
    """The value that one in a hundred of these exceeds: of a hundred, the greatest but one."""
    return statistics.quantiles(values, n=100, method="inclusive")[98]
