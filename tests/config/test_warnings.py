"""What is allowed and yet worth a person's look, one line each."""

import os
import stat
from pathlib import Path

import pytest

from appliance.config.passwords import is_private
from tests.config.files import GOOD, accepted, with_line, written

# Accepted without a word.
CALM = with_line(
    'registrars = ["sip:192.0.2.10"]', 'registrars = ["sip:192.0.2.10"]\nline_from = ["dialled"]'
)


def warnings(folder: Path, text: str, mode: int = 0o600) -> list[str]:
    return [one.replace(f"{folder}/", "") for one in accepted(folder, text, mode).warnings]


def calm_with(old: str, new: str) -> str:
    assert CALM.count(old) == 1
    return CALM.replace(old, new)


def test_an_ordinary_configuration_needs_no_look(tmp_path: Path) -> None:
    assert warnings(tmp_path, CALM) == []


OPEN = (
    "unit.toml:9: [[extension]] 1: its password can be read by others: chmod 600 unit.toml, owned by root or"
    " the unit's user"
)


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660])
def test_a_password_in_a_file_that_others_can_read(tmp_path: Path, mode: int) -> None:
    assert warnings(tmp_path, CALM, mode) == [OPEN]


@pytest.mark.parametrize("mode", [0o600, 0o400])
def test_a_password_in_a_private_file_is_fine(tmp_path: Path, mode: int) -> None:
    assert warnings(tmp_path, CALM, mode) == []


def test_a_file_that_others_can_read_may_say_everything_but_the_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CALL_LIGHT_PASSWORD_EXT_MAIN", "of the environment")
    assert warnings(tmp_path, calm_with('password = "open-sesame"\n', ""), 0o644) == []


def test_a_password_in_the_file_is_warned_of_even_where_another_source_wins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CALL_LIGHT_PASSWORD_EXT_MAIN", "of the environment")
    assert warnings(tmp_path, CALM, 0o644) == [OPEN]


def test_a_private_file_of_somebody_else_is_not_private(tmp_path: Path) -> None:
    file = written(tmp_path, CALM)
    status = list(file.stat())
    assert is_private(os.stat_result(status))
    status[stat.ST_UID] = os.geteuid() + 1
    assert not is_private(os.stat_result(status))
    status[stat.ST_UID] = 0
    assert is_private(os.stat_result(status))


NO_BAR = "is every address there is: no stranger is told apart by it"

SECOND = '[[extension]]\nid = "ext-2"\npbx = "office"\nuser = "601"\npassword = "x"\nline = "main"\n'

CASES = {
    "no password": (
        calm_with('password = "open-sesame"', 'password = ""'),
        (
            "unit.toml:13: [[extension]] 1 password: is empty, so only a PBX that asks for none accepts us;"
            " set it in the credential ext-main.password or the environment's CALL_LIGHT_PASSWORD_EXT_MAIN"
        ),
    ),
    "one user twice": (
        CALM + SECOND,
        (
            "unit.toml:31: [[extension]] 2 user: is the user of [[extension]] 1 too: at most PBXes they push"
            " each other out"
        ),
    ),
    "every address": (
        calm_with("line_from", 'addresses = ["192.0.2.7", "0.0.0.0/0"]\nline_from'),
        f"unit.toml:7: [[pbx]] 1 addresses entry 2: {NO_BAR}",
    ),
    "every address of IPv6": (
        calm_with("line_from", 'addresses = ["::/0"]\nline_from'),
        f"unit.toml:7: [[pbx]] 1 addresses entry 1: {NO_BAR}",
    ),
    "an authority that is not there": (
        calm_with("line_from", 'transport = "tls"\nca_file = "/nowhere/ca.pem"\nline_from'),
        "unit.toml:8: [[pbx]] 1 ca_file: cannot be read by this user",
    ),
    "a header that nothing asks": (
        calm_with("line_from", 'line_header = "X-Line"\nline_from'),
        'unit.toml:7: [[pbx]] 1 line_header: has no effect: line_from does not hold "header"',
    ),
    "a phone system without an extension": (
        calm_with("[[extension]]", '[[pbx]]\nid = "old"\nregistrars = ["sip:192.0.2.20"]\n[[extension]]'),
        "unit.toml:10: [[pbx]] 2 id: has no [[extension]], so this unit never registers there",
    ),
    "values that no header is held against": (
        calm_with('label = "Main"', 'label = "Main"\nheader_values = ["main"]'),
        'unit.toml:19: [[line]] 1 header_values: has no effect: no line_from holds "header"',
    ),
    "numbers that nobody dials": (
        GOOD,
        'unit.toml:23: [[line]] 2 dialled: has no effect: no line_from holds "dialled"',
    ),
    "a line that stays dark": (
        calm_with('dialled = ["0301234567"]\n', ""),
        "unit.toml:22: [[line]] 2 id: is the line of no [[extension]], so it stays dark",
    ),
    "a ring that ends before stage 3": (
        calm_with('label = "Main"', 'label = "Main"\nring_limit_s = 45'),
        "unit.toml:19: [[line]] 1 ring_limit_s: ends rings before stage 3: nobody gets there by waiting",
    ),
}


@pytest.mark.parametrize("what", CASES)
def test_it_is_said_in_one_line_with_its_place(tmp_path: Path, what: str) -> None:
    text, warning = CASES[what]
    assert warnings(tmp_path, text) == [warning]
