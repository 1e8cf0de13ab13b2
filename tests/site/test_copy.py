"""The site file travels: the greater revision holds, and whatever is wrong with one is shown."""

from pathlib import Path

import pytest

from appliance.core.events import FaultCleared, FaultRaised
from appliance.core.words import LINES_MAX
from appliance.site.copy import SITE_FAULT, SiteCopy
from appliance.site.file import parse
from appliance.site.tables import REVISION_MAX, REVISION_STEP_MAX
from appliance.site.whole import write
from tests.site.plans import GOOD

THREE = GOOD
FOUR = GOOD.replace("revision = 3", "revision = 4").replace('"Main"', '"Reception"')


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "site.toml"
    write(file, THREE.encode())
    return file


def copy_of(file: Path, own_lines: tuple[str, ...] = ("main",)) -> SiteCopy:
    plan = parse(file.read_bytes(), str(file)) if file.exists() else None
    return SiteCopy(file, "front", plan, own_lines, lambda: None)


def test_a_newer_one_is_kept_and_told_on_and_the_unit_must_start_again(file: Path) -> None:
    asked: list[str] = []
    copy = SiteCopy(file, "front", parse(THREE.encode(), ""), ("main",), lambda: asked.append("restart"))
    copy.look()
    assert asked == []
    assert copy.hear("back", 4, FOUR)
    assert file.read_text() == FOUR
    assert copy.revision == 4
    assert not copy.hear("back", 4, FOUR), "what we have ourselves is no news"
    assert not copy.look(), "what we wrote ourselves is no change by a person"
    assert asked == ["restart"]
    assert copy.faults() == ()


def test_an_older_one_changes_nothing(file: Path) -> None:
    copy = copy_of(file)
    assert not copy.hear("back", 2, THREE.replace("revision = 3", "revision = 2"))
    assert file.read_text() == THREE
    assert copy.revision == 3


def test_a_unit_that_has_none_takes_the_first_that_it_hears(tmp_path: Path) -> None:
    copy = copy_of(tmp_path / "site.toml")
    assert copy.hear("front", 3, THREE)
    assert (tmp_path / "site.toml").read_text() == THREE


def test_a_change_by_a_person_is_seen_and_told(file: Path) -> None:
    copy = copy_of(file)
    assert not copy.look()
    write(file, FOUR.encode())
    assert copy.look()
    assert not copy.look()
    assert copy.plan is not None
    assert copy.plan.text == FOUR


@pytest.mark.parametrize("text", ["revision = ", THREE.replace('"Main"', '"Other"'), ""])
def test_a_change_that_is_wrong_or_raises_no_revision_is_left_alone(file: Path, text: str) -> None:
    copy = copy_of(file)
    write(file, text.encode())
    assert not copy.look()
    assert copy.plan is not None
    assert copy.plan.text == THREE


def test_two_files_with_one_revision_are_a_fault_until_one_of_them_is_changed(file: Path) -> None:
    copy = copy_of(file)
    other = THREE.replace('"Main"', '"Other"')
    assert not copy.hear("back", 3, other)
    assert copy.faults() == (FaultRaised(SITE_FAULT, "back has another site file with revision 3"),)
    assert copy.faults() == ()
    assert copy.hear("back", 4, FOUR)
    assert copy.faults() == (FaultCleared(SITE_FAULT),)


def test_what_would_be_refused_is_not_kept_and_shown(file: Path) -> None:
    copy = copy_of(file, tuple(f"own-{number}" for number in range(LINES_MAX - 1)))
    assert not copy.hear("back", 4, "revision = 4\nlines = 3")
    (fault,) = copy.faults()
    assert isinstance(fault, FaultRaised)
    assert fault.why.startswith(
        "site file 4 of back is refused: the site file of back:2: lines: is no setting"
    )
    assert not copy.hear("back", 9, FOUR)
    assert not copy.hear("attic", 4, FOUR)
    (fault,) = copy.faults()
    assert isinstance(fault, FaultRaised)
    assert fault.why == (
        "site file 4 of attic is refused: with this unit's own lines there are 9: at most 8 are allowed; "
        "site file 9 of back is refused: it has another revision than was said"
    )
    assert file.read_text() == THREE


def test_a_revision_that_would_end_all_counting_is_refused_and_shown(file: Path) -> None:
    copy = copy_of(file)
    last = 3 + REVISION_STEP_MAX
    assert not copy.hear("back", REVISION_MAX, THREE.replace("revision = 3", f"revision = {REVISION_MAX}"))
    assert not copy.hear("attic", last + 1, THREE.replace("revision = 3", f"revision = {last + 1}"))
    (fault,) = copy.faults()
    assert isinstance(fault, FaultRaised)
    assert fault.why == (
        f"site file {last + 1} of attic is refused: it is more than 1000 changes ahead of ours; "
        f"site file {REVISION_MAX} of back is refused: it is more than 1000 changes ahead of ours"
    )
    assert copy.revision == 3
    assert copy.hear("cellar", last, THREE.replace("revision = 3", f"revision = {last}"))


def test_a_file_in_which_this_unit_is_missing_is_refused_and_shown(file: Path) -> None:
    copy = copy_of(file)
    without = FOUR.replace('id = "front"', 'id = "attic"')
    assert not copy.hear("back", 4, without)
    (fault,) = copy.faults()
    assert fault == FaultRaised(SITE_FAULT, "site file 4 of back is refused: it has no unit front any more")
    assert file.read_text() == THREE
    # Who was no unit of the site before has nothing to lose by it.
    write(file, THREE.replace('id = "front"', 'id = "cellar"').encode())
    assert copy_of(file).hear("back", 4, without)


def test_a_disk_that_takes_nothing_is_shown(file: Path) -> None:
    copy = SiteCopy(file.parent / "gone" / "site.toml", "front", None, (), lambda: None)
    assert not copy.hear("back", 4, FOUR)
    assert copy.faults() == (
        FaultRaised(SITE_FAULT, "site file 4 of back cannot be kept: No such file or directory"),
    )
