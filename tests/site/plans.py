"""Site files for tests: a good one, made wrong one line at a time."""

from appliance.errors import ConfigurationRefused
from appliance.site.file import parse

GOOD = """\
revision = 3

[[line]]
id = "doctors"
label = "Doctors' line"
position = 2
colour = "green"

[[line]]
id = "main"
label = "Main"
position = 1

[[unit]]
id = "front"
extension = "601"
target = "201"
covers = ["back"]

[[unit]]
id = "back"
extension = "602"
target = "202"
"""


def with_line(old: str, new: str) -> str:
    """The good site file with one piece of it replaced."""
    assert GOOD.count(old) == 1, f"{old!r} must stand in the good site file once"
    return GOOD.replace(old, new)


def refusals(text: str | bytes) -> list[str]:
    """Each line that refuses this text."""
    try:
        parse(text if isinstance(text, bytes) else text.encode(), "site.toml")
    except ConfigurationRefused as refused:
        return list(refused.lines)
    return []
