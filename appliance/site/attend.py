"""Attends to enrolments, beside the broker: makes a file work once, and not too late.

Why a program of its own: the plugin's commands are all on one topic, so whoever may make one user may make
any. No unit has that right, not even the one on the broker's machine; this program does nothing else.

An enrolment is a user of the broker, `enrol_NAME`, in whose text name stands until when it is good, so that
the broker alone keeps it. It is marked as used before the unit exists, and taken away after the answer:
whatever ends this program in between, no file works twice. The mark is a role that nobody has, for it is made
or exists in one step, and a change of the user would throw the unit out before its answer.
"""

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from appliance.bus.message import Message
from appliance.bus.talk import Talk
from appliance.config.kinds import ID, PASSWORD_LENGTH_MAX
from appliance.errors import CallLightError, ExitCode
from appliance.log import Log, Severity
from appliance.site.control import GONE, Control, create_client, delete_client, withdrawn
from appliance.site.rights import CONTROL_ANSWERS, enrolling, enrolment_topic, is_of_unit, used
from appliance.site.safe import Safe, open_safe

SWEEP_S: Final = 60.0
"""How often enrolments that have ended are taken away. One that is used before is refused all the same."""

AGAIN_S: Final = 2.0
"""How long to wait before a broker that went away is tried again."""

PASSWORD_LENGTH_MIN: Final = 32
"""Characters of a unit's password at the least: units make theirs by chance, with 43."""


class Attendant:
    """Attends to one site's enrolments in one conversation."""

    def __init__(self, safe: Safe, talk: Talk, log: Log, now_utc: Callable[[], datetime]) -> None:
        """Listen for enrolments."""
        self._site = safe.site.site
        self._site_key = safe.site_key
        self._talk = talk
        self._log = log
        self._now_utc = now_utc
        self._control = Control(talk)
        talk.subscribe(enrolment_topic(self._site, "+"))

    def serve(self, message: Message) -> None:
        """Answer an enrolment; what is none is told and left."""
        unit = message.topic.rpartition("/")[2]
        password = _password_in(message.payload)
        if message.topic != enrolment_topic(self._site, unit) or not ID.fits(unit) or password is None:
            self._log.say("enrolment-refused", Severity.WARNING, why="malformed")
            return
        if message.retain:
            # Left by whoever had an earlier enrolment of this name: it comes again at each start, and would
            # be taken for the word of whom the next one is for.
            self._log.say("enrolment-refused", Severity.WARNING, unit=unit, why="retained")
            return
        (answer,) = self._control.obey({"command": "getClient", "username": enrolling(unit)})
        told = answer.get("data", {}).get("client", {}).get("textname", "")
        why = "ended" if self._has_ended(told) else ""
        if not why:
            (marked,) = self._control.obey({"command": "createRole", "rolename": used(unit)})
            why = "used" if "error" in marked else ""
        if why:
            self._log.say("enrolment-refused", Severity.WARNING, unit=unit, why=why)
            self._answer(unit, {"v": 1, "status": "error", "error": why})
        else:
            made = create_client(unit, password, f"unit_{unit}")
            self._control.must(delete_client(unit), made, but=GONE)
            (role,) = self._control.obey({"command": "getRole", "rolename": f"unit_{unit}"})
            # Who only watches must not be able to find the number behind a caller's key by trying them all.
            site_key = self._site_key if is_of_unit(role, unit) else ""
            self._answer(unit, {"v": 1, "status": "ok", "site_key": site_key})
            self._log.say("enrolled", Severity.NOTICE, unit=unit)
        self._withdraw(unit)

    def sweep(self) -> None:
        """Take away the enrolments that were used or have ended."""
        clients, roles = self._control.obey(
            {"command": "listClients", "verbose": True}, {"command": "listRoles"}
        )
        for client in clients["data"]["clients"]:
            kind, _, unit = client["username"].partition("_")
            if f"{kind}_" != enrolling(""):
                continue
            if used(unit) in roles["data"]["roles"] or self._has_ended(client.get("textname", "")):
                self._withdraw(unit)
                self._log.say("enrolment-over", Severity.NOTICE, unit=unit)

    def wait(self) -> None:
        """Serve what comes, and sweep now and then, until the conversation breaks."""
        sweep_s = time.monotonic()
        while True:
            if time.monotonic() >= sweep_s:
                self.sweep()
                sweep_s = time.monotonic() + SWEEP_S
            message = self._control.others.popleft() if self._control.others else self._talk.next(SWEEP_S)
            # The plugin's answers to the site's commands come here, too.
            if message is not None and message.topic != CONTROL_ANSWERS:
                self.serve(message)

    def _answer(self, unit: str, answer: dict[str, Any]) -> None:
        # The broker has sent it to the unit when it tells us so: it may throw the unit out after that.
        topic = f"{enrolment_topic(self._site, unit)}/answer"
        self._talk.publish(Message(topic, json.dumps(answer).encode()))

    def _withdraw(self, unit: str) -> None:
        self._control.must(*withdrawn(unit), but=GONE)

    def _has_ended(self, textname: str) -> bool:
        try:
            return self._now_utc() >= datetime.fromisoformat(textname)
        except ValueError:
            # Somebody changed it, or it is gone.
            return True


def attend_enrolments(folder: Path) -> int:
    """Attend to enrolments until the process ends."""
    log = Log()
    try:
        attend(open_safe(folder), log, time.sleep)
    finally:
        log.close()
    return ExitCode.OK


def attend(safe: Safe, log: Log, pause: Callable[[float], None]) -> None:
    """Attend to the enrolments of this site until the process ends; `pause` waits between two attempts."""
    told = ""
    while True:
        try:
            with Talk(safe.keeper(), "attend") as talk:
                attendant = Attendant(safe, talk, log, lambda: datetime.now(UTC))
                log.say("attending", site=safe.site.site)
                told = ""
                attendant.wait()
        except CallLightError as error:
            # Once, and not again and again while the broker is away.
            if str(error) != told:
                told = str(error)
                log.say("broker-lost", Severity.WARNING, why=told)
        pause(AGAIN_S)


def _password_in(payload: bytes) -> str | None:
    try:
        found = json.loads(payload)
        password = found["password"] if found["v"] == 1 else None
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    fits = isinstance(password, str) and PASSWORD_LENGTH_MIN <= len(password) <= PASSWORD_LENGTH_MAX
    return password if fits else None
