"""Settings from the environment and from systemd: which source wins, and what is no setting."""

import os
from pathlib import Path

import pytest

from appliance.config import kinds, read
from appliance.config.describe import allowed
from appliance.config.load import load
from appliance.config.places import (
    DEFAULT_RUNTIME_DIRECTORY,
    PASSWORD_PREFIX,
    forget_passwords,
    runtime_directory,
)
from appliance.config.tables import UnitTable
from tests.config.files import GOOD, accepted, refusals, with_line, written

DIRECTORY = f'{kinds.DIRECTORY.allowed}, e.g. "/run/call-light"'
MAIN_MEANT = 'did you mean "CALL_LIGHT_PASSWORD_EXT_MAIN"?'
THERE_ARE = f"there are {', '.join(f'CALL_LIGHT__UNIT__{name.upper()}' for name in UnitTable.model_fields)}"
HERE = "CALL_LIGHT__UNIT__RUNTIME_DIRECTORY"


def test_systemd_wins_over_the_environment_and_that_over_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = with_line('name = "front"', 'name = "front"\nruntime_directory = "/run/of-the-file"')
    assert accepted(tmp_path, text).runtime_directory == Path("/run/of-the-file")
    monkeypatch.setenv(HERE, "/run/of-the-environment")
    assert accepted(tmp_path, text).runtime_directory == Path("/run/of-the-environment")
    # systemd names several directories with colons between them; the first is ours (systemd.exec(5)).
    monkeypatch.setenv("RUNTIME_DIRECTORY", "/run/of-systemd:/run/another")
    assert accepted(tmp_path, text).runtime_directory == Path("/run/of-systemd")
    monkeypatch.setenv("STATE_DIRECTORY", "/var/lib/of-systemd")
    assert accepted(tmp_path, text).state_directory == Path("/var/lib/of-systemd")


def test_where_each_value_came_from_is_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("call_light__unit__name", "back")
    monkeypatch.setenv("STATE_DIRECTORY", "/var/lib/of-systemd")
    loaded = load(written(tmp_path, GOOD))
    assert loaded.tables.unit.name == "back"
    assert loaded.origins["unit", "name"] == "environment call_light__unit__name"
    assert loaded.origins["unit", "state_directory"] == "environment STATE_DIRECTORY"
    assert loaded.origins["extension", 0, "user"] == f"{tmp_path}/unit.toml:11"
    assert ("unit", "runtime_directory") not in loaded.origins


def test_a_unit_needs_no_table_of_its_own_where_the_environment_names_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CALL_LIGHT__UNIT__NAME", "back")
    assert accepted(tmp_path, with_line('[unit]\nname = "front"\n', "")).name == "back"


@pytest.mark.parametrize("name", ["2", "true", "null", "b2"])
def test_a_name_from_the_environment_is_text_whatever_it_looks_like(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("CALL_LIGHT__UNIT__NAME", name)
    assert accepted(tmp_path, GOOD).name == name


@pytest.mark.parametrize(("value", "away_ms"), [("60", 60_000), ("90.5", 90_500), ("1e3", 1_000_000)])
def test_a_number_from_the_environment_is_read_as_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: str, away_ms: float
) -> None:
    monkeypatch.setenv("CALL_LIGHT__UNIT__AWAY_S", value)
    assert accepted(tmp_path, GOOD).board.away_ms == away_ms


