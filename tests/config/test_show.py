"""`call-light show`: what differs from the defaults, or all and where it came from; never a password."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from appliance.config import kinds
from appliance.config.show import MASK, settings_text, toml_value
from tests.config.files import GOOD, accepted, with_line, written
from tests.config.test_accepted import FULL

DIFFERENT = """\
[unit]
name = "back"

[[pbx]]
id = "office"
registrars = ["sip:192.0.2.10"]

[[extension]]
id = "ext-main"
pbx = "office"
user = "601"
# password = "********"
line = "main"

[[line]]
id = "main"
label = "Main"

[[line]]
id = "doctors"
label = "Doctors"
dialled = ["0301234567"]

[[tower]]
"""


def shown(folder: Path, text: str, *, everything: bool = False) -> str:
    return settings_text(written(folder, text), everything=everything).replace(f"{folder}/", "")


def test_only_what_differs_from_the_defaults_is_shown_and_every_table_of_a_list(tmp_path: Path) -> None:
    assert shown(tmp_path, with_line('name = "front"', 'name = "back"')) == DIFFERENT


def test_a_table_in_which_nothing_differs_is_left_out(tmp_path: Path) -> None:
    assert shown(tmp_path, GOOD) == DIFFERENT.partition("\n\n")[2]


def test_everything_is_shown_with_where_it_came_from(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CALL_LIGHT_PASSWORD_EXT_MAIN", "of the environment")
    monkeypatch.setenv("STATE_DIRECTORY", "/var/lib/of-systemd")
    text = shown(tmp_path, GOOD, everything=True)
    assert text.startswith(
        '[unit]\nname = "front"  # unit.toml:2\n'
        'state_directory = "/var/lib/of-systemd"  # environment STATE_DIRECTORY\n'
        'runtime_directory = "/run/call-light"  # default\n'
    )
    assert f'# password = "{MASK}"  # environment CALL_LIGHT_PASSWORD_EXT_MAIN\n' in text
    assert 'label = "Doctors"  # unit.toml:22\nstages_s = [0, 20, 45]  # default\n' in text


def test_that_there_is_no_password_is_shown(tmp_path: Path) -> None:
    text = with_line('password = "open-sesame"\n', "")
    assert "password" not in shown(tmp_path, text)
    assert '# password = ""  # default\n' in shown(tmp_path, text, everything=True)


@pytest.mark.parametrize("everything", [False, True])
@pytest.mark.parametrize("text", [GOOD, FULL])
def test_what_is_shown_is_a_configuration_that_means_the_same_but_for_passwords(
    tmp_path: Path, text: str, everything: bool
) -> None:
    said = shown(tmp_path, text, everything=everything)
    assert "sesame" not in said
    before, after = accepted(tmp_path, text), accepted(tmp_path, said)
    accounts = tuple(replace(one, password="") for one in before.engine.extensions)
    assert replace(after, warnings=()) == replace(
        before, engine=replace(before.engine, extensions=accounts), warnings=()
    )


@given(label=st.text(min_size=1, max_size=kinds.LABEL_LENGTH_MAX).filter(kinds.LABEL.fits))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_label_that_is_allowed_is_shown_as_toml_reads_it(tmp_path: Path, label: str) -> None:
    text = with_line('label = "Main"', f"label = {toml_value(label)}")
    assert accepted(tmp_path, text).board.lines[0].label == label
    assert accepted(tmp_path, shown(tmp_path, text)).board.lines[0].label == label
