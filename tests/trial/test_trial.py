"""The comprehension trial: the same pictures for a seed, complete, and without the answers in them."""

import re
import shutil
import subprocess
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

import pytest

from appliance.legend.content import Entry
from tests.trial.__main__ import key_of
from tests.trial.drawing import STEPS
from tests.trial.pictures import Shown, pictures
from tests.trial.sights import SIGHTS, paint_of
from tests.trial.towers import TOWERS, TrialTower


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> list[Shown]:
    return pictures(1, tmp_path_factory.mktemp("trial"))


def test_a_seed_draws_the_same_forty_pictures_and_another_one_others(
    shown: list[Shown], tmp_path: Path
) -> None:
    assert len(shown) == 40
    assert pictures(1, tmp_path) == shown
    assert pictures(2, tmp_path) != shown


def test_towers_and_sights_come_equally_often(shown: list[Shown]) -> None:
    assert set(Counter(one.tower.name for one in shown).values()) == {8}
    assert Counter(one.sight for one in shown) == dict.fromkeys(SIGHTS, 10)


def test_a_picture_holds_the_labels_and_the_time_and_no_answer(shown: list[Shown]) -> None:
    for one in shown:
        texts = [element.text for element in ElementTree.fromstring(one.svg).iter() if element.text]
        labels = list(one.tower.labels) if one.tower.name.startswith("pixels") else []
        assert sorted(texts) == sorted([*labels, *(f"{half / 2:g} s" for half in range(6))])


def test_a_strip_has_a_frame_for_each_step(shown: list[Shown]) -> None:
    for one in shown:
        lights = {"pixels-2": 16, "pixels-8": 64}.get(one.tower.name)
        if lights is not None:
            assert one.svg.count('rx="1"') == STEPS * lights
        else:
            assert one.svg.count('r="14"') == STEPS * int(one.tower.name[-1])


@pytest.mark.parametrize("tower", TOWERS, ids=lambda tower: tower.name)
def test_every_answer_is_in_the_legend_that_the_reader_gets(
    shown: list[Shown], tower: TrialTower, tmp_path: Path
) -> None:
    entries = [_answer(entry) for entry in tower.only(tmp_path).entries]
    answers = [answer for one in shown if one.tower == tower for answer in one.answers]
    assert answers
    assert all(any(answer.endswith(entry) for entry in entries) for answer in answers)


def test_the_pixel_towers_show_together_all_that_the_legend_has(shown: list[Shown], tmp_path: Path) -> None:
    answers = [answer for one in shown if one.tower.name.startswith("pixels") for answer in one.answers]
    entries = [_answer(entry) for entry in TOWERS[1].only(tmp_path).entries]
    assert [entry for entry in entries if not any(answer.endswith(entry) for answer in answers)] == []


def _answer(entry: Entry) -> str:
    return " OR ".join(situation.meaning for situation in entry.situations)


def test_the_key_has_a_block_for_each_picture(shown: list[Shown]) -> None:
    blocks = key_of(shown).split("\n\n")
    assert [block[:2] for block in blocks] == [f"{number:02}" for number in range(1, 41)]


@pytest.mark.parametrize("sight", SIGHTS)
def test_white_stays_white_and_black_stays_black_to_everybody(sight: str) -> None:
    assert paint_of(sight)((0, 0, 0)) == "#000000"
    assert all(int(part, 16) >= 0xFD for part in re.findall("..", paint_of(sight)((255, 255, 255))[1:]))


def test_red_and_green_look_alike_without_one_kind_of_cone_and_yellow_and_white_without_another() -> None:
    assert paint_of("full colour")((255, 130, 0)) == "#ff8200"
    for sight in ("protanopia", "deuteranopia"):
        red, green, blue = bytes.fromhex(paint_of(sight)((255, 0, 0))[1:])
        # Red becomes a dark yellow.
        assert blue < green <= red < 180


def test_a_picture_becomes_a_png(shown: list[Shown], tmp_path: Path) -> None:
    assert shutil.which("rsvg-convert")
    png = tmp_path / "one.png"
    subprocess.run(["rsvg-convert", "--output", png], input=shown[0].svg.encode(), check=True, timeout=60)
    assert png.read_bytes().startswith(b"\x89PNG")
