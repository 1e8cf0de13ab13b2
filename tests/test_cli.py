"""The command line: exit codes as its help says, one line for whatever is wrong, and no secret in it."""

import os
import re
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from appliance import cli
from appliance.arguments import SEEDS_MAX
from appliance.cli import main
from appliance.config.example import example
from appliance.errors import CallLightError, ExitCode
from appliance.status.report import encode
from appliance.status.text import status_text
from tests.config.files import GOOD, with_line, written
from tests.status.desk import front

CONFIG = "--config"
OPTIONS = {
    "run": {CONFIG},
    "check": {CONFIG},
    "show": {CONFIG, "--all", "--example"},
    "status": {CONFIG, "--json", "--site"},
    "watch": {CONFIG},
    "lamp-test": {CONFIG},
    "legend": {CONFIG, "--html"},
    "simulate": {CONFIG, "--seeds", "--seed", "--compare"},
    "enrol": {CONFIG},
    "site": set(),
    "retire": {CONFIG},
    "towers": {CONFIG},
    "flash-tower": {"--port", "--image"},
}
"""Every command, and every option that it has beside --help. Those of `site` have their own test."""


class Said:
    """How a command ended, and what it wrote."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err

    @property
    def error(self) -> str:
        """The one line that says what is wrong."""
        assert self.out == ""
        assert self.err.count("\n") == 1, self.err
        assert self.err.startswith("call-light: error: ")
        return self.err.removeprefix("call-light: error: ").rstrip("\n")


class Terminal:
    """Runs commands in this process; `~` in what they wrote stands for the test's folder."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder, self._capsys = folder, capsys

    def call_light(self, *arguments: str | Path) -> Said:
        try:
            code = main([str(argument) for argument in arguments])
        except SystemExit as ended:  # argparse's way to end
            code = ended.code if isinstance(ended.code, int) else 1
        out, err = self._capsys.readouterr()
        return Said(code, out.replace(str(self.folder), "~"), err.replace(str(self.folder), "~"))


@pytest.fixture
def terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Terminal:
    for name in list(os.environ):
        if name.startswith("CALL_LIGHT") or name.endswith("_DIRECTORY"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("COLUMNS", "100")
    return Terminal(tmp_path, capsys)


def test_a_good_configuration_is_told_in_one_line(terminal: Terminal) -> None:
    said = terminal.call_light("check", written(terminal.folder, GOOD))
    assert (said.code, said.out) == (
        0,
        "~/unit.toml: ok: unit front; lines main, doctors; extensions ext-main at office; towers terminal\n",
    )
    assert said.err.splitlines() == [
        'call-light: warning: ~/unit.toml:23: [[line]] 2 dialled: has no effect: no line_from holds "dialled"'
    ]


def test_a_refused_configuration_is_told_by_a_line_for_each_reason(terminal: Terminal) -> None:
    file = written(terminal.folder, with_line('user = "601"', "user = 601\npasword = 5"))
    for command in ("check", "show", "run", "legend", "simulate"):
        said = terminal.call_light(command, "--config", file)
        assert (said.code, said.out) == (78, "")
        assert [line.partition(": [[")[0] for line in said.err.splitlines()] == [
            "call-light: error: ~/unit.toml:11",
            "call-light: error: ~/unit.toml:12",
        ]


@pytest.mark.parametrize("command", ["check", "show", "run", "legend", "simulate"])
def test_a_missing_configuration_is_one_line_that_says_where_to_begin(
    terminal: Terminal, command: str
) -> None:
    said = terminal.call_light(command, "--config", terminal.folder / "no.toml")
    assert said.code == ExitCode.REFUSED
    assert said.error.startswith("~/no.toml: there is no such file; begin with the example that ships")


def test_the_example_to_begin_with_needs_no_configuration(terminal: Terminal) -> None:
    said = terminal.call_light("show", "--example", terminal.folder / "no.toml")
    assert (said.code, said.out, said.err) == (0, example(), "")


def test_settings_are_shown_as_they_differ_or_all(terminal: Terminal) -> None:
    file = written(terminal.folder, GOOD)
    assert "stages_s" not in terminal.call_light("show", file).out
    assert "stages_s = [0, 20, 45]  # ~/unit.toml:18\n" in terminal.call_light("show", "--all", file).out


def test_status_tells_of_the_unit_that_has_the_same_configuration(terminal: Terminal) -> None:
    run = terminal.folder / "run"
    file = written(terminal.folder, with_line('name = "front"', f'runtime_directory = "{run}"'))
    with front(run) as desk:
        said = terminal.call_light("status", "--config", file)
        assert (said.code, said.out, said.err) == (0, status_text(desk.report), "")
        said = terminal.call_light("status", "--config", file, "--json")
        assert (said.code, said.out.encode(), said.err) == (0, encode(desk.report), "")
    said = terminal.call_light("status", "--config", file)
    assert said.code == ExitCode.UNAVAILABLE
    assert said.error.startswith(
        "no unit is running here (~/run/status.sock): start it with `call-light run`"
    )


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        ((), "the following arguments are required: COMMAND"),
        (("chek",), "argument COMMAND: invalid choice: 'chek'"),
        (("check", "--all"), "unrecognized arguments: --all"),
        (("check", "a.toml", "b.toml"), "unrecognized arguments: b.toml"),
        (("check", "--config", "a.toml", "b.toml"), "not allowed with argument"),
        (("show", "--all", "--example"), "argument --example: not allowed with argument --all"),
        (("simulate", "--seeds", "0"), f"argument --seeds: must be a whole number from 1 to {SEEDS_MAX}"),
        (("simulate", "--seeds", str(SEEDS_MAX + 1)), "argument --seeds: must be a whole number from 1 to"),
        (("simulate", "--seeds", "many"), "argument --seeds: must be a whole number from 1 to"),
        (("simulate", "--seeds", "9" * 9999), "argument --seeds: must be a whole number from 1 to"),
        (("simulate", "--seed", "one"), "argument --seed: invalid int value: 'one'"),
        (("simulate", "--seeds", "2", "--seed", "1"), "argument --seed: not allowed with argument --seeds"),
    ],
)
def test_a_command_line_that_is_not_understood_is_told_with_its_usage(
    terminal: Terminal, arguments: Sequence[str], why: str
) -> None:
    said = terminal.call_light(*arguments)
    assert (said.code, said.out) == (2, "")
    *usage, last = said.err.splitlines()
    assert usage[0].startswith("usage: call-light")
    assert why in last


