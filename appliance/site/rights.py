"""Who may do what at the broker, in the words of mosquitto's dynamic-security plugin. Pure.

The plugin and not a file of passwords and an ACL, for three reasons: a change holds at once and without a
restart, over the bus itself; a unit that is removed is thrown out in the same instant; and a user who exists
for one enrolment can be made and taken away by a program that may not touch the broker's files.

| user | may write | may read |
|---|---|---|
| a unit, by its name | its own tree, requests to others as itself, its own Home Assistant topic | the site |
| a watcher, by its name | requests to publish all again, as itself, and its echo | the site |
| `homeassistant`, a watcher | requests to mute as well, and its own status | discovery as well |
| `enrol_NAME`, until it was used or has ended | its enrolment | the answer to it |
| `site_keeper` | commands, enrolments, and the site to clear what a removed unit left | the same |

Nobody is anonymous, and what no row allows is refused. No id has a `_` in it, so that no unit can take the
name of another kind of user.
"""

import base64
import hashlib
import json
import secrets
from collections.abc import Iterable, Mapping
from typing import Any, Final

Rights = Mapping[str, Any]
"""A part of the plugin's JSON."""

KEEPER: Final = "site_keeper"
"""The user of this site's commands and of the program that attends to enrolments."""

STATUS_TOPIC: Final = "homeassistant/status"
"""Where Home Assistant says that it started."""

ASKER: Final = "homeassistant"
"""Home Assistant's user at the broker: its buttons ask as this one."""

CONTROL: Final = "$CONTROL/dynamic-security/v1"
"""Where the plugin takes its commands; its answers come below it."""

CONTROL_ANSWERS: Final = f"{CONTROL}/response"

HASH_ROUNDS: Final = 101
"""What the plugin itself uses. Passwords here have 256 bits of chance and need no slow hash."""


def new_password() -> str:
    """Return a password that nobody will guess."""
    return secrets.token_urlsafe(32)


def enrolling(unit: str) -> str:
    """Return the user under which a unit enrols."""
    return f"enrol_{unit}"


def used(unit: str) -> str:
    """Return the role whose existence says that the unit's enrolment was used."""
    return f"used_{unit}"


def enrolment_topic(site: str, unit: str) -> str:
    """Return where a unit publishes its enrolment: outside the site's tree, which every unit may read."""
    return f"calllight-enrol/{site}/{unit}"


def unit_role(site: str, unit: str) -> Rights:
    """Return what a unit may do."""
    own = f"calllight/{site}/{unit}/#"
    home = f"homeassistant/device/calllight_{site}_{unit}/#"
    writes = (own, f"calllight/{site}/+/request/+/{unit}", home)
    # Its own Home Assistant topic too: what the unit told there before, it reads back and takes away.
    return _role(f"unit_{unit}", writes, (f"calllight/{site}/#", home, STATUS_TOPIC))


def is_of_unit(role: Rights, name: str) -> bool:
    """Return whether a role, as the plugin tells it, is a unit's of this name, and no watcher's."""
    return f"/{name}/#" in json.dumps(role)


def watcher_role(site: str, watcher: str) -> Rights:
    """Return what a machine may do that only watches, or, by its name, Home Assistant, whose button mutes."""
    writes = [f"calllight/{site}/+/request/republish/{watcher}", f"calllight/{site}/{watcher}/echo"]
    reads = [f"calllight/{site}/#"]
    if watcher == ASKER:
        writes += [f"calllight/{site}/+/request/mute/{ASKER}", STATUS_TOPIC]
        reads += ["homeassistant/#"]
    return _role(f"unit_{watcher}", writes, reads)


def enrolment_role(site: str, unit: str) -> Rights:
    """Return what the bearer of an enrolment file may do."""
    topic = enrolment_topic(site, unit)
    return _role(enrolling(unit), (topic,), (f"{topic}/answer",))


def keeper_role(site: str) -> Rights:
    """Return what the keeper may do."""
    trees = (f"calllight-enrol/{site}/#", f"calllight/{site}/#", "homeassistant/device/#")
    return _role(KEEPER, (CONTROL, *trees), (CONTROL_ANSWERS, *trees))


def client(username: str, password: str, role: str, *, textname: str = "") -> Rights:
    """Return a user as the plugin's file has it: a salted hash instead of the password."""
    salt = secrets.token_bytes(12)
    hashed = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, HASH_ROUNDS)
    return {
        "username": username,
        "textname": textname,
        "password": base64.b64encode(hashed).decode(),
        "salt": base64.b64encode(salt).decode(),
        "iterations": HASH_ROUNDS,
        "roles": [{"rolename": role}],
    }


def first_rights(roles: Iterable[Rights], clients: Iterable[Rights]) -> Rights:
    """Return the plugin's whole file for a broker that starts for the first time."""
    closed = {"publishClientSend": False, "publishClientReceive": False, "subscribe": False}
    return {
        "defaultACLAccess": {**closed, "unsubscribe": True},
        "roles": list(roles),
        "groups": [],
        "clients": list(clients),
    }


def _role(name: str, writes: Iterable[str], reads: Iterable[str]) -> Rights:
    rights = [("publishClientSend", topic) for topic in writes]
    for topic in reads:
        rights += [("publishClientReceive", topic), ("subscribePattern", topic)]
    return {
        "rolename": name,
        "acls": [{"acltype": kind, "topic": topic, "priority": 0, "allow": True} for kind, topic in rights],
    }
