"""`call-light simulate --compare`: how many more callers the same staff reach with the light than without it.

The answer stands and falls with what is assumed of people (`people`), so it comes with each assumption halved
and doubled, with its spread, and with practices in which the light does nothing.
"""

import math
import statistics
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from appliance.simulate.morning import morning
from appliance.simulate.people import ASSUMED, DECLARED, MORNING_S, Assumptions, Declared

NORMAL_95: Final = 1.96
"""Standard errors to either side of a mean over many mornings (95 % of a normal distribution)."""


@dataclass(frozen=True, slots=True)
class Difference:
    """What the light changes, in callers of a hundred, over many mornings."""

    without: float
    with_light: float
    more: float
    interval: tuple[float, float]
    """Within which the mean lies, 95 %."""
    spread: tuple[float, float]
    """Within which nine mornings of ten lie."""
    left_work: float
    """How many more are taken by somebody who leaves work away from the desk for them."""


Pair = tuple[float, float, float]
"""Of a morning, of a hundred callers: reached without and with the light, and how often more work is left."""


def pair_of(assumed: Assumptions, seed: int) -> Pair:
    """Return both mornings of this seed."""
    dark, lit = (morning(seed, assumed, light=light) for light in (False, True))
    each = 100 / max(1, dark.callers)
    return dark.reached * each, lit.reached * each, (lit.left_work - dark.left_work) * each


def difference_of(pairs: Sequence[Pair]) -> Difference:
    """Return what these mornings say together; each counts the same."""
    more = [with_light - without for without, with_light, _ in pairs]
    mean = statistics.fmean(more)
    error = NORMAL_95 * statistics.stdev(more) / math.sqrt(len(more)) if len(more) > 1 else float("inf")
    by_size = sorted(more)
    tail = len(more) // 20
    return Difference(
        without=statistics.fmean(without for without, _, _ in pairs),
        with_light=statistics.fmean(with_light for _, with_light, _ in pairs),
        more=mean,
        interval=(mean - error, mean + error),
        spread=(by_size[tail], by_size[-1 - tail]),
        left_work=statistics.fmean(left for _, _, left in pairs),
    )


NO_HELP: Final = (
    (
        "one person alone, who never leaves the desk",
        "callers are lost while that person speaks with somebody, and a light is no third hand",
        Assumptions(in_back=0, errands=0),
    ),
    (
        "a unit that is noticed no more than the phone is heard",
        "what is left is the walk that it spares",
        Assumptions(sees_light=Assumptions().hears_phone),
    ),
)
"""Practices in which the light does nothing, or next to nothing, and why."""

RunAll = Callable[[Assumptions], Sequence[Pair]]
"""Runs all mornings with these assumptions."""


def told(seeds: range, run_all: RunAll) -> Iterator[str]:
    """Tell line by line what the comparison says."""
    base = difference_of(run_all(Assumptions()))
    yield from _answer(seeds, base)
    yield ""
    yield "a practice where the light does not help, in more callers of 100:"
    for name, why, assumed in NO_HELP:
        one = difference_of(run_all(assumed))
        yield f"  {_interval(one):<22}{name}:"
        yield f"  {'':<22}{why}"
    yield ""
    yield "more callers of 100 with each assumption halved and doubled, and all others as they were;"
    yield "where the row names no source, the number is assumed and no study is behind it:"
    yield ""
    yield f"  {'assumption':<15}{'default':>8}  {'unit':<8}{'halved':>8}{'doubled':>9}   what it is"
    spans: dict[str, float] = {}
    for declared in DECLARED:
        halved, doubled = (
            difference_of(run_all(replace(Assumptions(), **{declared.name: value}))).more
            for value in (declared.halved, declared.doubled)
        )
        spans[declared.name] = abs(doubled - halved)
        yield from _row(declared, halved, doubled)
    yield ""
    most = sorted(spans, key=lambda name: -spans[name])[:3]
    yield f"it rests most on {most[0]}, {most[1]} and {most[2]}: count these before you believe the number"


def _answer(seeds: range, base: Difference) -> Iterator[str]:
    yield (
        f"the same staff and callers without the light and with it: {len(seeds)} mornings of"
        f" {MORNING_S // 3600} h, seeds {seeds[0]} to {seeds[-1]}"
    )
    yield ""
    yield f"reached of 100 callers   {base.without:5.1f} without, {base.with_light:5.1f} with the light"
    yield f"more reached             {_interval(base)} (mean over mornings, and its 95 % interval)"
    yield f"a single morning         {base.spread[0]:+.1f} to {base.spread[1]:+.1f} (nine of ten)"
    yield f"what it costs            {base.left_work:+.1f} calls for which somebody leaves other work"


def _interval(one: Difference) -> str:
    return f"{one.more:+.1f} ({one.interval[0]:+.1f} to {one.interval[1]:+.1f})"


def _row(declared: Declared, halved: float, doubled: float) -> Iterator[str]:
    yield (
        f"  {declared.name:<15}{declared.default:>8g}  {declared.unit:<8}{halved:>+8.1f}{doubled:>+9.1f}"
        f"   {declared.what}"
    )
    if declared.source != ASSUMED:
        yield f"  {'':<53}source: {declared.source}"
    if declared.doubled < 2 * declared.default:
        yield f"  {'':<53}(doubled: {declared.doubled:g}, for it cannot be more)"
