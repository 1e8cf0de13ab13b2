"""The site file: what is wrong with one is said at once, and a unit shows the whole site by it."""

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from appliance.core.settings import SiteUnit
from appliance.core.words import LINES_MAX, Button, UnitId
from appliance.site.file import SITE_FILE_BYTES_MAX, parse, too_many_lines
from appliance.site.plan import SiteLine, SitePlan
from appliance.site.tables import REVISION_MAX, SITE_UNITS_MAX
from appliance.site.whole import write
from tests.config.files import GOOD as UNIT
from tests.config.files import accepted
from tests.config.files import refusals as unit_refusals
from tests.site.plans import GOOD, refusals, with_line


def test_a_site_file_says_the_lines_by_position_and_the_units() -> None:
    plan = parse(GOOD.encode(), "site.toml")
    assert plan == SitePlan(
        revision=3,
        lines=(SiteLine("main", "Main", 1, ""), SiteLine("doctors", "Doctors' line", 2, "green")),
        units=(
            SiteUnit(UnitId("front"), "601", "201", (UnitId("back"),)),
            SiteUnit(UnitId("back"), "602", "202", ()),
        ),
        text=GOOD,
    )


MISTAKES = {
    "revision = 3": ("", "site.toml:1: the file: revision is missing"),
    'id = "doctors"': ('id = "Doctors"', "site.toml:4: [[line]] 1 id: must be small letters"),
    'label = "Main"': ("label = 7", "site.toml:11: [[line]] 2 label: must be text in quotes: 1 to 24"),
    "position = 1": ("position = 9", "site.toml:12: [[line]] 2 position: must be a whole number from 1 to 8"),
    "position = 2": ("position = 1", "site.toml:12: [[line]] 2 position: is the position of [[line]] 1 too"),
    'colour = "green"': ('colour = "red"', "site.toml:7: [[line]] 1 colour: must be one of white, yellow"),
    'id = "back"': ('id = "front"', "site.toml:21: [[unit]] 2 id: is the id of [[unit]] 1 too"),
    'extension = "602"': ("extension = 602", "site.toml:22: [[unit]] 2 extension: must be text in quotes"),
    'target = "201"': ('target = "2 01"', "site.toml:17: [[unit]] 1 target: must be the user part of a SIP"),
    'covers = ["back"]': (
        'covers = ["bak"]',
        'site.toml:18: [[unit]] 1 covers: must be the id of another [[unit]]; did you mean "back"?',
    ),
    'target = "202"': (
        'tarjet = "202"',
        'site.toml:23: [[unit]] 2 tarjet: is no setting of this place; did you mean "target"?',
    ),
}


@pytest.mark.parametrize("old", MISTAKES)
def test_one_mistake_is_said_with_its_place_and_what_is_allowed(old: str) -> None:
    new, said = MISTAKES[old]
    found = [line for line in refusals(with_line(old, new)) if line.startswith(said)]
    assert len(found) == 1, refusals(with_line(old, new))


def test_what_is_no_site_file_is_refused_in_one_line() -> None:
    assert refusals(b"\xff") == ["site.toml: is not UTF-8; save the file as UTF-8"]
    assert refusals("revision") == [
        "site.toml: is not TOML: Expected '=' after a key in a key/value pair (at end of document)"
    ]
    assert refusals("line = 3\nrevision = 1") == ["site.toml:1: [[line]]: must be written as [[line]]"]
    assert refusals("revision = 1\nline = [3]") == [
        "site.toml:2: [[line]] 1: must be a table: write [[line]] above its settings"
    ]
    full = f"revision = {REVISION_MAX}\n"
    assert refusals(full.ljust(SITE_FILE_BYTES_MAX)) == []
    assert refusals(full.ljust(SITE_FILE_BYTES_MAX + 1)) == [
        "site.toml: is longer than 15000 bytes, so it is no site file"
    ]
    assert refusals(f"revision = {REVISION_MAX + 1}") == [
        "site.toml:1: revision: must be a whole number from 0 to 2147483647"
    ]


def test_a_ninth_unit_and_a_ninth_line_are_refused() -> None:
    units = "".join(f'[[unit]]\nid = "u{number}"\n' for number in range(SITE_UNITS_MAX + 1))
    lines = "".join(
        f'[[line]]\nid = "l{number}"\nlabel = "L{number}"\nposition = {number % LINES_MAX + 1}\n'
        for number in range(LINES_MAX + 1)
    )
    assert refusals(f"revision = 1\n{units}") == [
        "site.toml:18: [[unit]] 9: is one too many: at most 8 are allowed"
    ]
    assert "site.toml:34: [[line]] 9: is one too many: at most 8 are allowed" in refusals(
        f"revision = 1\n{lines}"
    )