def test_the_help_names_every_command_and_every_way_to_end(terminal: Terminal) -> None:
    said = terminal.call_light("--help")
    assert (said.code, said.err) == (0, "")
    assert re.findall(r"^    ([a-z-]+)", said.out, re.MULTILINE) == list(OPTIONS)
    codes = re.findall(r"^ *(\d+)  \w+", said.out.partition("exit codes:")[2], re.MULTILINE)
    assert [int(code) for code in codes] == sorted(ExitCode)


@pytest.mark.parametrize("command", [command for command in OPTIONS if command != "site"])
def test_the_help_of_a_command_says_all_that_it_takes(terminal: Terminal, command: str) -> None:
    said = terminal.call_light(command, "--help")
    assert (said.code, said.err) == (0, "")
    assert set(re.findall(r"^  (--[a-z-]+)", said.out, re.MULTILINE)) == OPTIONS[command]
    text = " ".join(said.out.split())
    has_default = CONFIG in OPTIONS[command] and command != "simulate"
    assert (f"the configuration (default {cli.DEFAULT_FILE})" in text) == has_default
    assert " ".join(str(getattr(cli, f"_{command.replace('-', '_')}").__doc__).split()) in text


def test_the_version_is_the_installed_one(terminal: Terminal) -> None:
    said = terminal.call_light("--version")
    assert (said.code, said.err) == (0, "")
    assert re.fullmatch(r"call-light \d+\.\d+\.\d+\n", said.out)


def test_a_traceback_is_for_those_who_ask_for_one(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CALL_LIGHT_DEBUG", "1")
    with pytest.raises(CallLightError, match="no such file"):
        terminal.call_light("check", terminal.folder / "no.toml")


def test_no_password_is_in_the_output_of_any_command(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    secrets = ("open-sesame", "melon-secret", "plum-secret")
    credentials = terminal.folder / "credentials"
    credentials.mkdir()
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(credentials))
    for step in range(3):
        if step == 1:
            monkeypatch.setenv("CALL_LIGHT_PASSWORD_EXT_MAIN", secrets[1])
        if step == 2:
            (credentials / "ext-main.password").write_text(secrets[2])
        file = written(terminal.folder, GOOD, 0o644)
        for arguments in (
            ("check", file),
            ("show", file),
            ("show", "--all", file),
            ("status", "--config", file),
            ("legend", file),
            ("legend", "--html", "-", file),
            ("towers", file),
            ("simulate", "--seed", "1", "--config", file),
            ("check", written(terminal.folder / "credentials", GOOD + "[[pbx]]\n", 0o644)),
        ):
            said = terminal.call_light(*arguments)
            assert said.code in (0, 69, 78)
            assert not any(secret in said.out + said.err for secret in secrets)


@pytest.mark.parametrize("name", ["two\nlines.toml", "\x1b[2J.toml", os.fsdecode(b"no-text-\xff.toml")])
@pytest.mark.parametrize("command", ["check", "show"])
def test_a_file_name_cannot_break_a_line_or_drive_a_terminal(
    terminal: Terminal, command: str, name: str
) -> None:
    said = terminal.call_light(command, terminal.folder / name)
    assert "no such file" in said.error
    assert said.error.isprintable()
    (terminal.folder / name).write_text(GOOD)
    said = terminal.call_light(command, "--config", terminal.folder / name)
    assert said.code == 0
    assert all(line.isprintable() for line in [*said.out.splitlines(), *said.err.splitlines()])


WORDS = st.sampled_from(
    ["--config", "--all", "--json", "--seed", "--seeds", "--example", "--", "-", "-h", "--version", "=", ""]
) | st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=5)


@given(st.lists(st.sampled_from(["check", "show", "status"]) | WORDS, max_size=4))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_command_line_ends_in_a_traceback(terminal: Terminal, arguments: list[str]) -> None:
    said = terminal.call_light(*arguments)
    assert said.code in set(ExitCode)
    if said.code:
        assert said.err
