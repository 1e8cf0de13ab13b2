"""The table: what each topic holds, who sends it, and what is refused of a payload."""

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.bus.message import PAYLOAD_BYTES_MAX
from appliance.bus.payloads import (
    AGE_S_MAX,
    NAME_ON_BUS_LENGTH_MAX,
    TOWERS_TOLD_MAX,
    VERSION,
    LineState,
    PickupRequest,
    State,
)
from appliance.bus.topics import (
    INFO,
    LINE_STATE,
    PREFIX,
    REQUEST_PICKUP,
    STATE,
    TOPICS,
    MalformedPayload,
    encode,
    sender_of,
    subscriptions,
    topic_of,
)
from appliance.core.words import LEGS_MAX
from tests.bus.site import SITE

CALL = {
    "call": "f0f0-1", "key": "", "state": "ringing", "stage": 1, "urgent": False,
    "since": "2026-11-26T09:30:00Z", "age_s": 3.5, "by": "",
}  # fmt: skip
LINE = {"v": 1, "boot": "f0f0", "rev": 7, "calls": [CALL]}


def test_every_topic_is_found_again_with_the_levels_that_it_was_made_of() -> None:
    levels = {"site": SITE, "unit": "front", "line": "main-2", "asker": "back", "verb": "pickup"}
    for topic in TOPICS:
        text = topic.at(**levels)
        found = topic_of(text)
        assert found is not None
        assert (found[0], dict(found[1])) == (topic, {level: levels[level] for level in topic.levels})
        assert text.startswith(f"{PREFIX}/{SITE}/front/")


def test_no_two_rows_are_alike_and_a_level_that_is_not_given_is_a_wildcard() -> None:
    assert len({topic.template for topic in TOPICS}) == len({topic.name for topic in TOPICS}) == len(TOPICS)
    assert LINE_STATE.at(site=SITE) == f"calllight/{SITE}/+/line/+/state"


def test_a_unit_listens_to_its_lines_by_their_names_and_to_no_more_than_it_needs() -> None:
    here, every = f"calllight/{SITE}/back", f"calllight/{SITE}/+"
    verbs = ("pickup", "mute", "away", "lamp-test", "republish")
    assert subscriptions(SITE, "back", ["main", "fax"]) == (
        *(f"{here}/request/{verb}/+" for verb in verbs),
        f"{here}/echo",
        *(f"{every}/{word}" for word in ("state", "info", "site", "line/main/state", "line/fax/state")),
        f"{every}/response/pickup",
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "calllight",
        f"/calllight/{SITE}/front/state",
        f"calllight/{SITE}/Front/state",
        f"calllight/{SITE}/front",
        f"calllight/{SITE}/front/state/",
        f"calllight/{SITE}/{'x' * 33}/state",
        f"calllight/{SITE}/front/line/state",
    ],
)
def test_what_is_no_topic_of_ours_belongs_to_no_row(text: str) -> None:
    assert topic_of(text) is None


def test_the_sender_is_who_the_broker_lets_write_there() -> None:
    assert sender_of(f"calllight/{SITE}/front/line/main/state") == "front"
    assert sender_of(REQUEST_PICKUP.at(site=SITE, unit="front", asker="back")) == "back"
    assert sender_of("somewhere") == ""


def test_a_key_that_is_not_known_is_ignored_and_one_that_is_missing_is_refused() -> None:
    found = LINE_STATE.decode(json.dumps({**LINE, "weather": "fine"}).encode())
    assert isinstance(found, LineState)
    assert found.rev == 7
    for key in LINE:
        rest = {name: value for name, value in LINE.items() if name != key}
        with pytest.raises(MalformedPayload, match=f"^{key}: missing$"):
            LINE_STATE.decode(json.dumps(rest).encode())


def damaged(**changes: object) -> dict[str, object]:
    return {**LINE, "calls": [{**CALL, **changes}]}


