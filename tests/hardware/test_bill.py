"""Bills of materials: complete, summed, under the limit, and honest about what is an estimate."""

import re

import pytest

from hardware import bill
from hardware.render import copies
from tests.hardware import firmware
from tests.hardware.harness import ROOT

REFERENCE_LINES = 4


@pytest.mark.parametrize("way", bill.REFERENCE)
def test_a_reference_unit_stays_under_the_limit(way: str) -> None:
    assert 50 < bill.total_usd(bill.read(way), *bill.REFERENCE[way]) < bill.USD_MAX


def test_a_sum_counts_each_row_that_is_needed_times_its_quantity() -> None:
    def row(needed: str, quantity: float, price_usd: float) -> bill.Row:
        words = {"unit": "piece", "maker": "any", "part_number": "", "note": ""}
        checked = {"part_number_is": "estimate", "price_is": "estimate"}
        return bill.Row((), "lamp", quantity, price_usd=price_usd, needed=needed, **words, **checked)

    rows = (row("always", 3, 1.5), row("beacon", 1, 10), row("handset", 2, 0.25))
    assert bill.total_usd(rows) == 4.5
    assert bill.total_usd(rows, "beacon") == 14.5
    assert bill.total_usd(rows, "beacon", "handset") == 15
    assert bill.choices(rows) == ("beacon", "handset")


@pytest.mark.parametrize("way", bill.REFERENCE)
def test_each_row_says_whether_it_was_checked(way: str) -> None:
    for row in bill.read(way):
        for word in (row.part_number_is, row.price_is):
            assert word == "estimate" or re.fullmatch(r"\d{4}-\d\d-\d\d", word), row.item
        assert row.item
        assert row.unit in ("piece", "metre", "gram", "pair", "set")
        assert row.maker
        assert row.quantity > 0
        assert row.price_usd > 0


@pytest.mark.parametrize("way", bill.REFERENCE)
def test_every_way_has_wired_ethernet_and_power_over_it(way: str) -> None:
    items = " ".join(row.item for row in bill.read(way) if row.needed == bill.ALWAYS)
    assert "PoE splitter" in items
    assert "Raspberry Pi" in items


def test_the_strip_is_long_enough_for_the_pixels_of_the_reference_unit() -> None:
    (strip,) = [row for row in bill.read("controller") if "WS2812B" in row.item]
    assert strip.quantity * 60 == pytest.approx(firmware.chain_pixels(REFERENCE_LINES))


def test_there_is_a_button_for_each_line_and_three_more() -> None:
    for way, item in (("controller", "push button 24 mm"), ("gpio", "lit push button 16 mm")):
        (row,) = [row for row in bill.read(way) if item in row.item]
        assert row.quantity == REFERENCE_LINES + firmware.number("wire.h", "KEYS")
    assert copies("lamp_plug", REFERENCE_LINES) == REFERENCE_LINES + firmware.number("wire.h", "KEYS")


def test_the_readme_quotes_the_sums() -> None:
    readme = (ROOT / "hardware" / "README.md").read_text(encoding="utf-8")
    for way, reference in bill.REFERENCE.items():
        row = next(line for line in readme.splitlines() if f"bill/{way}.csv" in line)
        assert f"{bill.total_usd(bill.read(way), *reference):.0f} USD" in row, way


def test_the_command_prints_the_sum_of_each_way(capsys: pytest.CaptureFixture[str]) -> None:
    bill.main()
    said = capsys.readouterr().out
    for way, reference in bill.REFERENCE.items():
        usd = f"{bill.total_usd(bill.read(way), *reference):.2f}"
        assert re.search(rf"^{way} +reference unit +{usd} USD$", said, re.MULTILINE)
    assert "the prices of 0 checked" in said
