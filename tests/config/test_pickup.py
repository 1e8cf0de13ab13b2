"""How a button takes callers: what the table allows, what is warned of, and what the board is told."""

from pathlib import Path

import pytest

from appliance.config import kinds
from appliance.config.pickup_table import PHONE_HEADERS_MAX
from appliance.core.settings import PickupSettings
from appliance.core.words import Way
from tests.config.files import GOOD, accepted, refusals
from tests.site.plans import GOOD as SITE


def pickup_of(folder: Path, table: str) -> PickupSettings:
    """What the board is told of this table."""
    return accepted(folder, f"{GOOD}\n[pickup]\n{table}").board.pickup


def warnings(folder: Path, table: str) -> list[str]:
    """What is warned of in this table."""
    return [
        one.partition("[pickup] ")[2]
        for one in accepted(folder, f"{GOOD}\n[pickup]\n{table}").warnings
        if "[pickup]" in one
    ]


def test_without_a_word_about_it_no_button_takes_anybody(tmp_path: Path) -> None:
    assert accepted(tmp_path, GOOD).board.pickup == PickupSettings(way=None)


@pytest.mark.parametrize(
    ("table", "way", "target"),
    [
        ('target = "201"', Way.PHONE, "201"),
        ('way = "redirect"\ntarget = "*80201"', Way.REDIRECT, "*80201"),
        ('way = "handset"', Way.HANDSET, ""),
        ('way = "none"\ntarget = "201"', None, "201"),
        ('way = "phone"', None, ""),
    ],
)
def test_a_way_that_needs_a_target_takes_nobody_without_one(
    tmp_path: Path, table: str, way: Way | None, target: str
) -> None:
    found = pickup_of(tmp_path, table)
    assert (found.way, found.target) == (way, target)


def test_the_target_of_the_site_file_holds_where_the_unit_says_none(tmp_path: Path) -> None:
    site = tmp_path / "site.toml"
    site.write_text(SITE, encoding="utf-8")
    text = GOOD.replace('name = "front"', f'name = "front"\nsite_file = "{site}"')
    found = accepted(tmp_path, text).board.pickup
    assert (found.way, found.target) == (Way.PHONE, "201")
    assert accepted(tmp_path, text + '[pickup]\ntarget = "299"\n').board.pickup.target == "299"


def test_what_cannot_work_as_meant_is_warned_of(tmp_path: Path) -> None:
    assert warnings(tmp_path, 'way = "redirect"') == [
        "target: is empty, here and in the site file: no button takes anybody"
    ]
    assert warnings(tmp_path, 'way = "handset"\nconfirm = "key"') == [
        'confirm: has no effect on this unit\'s own buttons: way is not "phone"'
    ]
    assert warnings(tmp_path, 'target = "201"\nhandset_device = "hw:1"') == [
        'handset_device: has no effect on this unit\'s own buttons: way is not "handset"'
    ]
    assert warnings(tmp_path, 'target = "201"\nconfirm = "key"\nheaders = ["Alert-Info: Auto Answer"]') == [
        "headers: let a phone answer by itself, and then nobody may press the key"
    ]


@pytest.mark.parametrize(
    "table",
    [
        'target = "20 1"',
        'target = "201>"',
        f'target = "{"2" * (kinds.VALUE_LENGTH_MAX + 1)}"',
        'return_target = "a\\"b"',
        'headers = ["no header"]',
        'headers = ["Via: 192.0.2.1"]',
        'headers = ["Alert-Info: a\\r\\nX-Evil: b"]',
        f'headers = ["X-A: {"a" * (kinds.HEADER_LINE_LENGTH_MAX - 4)}"]',
        f"headers = {['X-A: b'] * (PHONE_HEADERS_MAX + 1)}",
        f'handset_device = "{"a" * (kinds.ALSA_LENGTH_MAX + 1)}"',
        'way = "blind"',
        "answer_within_s = 2.9",
        "return_after_s = 601",
    ],
)
def test_what_is_no_such_thing_is_refused(tmp_path: Path, table: str) -> None:
    [said] = refusals(tmp_path, f"{GOOD}\n[pickup]\n{table}\n")
    assert f"[pickup] {table.partition(' ')[0]}" in said


def test_what_is_just_within_its_limits_is_accepted(tmp_path: Path) -> None:
    header = f"X-A: {'a' * (kinds.HEADER_LINE_LENGTH_MAX - 5)}"
    found = pickup_of(
        tmp_path, f'target = "{"2" * kinds.VALUE_LENGTH_MAX}"\nheaders = {[header] * PHONE_HEADERS_MAX}'
    )
    assert found.headers == (header,) * PHONE_HEADERS_MAX
