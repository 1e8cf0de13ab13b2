"""What is wrong with a configuration is said all at once, one line each, with the line of the file."""

from collections.abc import Iterable
from pathlib import Path

import pytest

from appliance.config import kinds, read
from appliance.config.load import FILE_BYTES_MAX
from appliance.config.tables import EXTENSIONS_MAX, PBX_MAX, REGISTRARS_MAX, TOWERS_MAX, VALUES_MAX
from appliance.core.words import LINES_MAX
from appliance.errors import ConfigurationRefused, ExitCode
from tests.config.files import GOOD, refusals, with_line

SIP_ADDRESS = 'sip:HOST or sip:HOST:PORT, an IPv6 address in brackets, e.g. "sip:192.0.2.10:5060"'
ID = 'small letters, digits and single dashes, at most 32 characters, e.g. "main-2"'
USER = 'the user part of a SIP address, at most 64 characters, e.g. "601"'


VECTORS = Path(__file__).parents[1] / "vectors" / "refusals.txt"

TABLES = "there are [unit], [[pbx]], [[extension]], [[line]], [pickup], [sound], [[tower]], [gpio], [bus]"

CASES = [case.splitlines() for case in VECTORS.read_text().split("\n\n")[1:]]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case[-1][2:])
def test_one_mistake_is_one_line_with_its_place_and_what_is_allowed(tmp_path: Path, case: list[str]) -> None:
    parts = {sign: "".join(f"{line[2:]}\n" for line in case if line[0] == sign) for sign in "-+!"}
    assert refusals(tmp_path, with_line(parts["-"], parts["+"])) == [parts["!"].rstrip("\n")]


def test_the_good_configuration_is_accepted(tmp_path: Path) -> None:
    assert refusals(tmp_path, GOOD) == []


def test_all_mistakes_are_said_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    text = """\
title = "ours"
[unit]
name = "Front desk"
[[pbx]]
id = "office"
registrars = [
  "sip:192.0.2.10",
  "192.0.2.11",
]
[[extension]]
id = "ext"
pbx = "ofice"
user = 601
pasword = "open-sesame"
line = "main"
[[line]]
id = "main"
stages_s = [0, "20", 45]
[[line]]
id = "main"
label = "Main"
"""
    assert refusals(tmp_path, text) == [
        f"unit.toml:1: title: is no table of this file; {TABLES}",
        "unit.toml:1: [[tower]]: at least one [[tower]] is needed",
        f"unit.toml:3: [unit] name: must be {ID}",
        f"unit.toml:8: [[pbx]] 1 registrars entry 2: must be {SIP_ADDRESS}",
        'unit.toml:12: [[extension]] 1 pbx: must be the id of a [[pbx]]; did you mean "office"?',
        f"unit.toml:13: [[extension]] 1 user: must be text in quotes: {USER}",
        'unit.toml:14: [[extension]] 1 pasword: is no setting of [[extension]]; did you mean "password"?',
        'unit.toml:16: [[line]] 1: label is missing, e.g. label = "Main"',
        f"unit.toml:18: [[line]] 1 stages_s entry 2: must be {kinds.STAGES_ALLOWED} (seconds)",
        "unit.toml:20: [[line]] 2 id: is the id of [[line]] 1 too",
    ]


def _tables(name: str, numbers: Iterable[int]) -> str:
    blocks = {
        "pbx": '[[pbx]]\nid = "p{n}"\nregistrars = ["sip:192.0.2.{n}"]\n',
        "extension": (
            '[[extension]]\nid = "e{n}"\npbx = "office"\nuser = "60{n}"\npassword = "x"\nline = "main"\n'
        ),
        "line": '[[line]]\nid = "l{n}"\nlabel = "L{n}"\n',
        "tower": "[[tower]]\n",
    }
    return "".join(blocks[name].format(n=n) for n in numbers)


@pytest.mark.parametrize(
    ("name", "most", "there"),
    [("pbx", PBX_MAX, 1), ("extension", EXTENSIONS_MAX, 1), ("line", LINES_MAX, 2), ("tower", TOWERS_MAX, 1)],
)
def test_a_table_beyond_the_limit_is_refused_where_it_stands(
    tmp_path: Path, name: str, most: int, there: int
) -> None:
    full = GOOD + _tables(name, range(1, most - there + 1))
    assert refusals(tmp_path, full) == []
    line = full.count("\n") + 1
    assert refusals(tmp_path, full + _tables(name, [most])) == [
        f"unit.toml:{line}: [[{name}]] {most + 1}: is one too many: at most {most} are allowed"
    ]


