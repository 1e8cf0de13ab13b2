"""`call-light enrol FILE` on a new unit: its own password, the site's key, and [bus] in its configuration."""

import json
import subprocess
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Final

from appliance.bus.message import Message
from appliance.bus.settings import BusSettings
from appliance.bus.talk import BrokerRefused, Talk
from appliance.errors import CallLightError
from appliance.site.enrolment import Enrolment
from appliance.site.file import write
from appliance.site.rights import enrolling, enrolment_topic, new_password
from appliance.site.settle import with_settings

SERVICE_FOLDER: Final = Path("/etc/call-light")
"""Where the configuration lies that call-light.service runs with."""

ANEW: Final = "make a new one with `call-light site rotate {unit}` on the broker's machine"


def enrol(enrolment: Enrolment, configuration: Path, now_utc: datetime) -> None:
    """Become a unit of the site: everything that this needs lies beside the configuration afterwards.

    Raises:
        CallLightError: the file was used or has ended, the broker is not there or not the right one, or
            the configuration cannot be changed; before the enrolment is used, as far as that can be.
    """
    if enrolment.ended(now_utc):
        anew = ANEW.format(unit=enrolment.unit)
        raise CallLightError(f"this enrolment was good until {enrolment.ends_utc}: {anew}")
    text = settled(configuration, enrolment)
    authority = authority_of(configuration)
    write(authority, enrolment.authority.encode(), 0o644)
    password = new_password()
    site_key = _exchange(enrolment, authority, password)
    keep_secrets(configuration, password, site_key)
    write(configuration, text.encode(), 0o600)


def settled(configuration: Path, site: Enrolment) -> str:
    """Return the text of the configuration as a unit of this site has it; nothing is written yet.

    Raises:
        CallLightError: it cannot be read, or cannot be changed as it is written.
    """
    try:
        text = configuration.read_text(encoding="utf-8")
    except FileNotFoundError:
        text = ""
    except (OSError, UnicodeDecodeError) as error:
        raise CallLightError(f"{configuration}: cannot be read: {error}") from None
    try:
        text = with_settings(text, "unit", {"name": site.unit})
        authority = str(authority_of(configuration))
        return with_settings(
            text,
            "bus",
            {"broker": site.broker, "port": site.port, "site": site.site, "ca_file": authority},
        )
    except CallLightError as error:
        raise CallLightError(f"{configuration}: {error}") from None


def authority_of(configuration: Path) -> Path:
    """Return where the site's authority lies for the unit of this configuration."""
    return configuration.absolute().parent / "site-ca.pem"


def credentials_of(configuration: Path) -> Path:
    """Return the folder of this unit's secrets: the one that the service hands to it."""
    return configuration.absolute().parent / "credentials"


def keep_secrets(configuration: Path, password: str, site_key: str) -> None:
    """Keep the unit's password where the service finds it, and the site's key if we have it, for root alone.

    Raises:
        OSError: they cannot be written.
    """
    folder = credentials_of(configuration)
    folder.mkdir(mode=0o700, exist_ok=True)
    write(folder / "bus.password", password.encode(), 0o600)
    if site_key:
        write(folder / "site.key", site_key.encode(), 0o600)


def restart(configuration: Path, say: Callable[[str], None]) -> None:
    """Have the service take its new settings, if it runs with this configuration; else say that it must."""
    is_ours = configuration.absolute().parent == SERVICE_FOLDER and Path("/run/systemd/system").is_dir()
    restarted = (
        is_ours
        and not subprocess.run(
            ["systemctl", "try-restart", "call-light.service"], check=False, capture_output=True
        ).returncode
    )
    say("the unit was restarted" if restarted else "start the unit again for it")


def _exchange(enrolment: Enrolment, authority: Path, password: str) -> str:
    """Tell the broker's side our password, and return the site's key, empty for one who only watches."""
    us = BusSettings(
        broker=enrolment.broker,
        port=enrolment.port,
        ca_file=str(authority),
        site=enrolment.site,
        unit=enrolling(enrolment.unit),
        password=enrolment.password,
    )
    anew = ANEW.format(unit=enrolment.unit)
    topic = enrolment_topic(enrolment.site, enrolment.unit)
    try:
        with Talk(us) as talk:
            talk.subscribe(f"{topic}/answer")
            talk.publish(Message(topic, json.dumps({"v": 1, "password": password}).encode()))
            message = talk.next()
    except BrokerRefused as refused:
        raise CallLightError(
            f"{refused}; the enrolment was used, has ended or was withdrawn: {anew}"
        ) from None
    if message is None:
        raise CallLightError(
            f"{enrolment.broker} has not answered the enrolment: does call-light-broker-keeper run there?"
        )
    answer = json.loads(message.payload)
    if answer["status"] != "ok":
        raise CallLightError(f"the enrolment is refused ({answer['error']}): {anew}")
    return str(answer["site_key"])
