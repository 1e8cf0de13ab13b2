"""`call-light`: one sub-command a function, and one place that turns errors into one-line messages.

Each sub-command imports what it needs when it runs, so that `status` in a shell loop stays light.
"""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Final

from appliance.arguments import ShowVersion, page, seed_count
from appliance.errors import CallLightError, ExitCode
from appliance.site.arguments import add_site
from appliance.streams import complain, leave_nothing_to_flush, settle_streams

DEFAULT_FILE: Final = Path("/etc/call-light/call-light.toml")
"""Where the configuration lies if nobody says otherwise."""

SEEDS_DEFAULT: Final = 1000
"""Practices that `simulate` runs if nobody says otherwise: about a minute."""

MORNINGS_DEFAULT: Final = 100
"""Mornings that `simulate --compare` runs if nobody says otherwise: half a minute."""

_EPILOG: Final = """\
exit codes:
   0  all is well
   1  something failed at run time; the last line on stderr says what
   2  the command line was not understood
  69  no unit is running here, or it does not answer
  77  the unit runs, but this user may not ask it
  78  the configuration is refused; each line on stderr names one reason
 130  interrupted by Ctrl-C

environment:
  CALL_LIGHT__UNIT__NAME           sets `name` in [unit], the same for the other settings of [unit]
  CALL_LIGHT_PASSWORD_<EXTENSION>  a password (id in capitals, _ for -); a systemd credential
                                   `<extension>.password` wins over it
  STATE_DIRECTORY, RUNTIME_DIRECTORY, CREDENTIALS_DIRECTORY, NOTIFY_SOCKET, WATCHDOG_USEC
                                   as systemd sets them
  NO_COLOR                         no colours, as when the output is piped
  CALL_LIGHT_DEBUG=1               a traceback instead of one line, for a report of a defect
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one sub-command and return its exit code."""
    settle_streams()
    try:
        code = _obey(arguments)
        sys.stdout.flush()
        return code
    except CallLightError as error:
        if os.environ.get("CALL_LIGHT_DEBUG") == "1":
            raise
        for line in error.lines:
            complain(f"error: {line}")
        return error.exit_code
    except KeyboardInterrupt:
        return ExitCode.INTERRUPTED
    except BrokenPipeError:
        # The reader of our output has gone, and wants no more of it.
        return ExitCode.OK
    except OSError as error:
        if os.environ.get("CALL_LIGHT_DEBUG") == "1":
            raise
        complain(f"error: {error.strerror or error}" + (f": {error.filename}" if error.filename else ""))
        return ExitCode.FAILED
    finally:
        leave_nothing_to_flush()


def _obey(arguments: Sequence[str] | None) -> int:
    try:
        parsed = _parser().parse_args(arguments)
    except SystemExit as ended:
        # It has printed what was asked for, or said what it did not understand.
        return ended.code if isinstance(ended.code, int) else ExitCode.USAGE
    return int(parsed.run(parsed))


def _run(parsed: argparse.Namespace) -> int:
    """Be the unit: register, and show callers on the towers until SIGTERM or Ctrl-C."""
    from appliance.config.apart import read_apart
    from appliance.config.places import forget_passwords

    # Loading the unit takes as long as reading its settings. Side by side it registers 0.2 s sooner (x86-64).
    configuration = read_apart(_file(parsed), meanwhile=lambda: import_module("appliance.unit"))
    forget_passwords(os.environ)
    from appliance.unit import run_unit

    return run_unit(configuration)


def _check(parsed: argparse.Namespace) -> int:
    """Say whether a configuration would be accepted, and what in it needs a look."""
    from appliance.status.check import check

    return check(_file(parsed))


def _show(parsed: argparse.Namespace) -> int:
    """Print what differs from the defaults, as TOML; or the example to begin with."""
    if parsed.example:
        from appliance.config.example import example

        print(example(), end="")
        return ExitCode.OK
    from appliance.config.show import settings_text

    print(settings_text(_file(parsed), everything=parsed.all), end="")
    return ExitCode.OK


def _status(parsed: argparse.Namespace) -> int:
    """Ask the running unit how it stands, or all units of the site over the bus."""
    if parsed.site:
        from appliance.watch.command import site_status

        return site_status(_file(parsed), as_json=parsed.json)
    from appliance.config.places import runtime_directory
    from appliance.status.client import fetch
    from appliance.status.report import encode
    from appliance.status.server import SOCKET_NAME
    from appliance.status.text import status_text

    report = fetch(runtime_directory(_file(parsed), os.environ) / SOCKET_NAME)
    print(encode(report).decode() if parsed.json else status_text(report), end="")
    return ExitCode.OK


def _watch(parsed: argparse.Namespace) -> int:
    """Show the whole site live, from any machine that has enrolled: who waits, who takes whom, what fails."""
    from appliance.watch.command import watch

    return watch(_file(parsed))


