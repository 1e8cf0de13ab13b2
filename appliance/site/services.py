"""The machine's own services, where systemd runs them: the broker's, its keeper's and the unit's.

The service files name one folder of a broker and one configuration. For a site or a unit that lies elsewhere
nothing of the machine is touched: it is no service, and a person is told what to start.
"""

import subprocess
import sys
from pathlib import Path
from typing import Final

from appliance.site.safe import DEFAULT_FOLDER

SYSTEMD: Final = Path("/run/systemd/system")
"""Is there while systemd runs the machine (sd_booted(3))."""

UNIT_FOLDER: Final = Path("/etc/call-light")
"""Where the configuration lies that call-light.service runs with."""

BROKER: Final = "call-light-broker.service"
KEEPER: Final = "call-light-broker-keeper.service"
UNIT: Final = "call-light.service"


def start_broker(folder: Path) -> bool:
    """Start the broker with its keeper, now and at each start of the machine; return whether they run."""
    return folder == DEFAULT_FOLDER and _systemctl("enable", "--now", BROKER, KEEPER)


def reload_broker(folder: Path) -> bool:
    """Have the broker read its certificate again; return whether it does."""
    return folder == DEFAULT_FOLDER and _systemctl("reload", BROKER)


def restart_unit(configuration: Path) -> None:
    """Have the unit take its new settings, if it is a service that runs; say that, or that it must."""
    is_ours = configuration.absolute().parent == UNIT_FOLDER
    restarted = is_ours and _systemctl("try-restart", UNIT)
    print("the unit was restarted" if restarted else "start the unit again for it")


def _systemctl(*arguments: str) -> bool:
    """Return whether systemd did it; False where it does not run or has no such service."""
    if not SYSTEMD.is_dir():
        return False
    done = subprocess.run(["systemctl", *arguments], check=False, capture_output=True, text=True)
    if done.returncode != 0:
        print(done.stderr.strip(), file=sys.stderr)
    return done.returncode == 0
