"""`call-light simulate`: run practices from seeds, and tell the story of the first that breaks a promise."""

import argparse
import contextlib
import multiprocessing
import os
import shlex
import signal
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from multiprocessing import resource_tracker
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol, TypeVar

from appliance.core.notices import Outcome
from appliance.core.settings import BoardSettings
from appliance.errors import ConfigurationRefused, ExitCode
from appliance.simulate.callers import Fate
from appliance.simulate.practice import Practice, Report
from appliance.simulate.story import SENTENCES_MAX

if TYPE_CHECKING:
    from appliance.simulate.several import SitePractice

FIRST_SEED: Final = 1
"""Practices are numbered from here, so that `--seeds 1000` is the same thousand on every machine."""

SEEDS_A_PORTION: Final = 20
"""Seeds that one process is handed at once: about a second of work, so that progress is seen."""


ONE_SITE_IN: Final = 40
"""Of so many practices one is of a site with several units: it costs as much as ten of one unit."""


Result = TypeVar("Result")


def practice_of(
    seed: int, settings: BoardSettings | None, sentences_max: int | None = 0
) -> "Practice | SitePractice":
    """Return the practice of this seed: of several units now and then, unless a unit's settings are given."""
    if settings is None and seed % ONE_SITE_IN == 0:
        # The bus is loaded only where there is one.
        from appliance.simulate.several import SitePractice

        return SitePractice(seed, sentences_max=sentences_max)
    return Practice(seed, settings, sentences_max=sentences_max)


def run(parsed: argparse.Namespace) -> int:
    """Run the practices that the command line asks for; return 1 if a promise was broken.

    Raises:
        ConfigurationRefused: the configuration that was named cannot be used.
    """
    if parsed.compare is not None:
        return _compare(parsed.compare, parsed.config)
    settings = None if parsed.config is None else _settings_of(parsed.config)
    if parsed.seed is not None:
        return _tell_one(parsed.seed, settings, parsed.config)
    seeds = range(FIRST_SEED, FIRST_SEED + parsed.seeds)
    print(f"seeds {seeds[0]} to {seeds[-1]}", flush=True)
    reports: list[Report] = []
    for report in _run_all(seeds, settings):
        if report.promise:
            print(f"seed {report.seed} breaks a promise", flush=True)
            return _tell_one(report.seed, settings, parsed.config, SENTENCES_MAX)
        reports.append(report)
        _show_progress(len(reports), len(seeds))
    print(summary_of(reports))
    return ExitCode.OK


def summary_of(reports: Iterable[Report]) -> str:
    """Return what came of these practices, in a few lines."""
    outcomes: Counter[Outcome] = Counter()
    fates: Counter[Fate] = Counter()
    faults: Counter[str] = Counter()
    count = sites = callers = rings = frames = 0
    virtual_ms = 0.0
    for report in reports:
        outcomes.update(report.outcomes)
        fates.update(report.fates)
        faults.update(report.faults)
        count += 1
        sites += report.units > 1
        callers += report.callers
        rings += report.rings
        frames += report.frames
        virtual_ms += report.virtual_ms
    ended = ", ".join(f"{outcomes[outcome]} {outcome.value}" for outcome in Outcome)
    switched_on = ", ".join(f"{name} {faults[name]}" for name in sorted(faults))
    return "\n".join(
        [
            f"practices {count}, all promises kept; {virtual_ms / 3_600_000:.1f} virtual hours",
            f"sites     {sites} of them with several units on a bus",
            f"callers   {callers}, with {rings} rings; calls ended: {ended}",
            f"fates     {', '.join(f'{fates[fate]} {fate.value}' for fate in Fate if fates[fate])}",
            f"faults    switched on in so many practices: {switched_on or 'none'}",
            f"flashes   metered on {frames} frames",
        ]
    )


def _tell_one(
    seed: int, settings: BoardSettings | None, config: Path | None, sentences_max: int | None = None
) -> int:
    """Run one practice and tell its story; the same seed always tells the same."""
    print(f"seed {seed}", flush=True)
    report = practice_of(seed, settings, sentences_max).run()
    print(report.story)
    if not report.promise:
        print(summary_of([report]))
        return ExitCode.OK
    print(f"broken: {report.broken}")
    named = "" if config is None else f" --config {shlex.quote(str(config))}"
    print(f"again:  call-light simulate --seed {seed}{named}")
    return ExitCode.FAILED


def _run_all(seeds: range, settings: BoardSettings | None) -> Iterator[Report]:
    """Run every practice, in the order of the seeds, on all processors."""
    with _processes(len(seeds)) as run_each:
        yield from run_each(partial(_report_of, settings), seeds)


def _compare(mornings: int, config: Path | None) -> int:
    """Say how many more callers are reached with the light."""
    if config is not None:
        raise ConfigurationRefused("--compare takes no --config: it has a practice of its own")
    from appliance.simulate.compare import pair_of, told

    seeds = range(FIRST_SEED, FIRST_SEED + mornings)
    with _processes(mornings) as run_each:
        for line in told(seeds, lambda assumed: list(run_each(partial(pair_of, assumed), seeds))):
            print(line.rstrip(), flush=True)
    return ExitCode.OK


class _RunEach(Protocol):
    """Runs a function for every seed, on all processors; the results come in the order of the seeds."""

    def __call__(self, function: Callable[[int], Result], seeds: range, /) -> Iterator[Result]:
        """Run it."""
        ...


@contextlib.contextmanager
def _processes(seed_count: int) -> Iterator[_RunEach]:
    """Have as many processes as there are processors, or none where one is enough."""
    count = min(len(os.sched_getaffinity(0)), -(-seed_count // SEEDS_A_PORTION))
    if count == 1:
        yield map
        return
    # Ctrl-C reaches every process of a terminal, and only the parent says something about it. The others are
    # born with it blocked: if they saw to that themselves, they would die loudly of one that is quicker.
    # (multiprocessing's own helper is there before, as starting it unblocks.)
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    with multiprocessing.get_context("spawn").Pool(count) as pool:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        yield lambda function, seeds: pool.imap(function, seeds, SEEDS_A_PORTION)


def _report_of(settings: BoardSettings | None, seed: int) -> Report:
    return practice_of(seed, settings).run()


def _show_progress(done: int, of: int) -> None:
    """Rewrite one line at a terminal; elsewhere say nothing, for the summary says it all."""
    if sys.stderr.isatty():
        end = "\n" if done == of else ""
        print(f"\r{done} of {of} practices", end=end, file=sys.stderr, flush=True)


def _settings_of(file: Path) -> BoardSettings:
    # The settings tree costs memory and time that a random site need not pay.
    from appliance.config.apart import read_apart

    settings = read_apart(file).board
    try:
        Practice(FIRST_SEED, settings)
    except ValueError as error:
        raise ConfigurationRefused(f"{file}: {error}") from error
    return settings
