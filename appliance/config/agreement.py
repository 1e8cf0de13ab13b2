"""Whether the tables agree with each other: references, names given twice, settings that need one another.

These checks read the raw tables and pass over whatever is of the wrong type, so that they speak beside the
refusals of single settings and not only after those are mended.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Final

from appliance.config.describe import (
    TABLE_NAMES,
    entries_max,
    heading,
    is_list,
    one_of,
    table_class,
    words_of,
)
from appliance.config.locate import KeyPath
from appliance.tower.bought import BOUGHT, BUZZER, NONE, Bought

Raw = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a configuration is refused: the key's path, and what must be so."""

    path: KeyPath
    text: str


def disagreements(raw: Raw, line_count: int) -> list[Problem]:
    """Return everything in which the tables of this file do not fit together.

    The unit may have pins for `line_count` lines: those of the file, or any number in a site.
    """
    alone = [
        problem
        for check in (_counts, _ids, _references, _pbx, _lines_told_twice, _towers, _pins, _bus, _pickup)
        for problem in check(raw)
    ]
    return [*alone, *_lines_without_end(raw, line_count)]


def near(word: object, words: list[str] | tuple[str, ...]) -> str:
    """Return a hint at the nearest of the words, or an empty text."""
    small = {known.lower(): known for known in words}
    found = get_close_matches(word.lower(), small, n=1, cutoff=0.5) if isinstance(word, str) else []
    return f'; did you mean "{small[found[0]]}"?' if found else ""


def tables(raw: Raw, name: str) -> Iterator[tuple[int, Raw]]:
    """Iterate over the tables of this name with their place in the file, counted from 0."""
    found = raw.get(name)
    for index, table in enumerate(found if isinstance(found, list) else []):
        if isinstance(table, dict):
            yield index, table


def texts(table: Raw, name: str) -> list[str]:
    """Return the texts in a list of the table; none if it is no list."""
    found = table.get(name)
    return [text for text in found if isinstance(text, str)] if isinstance(found, list) else []


def ids(raw: Raw, name: str) -> list[str]:
    """Return the ids of the tables of this name."""
    return [table["id"] for _, table in tables(raw, name) if isinstance(table.get("id"), str)]


def _counts(raw: Raw) -> Iterator[Problem]:
    for name in filter(is_list, TABLE_NAMES):
        found = raw.get(name, [])
        if isinstance(found, list) and not found:
            yield Problem((name,), f"at least one {heading(name)} is needed")
        if isinstance(found, list) and len(found) > entries_max(name):
            yield Problem(
                (name, entries_max(name)), f"is one too many: at most {entries_max(name)} are allowed"
            )


def _ids(raw: Raw) -> Iterator[Problem]:
    for name in ("pbx", "extension", "line"):
        first: dict[object, int] = {}
        for index, table in tables(raw, name):
            known = table.get("id")
            if not isinstance(known, str):
                continue
            if known in first:
                yield Problem((name, index, "id"), f"is the id of {heading(name)} {first[known] + 1} too")
            first.setdefault(known, index)
    labels: dict[object, int] = {}
    for index, table in tables(raw, "line"):
        label = table.get("label")
        if isinstance(label, str) and label in labels:
            yield Problem(("line", index, "label"), f"is the label of [[line]] {labels[label] + 1} too")
        if isinstance(label, str):
            labels.setdefault(label, index)


def _references(raw: Raw) -> Iterator[Problem]:
    for index, extension in tables(raw, "extension"):
        for name in ("pbx", "line"):
            wanted, known = extension.get(name), ids(raw, name)
            if isinstance(wanted, str) and wanted not in known and known:
                yield Problem(
                    ("extension", index, name),
                    f"must be the id of a {heading(name)}{near(wanted, known)}",
                )


