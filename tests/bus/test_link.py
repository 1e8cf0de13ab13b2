"""Two units' buses at a real broker, and everything that may become of the broker."""

import contextlib
import json
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

import pytest

from appliance.bus.life import ECHO_EVERY_MS, ECHO_PATIENCE_MS
from appliance.bus.mqtt import WILL_DELAY_S
from appliance.bus.payloads import LineState
from appliance.bus.trouble import REFUSED_RETRY_MS, RIGHTS_FAULT, TWIN_FAULT
from appliance.core.bus_events import (
    AwayAsked,
    BusBack,
    BusLost,
    MuteAsked,
    NeighbourOnline,
    NeighbourSilent,
    PickupAnswered,
    PickupAsked,
    Verdict,
)
from appliance.core.effects import AnswerPickup, AskAway, AskMute, AskPickup
from appliance.core.events import FaultCleared, FaultRaised
from appliance.core.notices import FaultBegan
from appliance.core.words import DurationMs
from tests.bus.member import members
from tests.peers.gate import Gate
from tests.peers.listener import Listener, listening
from tests.peers.mosquitto import SITE, STRANGER, Mosquitto, ordinary_rights, running_mosquitto
from tests.peers.program import PATIENT_S, until


@pytest.fixture
def ears(broker: Mosquitto) -> Iterator[Listener]:
    with listening(broker) as listener:
        yield listener


def test_what_one_unit_knows_the_other_hears_and_requests_are_answered(
    broker: Mosquitto, ears: Listener
) -> None:
    with members(broker, "front", "back") as (front, back):
        for one in (front, back):
            one.until_back()
        front.until_told(lambda event: event == NeighbourOnline("back", "back-1"), "the front met the back")
        back.until_told(lambda event: event == NeighbourOnline("front", "front-1"), "the back met the front")
        front.has_waiting(90, 40)
        until(lambda: back.sees("front") == [90, 40], PATIENT_S, "the back hears of both callers")

        back.link.perform(AskPickup("front", "back-back-1-1", "front-1-0"))
        # On a busy machine a word may be on its way for seconds, and tells of it.
        front.until_told(
            lambda event: (
                isinstance(event, PickupAsked)
                and replace(event, age_ms=0) == PickupAsked("back", "back-back-1-1", "front-1-0", 0)
            ),
            "the front is asked",
        )
        front.link.perform(AnswerPickup("back", "back-back-1-1", Verdict.TAKEN, "third"))
        back.until_told(
            lambda event: event == PickupAnswered("front", "back-back-1-1", Verdict.TAKEN, "third"),
            "it is answered",
        )
        back.link.perform(AskMute())
        back.link.perform(AskAway(True, DurationMs(60_000)))
        front.until_told(
            lambda event: isinstance(event, MuteAsked) and event.asker == "back", "mute is asked"
        )
        front.until_told(lambda event: event == AwayAsked("back", True, 60_000), "away is told")
        front.link.tell(FaultBegan("tower usb", "0301234567 is no reason to tell anybody"))
        event = ears.until_heard(
            "front/event", lambda event: event.event_type == "fault", "the fault is told"
        )
        assert event.detail == "tower usb"
        assert (
            ears.until_heard("front/health", lambda health: health.rss_kb > 1_000, "it is well").fault_count
            == 0
        )
        ears.until_heard("front/response/pickup", bool, "the answer is heard by all")
    answers = [one for one in ears.heard if one.topic == f"calllight/{SITE}/front/response/pickup"]
    assert [one.correlation for one in answers] == [b"back-back-1-1"]
    assert not any(b"0301234567" in one.payload for one in ears.heard)


def test_leave_is_taken_by_a_word_of_our_own_and_no_will_follows(broker: Mosquitto, ears: Listener) -> None:
    with members(broker, "front", "back") as (front, back):
        for one in (front, back):
            one.until_back()
        front.until_told(lambda event: event == NeighbourOnline("back", "back-1"), "the back is there")
        back.link.leave()
        back.link.join(PATIENT_S)
        front.until_told(
            lambda event: event == NeighbourSilent("back"), "before a will would come", WILL_DELAY_S - 1
        )
        until(lambda: ears.states("back")[-2:] == ["online", "offline"], PATIENT_S, "its own word is kept")


