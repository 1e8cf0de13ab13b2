"""The documented example file, made from the declarations: `python -m appliance.config.example --write`.

Without `--write` it prints the text. A test keeps the file that ships identical to it, and accepted.
"""

import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from pydantic import SecretStr

from appliance.config.describe import TABLE_NAMES, allowed, entries_max, heading, is_list, table_class
from appliance.config.show import toml_value
from appliance.config.tables import FieldInfo

FILE: Final = Path(__file__).parent.parent / "call-light.example.toml"
"""Where the example lies in the package."""

COLUMNS: Final = 100

_HEAD: Final = """\
# The call light's configuration, by default /etc/call-light/call-light.toml.
#
# Made from the declarations in appliance/config/tables.py by `python -m appliance.config.example --write`.
# Settings that are commented out show their defaults; the others must be given. `call-light check FILE` says
# everything that is wrong with a file at once, and `call-light show` what in it differs from the defaults.
"""


def example() -> str:
    """Return the example file's text."""
    return _HEAD + "".join(_table(name) for name in TABLE_NAMES)


def _table(name: str) -> str:
    declared = table_class(name)
    often = f" 1 to {entries_max(name)} of these." if is_list(name) else ""
    lines = ["", *_comment(f"{declared.__doc__}{often}"), heading(name)]
    for setting, field in declared.model_fields.items():
        lines += [*_comment(str(field.description)), *_comment(f"Allowed: {allowed(name, setting)}.")]
        lines += _assignment(setting, field)
    return "\n".join(lines) + "\n"


def _assignment(setting: str, field: FieldInfo) -> Iterator[str]:
    if field.is_required():
        yield f"{setting} = {toml_value((field.examples or [''])[0])}"
    elif isinstance(field.default, SecretStr):
        yield f'# {setting} = ""'
    else:
        yield f"# {setting} = {toml_value(field.default)}"


def _comment(text: str) -> list[str]:
    return [
        f"# {line}"
        for line in textwrap.wrap(text, COLUMNS - 2, break_long_words=False, break_on_hyphens=False)
    ]


def main() -> int:
    """Print the example, or write it to where it ships."""
    if sys.argv[1:] == ["--write"]:
        FILE.write_text(example(), encoding="utf-8")
    else:
        print(example(), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