def _pbx(raw: Raw) -> Iterator[Problem]:
    for index, pbx in tables(raw, "pbx"):
        here = ("pbx", index)
        if "header" in texts(pbx, "line_from") and not pbx.get("line_header"):
            yield Problem((*here, "line_from"), 'holds "header", so line_header must name the header')
        secure = any(uri.lower().startswith("sips:") for uri in texts(pbx, "registrars"))
        if secure and pbx.get("transport", "udp") in ("udp", "tcp"):
            yield Problem((*here, "registrars"), 'hold a sips: address, so transport must be "tls"')
        if pbx.get("ca_file") and pbx.get("transport", "udp") in ("udp", "tcp"):
            yield Problem((*here, "ca_file"), 'is of use only with transport = "tls"')


def _lines_told_twice(raw: Raw) -> Iterator[Problem]:
    """A number or a header's value that means two lines would mean neither."""
    for setting in ("dialled", "header_values"):
        first: dict[str, int] = {}
        for index, line in tables(raw, "line"):
            for place, value in enumerate(texts(line, setting)):
                folded = value.casefold()
                if folded in first:
                    whose = "this line" if first[folded] == index else f"[[line]] {first[folded] + 1}"
                    yield Problem(("line", index, setting, place), f"stands at {whose} already")
                first.setdefault(folded, index)


_FOR_DRIVERS: Final[Mapping[str, tuple[str, ...]]] = {
    "bell": ("terminal",),
    "file": ("recorder",),
    "port": ("controller", *(name for name, kind in BOUGHT.items() if kind.found_at == "port")),
    "address": tuple(name for name, kind in BOUGHT.items() if kind.found_at == "address"),
    "lamps": tuple(name for name, kind in BOUGHT.items() if kind.lamps_max),
    "alive_lamp": tuple(BOUGHT),
}
"""The settings of [[tower]] that belong to some drivers only."""

_NEEDED: Final = {"file": "the file to append to", "port": "its serial port", "address": "its address"}
"""Those of them without which a driver cannot be opened, and what they name."""


def _towers(raw: Raw) -> Iterator[Problem]:
    fields = table_class("tower").model_fields
    first: dict[tuple[str, str], int] = {}
    for index, tower in tables(raw, "tower"):
        driver = tower.get("driver", "terminal")
        if driver not in words_of(fields["driver"].annotation):
            continue
        for setting, drivers in _FOR_DRIVERS.items():
            value = tower.get(setting)
            if value and value != fields[setting].default and driver not in drivers:
                yield Problem(("tower", index, setting), f"is of use only with driver = {one_of(drivers)}")
            # A controller is found by itself.
            if not value and driver in drivers and setting in _NEEDED and driver != "controller":
                text = f'is "{driver}", so {setting} must name {_NEEDED[setting]}'
                yield Problem(("tower", index, "driver"), text)
        for setting in ("port", "address"):
            value = tower.get(setting)
            if not value or not isinstance(value, str):
                continue
            if first.setdefault((setting, value), index) != index:
                text = f"is the {setting} of [[tower]] {first[setting, value] + 1} too"
                yield Problem(("tower", index, setting), text)
        if driver in BOUGHT:
            yield from _lamps(index, tower, BOUGHT[driver])


def _lamps(index: int, tower: Raw, kind: Bought) -> Iterator[Problem]:
    outputs = texts(tower, "lamps") or list(kind.outputs)
    lamps = [output for output in outputs if output not in (BUZZER, NONE)]
    apart = outputs.count(BUZZER) if kind.buzzer_apart else 0
    if kind.lamps_max and len(outputs) - apart > kind.lamps_max:
        beside = " beside the buzzer" if kind.buzzer_apart else ", the buzzer among them"
        yield Problem(("tower", index, "lamps"), f"must be at most {kind.lamps_max}{beside}")
    if outputs.count(BUZZER) > 1:
        yield Problem(("tower", index, "lamps"), "must not hold the buzzer twice")
    default = table_class("tower").model_fields["alive_lamp"].default
    alive = tower.get("alive_lamp", default)
    if isinstance(alive, str) and alive not in (*lamps, NONE, default):
        yield Problem(("tower", index, "alive_lamp"), 'must be a lamp that this tower has, or "none"')
    if len(lamps) - (alive in lamps) < 1:
        yield Problem(("tower", index, "lamps"), "must name a lamp beside the alive lamp")


