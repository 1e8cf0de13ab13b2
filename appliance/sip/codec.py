"""Frozen dataclasses to JSON and back, with every type checked on the way in.

Standard library only, for the engine must stay small. What is understood: str, int, float, bool, string
enumerations, tuples of one type, dataclasses, and NewTypes of these.
"""

import contextlib
import dataclasses
import math
import typing
from collections.abc import Callable, Mapping
from enum import StrEnum
from functools import cache
from types import MappingProxyType
from typing import Any, Final

STRING_LENGTH_MAX: Final = 4096
"""Characters in one string of a packet. The longest honest ones are paths and passwords."""


class MalformedPacket(ValueError):
    """A packet that is not what this version of the protocol says. The text never quotes the packet."""


def to_plain(value: object) -> object:
    """Return what JSON can hold; a dataclass becomes an object with its fields' names."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {name: to_plain(getattr(value, name)) for name in _readers(type(value))}
    if isinstance(value, tuple):
        return [to_plain(item) for item in value]
    return value


def from_plain(kind: type, plain: object) -> Any:
    """Return the dataclass of this kind that JSON held.

    Raises:
        MalformedPacket: a field is missing, unknown, of another type or too long.
    """
    return _dataclass_of(kind, plain)


def _dataclass_of(kind: type, plain: object) -> Any:
    readers = _readers(kind)
    if not isinstance(plain, dict) or plain.keys() != readers.keys():
        raise MalformedPacket(f"not the fields of {kind.__name__}")
    return kind(**{name: read(plain[name]) for name, read in readers.items()})


@cache
def _readers(kind: type) -> Mapping[str, Callable[[object], Any]]:
    hints = typing.get_type_hints(kind)
    return MappingProxyType({field.name: _reader(hints[field.name]) for field in dataclasses.fields(kind)})


def _reader(hint: Any) -> Callable[[object], Any]:
    while hasattr(hint, "__supertype__"):
        hint = hint.__supertype__
    if typing.get_origin(hint) is tuple:
        item_hint, rest = typing.get_args(hint)
        assert rest is Ellipsis, "only tuples of one type and any length travel"
        return _tuple_reader(_reader(item_hint))
    if isinstance(hint, type) and dataclasses.is_dataclass(hint):
        return lambda plain: _dataclass_of(hint, plain)
    if issubclass(hint, StrEnum):
        return _enum_reader(hint)
    return _READERS[hint]


def _tuple_reader(read_item: Callable[[object], Any]) -> Callable[[object], Any]:
    def read(plain: object) -> Any:
        if not isinstance(plain, list):
            raise MalformedPacket("not a list")
        return tuple(read_item(item) for item in plain)

    return read


def _enum_reader(hint: type[StrEnum]) -> Callable[[object], Any]:
    def read(plain: object) -> Any:
        try:
            return hint(_string(plain))
        except ValueError as error:
            raise MalformedPacket(f"not a {hint.__name__}") from error

    return read


def _string(plain: object) -> str:
    if not isinstance(plain, str) or len(plain) > STRING_LENGTH_MAX:
        raise MalformedPacket("not a string, or too long a one")
    return plain


def _integer(plain: object) -> int:
    if not isinstance(plain, int) or isinstance(plain, bool):
        raise MalformedPacket("not a whole number")
    return plain


def _boolean(plain: object) -> bool:
    if not isinstance(plain, bool):
        raise MalformedPacket("not true or false")
    return plain


def _number(plain: object) -> float:
    if isinstance(plain, int | float) and not isinstance(plain, bool):
        with contextlib.suppress(OverflowError):
            number = float(plain)
            # An instant that is none, or without an end, would stop the board's time for ever.
            if math.isfinite(number):
                return number
    raise MalformedPacket("not a number")


_READERS: Final[Mapping[type, Callable[[object], Any]]] = MappingProxyType(
    {str: _string, int: _integer, bool: _boolean, float: _number}
)
