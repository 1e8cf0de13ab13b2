"""baresip as a caller over UDP, TCP and TLS, without a sound card. SIPp as Debian builds it has no TLS."""

import contextlib
import signal
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final, Literal

from tests.peers.program import LOOPBACK, PATIENT_S, Program, free_port, private_folder

MODULES: Final = Path("/usr/lib/baresip/modules")
CONFIGURATION: Final = """\
poll_method epoll
sip_listen {host}:{port}
call_local_timeout 120
audio_source ausine,440
audio_player aubridge,nobody
audio_alert aubridge,nobody
rtp_ports 13000-13998
module_path {modules}
module g711.so
module ausine.so
module aubridge.so
module_app account.so
module_app menu.so
"""

Transport = Literal["udp", "tcp", "tls"]


class Baresip:
    """One caller who waits until told to hang up."""

    def __init__(self, program: Program) -> None:
        self._program = program

    def hears_ringing(self, within_s: float = PATIENT_S) -> None:
        """Wait until the phone system said 180."""
        self._program.until(lambda: "180 Ringing" in self._program.log(), within_s, "baresip hears it ring")

    def hang_up(self) -> None:
        """Give up: baresip sends its CANCEL at once, and then lingers for some seconds."""
        self._program.signal(signal.SIGTERM)


@contextlib.contextmanager
def baresip_dials(address: str, number: str, dials: str, transport: Transport) -> Iterator[Baresip]:
    """A caller who dials at once. `address` is the phone system's host and port for that transport."""
    with private_folder("baresip") as folder:
        configuration = CONFIGURATION.format(host=LOOPBACK, port=free_port(), modules=MODULES)
        (folder / "config").write_text(configuration)
        (folder / "accounts").write_text(f"<sip:{number}@{address};transport={transport}>;regint=0\n")
        (folder / "contacts").touch()
        dial = f"/dial sip:{dials}@{address};transport={transport}"
        argv = ["baresip", "-4", "-f", str(folder), "-e", dial]
        with Program("baresip", argv, folder, ends_within_s=0.2) as program:
            yield Baresip(program)


@contextlib.contextmanager
def baresip_tells_mqtt(
    address: str, user: str, password: str, broker: Mapping[str, str | int]
) -> Iterator[None]:
    """baresip as a phone that is registered, and tells a broker (host, port, user, password) of each call."""
    with private_folder("baresip") as folder:
        configuration = CONFIGURATION.format(host=LOOPBACK, port=free_port(), modules=MODULES)
        told = "".join(f"mqtt_broker_{key} {value}\n" for key, value in broker.items())
        (folder / "config").touch(mode=0o600)
        (folder / "config").write_text(f"{configuration}{told}mqtt_basetopic baresip\nmodule_app mqtt.so\n")
        (folder / "accounts").touch(mode=0o600)
        (folder / "accounts").write_text(
            f"<sip:{user}@{address};transport=udp>;auth_pass={password};regint=60\n"
        )
        (folder / "contacts").touch()
        with Program("baresip", ["baresip", "-4", "-f", str(folder)], folder, ends_within_s=0.2) as program:
            program.until(lambda: "connected to broker" in program.log(), PATIENT_S, "it is at the broker")
            program.until(lambda: "200 OK" in program.log(), PATIENT_S, "it is registered")
            yield
