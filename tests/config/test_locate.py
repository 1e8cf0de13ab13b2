"""Where each key of a file stands, in every form that TOML has for one."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.config.locate import locate
from tests.config.files import GOOD

EVERY_FORM = '''\
# A comment [with] = "brackets".
title = "top"

[unit]  # with a comment
"name" = 'front # no comment'
a.b."c d" = 1
text = """
[line]
id = "no key" \\"""
"""
raw = \'\'\'
x = 1\'\'\'

[[line]]
id = "one"
stages_s = [ # a list
  0,

  # between
  20, "a]b",
  [1, 2],
]
inline = { first = 1, "second" = [ { third = 3 } ] }
[[ line ]]
id = "two"
  [line.sub]
  deep = 2026-01-31T12:00:00Z
[[line.list]]
x = -1e3
[[line.list]]
x = inf
'''

LINES = {
    ("title",): 2,
    ("unit",): 4,
    ("unit", "name"): 5,
    ("unit", "a", "b", "c d"): 6,
    ("unit", "text"): 7,
    ("unit", "raw"): 11,
    ("line",): 14,
    ("line", 0): 14,
    ("line", 0, "id"): 15,
    ("line", 0, "stages_s"): 16,
    ("line", 0, "stages_s", 0): 17,
    ("line", 0, "stages_s", 1): 20,
    ("line", 0, "stages_s", 2): 20,
    ("line", 0, "stages_s", 3, 1): 21,
    ("line", 0, "inline", "second", 0, "third"): 23,
    ("line", 1): 24,
    ("line", 1, "id"): 25,
    ("line", 1, "sub"): 26,
    ("line", 1, "sub", "deep"): 27,
    ("line", 1, "list", 0, "x"): 29,
    ("line", 1, "list", 1): 30,
    ("line", 1, "list", 1, "x"): 31,
}


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_every_form_of_a_key_is_found_on_its_line(newline: str) -> None:
    text = EVERY_FORM.replace("\n", newline)
    tomllib.loads(text)
    places = locate(text)
    assert {path: places.line_of(path) for path in LINES} == LINES
    assert all(path in places for path in LINES)


def test_what_is_not_there_is_looked_for_around_it() -> None:
    places = locate(EVERY_FORM)
    assert ("line", 1, "label") not in places
    assert places.line_of(("line", 1, "label")) == 24
    assert places.line_of(("line", 7, "label")) == 14
    assert places.line_of(("line", 0, "stages_s", 9)) == 16
    assert places.line_of(("tower",)) == places.line_of(()) == 1


def paths_in(value: object, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Every key and every entry of what TOML read."""
    inner: list[tuple[str | int, object]] = []
    if isinstance(value, dict):
        inner = list(value.items())
    elif isinstance(value, list):
        inner = list(enumerate(value))
    return [found for key, one in inner for found in ((*path, key), *paths_in(one, (*path, key)))]


@pytest.mark.parametrize("text", [EVERY_FORM, GOOD], ids=["every form", "good"])
def test_every_key_that_toml_reads_is_found(text: str) -> None:
    places = locate(text)
    assert [path for path in paths_in(tomllib.loads(text)) if path not in places] == []


STATEMENTS = [
    "[{n}]",
    "[[list]]",
    "[[ list.'inner' ]] # a comment",
    "[list.sub{n}]",
    "key{n} = 1",
    "'key{n}' = [1, [2, '3'], {{ a = 4 }}, ]",
    '"key{n}" = """\n]\n"""',
    "\"a \\\" b\" = '''\\'''",
    "a.b{n} = {{ c = [ {{}}, {{ d = 1 }} ] }}",
    "# {{ [",
    "",
]


@given(st.lists(st.sampled_from(STATEMENTS), max_size=12))
def test_whatever_toml_takes_is_found_completely(statements: list[str]) -> None:
    text = "\n".join(statement.format(n=n) for n, statement in enumerate(statements))
    try:
        found = tomllib.loads(text)
    except ValueError:
        return
    places = locate(text)
    for path in paths_in(found):
        assert path in places
        if str(path[-1]).startswith("key"):
            assert str(path[-1]) in text.split("\n")[places.line_of(path) - 1]
