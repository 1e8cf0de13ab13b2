"""Where passwords come from, which source wins, and that none of them is ever seen."""

import os
from pathlib import Path

import pytest

from appliance.config.kinds import PASSWORD_ALLOWED, PASSWORD_LENGTH_MAX
from appliance.config.passwords import CREDENTIAL_BYTES_MAX
from tests.config.files import GOOD, accepted, refusals, with_line

FILE_PASSWORD = "open-sesame"
WITHOUT = with_line(f'password = "{FILE_PASSWORD}"\n', "")
CREDENTIAL = "ext-main.password"
VARIABLE = "CALL_LIGHT_PASSWORD_EXT_MAIN"


@pytest.fixture
def credentials(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which systemd puts the credentials of a service."""
    folder = tmp_path / "credentials"
    folder.mkdir()
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(folder))
    return folder


def password(folder: Path, text: str) -> str:
    return accepted(folder, text).engine.extensions[0].password


def test_the_credential_wins_over_the_environment_and_that_over_the_file(
    tmp_path: Path, credentials: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert password(tmp_path, WITHOUT) == ""
    assert password(tmp_path, GOOD) == FILE_PASSWORD
    monkeypatch.setenv(VARIABLE, "of the environment")
    assert password(tmp_path, GOOD) == "of the environment"
    (credentials / CREDENTIAL).write_text("of the credential\n")
    assert password(tmp_path, GOOD) == "of the credential"


def test_a_password_of_a_folder_that_systemd_loads_whole_is_found_and_one_of_its_own_wins(
    tmp_path: Path, credentials: Path
) -> None:
    (credentials / f"passwords_{CREDENTIAL}").write_text("of the folder\n")
    assert password(tmp_path, GOOD) == "of the folder"
    (credentials / CREDENTIAL).write_text("of its own\n")
    assert password(tmp_path, GOOD) == "of its own"


def test_the_end_of_a_credentials_line_is_no_part_of_it_and_any_other_blank_is(
    tmp_path: Path, credentials: Path
) -> None:
    for content, found in (
        (b" a b \n", " a b "),
        (b"x\r\n", "x"),
        ("pässwörd".encode(), "pässwörd"),
        (b"", ""),
    ):
        (credentials / CREDENTIAL).write_bytes(content)
        assert password(tmp_path, WITHOUT) == found


def test_an_empty_password_of_a_stronger_source_wins_too_and_is_warned_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, "")
    found = accepted(tmp_path, GOOD)
    assert found.engine.extensions[0].password == ""
    assert "[[extension]] 1 password: is empty" in found.warnings[0]


def test_a_password_may_be_as_long_as_its_limit_wherever_it_comes_from(
    tmp_path: Path, credentials: Path
) -> None:
    (credentials / CREDENTIAL).write_text("x" * PASSWORD_LENGTH_MAX)
    assert password(tmp_path, WITHOUT) == "x" * PASSWORD_LENGTH_MAX
    for content in ("x" * (PASSWORD_LENGTH_MAX + 1), "a\nb"):
        (credentials / CREDENTIAL).write_text(content)
        assert refusals(tmp_path, WITHOUT) == [
            f"credential {CREDENTIAL}: [[extension]] 1 password: must be {PASSWORD_ALLOWED}"
        ]


def test_a_credential_that_cannot_be_read_is_refused_where_its_extension_stands(
    tmp_path: Path, credentials: Path
) -> None:
    place = (
        f"unit.toml:8: [[extension]] 1 password: stands in the credential {CREDENTIAL}, which cannot be read"
    )
    (credentials / CREDENTIAL).write_bytes(b"secret" + b"\n" * (CREDENTIAL_BYTES_MAX - 6))
    assert password(tmp_path, WITHOUT) == "secret"
    (credentials / CREDENTIAL).write_bytes(b"secret" + b"\n" * (CREDENTIAL_BYTES_MAX - 5))
    assert refusals(tmp_path, WITHOUT) == [f"{place}: it is longer than 4096 bytes"]
    (credentials / CREDENTIAL).write_bytes(b"secret\xff")
    assert refusals(tmp_path, WITHOUT) == [f"{place}: it is not UTF-8"]
    (credentials / CREDENTIAL).unlink()
    (credentials / CREDENTIAL).mkdir()
    assert refusals(tmp_path, WITHOUT) == [f"{place}: Is a directory"]


def test_a_password_in_the_environment_that_is_no_text_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, os.fsdecode(b"secret\xff"))
    assert refusals(tmp_path, WITHOUT) == [
        f"environment {VARIABLE}: [[extension]] 1 password: must be {PASSWORD_ALLOWED}"
    ]
