"""What a configuration may say and a person should still look at: it is used, though perhaps not as meant."""

import os
from collections.abc import Callable, Iterator
from ipaddress import ip_network
from typing import Final

from appliance.config.agreement import LINE_PINS
from appliance.config.bus_table import BusTable
from appliance.config.gpio_table import GpioTable
from appliance.config.load import Loaded
from appliance.config.locate import KeyPath
from appliance.config.passwords import SECRETS, credential_of, variable_of
from appliance.config.pickup_table import PickupTable
from appliance.config.refusals import title_of
from appliance.config.tables import Tables
from appliance.core.settings import LineSource
from appliance.tower.bought import BOUGHT, colours_of
from appliance.tower.lamps import LampColour

Remark = tuple[KeyPath, str]


def warnings_of(loaded: Loaded) -> list[str]:
    """Return every warning as a line that begins with the place that it speaks of."""
    found = [warning for check in _CHECKS for warning in check(loaded)]
    return [f"{loaded.where(path)}: {title_of(path)}: {text}" for path, text in found]


def _passwords(loaded: Loaded) -> Iterator[Remark]:
    for index, extension in enumerate(loaded.tables.extension):
        if not extension.password.get_secret_value():
            credential, variable = credential_of(extension.id), variable_of(extension.id)
            places = f"the credential {credential} or the environment's {variable}"
            yield (
                ("extension", index, "password"),
                f"is empty, so only a PBX that asks for none accepts us; set it in {places}",
            )
        if index in loaded.written_passwords and not loaded.is_private:
            mend = f"chmod 600 {loaded.file}, owned by root or the unit's user"
            yield ("extension", index), f"its password can be read by others: {mend}"


def _written_secrets(loaded: Loaded) -> Iterator[Remark]:
    # The first of a table is enough to say: what mends it mends all.
    first = dict(reversed(loaded.written_secrets))
    for table, setting in first.items() if not loaded.is_private else ():
        mend = f"chmod 600 {loaded.file}, owned by root or the unit's user"
        yield (table,), f"its {setting} can be read by others: {mend}"


def _same_user(loaded: Loaded) -> Iterator[Remark]:
    first: dict[tuple[str, str], int] = {}
    for index, extension in enumerate(loaded.tables.extension):
        user = (extension.pbx, extension.user)
        if user in first:
            other = f"[[extension]] {first[user] + 1}"
            yield (
                ("extension", index, "user"),
                f"is the user of {other} too: at most PBXes they push each other out",
            )
        first.setdefault(user, index)


def _addresses(loaded: Loaded) -> Iterator[Remark]:
    for index, pbx in enumerate(loaded.tables.pbx):
        for place, text in enumerate(pbx.addresses):
            if ip_network(text).prefixlen == 0:
                yield (
                    ("pbx", index, "addresses", place),
                    "is every address there is: no stranger is told apart by it",
                )


def _ca_files(loaded: Loaded) -> Iterator[Remark]:
    for index, pbx in enumerate(loaded.tables.pbx):
        if pbx.ca_file and not os.access(pbx.ca_file, os.R_OK):
            yield ("pbx", index, "ca_file"), "cannot be read by this user"


def _no_effect(loaded: Loaded) -> Iterator[Remark]:
    tables = loaded.tables
    for index, pbx in enumerate(tables.pbx):
        if pbx.line_header and LineSource.HEADER not in pbx.line_from:
            yield ("pbx", index, "line_header"), 'has no effect: line_from does not hold "header"'
        if not any(extension.pbx == pbx.id for extension in tables.extension):
            yield ("pbx", index, "id"), "has no [[extension]], so this unit never registers there"
    for source, setting in ((LineSource.HEADER, "header_values"), (LineSource.DIALLED, "dialled")):
        if any(source in pbx.line_from for pbx in tables.pbx):
            continue
        for index, line in enumerate(tables.line):
            if getattr(line, setting):
                yield ("line", index, setting), f'has no effect: no line_from holds "{source.value}"'


def _lines(loaded: Loaded) -> Iterator[Remark]:
    for index, line in enumerate(loaded.tables.line):
        if not (_serves(loaded.tables, line.id) or line.header_values or line.dialled):
            yield ("line", index, "id"), "is the line of no [[extension]], so it stays dark"
        if line.ring_limit_s <= line.stages_s[2]:
            yield ("line", index, "ring_limit_s"), "ends rings before stage 3: nobody gets there by waiting"


def _towers(loaded: Loaded) -> Iterator[Remark]:
    for index, tower in enumerate(loaded.tables.tower):
        if tower.driver not in BOUGHT:
            continue
        lamps = colours_of(tower.lamps or BOUGHT[tower.driver].outputs)
        if tower.alive_lamp not in lamps:
            yield ("tower", index, "alive_lamp"), "names no lamp, so a dark tower proves nothing to anybody"
        elif all(other.driver in (*BOUGHT, *_NO_LIGHT) for other in loaded.tables.tower):
            yield ("tower", index, "driver"), _KEEPS
        if not set(lamps) - {LampColour.RED, tower.alive_lamp}:
            yield ("tower", index, "lamps"), "leave only red for the lines: nobody is shown before stage 3"


