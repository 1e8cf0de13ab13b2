"""The folder of a site's broker: its authority, certificate, rights and configuration, and who the site is.

| file | for | readable by |
|---|---|---|
| `ca.key` | signing the broker's certificate | its owner, root |
| `ca.pem` | the units, each has a copy | all |
| `broker.key`, `broker.pem` | the broker | the broker's user |
| `mosquitto.conf`, `dynamic-security.json` | the broker | the broker's user |
| `keeper.password`, `site.key`, `site.json` | the site's commands and the keeper | the broker's user |
"""

import json
import os
import pwd
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from appliance.bus.settings import BusSettings
from appliance.errors import CallLightError
from appliance.site.certificates import make_authority, make_broker_certificate
from appliance.site.rights import KEEPER, client, first_rights, keeper_role, new_password, unit_role
from appliance.site.whole import write

DEFAULT_FOLDER: Final = Path("/var/lib/call-light-broker")
"""Where the broker's folder lies if nobody says otherwise: the service's state directory."""

PLUGIN: Final = "mosquitto_dynamic_security.so"

BROKER_PACKET_BYTES_MAX: Final = 65_536
"""The longest packet that the broker takes: twice what a payload of the bus may be, for nobody is to be cut
off for a long topic. A longer one costs its sender the connection."""

_CONFIGURATION: Final = """\
# Made by `call-light site init`; what it makes anew, it overwrites.
# Nobody without TLS, nobody anonymous; rights are in dynamic-security.json, which the broker itself writes.
user {user}
per_listener_settings false
allow_anonymous false
plugin {plugin}
plugin_opt_config_file {folder}/dynamic-security.json
listener {port} {address}
cafile {folder}/ca.pem
certfile {folder}/broker.pem
keyfile {folder}/broker.key
tls_version tlsv1.2
# Every unit says everything again when it connects: nothing that was kept is worth an SD card's wear.
persistence false
# No message waits until the one before was confirmed.
set_tcp_nodelay true
max_packet_size {packet_bytes_max}
max_queued_messages 1000
max_inflight_messages 20
log_dest stderr
log_type error
log_type warning
log_type notice
connection_messages true
"""


@dataclass(frozen=True, slots=True)
class Site:
    """Which site a broker serves, and where its units find it."""

    site: str
    broker: str
    """The name under which units find the broker; its certificate bears it."""
    port: int


@dataclass(frozen=True, slots=True)
class Safe:
    """The folder, opened."""

    folder: Path
    site: Site

    @property
    def site_key(self) -> str:
        """The key by which units know one caller without saying a number."""
        return self._secret("site.key")

    @property
    def authority(self) -> str:
        """The authority's certificate, in PEM."""
        return (self.folder / "ca.pem").read_text()

    def keeper(self) -> BusSettings:
        """Return how this machine speaks to its own broker, as the keeper."""
        site = self.site
        return BusSettings(
            broker="localhost",
            port=site.port,
            ca_file=str(self.folder / "ca.pem"),
            site=site.site,
            unit=KEEPER,
            password=self._secret("keeper.password"),
        )

    def seal(self) -> None:
        """Say that the site is made. Until then, whatever interrupted it, it can be made again."""
        write(self.folder / "site.json", json.dumps(asdict(self.site)).encode(), 0o600)

    def renew(self) -> None:
        """Make a new key and certificate for the broker, which must read them again."""
        make_broker_certificate(self.folder, self.site.broker)
        _hand_over(self.folder)

    def _secret(self, name: str) -> str:
        return (self.folder / name).read_text().rstrip("\n")


def open_safe(folder: Path) -> Safe:
    """Open the folder of a site that was made.

    Raises:
        CallLightError: there is none, or this user may not read it.
    """
    try:
        found = json.loads((folder / "site.json").read_text())
        return Safe(folder, Site(found["site"], found["broker"], found["port"]))
    except FileNotFoundError:
        raise CallLightError(
            f"{folder}: no site was made here: `call-light site init` makes one, on the machine of its broker"
        ) from None
    except PermissionError:
        raise CallLightError(f"{folder}: this user may not open it; run as root") from None
    except (ValueError, KeyError, TypeError):
        raise CallLightError(f"{folder}/site.json: is damaged; restore the folder from a copy") from None


def make_safe(
    folder: Path, site: Site, first_units: Mapping[str, str], known: Iterable[str] = (), address: str = ""
) -> Safe:
    """Make the folder of a new site, whose first units have these passwords.

    Those that are `known` besides have a unit's rights, and no password until they enrol. The broker listens
    on `address`, on all of the machine if it is empty. It is made when it is sealed, and not before.

    Raises:
        CallLightError: there is one already, or something that it needs is missing.
    """
    if (folder / "site.json").exists():
        raise CallLightError(f"{folder}: a site was made here already; see `call-light site --help`")
    plugin = _plugin()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    make_authority(folder, site.site)
    make_broker_certificate(folder, site.broker)
    keeper_password = new_password()
    units = dict.fromkeys((*first_units, *known))
    roles = [keeper_role(site.site), *(unit_role(site.site, unit) for unit in units)]
    clients = [client(KEEPER, keeper_password, KEEPER)]
    clients += [client(unit, password, f"unit_{unit}") for unit, password in first_units.items()]
    configuration = _CONFIGURATION.format(
        user=pwd.getpwuid(folder.stat().st_uid).pw_name,
        folder=folder,
        port=site.port,
        address=address,
        plugin=plugin,
        packet_bytes_max=BROKER_PACKET_BYTES_MAX,
    )
    write(folder / "mosquitto.conf", configuration.encode(), 0o600)
    write(folder / "dynamic-security.json", json.dumps(first_rights(roles, clients)).encode(), 0o600)
    write(folder / "keeper.password", keeper_password.encode(), 0o600)
    write(folder / "site.key", new_password().encode(), 0o600)
    _hand_over(folder)
    return Safe(folder, site)


def _plugin() -> Path:
    found = sorted(Path("/usr/lib").glob(f"*/{PLUGIN}")) + sorted(Path("/usr/lib").glob(PLUGIN))
    if not found:
        raise CallLightError(
            "mosquitto is missing: `make install BROKER=yes` brings it, or apt-get install mosquitto"
        )
    return found[0]


def _hand_over(folder: Path) -> None:
    """Give the broker's user what it must read; the authority's key stays with root."""
    if os.geteuid() == 0:
        owner = folder.stat()
        for name in ("ca.pem", "broker.key", "broker.pem"):
            os.chown(folder / name, owner.st_uid, owner.st_gid)
