"""From the settings tree to the plain configuration that the unit works with."""

from pathlib import Path
from typing import Final

from appliance.bus.settings import BusSettings, CallerShown
from appliance.config.configuration import Configuration, TowerSettings
from appliance.config.kinds import phone_place
from appliance.config.load import Loaded, site_file_of
from appliance.config.tables import ExtensionTable, LineTable, PbxTable, Tables
from appliance.config.tower_table import TowerTable
from appliance.config.warnings import pickup_target, warnings_of
from appliance.core.settings import (
    BoardSettings,
    ExtensionSettings,
    LineSettings,
    PickupSettings,
    SiteSettings,
)
from appliance.core.words import LINE_BUTTONS, Button, DurationMs, ExtensionId, LineId, UnitId, Way
from appliance.phone.settings import PhoneSettings
from appliance.sip.settings import EngineSettings, ExtensionAccount, PbxSettings, Ringback, Srtp, Transport
from appliance.tower.bought import BOUGHT, NONE, colours_of
from appliance.tower.lamps import LampColour, assign
from appliance.tower.pins import PinSettings, pin_lamps


def configuration_of(loaded: Loaded) -> Configuration:
    """Return the configuration of a file that was accepted, passwords in it and nowhere else."""
    tables = loaded.tables
    return Configuration(
        name=tables.unit.name,
        state_directory=Path(tables.unit.state_directory),
        runtime_directory=Path(tables.unit.runtime_directory),
        board=_board(loaded),
        engine=EngineSettings(
            pbxs=tuple(map(_pbx, tables.pbx)),
            extensions=tuple(map(_account, tables.extension)),
            handset=tables.pickup.handset_device,
        ),
        towers=tuple(_tower(tower, loaded) for tower in tables.tower),
        own_lines=tuple(line.id for line in tables.line),
        site=loaded.site,
        site_file=site_file_of(tables.unit),
        bus=_bus(tables),
        phone=_phone(tables),
        handset_key=tables.pickup.handset_key if tables.pickup.way == "handset" else "",
        warnings=tuple(warnings_of(loaded)),
    )


def _bus(tables: Tables) -> BusSettings | None:
    bus = tables.bus
    if not bus.broker:
        return None
    return BusSettings(
        broker=bus.broker,
        port=bus.port,
        ca_file=bus.ca_file,
        site=bus.site,
        unit=tables.unit.name,
        password=bus.password.get_secret_value(),
        caller=CallerShown(bus.caller),
    )


def _phone(tables: Tables) -> PhoneSettings | None:
    pickup = tables.pickup
    place = phone_place(pickup.phone_url)
    if pickup.way != "dial" or place is None:
        return None
    address, port = place
    return PhoneSettings(
        make=pickup.phone_make,
        address=address,
        port=port,
        certificate_file=pickup.phone_certificate,
        codes={
            ExtensionId(one.id): pickup.pickup_code.replace("{user}", one.user) for one in tables.extension
        },
        user=pickup.phone_user,
        password=pickup.phone_password.get_secret_value(),
    )


def _lines(loaded: Loaded) -> tuple[LineTable, ...]:
    """Return every line that this unit shows, in the order of the towers.

    Position and label are the site's; how callers wait is this unit's, for a line that it has itself. Lines
    that the site does not know come last, so that those of the site stand at the same place on every tower.
    """
    own = {line.id: line for line in loaded.tables.line}
    shared = [] if loaded.site is None else [(line.id, line.label) for line in loaded.site.lines]
    told = [
        own.pop(line).model_copy(update={"label": label}) if line in own else LineTable(id=line, label=label)
        for line, label in shared
    ]
    return (*told, *own.values())


def _board(loaded: Loaded) -> BoardSettings:
    tables = loaded.tables
    pbxs = {pbx.id: pbx for pbx in tables.pbx}
    return BoardSettings(
        lines=tuple(map(_line, _lines(loaded))),
        extensions=tuple(
            ExtensionSettings(
                id=ExtensionId(extension.id),
                line=LineId(extension.line),
                line_from=pbxs[extension.pbx].line_from,
                cancel_meaning=pbxs[extension.pbx].cancel_meaning,
            )
            for extension in tables.extension
        ),
        away_ms=DurationMs(tables.unit.away_s * 1000),
        pickup=_pickup(loaded),
        sound_delays_ms=_three(tables.sound.delays_s),
        unit=UnitId(tables.unit.name),
        site=_site(loaded) if tables.bus.broker else None,
    )


