"""The command line of `call-light site`; the work itself is loaded when it is done."""

import argparse
from collections.abc import Callable
from inspect import cleandoc
from pathlib import Path
from typing import Final

BROKER_PORT: Final = 8883
"""The registered port of MQTT over TLS."""

Run = Callable[[argparse.Namespace], int]


def add_site(commands: "argparse._SubParsersAction[argparse.ArgumentParser]", default_file: Path) -> None:
    """Add `site` with its own sub-commands."""
    summary = "Make a site of several units, and let units in and out; on the machine of the site's broker."
    site = commands.add_parser("site", help=summary, description=summary)
    verbs = site.add_subparsers(title="commands", metavar="COMMAND", required=True)
    init = _verb(verbs, "init", _init, default_file)
    init.add_argument("--site", required=True, metavar="NAME", help="names the site on the bus")
    init.add_argument(
        "--broker", required=True, metavar="HOST",
        help="the name under which all units find this machine, e.g. front.local (mDNS) or one of your DNS",
    )  # fmt: skip
    init.add_argument("--port", type=int, default=BROKER_PORT, help="the broker's port (default %(default)s)")
    init.add_argument("--address", default="", help="listen on this address only (default: on all)")
    add_unit = _verb(verbs, "add-unit", _add_unit, default_file, named=True, writes=True)
    add_unit.add_argument("--extension", default="", help="what the PBX dials to reach the unit")
    add_unit.add_argument("--target", default="", help="what the PBX dials to reach the desk phone beside it")
    add_unit.add_argument(
        "--covers", action="append", default=[], metavar="UNIT", help="sounds for this unit while it is away"
    )
    _verb(verbs, "add-watcher", _add_watcher, default_file, named=True, writes=True)
    rotate = _verb(verbs, "rotate", _rotate, default_file, writes=True)
    rotate.add_argument(
        "name", nargs="?", help="a unit, to be enrolled anew (default: the broker's certificate)"
    )
    _verb(verbs, "remove", _remove, default_file, named=True)
    change = _verb(verbs, "change", _change, default_file)
    change.add_argument("new", type=Path, metavar="FILE", help="the changed site file")
    _verb(verbs, "attend", _attend, default_file)


def _verb(
    verbs: "argparse._SubParsersAction[argparse.ArgumentParser]",
    name: str,
    run: Run,
    default_file: Path,
    *,
    named: bool = False,
    writes: bool = False,
) -> argparse.ArgumentParser:
    description = cleandoc(str(run.__doc__))
    verb = verbs.add_parser(name, help=description.partition("\n")[0], description=description)
    if named:
        verb.add_argument("name", help="the name that it has among the site's units")
    if writes:
        verb.add_argument("--out", type=Path, metavar="FILE", help="the enrolment (default NAME.enrolment)")
    verb.add_argument("--folder", type=Path, help="the broker's folder (default /var/lib/call-light-broker)")
    verb.add_argument(
        "--config",
        type=Path,
        default=default_file,
        metavar="FILE",
        help="the configuration of this machine's unit (default %(default)s)",
    )
    verb.set_defaults(run=run)
    return verb


def _folder(parsed: argparse.Namespace) -> Path:
    from appliance.site.safe import DEFAULT_FOLDER

    chosen: Path = parsed.folder or DEFAULT_FOLDER
    # The broker's configuration names its files, from wherever it is started.
    return chosen.absolute()


def _init(parsed: argparse.Namespace) -> int:
    """Make the site's authority, its broker's certificate, rights and configuration, and its first unit."""
    from appliance.site.command import init
    from appliance.site.safe import Site

    return init(Site(parsed.site, parsed.broker, parsed.port), _folder(parsed), parsed.config, parsed.address)


def _add_unit(parsed: argparse.Namespace) -> int:
    """Let a unit in, and write the enrolment file to carry to it: good for one use within seven days."""
    from appliance.core.settings import SiteUnit
    from appliance.core.words import UnitId
    from appliance.site.command import add_unit

    given = SiteUnit(UnitId(parsed.name), parsed.extension, parsed.target, tuple(map(UnitId, parsed.covers)))
    return add_unit(parsed.name, given, _folder(parsed), parsed.config, parsed.out)


def _add_watcher(parsed: argparse.Namespace) -> int:
    """Let a machine in that only runs `call-light watch`, by an enrolment file like a unit's."""
    from appliance.site.command import add_watcher

    return add_watcher(parsed.name, _folder(parsed), parsed.out)


def _rotate(parsed: argparse.Namespace) -> int:
    """Renew the broker's key and certificate, or enrol a unit anew: its old password ends with that.

    The certificate is good for five years, and in the last month of it each unit shows a fault. The authority
    that signed it is good for twenty years, and the site's key, by which units know one caller, has no end.
    For a new one of these, move the broker's folder aside, run `site init` again, and enrol each unit anew.
    """
    from appliance.site.command import rotate

    return rotate(parsed.name, _folder(parsed), parsed.out)


def _remove(parsed: argparse.Namespace) -> int:
    """Shut a unit out at once, and clear what it left on the bus."""
    from appliance.site.command import remove

    return remove(parsed.name, _folder(parsed), parsed.config)


def _change(parsed: argparse.Namespace) -> int:
    """Put a changed site file in place on this unit; it travels to the others."""
    from appliance.site.command import change

    return change(parsed.new, parsed.config)


def _attend(parsed: argparse.Namespace) -> int:
    """Attend to enrolments, beside the broker (call-light-broker-keeper.service runs it)."""
    from appliance.site.attend import attend_enrolments

    return attend_enrolments(_folder(parsed))
