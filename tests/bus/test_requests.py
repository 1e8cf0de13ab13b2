"""What others may ask of the back unit, how often, and where they are answered."""

from dataclasses import replace

from appliance.bus.hearing import (
    Refusal,
    RepublishAsked,
)
from appliance.bus.limits import REQUESTS_A_SECOND_MAX, REQUESTS_BURST_MAX
from appliance.bus.payloads import (
    VERSION,
    AwayRequest,
    PickupRequest,
    PlainRequest,
)
from appliance.bus.requests import CORRELATION_BYTES_MAX, REPLIES_MAX
from appliance.bus.topics import (
    REQUEST_AWAY,
    REQUEST_LAMP_TEST,
    REQUEST_MUTE,
    REQUEST_PICKUP,
    REQUEST_REPUBLISH,
    RESPONSE,
    STATE,
)
from appliance.core.bus_events import (
    AwayAsked,
    MuteAsked,
    PickupAsked,
)
from appliance.core.events import LampTestAsked
from appliance.core.words import DurationMs
from tests.bus.site import SITE, back, heard, message

PICKUP = PickupRequest(v=VERSION, transaction="front-f0f0-1", call="b0b0-1")
PLAIN = PlainRequest(v=VERSION)


def refusals(found: tuple[object, ...]) -> list[tuple[str, str, str]]:
    return [(one.sender, one.topic, one.why) for one in found if isinstance(one, Refusal)]


def test_requests_name_who_asks_and_how_old_they_are() -> None:
    ears = back()

    def asked(topic: object, payload: object, **more: object) -> object:
        return heard(ears, message(topic, payload, unit="back", asker="front", **more))

    assert asked(REQUEST_PICKUP, PICKUP) == (PickupAsked("front", "front-f0f0-1", "b0b0-1", 0),)
    assert asked(REQUEST_PICKUP, PICKUP, expiry_s=1) == (
        PickupAsked("front", "front-f0f0-1", "b0b0-1", 3_000),
    )
    late = replace(message(REQUEST_PICKUP, PICKUP, unit="back", asker="front"), lain_ms=DurationMs(4_500))
    assert heard(ears, late) == (PickupAsked("front", "front-f0f0-1", "b0b0-1", 4_500),)
    assert asked(REQUEST_MUTE, PLAIN) == (MuteAsked("front", 0),)
    away = AwayRequest(v=VERSION, on=True, for_s=1800)
    assert asked(REQUEST_AWAY, away) == (AwayAsked("front", True, 1_800_000),)
    assert asked(REQUEST_LAMP_TEST, PLAIN) == (LampTestAsked(),)
    assert asked(REQUEST_REPUBLISH, PLAIN) == (RepublishAsked(),)


def test_a_button_of_a_home_knows_no_expiry_and_may_ask_what_names_no_caller() -> None:
    ears = back()
    for topic, what in ((REQUEST_MUTE, MuteAsked("hall", 0)), (REQUEST_LAMP_TEST, LampTestAsked())):
        assert heard(ears, message(topic, PLAIN, unit="back", asker="hall", expiry_s=None)) == (what,)


def test_a_request_that_was_retained_or_may_be_old_finds_no_caller() -> None:
    ears = back()
    assert refusals(
        heard(ears, message(REQUEST_PICKUP, PICKUP, unit="back", asker="front", retain=True))
    ) == [("front", "request-pickup", "retained")]
    assert refusals(heard(ears, message(REQUEST_MUTE, PLAIN, unit="back", asker="front", retain=True))) == [
        ("front", "request-mute", "retained")
    ]
    for number, expiry_s in enumerate((None, 5, 3_600)):
        found = heard(
            ears, message(REQUEST_PICKUP, PICKUP, unit="back", asker=f"a-{number}", expiry_s=expiry_s)
        )
        assert refusals(found) == [(f"a-{number}", "request-pickup", "no expiry, or too long a one")]


def test_a_dial_target_inside_a_request_is_a_key_that_nobody_knows() -> None:
    content = b'{"v":1,"transaction":"t-1","call":"b0b0-1","target":"sip:evil","caller":"0301234567"}'
    assert heard(back(), message(REQUEST_PICKUP, content, unit="back", asker="front")) == (
        PickupAsked("front", "t-1", "b0b0-1", 0),
    )


def test_who_asks_too_often_is_refused_until_time_has_passed_and_others_are_not() -> None:
    ears = back()

    def asked(asker: str, now_ms: float) -> int:
        found = heard(ears, message(REQUEST_PICKUP, PICKUP, unit="back", asker=asker), now_ms)
        return sum(isinstance(one, PickupAsked) for one in found)

    assert [asked("front", 0) for _ in range(REQUESTS_BURST_MAX + 2)] == [1] * REQUESTS_BURST_MAX + [0, 0]
    assert asked("third", 0) == 1
    assert [asked("front", 1_000) for _ in range(REQUESTS_A_SECOND_MAX + 1)] == [
        1
    ] * REQUESTS_A_SECOND_MAX + [0]


def test_an_answer_goes_where_the_asker_wants_it_as_long_as_it_is_ours_to_write() -> None:
    ears = back()
    usual = RESPONSE.at(site=SITE, unit="back", verb="pickup")
    other = RESPONSE.at(site=SITE, unit="back", verb="mine")
    for number, (wanted, topic) in enumerate(
        {
            other: other,
            "": usual,
            STATE.at(site=SITE, unit="back"): usual,
            f"calllight/{SITE}/front/state": usual,
        }.items()
    ):
        request = PickupRequest(v=VERSION, transaction=f"t-{number}", call="b0b0-1")
        heard(
            ears,
            message(
                REQUEST_PICKUP, request, unit="back", asker=f"a-{number}", response_topic=wanted,
                correlation=b"x" * (CORRELATION_BYTES_MAX + 1),
            ),
        )  # fmt: skip
        assert ears.requests.reply_to(f"a-{number}", f"t-{number}") == (topic, b"x" * CORRELATION_BYTES_MAX)
    assert ears.requests.reply_to("nobody", "t-0") == (usual, b"")


def test_a_way_to_answer_is_forgotten_when_many_newer_ones_came() -> None:
    ears = back()
    for number in range(REPLIES_MAX + 1):
        request = PickupRequest(v=VERSION, transaction="t-1", call="b0b0-1")
        heard(ears, message(REQUEST_PICKUP, request, unit="back", asker=f"a-{number}", correlation=b"c"))
    assert ears.requests.reply_to("a-0", "t-1")[1] == b""
    assert ears.requests.reply_to("a-1", "t-1")[1] == b"c"
