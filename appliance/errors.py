"""What can go wrong for a person at the command line: one actionable line and an exit code each.

Everything that a sub-command raises on purpose is a `CallLightError`; `cli.main` is the one place that prints
it. The codes are those of sysexits.h where it has one that fits.
"""

from enum import IntEnum


class ExitCode(IntEnum):
    """How `call-light` ends; `call-light --help` explains them."""

    OK = 0
    FAILED = 1
    """Something went wrong at run time; the last line says what."""
    USAGE = 2
    """The command line was not understood (argparse's own code)."""
    UNAVAILABLE = 69
    """EX_UNAVAILABLE: no unit is running here, or it does not answer."""
    NO_PERMISSION = 77
    """EX_NOPERM: the unit runs, but this user may not ask it."""
    REFUSED = 78
    """EX_CONFIG: the configuration is refused; each line on stderr names one reason."""
    INTERRUPTED = 130
    """Ctrl-C, as shells count it: 128 and the signal's number."""


class CallLightError(Exception):
    """A failure that one line explains, with what to do about it in the text."""

    exit_code = ExitCode.FAILED

    @property
    def lines(self) -> tuple[str, ...]:
        """What `call-light: error:` is put before; nearly always one line."""
        return (str(self),)


class ConfigurationRefused(CallLightError):
    """The configuration cannot be used. Carries every reason at once, one line each."""

    exit_code = ExitCode.REFUSED

    def __init__(self, *reasons: str) -> None:
        """Take at least one reason, each a whole line that names file, line and what is allowed."""
        assert reasons, "a refusal without a reason helps nobody"
        super().__init__(*reasons)

    @property
    def lines(self) -> tuple[str, ...]:
        """Every reason."""
        return tuple(str(reason) for reason in self.args)


class UnitUnavailable(CallLightError):
    """No unit is running here, or it does not answer."""

    exit_code = ExitCode.UNAVAILABLE


class PermissionMissing(CallLightError):
    """The unit runs, but its socket refuses this user."""

    exit_code = ExitCode.NO_PERMISSION


def printable(text: str) -> str:
    """Return the text with what could break its line or drive a terminal as Python writes it."""
    return "".join(one if one.isprintable() else repr(one)[1:-1] for one in text)