@pytest.mark.parametrize(
    ("payload", "why"),
    [
        ({**LINE, "v": 2}, "v: literal_error"),
        ({**LINE, "rev": 1.5}, "rev: int_type"),
        ({**LINE, "rev": True}, "rev: int_type"),
        ({**LINE, "rev": -1}, "rev: greater_than_equal"),
        ({**LINE, "boot": "F0"}, "boot: string_pattern_mismatch"),
        ({**LINE, "boot": "f" * (NAME_ON_BUS_LENGTH_MAX + 1)}, "boot: string_too_long"),
        ({**LINE, "calls": [CALL] * (LEGS_MAX + 1)}, "calls: too_long"),
        (damaged(state="gone fishing"), "calls: literal_error"),
        (damaged(age_s=AGE_S_MAX + 1), "calls: less_than_equal"),
        (damaged(age_s=-1), "calls: greater_than_equal"),
        (damaged(since="2026-11-26T09:30:00"), "calls: timezone_aware"),
        (damaged(key="ABC"), "calls: string_pattern_mismatch"),
        (damaged(stage=4), "calls: less_than_equal"),
        ([LINE], "model_type"),
        ("front", "model_type"),
    ],
)  # fmt: skip
def test_a_payload_out_of_bounds_is_refused_as_a_whole(payload: object, why: str) -> None:
    with pytest.raises(MalformedPayload) as refused:
        LINE_STATE.decode(json.dumps(payload).encode())
    assert str(refused.value) == why


@pytest.mark.parametrize(
    "content",
    [b"", b"online", b"\xff\xfe{}", b'{"v":1', b'{"v":1,"state":"online","boot":"\xc3\x28"}', b"[" * 20_000,
     b'{"v":' * 5_000, b'{"v":1,"state":"online","boot":NaN}', b"{}" + b"\0"],
)  # fmt: skip
def test_what_is_no_json_is_refused_without_being_quoted(content: bytes) -> None:
    with pytest.raises(MalformedPayload, match=r"^(json_invalid|boot: string_type)$"):
        STATE.decode(content)


def test_a_payload_beyond_the_limit_is_not_even_parsed() -> None:
    whole = encode(State(v=VERSION, state="online", boot="f0f0"))
    assert STATE.decode(whole.ljust(PAYLOAD_BYTES_MAX)) == State(v=VERSION, state="online", boot="f0f0")
    for length in (PAYLOAD_BYTES_MAX + 1, 1_000_000):
        with pytest.raises(MalformedPayload, match=f"^{length} bytes$"):
            STATE.decode(whole.ljust(length))


def test_the_longest_honest_line_fits_the_limit() -> None:
    call = {**CALL, "call": "f" * NAME_ON_BUS_LENGTH_MAX, "key": "a" * 32, "by": "front"}
    payload = LINE_STATE.decode(json.dumps({**LINE, "calls": [call] * (LEGS_MAX - 1)}).encode())
    assert len(encode(payload)) < PAYLOAD_BYTES_MAX


def test_more_towers_than_a_unit_has_are_refused() -> None:
    info = {
        "v": 1, "boot": "f0f0", "model": "call light", "serial": "x", "software": "1", "site_revision": 0,
        "lines": [], "towers": [{"driver": "gpio"}] * (TOWERS_TOLD_MAX + 1),
    }  # fmt: skip
    with pytest.raises(MalformedPayload, match=r"^towers: too_long$"):
        INFO.decode(json.dumps(info).encode())


def test_nobody_can_change_a_payload_after_it_was_read() -> None:
    request = PickupRequest(v=VERSION, transaction="t-1", call="f0f0-1")
    with pytest.raises(ValueError, match="frozen"):
        request.call = "f0f0-2"


json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(st.binary(max_size=200) | json_values.map(lambda value: json.dumps(value).encode()))
def test_whatever_comes_is_a_payload_or_is_refused(content: bytes) -> None:
    for topic in TOPICS:
        with contextlib.suppress(MalformedPayload):
            assert isinstance(topic.decode(content), topic.payload)
