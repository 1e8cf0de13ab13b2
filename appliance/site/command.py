"""`call-light site …`: makes a site on the machine of its broker, and lets units in and out.

Every function is one sub-command: it does one thing, says what, and names the next step of a person.
"""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from appliance.bus.message import Message
from appliance.bus.talk import Talk
from appliance.bus.topics import ECHO, PREFIX
from appliance.config.kinds import ADDRESS, ID
from appliance.config.load import Loaded, load, site_file_of
from appliance.core.settings import SiteUnit
from appliance.core.words import UnitId
from appliance.errors import CallLightError, ConfigurationRefused, ExitCode, printable
from appliance.site import file
from appliance.site.certificates import end_of
from appliance.site.control import (
    GONE,
    Control,
    create_client,
    create_role,
    delete_client,
    delete_role,
    withdrawn,
)
from appliance.site.enrol import authority_of, keep_secrets, settled
from appliance.site.enrolment import Enrolment, end_of_enrolment, write_enrolment
from appliance.site.plan import SiteLine, SitePlan
from appliance.site.rights import (
    KEEPER,
    Rights,
    enrolling,
    enrolment_role,
    enrolment_topic,
    is_of_unit,
    new_password,
    unit_role,
    watcher_role,
)
from appliance.site.safe import Safe, Site, make_safe, open_safe
from appliance.site.services import reload_broker, restart_unit, start_broker
from appliance.site.whole import write

_LAST_PORT: Final = 65_535
"""The last port that TCP has."""


def init(site: Site, folder: Path, configuration: Path, address: str) -> int:
    """Make the site, with the unit of this machine as its first; or make it anew, for its site file stays."""
    _must(ID.fits(site.site), f"the site's name must be {ID.allowed}")
    _must(bool(site.broker) and ADDRESS.fits(site.broker), f"the broker's name must be {ADDRESS.allowed}")
    _must(not address or ADDRESS.fits(address), f"the address to listen on must be {ADDRESS.allowed}")
    _must(0 < site.port <= _LAST_PORT, f"the port must be a whole number from 1 to {_LAST_PORT}")
    loaded = load(configuration)
    unit = loaded.tables.unit.name
    password = new_password()
    first = Enrolment(site.site, unit, False, site.broker, site.port, "", "", "")
    text = settled(configuration, first)
    # A site that is made anew has units already, and each enrols again.
    known = [one.id for one in loaded.site.units] if loaded.site is not None else []
    safe = make_safe(folder, site, {unit: password}, known, address)
    if loaded.site is None:
        lines = [SiteLine(one.id, one.label, place, "") for place, one in enumerate(loaded.tables.line, 1)]
        _keep(loaded, file.text_of(1, lines, [SiteUnit(UnitId(unit))]))
    write(authority_of(configuration), safe.authority.encode(), 0o644)
    keep_secrets(configuration, password, safe.site_key)
    write(configuration, text.encode(), 0o600)
    safe.seal()
    print(f"site {site.site}: made in {folder}; units find its broker at {site.broker}:{site.port}")
    print(f"the broker's certificate is good until {end_of(folder / 'broker.pem')}")
    if start_broker(folder):
        print("the broker runs")
    else:
        attend = f"call-light site attend --folder {folder}"
        print(f"start the broker: `mosquitto -c {folder}/mosquitto.conf`, and `{attend}` beside it")
    restart_unit(configuration)
    return ExitCode.OK


def add_unit(name: str, given: SiteUnit, folder: Path, configuration: Path, out: Path | None) -> int:
    """Let a unit in: its rights, its place in the site file, and the enrolment file to carry to it."""
    loaded, safe = load(configuration), open_safe(folder)
    plan = _plan(loaded)
    _must(
        all(one.id != name for one in plan.units), f"{name} is a unit already; `site rotate {name}` renews it"
    )
    changed = _checked(plan, file.text_of(plan.revision + 1, plan.lines, [*plan.units, given]))
    _let_in(safe, name, unit_role(safe.site.site, name), out, watches_only=False)
    _keep(loaded, changed)
    return ExitCode.OK


def add_watcher(name: str, folder: Path, out: Path | None) -> int:
    """Let a machine in that is no unit and only watches."""
    safe = open_safe(folder)
    _let_in(safe, name, watcher_role(safe.site.site, name), out, watches_only=True)
    return ExitCode.OK


def rotate(name: str | None, folder: Path, out: Path | None) -> int:
    """Renew: a unit's password by a new enrolment, or the broker's key and certificate."""
    safe = open_safe(folder)
    if name is None:
        safe.renew()
        print(f"the broker's new certificate is good until {end_of(folder / 'broker.pem')}")
        if not reload_broker(folder):
            print("the broker takes it when it gets SIGHUP or starts again")
        return ExitCode.OK
    with Talk(safe.keeper(), "site") as talk:
        (known,) = Control(talk).obey({"command": "getRole", "rolename": f"unit_{name}"})
    _must("error" not in known, f"{name} is no unit of this site; `site add-unit {name}` makes it one")
    _let_in(safe, name, None, out, watches_only=not is_of_unit(known, name))
    return ExitCode.OK