def _site(loaded: Loaded) -> SiteSettings:
    return SiteSettings(
        units=() if loaded.site is None else loaded.site.units,
        key=loaded.tables.bus.site_key.get_secret_value().encode(),
    )


def _pickup(loaded: Loaded) -> PickupSettings:
    table = loaded.tables.pickup
    target = pickup_target(loaded)
    return PickupSettings(
        way=None if table.way == "none" or not (target or table.way in _WITHOUT_TARGET) else Way(table.way),
        target=target,
        headers=table.headers,
        confirm_key=table.confirm == "key",
        answer_within_ms=DurationMs(table.answer_within_s * 1000),
        return_target=table.return_target,
        return_after_ms=DurationMs(table.return_after_s * 1000),
    )


_WITHOUT_TARGET: Final = ("handset", "dial")
"""Ways in which nobody is called by the PBX's own dialling."""


def _line(line: LineTable) -> LineSettings:
    return LineSettings(
        id=LineId(line.id),
        label=line.label,
        thresholds_ms=_three(line.stages_s),
        queue=line.queue,
        hold_ms=DurationMs(line.hold_s * 1000),
        ring_limit_ms=DurationMs(line.ring_limit_s * 1000),
        priority=line.priority,
        header_values=line.header_values,
        dialled=line.dialled,
    )


def _three(seconds: tuple[float, ...]) -> tuple[DurationMs, DurationMs, DurationMs]:
    first, second, third = (DurationMs(one_s * 1000) for one_s in seconds)
    return first, second, third


def _pbx(pbx: PbxTable) -> PbxSettings:
    return PbxSettings(
        id=pbx.id,
        registrars=pbx.registrars,
        transport=Transport(pbx.transport),
        outbound_proxy=pbx.outbound_proxy,
        ca_file=pbx.ca_file,
        addresses=pbx.addresses,
        line_header=pbx.line_header,
        tag_header=pbx.tag_header,
        srtp=Srtp(pbx.srtp) if pbx.srtp != "auto" else Srtp.OPTIONAL if pbx.transport == "tls" else Srtp.OFF,
        ringback=Ringback(pbx.ringback),
    )


def _account(extension: ExtensionTable) -> ExtensionAccount:
    return ExtensionAccount(
        id=ExtensionId(extension.id),
        pbx=extension.pbx,
        user=extension.user,
        password=extension.password.get_secret_value(),
        auth_user=extension.auth_user,
        expiry_s=extension.expiry_s,
    )


def _tower(tower: TowerTable, loaded: Loaded) -> TowerSettings:
    line_count = len(_lines(loaded))
    outputs = tower.lamps or (BOUGHT[tower.driver].outputs if tower.driver in BOUGHT else ())
    alive = None if tower.alive_lamp == NONE else LampColour(tower.alive_lamp)
    return TowerSettings(
        driver=tower.driver,
        bell=tower.bell,
        file=tower.file,
        port=tower.port,
        address=tower.address,
        outputs=outputs,
        lamps=assign(colours_of(outputs), line_count, alive),
        pins=_pins(loaded.tables, line_count) if tower.driver == "gpio" else None,
    )


def _pins(tables: Tables, line_count: int) -> PinSettings:
    gpio = tables.gpio
    # A site may have fewer lines than the unit is wired for: nothing hangs on the pins of the others then.
    lines = LINE_BUTTONS[:line_count]
    buttons = (
        *zip(lines, gpio.line_buttons, strict=False),
        (Button.MUTE, gpio.mute_button),
        (Button.AWAY, gpio.away_button),
        (Button.OWED, gpio.owed_button),
        (Button.HOOK, gpio.hook_switch),
    )
    button_lamps = (
        *zip(lines, gpio.line_button_lamps, strict=False),
        (Button.MUTE, gpio.mute_lamp),
        (Button.AWAY, gpio.away_lamp),
        (Button.OWED, gpio.owed_lamp),
    )
    return PinSettings(
        work_directory=tables.unit.runtime_directory,
        lamps=pin_lamps(gpio.line_lamps, gpio.beacon_lamp or None, gpio.alive_lamp or None, line_count),
        buzzer=gpio.buzzer or None,
        buttons=tuple((button, pin) for button, pin in buttons if pin),
        button_lamps=tuple((button, pin) for button, pin in button_lamps if pin),
        lamps_active_high=gpio.lamps_on == "high",
        buttons_active_high=gpio.buttons_pressed == "high",
    )
