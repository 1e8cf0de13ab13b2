"""The example that people begin with says what the declarations say, and is accepted."""

from pathlib import Path

import pytest

from appliance.cli import main
from appliance.config.example import FILE, example
from tests.config.files import accepted


def test_the_example_that_ships_is_made_from_the_declarations() -> None:
    assert FILE.read_text(encoding="utf-8") == example(), "run `python -m appliance.config.example --write`"


def test_who_begins_has_the_example_printed_and_it_is_accepted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["show", "--example"]) == 0
    printed = capsys.readouterr().out
    assert printed == example()
    (warning,) = accepted(tmp_path, printed).warnings
    assert "password: is empty" in warning