def _gpio(loaded: Loaded) -> Iterator[Remark]:
    is_used = any(tower.driver == "gpio" for tower in loaded.tables.tower)
    if is_used and not loaded.tables.gpio.alive_lamp:
        yield ("gpio", "alive_lamp"), "names no lamp, so a dark tower proves nothing to anybody"
    if not is_used and loaded.tables.gpio != GpioTable():
        yield ("gpio",), 'has no effect: no [[tower]] has driver = "gpio"'


def pickup_target(loaded: Loaded) -> str:
    """Return what is dialled to reach this unit's own people: by its own file, else by the site's."""
    units = () if loaded.site is None else loaded.site.units
    ours = (unit.target for unit in units if unit.id == loaded.tables.unit.name)
    return loaded.tables.pickup.target or next(ours, "")


def _pickup(loaded: Loaded) -> Iterator[Remark]:
    pickup = loaded.tables.pickup
    if pickup == PickupTable():
        return
    if pickup.way in ("phone", "redirect") and not pickup_target(loaded):
        yield ("pickup", "target"), "is empty, here and in the site file: no button takes anybody"
    for setting, way in _OF_WAY.items():
        if getattr(pickup, setting) != PickupTable.model_fields[setting].default and pickup.way != way:
            yield ("pickup", setting), f'has no effect on this unit\'s own buttons: way is not "{way}"'
    if pickup.handset_key and not os.access(pickup.handset_key, os.R_OK):
        yield ("pickup", "handset_key"), "is not there, or cannot be read by this user"
    if pickup.way == "dial" and pickup.phone_user and not pickup.phone_password.get_secret_value():
        credential, variable = SECRETS["pickup", "phone_password"]
        place = f"the credential {credential} or the environment's {variable}"
        yield ("pickup", "phone_password"), f"is empty, though phone_user is not; set it in {place}"
    if pickup.way == "dial" and pickup.phone_user and not pickup.phone_certificate:
        yield ("pickup", "phone_url"), "lets the phone's password go over the network for anybody to read"
    if pickup.confirm == "key" and pickup.headers:
        yield ("pickup", "headers"), "let a phone answer by itself, and then nobody may press the key"


_OF_WAY: Final = {
    "headers": "phone",
    "confirm": "phone",
    "handset_device": "handset",
    "handset_key": "handset",
    "phone_make": "dial",
    "phone_url": "dial",
    "phone_certificate": "dial",
    "phone_user": "dial",
    "phone_password": "dial",
    "pickup_code": "dial",
}
"""The settings of [pickup] that belong to one way only."""


def _site(loaded: Loaded) -> Iterator[Remark]:
    if loaded.site is None:
        return
    known = {line.id for line in loaded.site.lines}
    for index, line in enumerate(loaded.tables.line):
        if line.id not in known:
            yield ("line", index, "id"), "is no line of the site file: only this unit shows it, as the last"
    line_count = len(known | {line.id for line in loaded.tables.line})
    for setting in LINE_PINS:
        if len(getattr(loaded.tables.gpio, setting)) > line_count:
            yield (
                ("gpio", setting, line_count),
                f"has no effect: the site and this unit have {line_count} lines",
            )
    if loaded.tables.unit.name not in {unit.id for unit in loaded.site.units}:
        yield ("unit", "name"), "is no unit of the site file: nobody can send callers to it, or cover for it"


def _bus(loaded: Loaded) -> Iterator[Remark]:
    bus = loaded.tables.bus
    if not bus.broker:
        if bus != BusTable():
            yield ("bus",), "has no effect: broker names none"
        return
    for (table, setting), (credential, variable) in SECRETS.items():
        if table == "bus" and not getattr(bus, setting).get_secret_value():
            place = f"the credential {credential} or the environment's {variable}"
            yield ("bus", setting), f"is empty, {_WITHOUT[setting]}; set it in {place}"
    if bus.ca_file and not os.access(bus.ca_file, os.R_OK):
        yield ("bus", "ca_file"), "cannot be read by this user"


_WITHOUT: Final = {
    "password": "so only a broker that asks for none accepts us",
    "site_key": "so only a PBX's tag tells that two units see one caller",
}

_NO_LIGHT: Final = ("recorder", "none")

_KEEPS: Final = (
    "keeps its last lights when the unit dies, the alive lamp too, as long as it has power; a tower of"
    " another kind beside it would tell"
)


def _serves(tables: Tables, line: str) -> bool:
    return any(extension.line == line for extension in tables.extension)


_CHECKS: Final[tuple[Callable[[Loaded], Iterator[Remark]], ...]] = (
    _passwords,
    _written_secrets,
    _same_user,
    _addresses,
    _ca_files,
    _no_effect,
    _lines,
    _towers,
    _gpio,
    _pickup,
    _site,
    _bus,
)