@pytest.mark.parametrize(
    ("name", "value", "refusal"),
    [
        (
            "CALL_LIGHT__UNIT__NMAE",
            "back",
            'environment CALL_LIGHT__UNIT__NMAE: is no setting; did you mean "CALL_LIGHT__UNIT__NAME"?',
        ),
        ("CALL_LIGHT__X", "", f"environment CALL_LIGHT__X: is no setting; {THERE_ARE}"),
        ("CALL_LIGHT__PBX", "[]", f"environment CALL_LIGHT__PBX: is no setting; {THERE_ARE}"),
        ("CALL_LIGHT__PBX", "not JSON", f"environment CALL_LIGHT__PBX: is no setting; {THERE_ARE}"),
        (
            "CALL_LIGHT__UNIT__A__B",
            "x",
            'environment CALL_LIGHT__UNIT__A__B: is no setting; did you mean "CALL_LIGHT__UNIT__AWAY_S"?',
        ),
        (
            "CALL_LIGHT__UNIT",
            '{"name": "back"}',
            'environment CALL_LIGHT__UNIT: is no setting; did you mean "CALL_LIGHT__UNIT__NAME"?',
        ),
        (
            "CALL_LIGHT__UNIT__NAME",
            "Back desk",
            f'environment CALL_LIGHT__UNIT__NAME: [unit] name: must be {kinds.ID.allowed}, e.g. "main-2"',
        ),
        *(
            (
                "CALL_LIGHT__UNIT__AWAY_S",
                value,
                f"environment CALL_LIGHT__UNIT__AWAY_S: [unit] away_s: must be {allowed('unit', 'away_s')}",
            )
            for value in ("59", "x", "", "nan", "inf", "true", '"60"', "[60]", "9" * 5_000)
        ),
        (
            "STATE_DIRECTORY",
            "state",
            f"environment STATE_DIRECTORY: [unit] state_directory: must be {DIRECTORY}",
        ),
        (
            "RUNTIME_DIRECTORY",
            os.fsdecode(b"/run/\xff"),
            f"environment RUNTIME_DIRECTORY: [unit] runtime_directory: must be {DIRECTORY}",
        ),
        (
            "CALL_LIGHT_PASSWORD_EXT_MIAN",
            "open-sesame",
            f"environment CALL_LIGHT_PASSWORD_EXT_MIAN: belongs to no [[extension]]; {MAIN_MEANT}",
        ),
    ],
)
def test_what_is_no_setting_is_refused_by_its_name_and_never_by_its_value(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str, refusal: str
) -> None:
    monkeypatch.setenv(name, value)
    assert refusals(tmp_path, GOOD) == [refusal]


def test_brackets_without_an_end_in_the_environment_are_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CALL_LIGHT__UNIT__AWAY_S", "[" * 99_999)
    (line,) = refusals(tmp_path, GOOD)
    assert line.startswith("environment: maximum recursion depth exceeded")


def test_other_variables_of_the_call_light_are_no_settings_and_no_mistakes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CALL_LIGHT_DEBUG", "1")
    assert refusals(tmp_path, GOOD) == []


def test_passwords_can_be_forgotten_before_a_program_inherits_them() -> None:
    environment = {f"{PASSWORD_PREFIX}EXT_MAIN": "x", f"{PASSWORD_PREFIX}2": "y", "PATH": "/bin"}
    forget_passwords(environment)
    assert environment == {"PATH": "/bin"}


def test_the_default_that_status_knows_is_the_declared_one() -> None:
    assert UnitTable().runtime_directory == DEFAULT_RUNTIME_DIRECTORY


@pytest.mark.parametrize(
    "environment",
    [
        {},
        {HERE: "/run/of-the-environment"},
        {"RUNTIME_DIRECTORY": "/run/of-systemd:/run/b", HERE: "/run/of-the-environment"},
        {"RUNTIME_DIRECTORY": ""},
    ],
)
@pytest.mark.parametrize(
    "text", [GOOD, with_line('name = "front"', 'runtime_directory = "/run/of-the-file"')]
)
def test_status_finds_the_directory_that_the_unit_has_without_reading_the_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, environment: dict[str, str]
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    file = written(tmp_path, text)
    assert runtime_directory(file, os.environ) == read(file).runtime_directory


@pytest.mark.parametrize(
    "content",
    [b"", b"[unit", b"\xff", b"[unit]\nruntime_directory = 5\n", b"unit = 5\n", b"a = " + b"[" * 100_000],
)
def test_status_takes_the_default_from_a_file_that_the_unit_would_refuse(
    tmp_path: Path, content: bytes
) -> None:
    file = written(tmp_path, content)
    assert runtime_directory(file, {}) == Path(DEFAULT_RUNTIME_DIRECTORY)
    assert runtime_directory(tmp_path / "missing", {}) == Path(DEFAULT_RUNTIME_DIRECTORY)
    assert runtime_directory(tmp_path, {}) == Path(DEFAULT_RUNTIME_DIRECTORY)