def remove(name: str, folder: Path, configuration: Path) -> int:
    """Shut a unit out: at once, with all that it said and the place that it had."""
    loaded, safe = load(configuration), open_safe(folder)
    _must(name != loaded.tables.unit.name, f"{name} is the unit of this machine, which has the broker")
    site = safe.site.site
    with Talk(safe.keeper(), "site") as talk:
        control = Control(talk)
        answers = control.obey(delete_client(name), delete_role(f"unit_{name}"), *withdrawn(name))
        cleared = _clear(talk, site, name)
    plan = _plan(loaded)
    was_unit = any(one.id == name for one in plan.units)
    _must(was_unit or any("error" not in one for one in answers), f"{name} is no unit of this site")
    if was_unit:
        left = [
            replace(one, covers=tuple(other for other in one.covers if other != name))
            for one in plan.units
            if one.id != name
        ]
        _keep(loaded, file.text_of(plan.revision + 1, plan.lines, left))
    print(f"{name} is shut out; {cleared} messages that it left were cleared")
    return ExitCode.OK


def change(new: Path, configuration: Path) -> int:
    """Put a changed site file in the place of this unit's: it gets the next revision, and travels."""
    loaded = load(configuration)
    plan, old = file.read(new), _plan(loaded)
    _must(
        not file.is_far_ahead(plan.revision, old.revision),
        f"{new}: revision {plan.revision} is too far ahead for the other units; write {old.revision + 1}",
    )
    revision = max(plan.revision, old.revision) + 1
    text = plan.text.replace(f"revision = {plan.revision}", f"revision = {revision}", 1)
    checked = _checked(old, text)
    _must(file.parse(checked.encode(), str(new)).revision == revision, "write revision = NUMBER on one line")
    _keep(loaded, checked)
    return ExitCode.OK


def _let_in(safe: Safe, name: str, role: Rights | None, out: Path | None, *, watches_only: bool) -> None:
    """Make an enrolment, and the role where it is a new one; an enrolment of before is good no more."""
    _must(ID.fits(name), f"a unit's name must be {ID.allowed}")
    target = out or Path(f"{name}.enrolment")
    site, ends_utc, password = safe.site, end_of_enrolment(datetime.now(UTC)), new_password()
    once = enrolling(name)
    with Talk(safe.keeper(), "site") as talk:
        control = Control(talk)
        if role is not None:
            made, known = control.obey(create_role(role), {"command": "getRole", "rolename": f"unit_{name}"})
            # A unit that is known and stands in no site file is one whose adding was interrupted.
            is_new = "error" not in made or (not watches_only and is_of_unit(known, name))
            _must(is_new, f"{name} is known already; `site rotate {name}` renews it")
        control.must(*withdrawn(name), but=GONE)
        control.must(
            create_role(enrolment_role(site.site, name)), create_client(once, password, once, ends_utc)
        )
    found = Enrolment(
        site.site, name, watches_only, site.broker, site.port, ends_utc, password, safe.authority
    )
    write_enrolment(target, found)
    print(f"{printable(str(target))}: carry it to {name} and run `call-light enrol FILE` there")
    print(f"it works once, until {ends_utc}; whoever has it until then can become {name}")


def _clear(talk: Talk, site: str, unit: str) -> int:
    """Clear what a unit that is shut out left on the broker; return how many messages that were.

    Its will does not come any more: of a user that is gone, mosquitto publishes none (seen with 2.0.11).
    """
    own = f"{PREFIX}/{site}/{unit}/#"
    trees = (own, f"homeassistant/device/calllight_{site}_{unit}/#", enrolment_topic(site, unit))
    kept = talk.kept(*trees, echo=ECHO.at(site=site, unit=KEEPER))
    for message in kept:
        talk.publish(Message(message.topic, b"", retain=True))
    return len(kept)


def _plan(loaded: Loaded) -> SitePlan:
    if loaded.site is None:
        raise CallLightError(
            f"{site_file_of(loaded.tables.unit)}: there is no site file; `call-light site init` makes one"
        )
    return loaded.site


def _checked(plan: SitePlan, text: str) -> str:
    """Return the text of a changed site file that every unit would take."""
    file.parse(text.encode(), f"site file {plan.revision + 1}")
    return text


def _keep(loaded: Loaded, text: str) -> None:
    where = site_file_of(loaded.tables.unit)
    plan = file.parse(text.encode(), str(where))
    why = file.too_many_lines(plan, tuple(line.id for line in loaded.tables.line))
    if why:
        raise ConfigurationRefused(f"{where}: {why}")
    write(where, text.encode())
    print(f"{where}: revision {plan.revision}; it travels to the other units by itself")


def _must(is_so: bool, why: str) -> None:
    if not is_so:
        raise CallLightError(why)
