"""`call-light enrol FILE` on a new unit: its own password, the site's key, and [bus] in its configuration."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from appliance.bus.message import Message
from appliance.bus.settings import BusSettings
from appliance.bus.talk import BrokerRefused, Talk
from appliance.errors import CallLightError, ExitCode
from appliance.site.enrolment import Enrolment, read_enrolment
from appliance.site.rights import enrolling, enrolment_topic, new_password
from appliance.site.services import restart_unit
from appliance.site.settle import with_settings
from appliance.site.whole import write

ANEW: Final = "make a new one with `call-light site rotate {unit}` on the broker's machine"


def enrol_here(enrolment: Path, configuration: Path) -> int:
    """Make this machine a unit of the site that the enrolment file is from."""
    found = read_enrolment(enrolment)
    enrol(found, configuration, datetime.now(UTC))
    enrolment.unlink()
    what = "a watcher" if found.watches_only else "a unit"
    print(f"{found.unit} is {what} of site {found.site}, with its broker at {found.broker}:{found.port}")
    print(f"{enrolment} was used and is removed")
    if not found.watches_only:
        restart_unit(configuration)
    return ExitCode.OK


def enrol(enrolment: Enrolment, configuration: Path, now_utc: datetime) -> None:
    """Become a unit of the site: everything that this needs lies beside the configuration afterwards.

    Raises:
        CallLightError: the file was used or has ended, the broker is not there or not the right one, or
            the configuration cannot be changed; before the enrolment is used, as far as that can be.
    """
    if enrolment.ended(now_utc):
        anew = ANEW.format(unit=enrolment.unit)
        now = now_utc.isoformat(timespec="seconds")
        raise CallLightError(f"this enrolment was good until {enrolment.ends_utc}, and now is {now}: {anew}")
    text = settled(configuration, enrolment)
    authority = authority_of(configuration)
    # The one that a unit of another site trusts stays, until this one has let it in.
    offered = authority.with_name("site-ca.offered.pem")
    password = new_password()
    try:
        write(offered, enrolment.authority.encode(), 0o644)
        site_key = _exchange(enrolment, offered, password)
        keep_secrets(configuration, password, site_key)
        offered.replace(authority)
    finally:
        offered.unlink(missing_ok=True)
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
