"""Everything that this unit says on the bus apart from its lines: each method returns a whole message.
Pure."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Literal, assert_never

from appliance.bus.happenings import happening
from appliance.bus.message import Message
from appliance.bus.payloads import (
    TOWERS_TOLD_MAX,
    VERSION,
    AwayRequest,
    Echo,
    Health,
    Info,
    LineInfo,
    Payload,
    PickupRequest,
    PlainRequest,
    RegistrationHealth,
    SiteFile,
    State,
    TowerHealth,
    TowerInfo,
)
from appliance.bus.topics import (
    ECHO,
    EVENT,
    HEALTH,
    INFO,
    REQUEST_AWAY,
    REQUEST_MUTE,
    REQUEST_PICKUP,
    RESPONSE,
    SITE,
    STATE,
    Topic,
    encode,
)
from appliance.bus.translate import response
from appliance.core.effects import AnswerPickup, AskAway, AskMute, AskPickup, SaidOnce
from appliance.core.notices import Notice
from appliance.core.settings import LineSettings
from appliance.core.view import BoardView
from appliance.core.words import InstantMs
from appliance.site.copy import SiteCopy

ReplyTo = Callable[[str, str], tuple[str, bytes]]
"""Tells where an asker wants the answer to a transaction, and what to send back with it."""

MODEL: Final = "call light"


@dataclass(frozen=True, slots=True)
class About:
    """What a unit tells of itself that does not change while it runs."""

    site: str
    unit: str
    boot: str
    software: str
    site_copy: SiteCopy
    lines: tuple[LineSettings, ...]
    towers: tuple[str, ...]
    """The driver of each tower."""
    started_ms: InstantMs

    @property
    def serial(self) -> str:
        """Names this unit among those of all sites."""
        return f"{self.site}-{self.unit}"


@dataclass(frozen=True, slots=True)
class Vitals:
    """What only the unit's own thread knows of its health."""

    view: BoardView
    towers_online: tuple[bool, ...]


class Speech:
    """Speaks for one unit."""

    def __init__(self, about: About) -> None:
        """Have said nothing yet."""
        self._about = about
        self._event_count = 0

    def state(self, state: Literal["online", "offline"]) -> Message:
        """Say that the unit is on the bus, or leaves it; the second is its will, too."""
        return self._say(STATE, State(v=VERSION, state=state, boot=self._about.boot))

    def info(self) -> Message:
        """Say what the unit is."""
        about = self._about
        payload = Info(
            v=VERSION,
            boot=about.boot,
            model=MODEL,
            serial=about.serial,
            software=about.software,
            site_revision=about.site_copy.revision,
            lines=tuple(LineInfo(id=line.id, label=line.label) for line in about.lines),
            towers=tuple(TowerInfo(driver=driver) for driver in about.towers),
        )
        return self._say(INFO, payload)

    def site_file(self) -> Message | None:
        """Say which site file the unit has, or nothing if it has none."""
        plan = self._about.site_copy.plan
        if plan is None:
            return None
        return self._say(SITE, SiteFile(v=VERSION, revision=plan.revision, text=plan.text))

    def introduction(self) -> list[Message]:
        """Say all that is kept on the broker and does not change with every caller."""
        site_file = self.site_file()
        return [self.state("online"), self.info(), *([] if site_file is None else [site_file])]

    def health(self, vitals: Vitals, rss_kb: int, clock_is_synchronised: bool, now_ms: InstantMs) -> Message:
        """Say how the unit is."""
        about, view = self._about, vitals.view
        payload = Health(
            v=VERSION,
            boot=about.boot,
            uptime_s=round((now_ms - about.started_ms) / 1000, 1),
            rss_kb=rss_kb,
            registrations={
                one.extension: RegistrationHealth(
                    held=one.held,
                    code=one.code,
                    since_s=None if one.since_ms is None else round((now_ms - one.since_ms) / 1000, 1),
                )
                for one in view.registrations[:TOWERS_TOLD_MAX]
            },
            towers=tuple(
                TowerHealth(driver=driver, online=online)
                for driver, online in zip(about.towers, vitals.towers_online, strict=True)
            ),
            phone_lost=view.phone_lost is not None,
            fault_count=len(view.faults),
            clock="synchronised" if clock_is_synchronised else "unknown",
        )
        return self._say(HEALTH, payload)

    def echo(self, count: int) -> Message:
        """Say something that only this unit listens to."""
        return self._say(ECHO, Echo(v=VERSION, boot=self._about.boot, count=count))

    def events(self, notice: Notice, caller: str, now_utc: datetime) -> list[Message]:
        """Tell what happened, or nothing if it is no event; `caller` is what is shown of a number."""
        payload = happening(notice, self._about.boot, self._event_count + 1, now_utc, caller)
        if payload is None:
            return []
        self._event_count += 1
        return [self._say(EVENT, payload)]

    def carry_out(self, effect: SaidOnce, online: Iterable[str], reply_to: ReplyTo) -> list[Message]:
        """Say what the board wants said once; `online` are the other units, for what all of them must
        hear."""
        about = self._about
        match effect:
            case AskPickup(owner, transaction, call):
                payload = PickupRequest(v=VERSION, transaction=transaction, call=call)
                response_topic = RESPONSE.at(site=about.site, unit=owner, verb="pickup")
                asked = self._say(REQUEST_PICKUP, payload, owner)
                return [replace(asked, response_topic=response_topic, correlation=transaction.encode())]
            case AnswerPickup(asker, transaction):
                topic, correlation = reply_to(asker, transaction)
                said = encode(response(effect))
                return [Message(topic, said, RESPONSE.retain, RESPONSE.expiry_s, correlation=correlation)]
            case AskMute():
                return [self._say(REQUEST_MUTE, PlainRequest(v=VERSION), unit) for unit in online]
            case AskAway(on, for_ms):
                away = AwayRequest(v=VERSION, on=on, for_s=for_ms / 1000)
                return [self._say(REQUEST_AWAY, away, unit) for unit in online]
            case _:
                assert_never(effect)

    def _say(self, topic: Topic, payload: Payload, unit: str = "") -> Message:
        """Return a message at this row of the table, of our own unit's tree unless another is named."""
        about = self._about
        at = topic.at(site=about.site, unit=unit or about.unit, asker=about.unit)
        return Message(at, encode(payload), topic.retain, topic.expiry_s)
