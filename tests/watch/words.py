"""Messages of units, as the bus has them."""

from datetime import UTC, datetime

from appliance.bus.message import Message
from appliance.bus.payloads import (
    CallOnLine,
    Health,
    Info,
    LineInfo,
    LineState,
    RegistrationHealth,
    State,
    TowerHealth,
    TowerInfo,
)
from appliance.bus.topics import HEALTH, INFO, LINE_STATE, STATE, encode

SITE = "elm-street"
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def call(name: str, age_s: float, key: str = "", state: str = "ringing", by: str = "") -> CallOnLine:
    return CallOnLine.model_validate(
        {
            "call": name, "key": key, "state": state, "stage": 1 if age_s < 20 else 2, "urgent": False,
            "since": NOON, "age_s": age_s, "by": by,
        }
    )  # fmt: skip


def state(unit: str, word: str = "online") -> Message:
    payload = State.model_validate({"v": 1, "state": word, "boot": f"{unit}-1"})
    return Message(STATE.at(site=SITE, unit=unit), encode(payload), retain=True)


def line(unit: str, name: str, *calls: CallOnLine, left_s: int = 120, rev: int = 1) -> Message:
    payload = LineState(v=1, boot=f"{unit}-1", rev=rev, calls=calls)
    topic = LINE_STATE.at(site=SITE, unit=unit, line=name)
    return Message(topic, encode(payload), retain=True, expiry_s=left_s)


def info(unit: str, *lines: str, revision: int = 3) -> Message:
    payload = Info(
        v=1, boot=f"{unit}-1", model="a test", serial=f"{SITE}-{unit}", software="0.1.0",
        site_revision=revision, towers=(TowerInfo(driver="none"),),
        lines=tuple(LineInfo(id=one, label=one.title()) for one in lines),
    )  # fmt: skip
    return Message(INFO.at(site=SITE, unit=unit), encode(payload), retain=True)


def health(unit: str, *, phone_lost: bool = False, fault_count: int = 0) -> Message:
    payload = Health(
        v=1, boot=f"{unit}-1", uptime_s=60, rss_kb=40_000, phone_lost=phone_lost, fault_count=fault_count,
        registrations={"ext-main": RegistrationHealth(held=not phone_lost, code=200, since_s=60)},
        towers=(TowerHealth(driver="none", online=True),), clock="synchronised",
    )  # fmt: skip
    return Message(HEALTH.at(site=SITE, unit=unit), encode(payload), retain=True)