def _pins(raw: Raw) -> Iterator[Problem]:
    """One Pi has one header, and a pin of it one purpose."""
    gpio = raw.get("gpio")
    gpio = gpio if isinstance(gpio, dict) else {}
    towers = [index for index, tower in tables(raw, "tower") if tower.get("driver") == "gpio"]
    for index in towers[1:]:
        yield Problem(("tower", index, "driver"), f"is the driver of [[tower]] {towers[0] + 1} too")
    found = list(_numbers(("gpio",), gpio))
    if towers and not gpio.keys() - {"lamps_on", "buttons_pressed"}:
        yield Problem(("tower", towers[0], "driver"), 'is "gpio", so [gpio] must say what hangs on which pin')
    first: dict[int, KeyPath] = {}
    for path, pin in found:
        if first.setdefault(pin, path) != path:
            yield Problem(path, f"is the pin of {first[pin][1]} already")
    if gpio.get("buttons_pressed") == "high":
        for path, pin in found:
            if pin in PULLED_UP and path[1] in _BUTTONS:
                yield Problem(path, 'has a pull-up on the Pi itself: of no use with buttons_pressed = "high"')


LINE_PINS: Final = ("line_lamps", "line_buttons", "line_button_lamps")
"""The settings of [gpio] that have a place for each line."""


def _lines_without_end(raw: Raw, line_count: int) -> Iterator[Problem]:
    """Look for pins of lines that there are not."""
    gpio = raw.get("gpio")
    for setting in LINE_PINS:
        listed = gpio.get(setting) if isinstance(gpio, dict) else None
        if isinstance(listed, list) and len(listed) > line_count:
            yield Problem(("gpio", setting, line_count), f"is one too many: there are {line_count} [[line]]")


def _bus(raw: Raw) -> Iterator[Problem]:
    bus = raw.get("bus")
    if not isinstance(bus, dict) or not bus.get("broker"):
        return
    if not bus.get("site"):
        yield Problem(("bus", "broker"), "names a broker, so site must name the site")
    for index, extension in tables(raw, "extension"):
        if extension.get("id") == "bus":
            yield Problem(("extension", index, "id"), "names the credential of [bus]: choose another id")


def _pickup(raw: Raw) -> Iterator[Problem]:
    pickup = raw.get("pickup")
    if not isinstance(pickup, dict) or pickup.get("way") != "dial":
        return
    for setting, what in _NEEDED_TO_DIAL.items():
        if not pickup.get(setting):
            yield Problem(("pickup", "way"), f'is "dial", so {setting} must name {what}')
    url, known = pickup.get("phone_url"), bool(pickup.get("phone_certificate"))
    if isinstance(url, str) and url and url.startswith("https:") != known:
        needs = "is https, so phone_certificate must name the phone's own certificate"
        yield Problem(("pickup", "phone_url"), needs if not known else "must be https with phone_certificate")
    for index, extension in tables(raw, "extension"):
        if extension.get("id") == "phone":
            yield Problem(("extension", index, "id"), "names the credential of [pickup]: choose another id")


_NEEDED_TO_DIAL: Final = {
    "phone_make": "the make of the desk phone",
    "phone_url": "its address",
    "pickup_code": "what it dials",
}
"""The settings of [pickup] without which no phone can be told to dial."""

PULLED_UP: Final = (2, 3)
"""Pins with a resistor of 1.8 kOhm to 3.3 V on the board, for I2C."""

_BUTTONS: Final = ("line_buttons", "mute_button", "away_button", "owed_button", "hook_switch")


def _numbers(path: KeyPath, value: object) -> Iterator[tuple[KeyPath, int]]:
    """Iterate over every number in a table or list but 0, each with where it stands."""
    if isinstance(value, int) and not isinstance(value, bool) and value != 0:
        yield path, value
    entries = value.items() if isinstance(value, dict) else ()
    for key, entry in enumerate(value) if isinstance(value, list) else entries:
        yield from _numbers((*path, key), entry)
