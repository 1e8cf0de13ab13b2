"""The site of a practice: whatever the settings say, its PBX has habits that fit them."""

import pytest

from appliance.core.lines import Lines
from appliance.core.settings import BoardSettings, CancelMeaning, LineSource
from appliance.core.words import LINES_MAX
from appliance.simulate.dialects import DIALECTS, Ending, dialects_of
from appliance.simulate.dice import Dice
from appliance.simulate.site import furnish, random_settings
from tests.core.desk import AWAY_MS, extension, line


def test_random_sites_have_every_shape_there_is() -> None:
    sites = [random_settings(Dice(seed)) for seed in range(300)]
    lines = [one for site in sites for one in site.lines]
    assert {len(site.lines) for site in sites} >= {1, 2, 4, LINES_MAX}
    assert {one.queue for one in lines} == {one.priority for one in lines} == {False, True}
    meanings = {one.cancel_meaning for site in sites for one in site.extensions}
    assert meanings == set(CancelMeaning)
    assert {source for site in sites for one in site.extensions for source in one.line_from} == set(
        LineSource
    )


def test_every_meaning_of_a_cancel_has_a_dialect_and_every_dialect_says_every_ending() -> None:
    assert all(dialects_of(meaning) for meaning in CancelMeaning)
    for dialect in DIALECTS:
        for queue in (False, True):
            assert all(dialect.said(ending, queue).forms for ending in Ending)


def test_a_queue_rings_again_before_the_hold_time_is_over() -> None:
    for seed in range(200):
        for habits in furnish(random_settings(Dice(seed)), Dice(seed)).habits:
            assert not habits.line.queue or 0 < habits.retry_ms < habits.line.hold_ms


def test_extensions_that_share_a_line_share_a_pbx_and_others_do_not() -> None:
    settings = BoardSettings(
        (line("main"), line("lab"), line("doctors")),
        (
            extension("601", "main"),
            extension("602", "main"),
            extension("603", "lab"),
            extension("604", "doctors"),
        ),
        AWAY_MS,
    )
    assert furnish(settings, Dice(1)).pbx_of == {"601": 0, "602": 0, "603": 2, "604": 3}


def test_the_serving_extensions_are_those_that_the_core_reads_from_the_same_settings() -> None:
    for seed in range(300):
        settings = random_settings(Dice(seed))
        site, core = furnish(settings, Dice(seed)), Lines(settings)
        assert site.serving == {one.id: core.served_by(one.id) for one in settings.lines}


def test_a_site_that_nobody_can_call_is_refused() -> None:
    settings = BoardSettings((line("main"),), (), AWAY_MS)
    with pytest.raises(ValueError, match="no extension can bring a caller"):
        furnish(settings, Dice(1))
