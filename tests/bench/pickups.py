"""Pickups in simulated practices: those that fail, and two presses at the same instant."""

from collections import Counter
from dataclasses import replace

from appliance.core.settings import (
    BoardSettings,
    CancelMeaning,
    ExtensionSettings,
    LineSettings,
    LineSource,
    PickupSettings,
)
from appliance.core.words import DurationMs, ExtensionId, LineId, Way
from appliance.simulate.callers import Fate
from appliance.simulate.faults import BusFaults, Faults
from appliance.simulate.practice import Practice
from appliance.simulate.several import SitePractice
from tests.bench.figures import Figure

FAULTS = 10_000
RACES = 10_000

EVERY_PICKUP_FAULT = Faults(
    doubled_messages=True,
    late_messages=True,
    lost_moves=True,
    lost_ends=True,
    bad_phones=True,
    bad_transfers=True,
    impatient_staff=True,
)
"""All that can go wrong with a pickup but the death of the engine, which is the one way to lose a caller."""


A_SLOW_BUS = BusFaults(late_messages=True, doubled_messages=True)
ONLY_PRESSES = Faults(impatient_staff=True, late_messages=True)


def a_site(seed: int) -> BoardSettings:
    """A line with a ring group and one with a queue, taken to a desk phone or, each third time, a handset."""
    lines = tuple(
        LineSettings(
            LineId(name),
            name.capitalize(),
            (DurationMs(0), DurationMs(20_000), DurationMs(45_000)),
            name == "queue",
            DurationMs(8_000),
            DurationMs(600_000),
            priority=False,
        )
        for name in ("group", "queue")
    )
    extensions = tuple(
        ExtensionSettings(
            ExtensionId(f"ext-{line.id}"), line.id, (LineSource.EXTENSION,), CancelMeaning.NORMAL
        )
        for line in lines
    )
    by_phone = PickupSettings(Way.PHONE, "201", confirm_key=seed % 4 == 0, return_target="600")
    pickup = replace(by_phone, way=Way.HANDSET) if seed % 3 == 0 else by_phone
    return BoardSettings(lines, extensions, DurationMs(1_800_000), pickup=pickup)


def tried(faults: int) -> tuple[int, Counter[Fate], str]:
    """Run practices until so many faults were met; return how many, the callers' fates, and what broke."""
    fates: Counter[Fate] = Counter()
    met, seed = 0, 0
    while met < faults:
        seed += 1
        report = Practice(seed, a_site(seed), faults=EVERY_PICKUP_FAULT).run()
        if report.promise:
            return met, fates, f"seed {seed}: {report.broken}"
        met += report.pickup_faults
        fates.update(report.fates)
    return met, fates, ""


def raced(races: int) -> tuple[Counter[int], str]:
    """Run sites until two units pressed at once so often; return with how many people each caller spoke."""
    spoke_with: Counter[int] = Counter()
    seed = 0
    while spoke_with.total() < races:
        seed += 1
        report = SitePractice(seed, faults=(ONLY_PRESSES, A_SLOW_BUS), rivals=a_site(seed)).run()
        if report.promise:
            return spoke_with, f"seed {seed}: {report.broken}"
        spoke_with.update(report.races)
    return spoke_with, ""


def presses() -> list[Figure]:
    """Count who spoke with more than one person."""
    spoke_with, broken = raced(RACES)
    twice = spoke_with.total() - spoke_with[0] - spoke_with[1]
    return [
        Figure(
            f"two presses at once, {spoke_with.total():,} times in simulated sites ({spoke_with[1]:,} of the"
            " callers reached, the others gave up): callers taken twice",
            "none",
            broken or str(twice),
            not broken and twice == 0,
        )
    ]


def faults() -> list[Figure]:
    """Count who was dropped or cut off."""
    met, fates, broken = tried(FAULTS)
    dropped = fates[Fate.DROPPED] + fates[Fate.CUT_OFF]
    return [
        Figure(
            f"{met:,} pickup faults in simulated practices with {fates.total():,} callers: callers dropped",
            "none",
            broken or str(dropped),
            not broken and dropped == 0,
        )
    ]