def test_an_entry_beyond_the_limit_of_a_list_is_refused(tmp_path: Path) -> None:
    def registrars(count: int) -> str:
        return with_line(
            '["sip:192.0.2.10"]', str([f"sip:192.0.2.{n}" for n in range(count)]).replace("'", '"')
        )

    def dialled(count: int) -> str:
        return with_line('["0301234567"]', str([f"03012{n}" for n in range(count)]).replace("'", '"'))

    assert refusals(tmp_path, registrars(REGISTRARS_MAX)) == []
    each = "each sip:HOST or sip:HOST:PORT, an IPv6 address in brackets"
    assert refusals(tmp_path, registrars(REGISTRARS_MAX + 1)) == [
        f"unit.toml:6: [[pbx]] 1 registrars: must be a list of 1 to 4, {each}"
    ]
    assert refusals(tmp_path, dialled(VALUES_MAX)) == []
    assert refusals(tmp_path, dialled(VALUES_MAX + 1)) == [
        f"unit.toml:23: [[line]] 2 dialled: must be a list of at most 32, each {kinds.MATCHED.allowed}"
    ]


@pytest.mark.parametrize(
    ("kind", "length_max"),
    [
        (kinds.ID, kinds.ID_LENGTH_MAX),
        (kinds.LABEL, kinds.LABEL_LENGTH_MAX),
        (kinds.USER, kinds.USER_LENGTH_MAX),
        (kinds.AUTH_USER, kinds.USER_LENGTH_MAX),
        (kinds.MATCHED, kinds.VALUE_LENGTH_MAX),
        (kinds.HEADER, kinds.HEADER_LENGTH_MAX),
        (kinds.password, kinds.PASSWORD_LENGTH_MAX),
    ],
)
def test_a_text_may_be_as_long_as_its_limit_and_no_longer(kind: kinds.Kind, length_max: int) -> None:
    assert kind("a" * length_max) == "a" * length_max
    with pytest.raises(ValueError, match=r"^must be "):
        kind("a" * (length_max + 1))


def test_a_directory_leaves_room_for_the_name_of_a_socket() -> None:
    longest = "/" + "ä" * 39 + "d"
    assert len(longest.encode()) == kinds.DIRECTORY_BYTES_MAX
    assert kinds.DIRECTORY(longest) == longest
    with pytest.raises(ValueError, match=r"at most 80 bytes"):
        kinds.DIRECTORY(longest + "d")


def test_a_refusal_has_the_exit_code_of_sysexits() -> None:
    assert ConfigurationRefused("why").exit_code is ExitCode.REFUSED
    with pytest.raises(AssertionError):
        ConfigurationRefused()


def test_a_file_may_be_as_long_as_its_limit_and_no_longer(tmp_path: Path) -> None:
    full = GOOD + "#" * (FILE_BYTES_MAX - len(GOOD))
    assert refusals(tmp_path, full) == []
    assert refusals(tmp_path, full + "#") == [
        "unit.toml: is longer than 1048576 bytes, so it is no configuration"
    ]


def test_a_file_that_cannot_be_read_is_one_line_that_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationRefused, match=r"no such file; begin with") as missing:
        read(tmp_path / "missing.toml")
    assert len(missing.value.lines) == 1
    with pytest.raises(ConfigurationRefused, match=r"is a directory; name the file in it"):
        read(tmp_path)
    with pytest.raises(ConfigurationRefused, match=r"cannot be read: embedded null byte"):
        read(tmp_path / "un\0it.toml")
    with pytest.raises(ConfigurationRefused, match=r"cannot be read: Not a directory"):
        read(Path("/dev/null/unit.toml"))
    with pytest.raises(ConfigurationRefused, match=r"longer than 1048576 bytes, so it is no configuration"):
        read(Path("/dev/zero"))


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b'[unit]\nname = "fr\xfcher"\n', "unit.toml:2: is not UTF-8; save the file as UTF-8"),
        (b"\xff\xfe[\x00u\x00", "unit.toml:1: is not UTF-8; save the file as UTF-8"),
        (b"a = " + b"[" * 100_000, "unit.toml:1: is not TOML: lists are nested too deep"),
        (b"a = " + b"1" * 5_000, "unit.toml:1: is not TOML: a number is too long"),
        (
            b"a = 1\x00",
            "unit.toml:1: is not TOML: expected newline or end of document after a statement (column 6)",
        ),
        (b"", "unit.toml:1: [[pbx]]: at least one [[pbx]] is needed"),
    ],
)
def test_a_file_that_is_no_text_or_no_toml_is_refused_with_a_line(
    tmp_path: Path, content: bytes, line: str
) -> None:
    assert refusals(tmp_path, content)[0] == line


def test_a_key_that_pydantic_would_take_for_its_own_is_an_unknown_table(tmp_path: Path) -> None:
    assert refusals(tmp_path, f'_env_file = "/etc/passwd"\n{GOOD}') == [
        f"unit.toml:1: _env_file: is no table of this file; {TABLES}"
    ]
