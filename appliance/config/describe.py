"""What a declared setting allows, in words: for refusals and for the example file.

Reads the declarations of `tables`; nothing is said twice.
"""

import types
from enum import Enum
from typing import Annotated, Any, Final, Literal, Union, get_args, get_origin

from appliance.config.kinds import Kind
from appliance.config.table import Table
from appliance.config.tables import FieldInfo, Tables

TABLE_NAMES: Final = tuple(Tables.model_fields)
"""The tables of the file, in the order in which they are shown."""


def table_class(name: str) -> type[Table]:
    """Return the declaration of one table, e.g. `line`."""
    declared = Tables.model_fields[name].annotation
    for candidate in (declared, *get_args(declared)):
        if isinstance(candidate, type) and issubclass(candidate, Table):
            return candidate
    raise AssertionError(f"{name} declares no table")


def is_list(name: str) -> bool:
    """Return whether the file holds this table several times, as [[name]]."""
    return get_origin(Tables.model_fields[name].annotation) is tuple


def entries_max(name: str) -> int:
    """Return how many tables of this name a file may hold."""
    extra = Tables.model_fields[name].json_schema_extra
    return int(str(extra["entries_max"])) if isinstance(extra, dict) else 1


def heading(name: str) -> str:
    """Return the table's heading as it is written in the file."""
    return f"[[{name}]]" if is_list(name) else f"[{name}]"


def words_of(annotation: object) -> tuple[str, ...]:
    """Return the words that a setting of this type chooses from; none for free text and numbers."""
    while get_origin(annotation) is Annotated:
        annotation = get_args(annotation)[0]
    if get_origin(annotation) is Literal:
        return tuple(map(str, get_args(annotation)))
    if get_origin(annotation) is tuple:
        return words_of(get_args(annotation)[0])
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return tuple(str(member.value) for member in annotation)
    assert get_origin(annotation) not in (Union, types.UnionType), "a setting has one type"
    return ()


def allowed(table: str, setting: str) -> str:
    """Return what a setting allows, e.g. `a whole number from 30 to 3600 (seconds)`."""
    field = table_class(table).model_fields[setting]
    extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
    measure = f" ({extra['measure']})" if "measure" in extra else ""
    if "allowed" in extra:
        return f"{extra['allowed']}{measure}"
    if field.annotation is bool:
        return "true or false"
    if field.annotation in (int, float):
        kind = "a whole number" if field.annotation is int else "a number"
        return f"{kind} from {_bound(field, 'ge')} to {_bound(field, 'le')}{measure}"
    words = words_of(field.annotation)
    if get_origin(field.annotation) is tuple:
        return f"a list of {_how_many(field)}{one_of(words) if words else _kind_in(field).allowed}"
    return one_of(words) if words else _kind_in(field).allowed


def one_of(words: tuple[str, ...]) -> str:
    """Return the words in quotes as people list them: `"udp", "tcp" or "tls"`."""
    quoted = [f'"{word}"' for word in words]
    return " or ".join(part for part in (", ".join(quoted[:-1]), quoted[-1]) if part)


def _how_many(field: FieldInfo) -> str:
    least, most = _bound(field, "min_length"), _bound(field, "max_length")
    if most is None:
        return f"at least {least} of "
    return f"{least} to {most}, each " if least else f"at most {most}, each "


def _bound(field: FieldInfo, name: str) -> Any:
    """Return one bound of a declaration, or None: `ge`, `le`, `min_length`, `max_length`."""
    return next((getattr(one, name) for one in field.metadata if getattr(one, name, None) is not None), None)


def _kind_in(field: FieldInfo) -> Kind:
    """Return the kind of text that the declaration names, for itself or for the entries of its list."""
    entry = get_args(field.annotation)[0] if get_origin(field.annotation) is tuple else None
    validators = (*field.metadata, *(get_args(entry)[1:] if get_origin(entry) is Annotated else ()))
    kinds: list[Kind] = [one.func for one in validators if isinstance(getattr(one, "func", None), Kind)]
    assert kinds, "every text declares its kind"
    return kinds[0]
