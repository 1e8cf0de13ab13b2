"""Settings are written into a configuration that a person wrote: nothing else in it changes."""

import tomllib

import pytest

from appliance.errors import CallLightError
from appliance.site.settle import with_settings

TEXT = """\
# Ours.
[unit]
# name = "front"

[bus]  # none yet
port = 1883 # old
broker = "old"

[[line]]
id = "main"
"""


def test_what_is_there_is_replaced_and_the_rest_comes_below_the_heading() -> None:
    text = with_settings(TEXT, "bus", {"broker": "front.local", "site": "elm-street", "port": 8883})
    assert text == TEXT.replace(
        '[bus]  # none yet\nport = 1883 # old\nbroker = "old"\n',
        '[bus]  # none yet\nsite = "elm-street"\nport = 8883\nbroker = "front.local"\n',
    )
    assert with_settings(TEXT, "unit", {"name": "back"}) == TEXT.replace(
        "[unit]\n", '[unit]\nname = "back"\n'
    )


@pytest.mark.parametrize("text", ["", "# nothing", "[unit]\n", "[[line]]\nid = 'main'\n\n\n"])
def test_a_table_that_is_not_there_is_added_at_the_end(text: str) -> None:
    changed = with_settings(text, "bus", {"broker": 'a"b'})
    assert changed.endswith('[bus]\nbroker = "a\\"b"\n')
    assert changed.startswith(text.rstrip("\n"))
    assert tomllib.loads(changed) == {**tomllib.loads(text), "bus": {"broker": 'a"b'}}


@pytest.mark.parametrize(
    "text", ['[bus]\nbroker = """\nold\n"""\n', "bus = 3\n", "bus = {broker = 'x', port = 1}\n"]
)
def test_what_cannot_be_changed_safely_is_left_to_a_person(text: str) -> None:
    with pytest.raises(CallLightError, match=r'write broker = "front.local" there by hand'):
        with_settings(text, "bus", {"broker": "front.local"})