def test_a_broker_that_comes_later_finds_everything_said() -> None:
    with running_mosquitto() as broker:
        broker.stop()
        with members(broker, "front") as (front,):
            front.has_waiting(7)
            until(lambda: bool(front.bus_told()), PATIENT_S, "the bus is lost")
            assert front.bus_told() == [BusLost("the broker cannot be reached: Connection refused")]
            broker.start()
            front.until_back()
            with listening(broker) as late:
                line = late.until_heard("front/line/main/state", bool, "the line is kept")
                assert isinstance(line, LineState)
                assert len(line.calls) == 1
                assert late.until_heard("front/state", bool, "its state too").state == "online"
                late.until_heard("front/info", lambda info: info.boot == front.boot, "what it is")
                late.until_heard("front/waiting", lambda waiting: waiting.count == 1, "how many wait")


def test_rights_that_are_missing_are_a_fault_until_they_are_there(broker: Mosquitto) -> None:
    try:
        with members(broker, "front") as (front,):
            front.until_back()
            broker.rights = ordinary_rights(broker.passwords).replace(
                f"topic readwrite calllight/{SITE}/front/#", f"topic readwrite calllight/{SITE}/front/echo"
            )
            broker.read_again()
            front.has_waiting(10)
            front.until_told(lambda event: isinstance(event, FaultRaised), "the refusal is told")
            fault = next(event for event in front.events if isinstance(event, FaultRaised))
            assert fault.fault == RIGHTS_FAULT
            assert fault.why.startswith("the broker refuses our ")
            assert fault.why.endswith(": Not authorized")
            broker.rights = ordinary_rights(broker.passwords)
            broker.read_again()
            within_s = REFUSED_RETRY_MS / 1000 + PATIENT_S
            front.until_told(lambda event: event == FaultCleared(RIGHTS_FAULT), "it tries again", within_s)
            assert front.bus_told() == [BusBack()]
    finally:
        broker.rights = ordinary_rights(broker.passwords)
        broker.read_again()


def test_a_broker_that_knows_nothing_of_home_assistant_is_told_apart(broker: Mosquitto) -> None:
    try:
        broker.rights = ordinary_rights(broker.passwords).replace(
            f"topic readwrite homeassistant/device/calllight_{SITE}_front/#\n", ""
        )
        broker.read_again()
        with members(broker, "front") as (front,):
            why = "the broker refuses our word to Home Assistant: Not authorized"
            front.until_told(
                lambda event: event == FaultRaised(RIGHTS_FAULT, why), "what is refused is named"
            )
    finally:
        broker.rights = ordinary_rights(broker.passwords)
        broker.read_again()


def test_a_broker_that_is_full_is_tried_until_there_is_room() -> None:
    with (
        running_mosquitto(limits=("max_connections 1",)) as broker,
        listening(broker) as other,
        members(broker, "front") as (front,),
    ):
        until(lambda: bool(front.bus_told()), PATIENT_S, "the bus is lost")
        other.close()
        front.until_back()


def test_two_units_of_one_name_both_say_so(broker: Mosquitto) -> None:
    with members(broker, "front") as (first,):
        first.until_back()
        with members(broker, "front", boot="front-2") as (second,):
            for one in (first, second):
                one.until_told(
                    lambda event: isinstance(event, FaultRaised) and event.fault == TWIN_FAULT, "it says so"
                )


def test_a_late_will_is_corrected_at_once(broker: Mosquitto, ears: Listener) -> None:
    with members(broker, "front") as (front,), listening(broker, "front", "nothing") as ghost:
        front.until_back()
        ghost.say(f"calllight/{SITE}/front/state", '{"v":1,"state":"offline","boot":"front-0"}', retain=True)
        until(
            lambda: "offline" in (said := ears.states("front")) and said[-1] == "online",
            PATIENT_S,
            "it is corrected",
        )


HOSTILE = (
    b"", b"\xff\xfe", b"not json", b"[" * 20_000, b'{"v":2,"state":"online","boot":"x"}', b'{"v":1}',
    b'{"v":1,"boot":"x","rev":1e999,"calls":[]}', b"x" * 40_000, b'{"v":1,"boot":"x","rev":-4,"calls":{}}',
)  # fmt: skip


