"""Finds the line on which each key of a TOML text stands, for `tomllib` keeps no positions.

The text must be one that `tomllib` has read: nothing is checked twice here. Where this scanner meets
something that it does not know it stops, and the nearest table's line is given instead of a wrong one.
"""

import contextlib
import re
import tomllib
from bisect import bisect_right
from collections.abc import Mapping
from typing import Final

KeyPath = tuple[str | int, ...]
"""Keys from the root, an int for an entry of a list: `("line", 1, "stages_s")`."""

_BLANK: Final = re.compile(r"(?:[ \t\r\n]+|#[^\n]*)*")
_SPACE: Final = re.compile(r"[ \t]*")
_KEY: Final = re.compile(r'"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\'|[A-Za-z0-9_-]+')
_TEXT: Final = re.compile(
    r'"""(?:\\.|[^\\])*?"""(?:"{0,2})'
    r"|'''.*?'''(?:'{0,2})"
    r'|"(?:\\.|[^"\\\n])*"'
    r"|'[^'\n]*'",
    re.DOTALL,
)
_PLAIN: Final = re.compile(r"[^,\]}#\n]+")


class Places:
    """The lines of a text's keys."""

    def __init__(self, lines: Mapping[KeyPath, int]) -> None:
        """Know the line of each of these keys."""
        self._lines = lines

    def __contains__(self, path: KeyPath) -> bool:
        """Return whether the key itself was found."""
        return path in self._lines

    def line_of(self, path: KeyPath) -> int:
        """Return the line of the key, or of the nearest table or list around it, or 1."""
        while path and path not in self._lines:
            path = path[:-1]
        return self._lines.get(path, 1)


def locate(text: str) -> Places:
    """Return where each key, table and list entry of this valid TOML text stands."""
    scanner = _Scanner(text)
    with contextlib.suppress(_Unknown, RecursionError):
        scanner.scan()
    return Places(scanner.lines)


class _Unknown(Exception):
    """The text goes on in a way that this scanner does not know."""


class _Scanner:
    """One pass over the text, from left to right. Every step consumes something or raises."""

    def __init__(self, text: str) -> None:
        self.lines: dict[KeyPath, int] = {}
        self._text = text
        self._at = 0
        self._line_ends = [end.start() for end in re.finditer("\n", text)]
        self._table_counts: dict[KeyPath, int] = {}

    def scan(self) -> None:
        """Walk over the whole text once."""
        table: KeyPath = ()
        while True:
            self._skip(_BLANK)
            if self._at == len(self._text):
                return
            if self._text.startswith("[", self._at):
                table = self._header()
            else:
                self._pair(table)

    def _header(self) -> KeyPath:
        line = self._line()
        is_entry = self._text.startswith("[[", self._at)
        self._at += 2 if is_entry else 1
        keys = self._keys()
        self._expect("]]" if is_entry else "]")
        path: KeyPath = ()
        for key in keys[:-1]:
            path = self._last_entry((*path, key))
            self.lines.setdefault(path, line)
        path = (*path, keys[-1])
        if is_entry:
            self.lines.setdefault(path, line)
            self._table_counts[path] = self._table_counts.get(path, 0) + 1
            path = self._last_entry(path)
        self.lines[path] = line
        return path

    def _last_entry(self, path: KeyPath) -> KeyPath:
        """A table header speaks of the last entry of the list so far."""
        count = self._table_counts.get(path)
        return path if count is None else (*path, count - 1)

    def _pair(self, table: KeyPath) -> None:
        line = self._line()
        path = table
        for key in self._keys():
            path = (*path, key)
            self.lines.setdefault(path, line)
        self._expect("=")
        self._skip(_SPACE)
        self._value(path)

    def _keys(self) -> list[str]:
        keys = []
        while True:
            self._skip(_SPACE)
            raw = self._take(_KEY)
            keys.append(next(iter(tomllib.loads(f"{raw}=0"))) if raw[0] in "\"'" else raw)
            self._skip(_SPACE)
            if not self._text.startswith(".", self._at):
                return keys
            self._at += 1

    def _value(self, path: KeyPath) -> None:
        match self._text[self._at : self._at + 1]:
            case "[":
                self._list(path)
            case "{":
                self._inline_table(path)
            case '"' | "'":
                self._take(_TEXT)
            case _:
                self._take(_PLAIN)

    def _list(self, path: KeyPath) -> None:
        self._at += 1
        count = 0
        while not self._closes("]"):
            self.lines[(*path, count)] = self._line()
            self._value((*path, count))
            count += 1

    def _inline_table(self, path: KeyPath) -> None:
        self._at += 1
        while not self._closes("}"):
            self._pair(path)

    def _closes(self, bracket: str) -> bool:
        """Step over blanks and one comma; return whether the bracket closes here, and step over it."""
        self._skip(_BLANK)
        if self._text.startswith(",", self._at):
            self._at += 1
            self._skip(_BLANK)
        if self._text.startswith(bracket, self._at):
            self._at += 1
            return True
        return False

    def _line(self) -> int:
        return bisect_right(self._line_ends, self._at - 1) + 1

    def _skip(self, pattern: re.Pattern[str]) -> None:
        found = pattern.match(self._text, self._at)
        if found is not None:
            self._at = found.end()

    def _take(self, pattern: re.Pattern[str]) -> str:
        found = pattern.match(self._text, self._at)
        if found is None:
            raise _Unknown
        self._at = found.end()
        return found.group()

    def _expect(self, text: str) -> None:
        if not self._text.startswith(text, self._at):
            raise _Unknown
        self._at += len(text)
