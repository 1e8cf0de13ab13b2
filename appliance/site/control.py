"""The commands of mosquitto's dynamic-security plugin: sent over the bus, answered one by one."""

import json
import secrets
from collections import deque
from collections.abc import Mapping, Sequence
from typing import Any

from appliance.bus.message import Message
from appliance.bus.talk import BrokerUnavailable, Talk
from appliance.errors import CallLightError
from appliance.site.rights import CONTROL, CONTROL_ANSWERS, enrolling, used

Answer = Mapping[str, Any]


class Control:
    """Speaks to the plugin in a conversation of the keeper."""

    def __init__(self, talk: Talk) -> None:
        """Listen to the plugin's answers."""
        self._talk = talk
        talk.subscribe(CONTROL_ANSWERS)
        self.others: deque[Message] = deque()
        """What came meanwhile and was no answer."""

    def obey(self, *commands: Mapping[str, Any]) -> list[Answer]:
        """Have the broker obey each of these commands; return its answers, with `error` where it did not.

        Raises:
            BrokerUnavailable: it does not answer.
        """
        mark = secrets.token_hex(8)
        marked = [{**command, "correlationData": mark} for command in commands]
        self._talk.publish(Message(CONTROL, json.dumps({"commands": marked}).encode()))
        while (message := self._talk.next()) is not None:
            if message.topic != CONTROL_ANSWERS:
                self.others.append(message)
                continue
            answers = json.loads(message.payload)["responses"]
            if answers and all(answer.get("correlationData") == mark for answer in answers):
                return list(answers)
        raise BrokerUnavailable("the broker does not answer commands: is its dynamic-security plugin loaded?")

    def must(self, *commands: Mapping[str, Any], but: Sequence[str] = ()) -> None:
        """The same where every command must be obeyed; an error that is expected may be named.

        Raises:
            CallLightError: with the command and the broker's reason.
        """
        for answer in self.obey(*commands):
            error = answer.get("error", "")
            if error and error not in but:
                raise CallLightError(f"the broker did not obey {answer['command']}: {error}")


GONE = ("Client not found", "Role not found")
"""What the plugin says where there is nothing to delete."""


def create_client(username: str, password: str, role: str, textname: str = "") -> Mapping[str, Any]:
    """Return the command that makes a user."""
    return {
        "command": "createClient",
        "username": username,
        "password": password,
        "textname": textname,
        "roles": [{"rolename": role}],
    }


def delete_client(username: str) -> Mapping[str, Any]:
    """Return the command that removes a user, and throws out whoever is connected as that user."""
    return {"command": "deleteClient", "username": username}


def create_role(role: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the command that makes a role."""
    return {"command": "createRole", **role}


def withdrawn(unit: str) -> tuple[Mapping[str, Any], ...]:
    """Return the commands that take an enrolment away, used or not; what is `GONE` already is no failure."""
    once = enrolling(unit)
    return delete_client(once), delete_role(once), delete_role(used(unit))


def delete_role(name: str) -> Mapping[str, Any]:
    """Return the command that removes a role."""
    return {"command": "deleteRole", "rolename": name}