def test_a_unit_shows_every_line_of_the_site_at_its_place_and_its_own_after_them(tmp_path: Path) -> None:
    (tmp_path / "site.toml").write_text(
        with_line('label = "Main"', 'label = "Reception"').replace('"doctors"', '"lab"')
    )
    configuration = accepted(tmp_path, UNIT.replace("[unit]\n", f'[unit]\nstate_directory = "{tmp_path}"\n'))
    shown = [(line.id, line.label, line.dialled) for line in configuration.board.lines]
    assert shown == [
        ("main", "Reception", ()),
        ("lab", "Doctors' line", ()),
        ("doctors", "Doctors", ("0301234567",)),
    ]
    assert configuration.site is not None
    assert configuration.site.revision == 3
    where = f"{tmp_path}/unit.toml:22: [[line]] 2 id"
    why = "is no line of the site file: only this unit shows it, as the last"
    assert [one for one in configuration.warnings if "site file" in one] == [f"{where}: {why}"]


def test_a_line_of_the_site_alone_has_a_pin_too(tmp_path: Path) -> None:
    (tmp_path / "site.toml").write_text(GOOD.replace('"doctors"', '"lab"'))
    text = UNIT.replace('driver = "terminal"', 'driver = "gpio"\n[gpio]\nline_lamps = [[5], [6], [13]]\n')
    alone = ["unit.toml:28: [gpio] line_lamps entry 3: is one too many: there are 2 [[line]]"]
    assert unit_refusals(tmp_path, text) == alone
    here = text.replace("[unit]\n", f'[unit]\nsite_file = "{tmp_path}/site.toml"\n')
    assert unit_refusals(tmp_path, here) == []


def test_a_line_that_the_site_has_no_longer_leaves_its_pins_idle_and_the_unit_at_work(tmp_path: Path) -> None:
    wired = (
        'driver = "gpio"\n[gpio]\nalive_lamp = 4\nline_lamps = [[5], [6], [13]]\n'
        "line_buttons = [17, 18, 22]\nline_button_lamps = [23, 24, 25]\n"
    )
    text = UNIT.replace('driver = "terminal"', wired)
    text = text.replace("[unit]\n", f'[unit]\nstate_directory = "{tmp_path}"\n')
    (tmp_path / "site.toml").write_text(GOOD)
    configuration = accepted(tmp_path, text)
    assert len(configuration.board.lines) == 2
    pins = configuration.towers[0].pins
    assert pins is not None
    assert [one.pins for one in pins.lamps] == [(5,), (6,), (4,)]
    assert pins.buttons == ((Button.LINE_1, 17), (Button.LINE_2, 18))
    assert pins.button_lamps == ((Button.LINE_1, 23), (Button.LINE_2, 24))
    why = "entry 3: has no effect: the site and this unit have 2 lines"
    assert [one.partition("[gpio] ")[2] for one in configuration.warnings if "[gpio]" in one] == [
        f"{setting} {why}" for setting in ("line_lamps", "line_buttons", "line_button_lamps")
    ]


def test_a_site_file_that_was_named_and_is_not_there_is_refused(tmp_path: Path) -> None:
    text = UNIT.replace("[unit]\n", f'[unit]\nsite_file = "{tmp_path}/site.toml"\n')
    assert unit_refusals(tmp_path, text) == [
        "site.toml: the site file cannot be read: No such file or directory"
    ]


def test_a_plan_with_too_many_lines_for_a_unit_says_so() -> None:
    plan = parse(GOOD.encode(), "site.toml")
    six = tuple(f"own-{number}" for number in range(LINES_MAX - 2))
    assert too_many_lines(plan, (*six, "main")) == ""
    assert too_many_lines(plan, (*six, "seventh")) == (
        "with this unit's own lines there are 9: at most 8 are allowed"
    )


def test_a_file_is_replaced_whole_and_keeps_its_readers(tmp_path: Path) -> None:
    file = tmp_path / "site.toml"
    write(file, b"old")
    with file.open("rb") as reader:
        write(file, b"new")
        assert reader.read() == b"old"
    assert file.read_bytes() == b"new"
    assert file.stat().st_mode & 0o777 == 0o640
    assert list(tmp_path.iterdir()) == [file]


def test_two_may_replace_a_file_at_once_and_it_is_whole_at_any_moment(tmp_path: Path) -> None:
    file = tmp_path / "site.toml"
    contents = [letter * 5_000 for letter in (b"a", b"b", b"c")]
    write(file, contents[0])
    with ThreadPoolExecutor(len(contents)) as writers:
        done = [writers.submit(write, file, content) for _ in range(50) for content in contents]
        while not all(one.done() for one in done):
            assert file.read_bytes() in contents
    assert [one.exception() for one in done if one.exception()] == []
    assert list(tmp_path.iterdir()) == [file]


def test_what_lies_where_a_file_is_prepared_is_never_written_through(tmp_path: Path) -> None:
    file, victim = tmp_path / "site.toml", tmp_path / "victim"
    victim.write_bytes(b"root's own")
    ours = f"{os.getpid()}-{threading.get_ident()}"
    for name in (".site.toml.new", f".site.toml.{ours}.new"):
        (tmp_path / name).symlink_to(victim)
    write(file, b"new")
    assert (file.read_bytes(), victim.read_bytes()) == (b"new", b"root's own")
    assert not file.is_symlink()
