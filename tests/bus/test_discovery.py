"""What Home Assistant is told of a unit, and that nothing of a unit stays once it is retired."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import pytest

from appliance.bus.discovery import ANSWER_WITHIN_MS, Discovery, discovery_topic
from appliance.bus.message import PAYLOAD_BYTES_MAX, Message
from appliance.bus.payloads import EventType
from appliance.bus.retire import retire, retire_unit
from appliance.bus.settings import BusSettings
from appliance.bus.speech import About
from appliance.bus.topics import topic_of
from appliance.core.board import Board
from appliance.core.settings import LineSettings
from appliance.core.words import LINES_MAX, InstantMs
from appliance.errors import CallLightError
from appliance.site.copy import SiteCopy
from appliance.site.rights import STATUS_TOPIC
from appliance.status import StatusServer
from appliance.status.report import report_of
from tests.bus.member import members
from tests.bus.test_mqtt import settings_at
from tests.config.files import GOOD, accepted
from tests.core.desk import line
from tests.peers.listener import listening
from tests.peers.mosquitto import SITE, Mosquitto
from tests.peers.program import PATIENT_S, until

TOPIC = f"homeassistant/device/calllight_{SITE}_front/config"


def discovery(*lines: LineSettings) -> Discovery:
    about = About(
        SITE, "front", "f0f0", "0.1.0", SiteCopy(Path("/nowhere"), "front", None, (), lambda: None),
        lines or (line("main"), line("doctors")), ("terminal",), InstantMs(0),
    )  # fmt: skip
    return Discovery(about, chance=lambda: 0.5)


def told(message: Message) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(message.payload)
    return found


def test_one_retained_message_names_the_device_and_all_of_its_parts() -> None:
    message = discovery().message()
    assert (message.topic, message.retain) == (TOPIC, True)
    config = told(message)
    assert config.keys() == {"dev", "o", "avty", "qos", "cmps"}
    assert config["dev"]["ids"] == [f"calllight_{SITE}_front"]
    assert [(name, part["p"]) for name, part in config["cmps"].items()] == [
        ("main_ringing", "binary_sensor"),
        ("main_state", "sensor"),
        ("doctors_ringing", "binary_sensor"),
        ("doctors_state", "sensor"),
        ("oldest_wait", "sensor"),
        ("event", "event"),
        ("mute", "button"),
        ("phone_system", "binary_sensor"),
        ("button_line-1", "device_automation"),
        ("button_line-2", "device_automation"),
    ]


def test_every_topic_in_it_is_one_of_the_contract_and_every_name_is_used_once() -> None:
    parts = told(discovery().message())["cmps"]
    topics = {part[key] for part in parts.values() for key in ("stat_t", "cmd_t", "t") if key in part}
    assert all(topic_of(topic) is not None for topic in topics)
    names = [part["uniq_id"] for part in parts.values() if "uniq_id" in part]
    assert len(set(names)) == len(names) == 8
    assert parts["event"]["evt_typ"] == list(get_args(EventType))
    assert json.loads(parts["mute"]["pl_prs"]) == {"v": 1}


def test_a_line_that_was_removed_goes_with_its_entities_and_one_renamed_keeps_its_own() -> None:
    before = discovery(line("main"), line("lab")).message()
    after = discovery(line("main"), line("doctors"))
    gone, whole = after.hear(Message(TOPIC, before.payload, retain=True), InstantMs(0)) or []
    parts = told(gone)["cmps"]
    assert {name: part for name, part in parts.items() if name.startswith("lab")} == {
        "lab_ringing": {"p": "binary_sensor"},
        "lab_state": {"p": "sensor"},
    }
    assert whole == after.message()
    assert parts.keys() - told(whole)["cmps"].keys() == {"lab_ringing", "lab_state"}
    assert after.hear(Message(TOPIC, whole.payload, retain=True), InstantMs(0)) == []
    assert after.hear(Message(TOPIC, gone.payload), InstantMs(0)) == [], "that is our own word"


@pytest.mark.parametrize(
    "kept", [b"", b"[]", b"{}", b"\xff", b'{"cmps":[]}', b'{"cmps":{"x":7}}', b"[" * 9_999]
)
def test_what_was_kept_and_is_nonsense_is_merely_replaced(kept: bytes) -> None:
    assert discovery().hear(Message(TOPIC, kept, retain=True), InstantMs(0)) == []


def test_everything_is_said_again_a_moment_after_home_assistant_started() -> None:
    one = discovery()
    for word in (Message(STATUS_TOPIC, b"offline"), Message(STATUS_TOPIC, b"online", retain=True)):
        assert one.hear(word, InstantMs(0)) == []
        assert not one.is_due(InstantMs(1e9))
    one.hear(Message(STATUS_TOPIC, b"online"), InstantMs(1_000))
    due_ms = 1_000 + ANSWER_WITHIN_MS / 2
    assert [one.is_due(InstantMs(at_ms)) for at_ms in (due_ms - 1, due_ms, due_ms + 1)] == [
        False,
        True,
        False,
    ]


def test_what_is_not_about_discovery_is_left_to_others() -> None:
    assert discovery().hear(Message(f"calllight/{SITE}/back/state", b""), InstantMs(0)) is None


def test_a_full_site_fits_one_message() -> None:
    lines = [replace(line(f"l{'x' * 28}-{number}"), label="W" * 24) for number in range(LINES_MAX)]
    assert len(discovery(*lines).message().payload) < PAYLOAD_BYTES_MAX


def test_a_unit_that_is_retired_leaves_nothing_on_the_broker(broker: Mosquitto) -> None:
    with members(broker, "front", "back") as (front, back):
        front.until_back()
        back.until_back()
        front.has_waiting(5)
        with listening(broker, listens_to="#") as ears:
            ears.until_heard("front/line/main/state", lambda state: bool(state.calls), "a caller is kept")
    assert retire(settings_at(broker)) >= 6
    with listening(broker, listens_to="#") as ears:
        other = discovery_topic(SITE, "back")
        until(lambda: other in {one.topic for one in ears.heard}, PATIENT_S, "the other unit is still known")
        assert [one.topic for one in ears.heard if "/front/" in one.topic or "_front/" in one.topic] == []
    assert retire(settings_at(broker)) == 0


def test_only_a_unit_that_has_a_bus_and_does_not_run_is_retired(tmp_path: Path) -> None:
    alone = accepted(tmp_path, GOOD.replace("[[pbx]]", f'runtime_directory = "{tmp_path}"\n\n[[pbx]]', 1))
    with pytest.raises(CallLightError, match=r"^this unit has no bus: \[bus\] names no broker$"):
        retire_unit(alone)
    member = replace(alone, bus=BusSettings("127.0.0.1", 1, "", SITE, "front", ""))
    with pytest.raises(CallLightError, match=r"^127\.0\.0\.1:1: the broker cannot be reached"):
        retire_unit(member)
    board = Board(alone.board)
    server = StatusServer(
        tmp_path,
        lambda reply: reply(board.view(InstantMs(0)), InstantMs(0)),
        lambda view, now_ms: report_of(
            view, now_ms, unit="front", software="0.1.0", started_ms=InstantMs(0), towers=()
        ),
    )
    try:
        with pytest.raises(CallLightError, match=r"^the unit runs, and would say everything again: stop it"):
            retire_unit(member)
    finally:
        server.close()