def _lamp_test(parsed: argparse.Namespace) -> int:
    """Have the running unit show every light and sound in turn, by name; a ring or a press ends it."""
    from appliance.config.places import runtime_directory
    from appliance.status.client import lamp_test

    for sentence in lamp_test(runtime_directory(_file(parsed), os.environ)):
        print(sentence, flush=True)
    return ExitCode.OK


def _legend(parsed: argparse.Namespace) -> int:
    """Say what each light, sound and button of this unit means."""
    from appliance.config import read
    from appliance.legend.command import run

    return run(read(_file(parsed)), parsed.html)


def _simulate(parsed: argparse.Namespace) -> int:
    """Run practices in virtual time and check that the light never lies."""
    from appliance.simulate.command import run

    return run(parsed)


def _enrol(parsed: argparse.Namespace) -> int:
    """Make this machine a unit of a site, by the enrolment file that was carried here."""
    from appliance.site.enrol import enrol_here

    return enrol_here(parsed.enrolment, _file(parsed))


def _retire(parsed: argparse.Namespace) -> int:
    """Take this unit off the bus for good: nothing of it stays on the broker. Stop it before."""
    from appliance.bus.retire import retire_unit
    from appliance.config import read

    count = retire_unit(read(_file(parsed)))
    print(f"{count} messages cleared; `call-light site remove` shuts a unit out as well")
    return ExitCode.OK


def _towers(parsed: argparse.Namespace) -> int:
    """List the kinds of towers, what is plugged in, and what each configured tower can show."""
    from appliance.tower.listing import run

    return run(_file(parsed))


def _flash_tower(parsed: argparse.Namespace) -> int:
    """Write the firmware of a tower's controller, and ask it what it runs."""
    from appliance.tower.flashing.command import run

    return run(parsed)


def _file(parsed: argparse.Namespace) -> Path:
    chosen: Path = parsed.file or parsed.config or DEFAULT_FILE
    return chosen


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="call-light",
        description="Registers at a PBX as a SIP extension and lights an LED tower while callers wait.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action=ShowVersion, nargs=0, help="print the version and end")
    parser.set_defaults(config=None, file=None)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    _command(commands, "run", _run, "CONFIG")
    _command(commands, "check", _check, "FILE")
    show = _command(commands, "show", _show, "FILE")
    what = show.add_mutually_exclusive_group()
    what.add_argument("--example", action="store_true", help="print the documented example to begin with")
    what.add_argument(
        "--all", action="store_true", help="print defaults too, and where each value comes from"
    )
    status = _command(commands, "status", _status)
    status.add_argument("--json", action="store_true", help="print one line of JSON")
    status.add_argument("--site", action="store_true", help="ask for the whole site, over the bus")
    _command(commands, "watch", _watch)
    _command(commands, "lamp-test", _lamp_test)
    legend = _command(commands, "legend", _legend, "CONFIG")
    legend.add_argument(
        "--html",
        type=page,
        metavar="FILE",
        help="write a page to print on A5 to FILE, or to - for standard output",
    )
    simulate = _command(commands, "simulate", _simulate, config="a site of your own; else the seed makes one")
    which = simulate.add_mutually_exclusive_group()
    which.add_argument(
        "--seeds",
        type=seed_count,
        default=SEEDS_DEFAULT,
        help="how many practices to run (default %(default)s)",
    )
    which.add_argument("--seed", type=int, help="run this one practice again, and tell it")
    which.add_argument(
        "--compare",
        nargs="?",
        type=seed_count,
        const=MORNINGS_DEFAULT,
        metavar="MORNINGS",
        help="instead, say how many more callers the same staff reach with the light than without it, over so"
        " many simulated mornings (default %(const)s), and what that rests on",
    )
    enrol = _command(commands, "enrol", _enrol)
    enrol.add_argument("enrolment", type=Path, metavar="FILE", help="what `call-light site add-unit` wrote")
    add_site(commands, DEFAULT_FILE)
    _command(commands, "retire", _retire)
    _command(commands, "towers", _towers, "FILE")
    flash_tower = _command(commands, "flash-tower", _flash_tower, config="")
    flash_tower.add_argument(
        "--port", metavar="NAME", help="the serial port (default: where the tower is found)"
    )
    flash_tower.add_argument(
        "--image", type=Path, metavar="FILE", help="the firmware, in Intel HEX (default: the one that ships)"
    )
    return parser


def _command(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]",
    name: str,
    run: Callable[[argparse.Namespace], int],
    file: str = "",
    *,
    config: str = f"the configuration (default {DEFAULT_FILE})",
) -> argparse.ArgumentParser:
    """Add a sub-command; the docstring of its function is its help. `file` names a file without --config.

    One that needs no configuration has an empty `config`.
    """
    summary = str(run.__doc__)
    command = commands.add_parser(name, help=summary, description=summary)
    if config:
        which = command.add_mutually_exclusive_group()
        which.add_argument("--config", type=Path, metavar="FILE", help=config)
        if file:
            which.add_argument("file", nargs="?", type=Path, metavar=file, help="the same as --config")
    command.set_defaults(run=run)
    return command


if __name__ == "__main__":
    sys.exit(main())
