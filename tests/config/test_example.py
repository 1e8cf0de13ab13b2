"""The example that ships is made from the declarations, accepted, and complete."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from appliance.config import example as example_module
from appliance.config import read
from appliance.config.describe import TABLE_NAMES, allowed, heading, table_class
from appliance.config.example import COLUMNS, FILE, example, main
from tests.config.files import accepted, refusals


def test_the_file_that_ships_is_made_from_the_declarations() -> None:
    assert FILE.read_text(encoding="utf-8") == example()


def test_it_is_accepted_as_it_stands_and_needs_a_password_only() -> None:
    assert [warning.partition(": ")[2] for warning in read(FILE).warnings] == [
        (
            "[[extension]] 1 password: is empty, so only a PBX that asks for none accepts us; set it in"
            " the credential main.password or the environment's CALL_LIGHT_PASSWORD_MAIN"
        )
    ]


def test_every_setting_stands_in_it_once_with_what_it_allows() -> None:
    text = example()
    for name in TABLE_NAMES:
        block = text.partition(f"\n{heading(name)}\n")[2].partition("\n[")[0]
        words = " ".join(block.replace("\n# ", " ").split())
        for setting in table_class(name).model_fields:
            assert len(re.findall(rf"^(?:# )?{setting} = ", block, re.MULTILINE)) == 1, (name, setting)
            assert f"Allowed: {allowed(name, setting)}." in words


def test_a_setting_that_is_commented_out_shows_its_default(tmp_path: Path) -> None:
    given = re.sub(r"^# (\w+ = )", r"\1", example(), flags=re.MULTILINE)
    # What a setting allows alone may not be allowed beside the others: these two name each other.
    assert refusals(tmp_path, given) == []
    assert tomllib.loads(given).keys() == set(TABLE_NAMES)
    assert accepted(tmp_path, given).board == read(FILE).board
    assert accepted(tmp_path, given).engine == read(FILE).engine
    assert accepted(tmp_path, given).towers == read(FILE).towers


def test_its_comments_fit_a_screen() -> None:
    assert max(map(len, example().splitlines())) <= COLUMNS + 10


def test_it_is_printed_or_written_to_where_it_ships(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(example_module, "FILE", tmp_path / "example.toml")
    monkeypatch.setattr(sys, "argv", ["example"])
    assert main() == 0
    assert capsys.readouterr().out == example()
    monkeypatch.setattr(sys, "argv", ["example", "--write"])
    assert main() == 0
    assert (tmp_path / "example.toml").read_text(encoding="utf-8") == example()
    assert capsys.readouterr().out == ""


def test_it_is_printed_in_any_locale() -> None:
    printed = subprocess.run(
        [sys.executable, "-m", "appliance.config.example"],
        env={"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        check=True,
    )
    assert printed.stdout.decode() == example()