def test_whatever_a_user_with_rights_sends_is_refused_counted_and_logged_once(
    broker: Mosquitto, capfd: pytest.CaptureFixture[str]
) -> None:
    with (
        members(broker, "front", "back") as (front, back),
        listening(broker, STRANGER, "nothing") as stranger,
    ):
        front.until_back()
        back.until_back()
        topics = [f"calllight/{SITE}/{STRANGER}/state", f"calllight/{SITE}/{STRANGER}/line/main/state"]
        topics += [f"calllight/{SITE}/front/request/{verb}/{STRANGER}" for verb in ("pickup", "mute", "away")]
        for topic in topics * 2:
            for payload in HOSTILE:
                stranger.say(topic, payload)
        stranger.answer_to(stranger.say(topics[3], b'{"v":1}', retain=True))
        until(lambda: front.link.status().refused_count > 60, PATIENT_S, "all are counted")
        until(lambda: back.link.status().refused_count == 28, PATIENT_S, "so are those that are for all")
        back.has_waiting(30)
        until(lambda: front.sees("back") == [30], PATIENT_S, "a unit that behaves is heard")
        stranger.say(topics[3], b"", retain=True)
        assert front.bus_told() == [BusBack()]
    logged = [line for line in capfd.readouterr().err.splitlines() if "event=bus-refused" in line]
    times = Counter(line.partition("event=")[2] for line in logged)
    assert len(times) >= 16
    for line, count in times.items():
        # Both units listen to a unit's standing and lines, and only the front was asked.
        assert (line, count) == (line, 1 if "topic=request-" in line else 2)
    assert not any("not json" in line for line in logged)


def test_what_happens_while_the_cable_is_out_is_told_when_it_is_in_again(
    broker: Mosquitto, ears: Listener
) -> None:
    with contextlib.closing(Gate(broker.port)) as gate:
        port, broker.port = broker.port, gate.port
        with members(broker, "front") as (front,):
            broker.port = port
            front.until_back()
            front.link.tell(FaultBegan("first", ""))
            ears.until_heard("front/event", lambda event: event.detail == "first", "the first one is told")
            gate.cut()
            front.link.tell(FaultBegan("second", ""))
            front.link.perform(AskPickup("back", "front-front-1-1", "back-1-0"))
            front.link.perform(AskAway(True, DurationMs(60_000)))
            # When it tries for the second time from now on, all of that has reached it.
            tries = gate.turned_away + 2
            until(lambda: gate.turned_away >= tries, 2 * PATIENT_S, "it tries to come back")
            gate.pass_on()
            ears.until_heard("front/event", lambda event: event.detail == "second", "the second one, too")
            front.link.tell(FaultBegan("third", ""))
            ears.until_heard("front/event", lambda event: event.detail == "third", "and the third")
    # What the broker had not confirmed when the cable came out is told again, under the same name.
    told = {
        json.loads(one.payload)["detail"]: (json.loads(one.payload)["id"], one.expiry_s)
        for one in ears.heard
        if one.topic == f"calllight/{SITE}/front/event"
    }
    assert list(told) == ["first", "second", "third"]
    assert len({name for name, _ in told.values()}) == 3
    _, left_s = told["second"]
    assert left_s is not None
    assert left_s < 60, "what it waited is gone of its time"
    assert not any("request/pickup" in one.topic for one in ears.heard), "a press of before takes nobody"


def test_away_that_is_drummed_on_ends_at_the_others_as_it_was_left(broker: Mosquitto) -> None:
    with members(broker, "front", "back") as (front, back):
        for one in (front, back):
            one.until_back()
        front.until_told(lambda event: event == NeighbourOnline("back", "back-1"), "the front met the back")
        for press in range(21):
            front.link.perform(AskAway(press % 2 == 0, DurationMs(60_000 + 10_000 * press)))

        def told() -> list[AwayAsked]:
            return [event for event in back.events if isinstance(event, AwayAsked)]

        # The press before the last one was to be for 10 s less.
        until(lambda: bool(told()) and told()[-1].for_ms > 250_000, PATIENT_S, "the last word is heard")
        assert told()[-1].on
        assert back.link.status().refused_count == 0


@pytest.mark.soak
@pytest.mark.parametrize("how", ["frozen", "half-open"])
def test_a_broker_that_falls_silent_with_its_connection_open_is_lost_and_found(how: str) -> None:
    with running_mosquitto() as broker, contextlib.closing(Gate(broker.port)) as gate:
        port, broker.port = broker.port, gate.port
        with members(broker, "front") as (front,):
            front.until_back()
            broker.port = port
            (broker.freeze if how == "frozen" else gate.swallow)()
            silent_s = time.monotonic()
            until(lambda: len(front.bus_told()) == 2, 2 * PATIENT_S, "the bus is lost")
            assert time.monotonic() - silent_s <= (ECHO_EVERY_MS + ECHO_PATIENCE_MS) / 1000 + 5
            (broker.thaw if how == "frozen" else gate.pass_on)()
            front.until_back()
