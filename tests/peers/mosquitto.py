"""A broker that a test makes as it wants it: TLS on loopback, a user for each unit, rights by an ACL.

For tests in which the broker itself is at fault or special (an ended certificate, rights that change, small
limits, a flood from a user with rights), and for those that need many in a row, at 0.1 s each. The broker
that a site's commands make, and its people have, is in `tests/peers/site.py`: the demonstration runs on it.
"""

import contextlib
import signal
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from tests.peers.certificates import Authority, Certificate
from tests.peers.program import LOOPBACK, PATIENT_S, PeerError, Program, free_port, private_folder

SITE: Final = "elm-street"
WATCHER: Final = "watcher"
"""A user who may read everything of the site and write nothing."""
STRANGER: Final = "stranger"
"""A user with a unit's rights who is none of the units."""

PASSWORDS: Final[Mapping[str, str]] = {
    "front": "walnut-secret",
    "back": "hazel-secret",
    WATCHER: "acorn",
    STRANGER: "poppy-secret",
}


AGAIN: Final = b"Reloading config."
"""What it says when it was told to read its files again."""

LIMITS: Final = ("max_queued_messages 1000", "max_packet_size 65536")


class Mosquitto:
    """A running broker. It can be killed, frozen, and started again at the same port; it keeps nothing."""

    def __init__(
        self, folder: Path, certificate: Certificate, passwords: Mapping[str, str] = PASSWORDS
    ) -> None:
        self.certificate = certificate
        self.passwords = passwords
        self.port = free_port()
        self.rights = ordinary_rights(passwords)
        """The ACL; another one holds from the next start or `read_again` on."""
        self.limits: tuple[str, ...] = LIMITS
        self._folder = folder
        self._program: Program | None = None
        self._password_file = folder / "passwords"

    @property
    def program(self) -> Program:
        if self._program is None:
            raise PeerError("mosquitto is not running")
        return self._program

    def bus_table(self, unit: str) -> Mapping[str, str | int]:
        """The table [bus] of a unit at this broker."""
        return {
            "broker": "localhost", "port": self.port, "ca_file": str(self.certificate.ca_file), "site": SITE,
            "password": self.passwords[unit], "site_key": "elm-street-key",
        }  # fmt: skip

    def start(self, within_s: float = PATIENT_S) -> None:
        """Start it and wait until it accepts connections."""
        configuration = self._folder / "mosquitto.conf"
        configuration.write_text("\n".join(self._configuration()) + "\n")
        self._write_rights()
        if not self._password_file.exists():
            self._write_passwords()
        self._program = Program("mosquitto", ["/usr/sbin/mosquitto", "-c", str(configuration)], self._folder)
        # It accepts connections some time before it knows what to do at a signal.
        self._program.until(lambda: b" running\n" in self._said(), within_s, "mosquitto runs")

    def kill(self) -> None:
        """A power cut: everything that it kept is gone."""
        self.program.kill()
        self._program = None

    def freeze(self) -> None:
        """Let it hang, with every connection open."""
        self.program.signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self.program.signal(signal.SIGCONT)

    def read_again(self) -> None:
        """Give it the rights as they are now; wait until they hold."""
        self._write_rights()
        before = self._said().count(AGAIN)
        self.program.signal(signal.SIGHUP)
        # It says so and reads on before it looks at any message again.
        self.program.until(lambda: self._said().count(AGAIN) > before, PATIENT_S, "it reads its files again")

    def _said(self) -> bytes:
        return self.program.log_file.read_bytes()

    def stop(self) -> None:
        """End it, if it runs, frozen or not."""
        if self._program is not None:
            self.thaw()
            self._program.end()
            self._program = None

    def _configuration(self) -> list[str]:
        return [
            # It would give up root's rights, and with them our folder.
            "user root",
            "persistence false",
            "log_dest stderr",
            "connection_messages true",
            f"listener {self.port} {LOOPBACK}",
            f"cafile {self.certificate.ca_file}",
            f"certfile {self.certificate.file}",
            f"keyfile {self.certificate.key_file}",
            "tls_version tlsv1.2",
            "set_tcp_nodelay true",
            "allow_anonymous false",
            f"password_file {self._password_file}",
            f"acl_file {self._folder / 'rights'}",
            *self.limits,
        ]

    def _write_rights(self) -> None:
        (self._folder / "rights").write_text(self.rights)

    def _write_passwords(self) -> None:
        self._password_file.touch(mode=0o600)
        self._password_file.write_text("".join(f"{user}:{word}\n" for user, word in self.passwords.items()))
        subprocess.run(
            ["mosquitto_passwd", "-U", str(self._password_file)], check=True, capture_output=True, timeout=30
        )


def ordinary_rights(passwords: Mapping[str, str]) -> str:
    """What each user may do: a unit writes below its own topic, and to others' requests as itself."""
    units = [user for user in passwords if user != WATCHER]
    rights = [f"user {WATCHER}", f"topic read calllight/{SITE}/#", "topic read homeassistant/#"]
    for unit in units:
        rights += [
            "", f"user {unit}",
            f"topic read calllight/{SITE}/#",
            f"topic readwrite calllight/{SITE}/{unit}/#",
            f"topic write calllight/{SITE}/+/request/+/{unit}",
            f"topic readwrite homeassistant/device/calllight_{SITE}_{unit}/#",
            "topic read homeassistant/status",
        ]  # fmt: skip
    return "\n".join(rights) + "\n"


@contextlib.contextmanager
def running_mosquitto(*, expired: bool = False, limits: tuple[str, ...] = LIMITS) -> Iterator[Mosquitto]:
    """A broker that accepts connections; ended and its folder gone afterwards."""
    with private_folder("mosquitto") as folder:
        certificate = Authority(folder / "authority", "Elm Street").certificate(expired=expired)
        broker = Mosquitto(folder, certificate)
        broker.limits = limits
        try:
            broker.start()
            yield broker
        finally:
            broker.stop()
