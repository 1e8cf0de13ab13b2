"""What unit and engine say to each other survives the way, and nothing else is taken for it."""

import json
import socket
from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.core.events import Offer, Reason
from appliance.core.words import (
    LEGS_MAX,
    NUMBER_LENGTH_MAX,
    DurationMs,
    ExtensionId,
    InstantMs,
    PickupStep,
    RingId,
    Way,
)
from appliance.sip.codec import STRING_LENGTH_MAX, MalformedPacket
from appliance.sip.protocol import (
    PACKET_MAX,
    VERSION,
    Beat,
    Channel,
    Configure,
    EndRing,
    Fault,
    Hangup,
    Moved,
    Rang,
    Ready,
    Refused,
    Registration,
    Return,
    RingOver,
    Stop,
    Stopped,
    Take,
    ToEngine,
    ToUnit,
    decode,
    encode,
)
from appliance.sip.settings import (
    EngineSettings,
    ExtensionAccount,
    PbxSettings,
    Ringback,
    Srtp,
    Transport,
)

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=NUMBER_LENGTH_MAX)
instants = st.floats(0, 1e12).map(InstantMs)
counts = st.integers(0, 10**9)
reasons = st.builds(Reason, protocol=texts, cause=counts, text=texts)
offers = st.builds(
    Offer,
    ring=texts.map(RingId),
    extension=texts.map(ExtensionId),
    call_id=texts,
    number=texts,
    name=texts,
    tag=texts,
    dialled=texts,
    line_header=texts,
)
rangs = st.builds(Rang, offer=offers, received_ms=instants)
registrations = st.builds(
    Registration,
    extension=texts.map(ExtensionId),
    held=st.booleans(),
    code=counts,
    why=texts,
    expires_ms=st.floats(0, 1e9).map(DurationMs),
    at_ms=instants,
)
settings = st.builds(
    EngineSettings,
    pbxs=st.lists(
        st.builds(
            PbxSettings,
            id=texts,
            registrars=st.lists(texts, max_size=3).map(tuple),
            transport=st.sampled_from(Transport),
            outbound_proxy=texts,
            ca_file=texts,
            addresses=st.lists(texts, max_size=3).map(tuple),
            line_header=texts,
            tag_header=texts,
            srtp=st.sampled_from(Srtp),
            ringback=st.sampled_from(Ringback),
        ),
        max_size=2,
    ).map(tuple),
    extensions=st.lists(
        st.builds(
            ExtensionAccount,
            id=texts.map(ExtensionId),
            pbx=texts,
            user=texts,
            password=texts,
            auth_user=texts,
            expiry_s=counts,
            mark=texts,
        ),
        max_size=2,
    ).map(tuple),
    handset=texts,
)
moves = st.builds(Moved, ring=texts.map(RingId), step=st.sampled_from(PickupStep), why=texts, at_ms=instants)
durations = st.floats(0, 1e9).map(DurationMs)
messages = st.one_of(
    st.builds(Configure, generation=counts, settings=settings, udp_port=counts),
    st.builds(EndRing, ring=texts.map(RingId)),
    st.builds(
        Take,
        ring=texts.map(RingId),
        way=st.sampled_from(Way),
        target=texts,
        headers=st.lists(texts, max_size=3).map(tuple),
        confirm_key=st.booleans(),
        answer_within_ms=durations,
    ),
    st.builds(Return, ring=texts.map(RingId), target=texts, answer_within_ms=durations),
    st.builds(Hangup, ring=texts.map(RingId)),
    st.just(Stop()),
    moves,
    st.builds(Ready, generation=counts, udp_port=counts),
    registrations,
    rangs,
    st.builds(
        RingOver,
        ring=texts.map(RingId),
        cancelled=st.booleans(),
        reasons=st.lists(reasons, max_size=3).map(tuple),
        at_ms=instants,
    ),
    st.builds(
        Beat,
        at_ms=instants,
        rings=st.lists(rangs, max_size=3).map(tuple),
        pickups=st.lists(moves, max_size=3).map(tuple),
        registrations=st.lists(registrations, max_size=2).map(tuple),
        refused=st.lists(st.builds(Refused, address=texts, why=texts, count=counts), max_size=2).map(tuple),
        legs_full_count=counts,
        unsent_count=counts,
        faults=st.lists(st.builds(Fault, why=texts, count=counts), max_size=2).map(tuple),
    ),
    st.builds(Stopped, in_time=st.booleans()),
)


@given(messages)
def test_every_message_arrives_as_it_was_sent(message: ToEngine | ToUnit) -> None:
    assert decode(encode(message)) == message


@given(st.binary(max_size=200))
def test_noise_is_malformed_and_nothing_worse(packet: bytes) -> None:
    with pytest.raises(MalformedPacket):
        decode(packet)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner, max_size=4),
    max_leaves=20,
)


@given(st.sampled_from(["Configure", "EndRing", "Ready", "Rang", "RingOver", "Beat"]), json_values)
def test_fields_that_do_not_fit_are_malformed(kind: str, plain: object) -> None:
    with pytest.raises(MalformedPacket):
        decode(json.dumps([VERSION, kind, plain]).encode())


@given(messages, st.data())
def test_a_message_with_one_field_of_another_type_is_malformed(
    message: ToEngine | ToUnit, data: st.DataObject
) -> None:
    version, kind, plain = json.loads(encode(message))
    if not plain:
        return
    name = data.draw(st.sampled_from([field.name for field in fields(message)]))
    plain[name] = None
    with pytest.raises(MalformedPacket):
        decode(json.dumps([version, kind, plain]).encode())


def test_a_torn_packet_is_malformed_wherever_it_is_cut() -> None:
    packet = encode(Ready(1, 5060))
    for length in range(len(packet)):
        with pytest.raises(MalformedPacket):
            decode(packet[:length])


@pytest.mark.parametrize(
    "packet",
    [
        [VERSION + 1, "Stop", {}],
        [True, "Stop", {}],
        [VERSION, "Explode", {}],
        [VERSION, ["Stop"], {}],
        [VERSION, "Stop", {"now": 1}],
        [VERSION, "Stop"],
        {"version": VERSION},
        [VERSION, "EndRing", {"ring": "x" * (STRING_LENGTH_MAX + 1)}],
        [VERSION, "Ready", {"generation": True, "udp_port": 1}],
        [VERSION, "Ready", {"generation": 1.5, "udp_port": 1}],
        [VERSION, "RingOver", {"ring": "1-1", "cancelled": True, "reasons": [], "at_ms": float("inf")}],
        [VERSION, "RingOver", {"ring": "1-1", "cancelled": True, "reasons": [], "at_ms": float("nan")}],
        [VERSION, "RingOver", {"ring": "1-1", "cancelled": True, "reasons": [], "at_ms": 10**400}],
    ],
)
def test_another_version_kind_or_shape_is_refused(packet: object) -> None:
    with pytest.raises(MalformedPacket):
        decode(json.dumps(packet).encode())


def test_a_malformed_packet_is_not_quoted_in_the_error() -> None:
    with pytest.raises(MalformedPacket) as caught:
        decode(json.dumps([VERSION, "EndRing", {"ring": "1", "password": "melon"}]).encode())
    assert "melon" not in str(caught.value)


def test_128_rings_at_their_worst_fit_one_packet_of_the_socket() -> None:
    text = "\N{TELEPHONE RECEIVER}" * NUMBER_LENGTH_MAX
    rings = tuple(
        Rang(
            Offer(RingId(f"1-{number}"), ExtensionId(text), text, text, text, text, text, text),
            InstantMs(1e9 + 0.123456789),
        )
        for number in range(LEGS_MAX)
    )
    beat = Beat(InstantMs(1e9), rings=rings)
    assert len(encode(beat)) < PACKET_MAX
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    sender, receiver = Channel(ours), Channel(theirs)
    assert sender.send(beat)
    assert receiver.receive() == beat
    sender.close()
    receiver.close()


def test_sending_to_one_who_does_not_read_returns_at_once_and_says_so() -> None:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    sender, receiver = Channel(ours), Channel(theirs)
    sent = 0
    while sender.send(Ready(sent, 0)):
        sent += 1
    assert receiver.receive() == Ready(0, 0)
    assert sender.send(Ready(sent, 0))
    sender.close()
    receiver.close()


def test_after_a_malformed_packet_the_next_one_is_read_and_the_end_is_told() -> None:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    receiver = Channel(theirs)
    ours.send(b"{")
    ours.send(b"x" * (PACKET_MAX // 4))
    ours.send(encode(Stop()))
    ours.close()
    for _ in range(2):
        with pytest.raises(MalformedPacket):
            receiver.receive()
    assert receiver.receive() == Stop()
    with pytest.raises(EOFError):
        receiver.receive()
    receiver.close()


def test_the_last_words_of_one_that_left_without_listening_are_heard() -> None:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    engine, unit = Channel(theirs), Channel(ours)
    assert engine.send(Ready(1, 5060))
    assert engine.send(Stopped(False))
    # What the engine has not read when it goes makes the kernel say that the connection was reset.
    assert unit.send(Stop())
    engine.close()
    assert [unit.receive(), unit.receive()] == [Ready(1, 5060), Stopped(False)]
    with pytest.raises(EOFError):
        unit.receive()
    unit.close()


def test_secrets_and_callers_stay_out_of_every_repr() -> None:
    account = ExtensionAccount(ExtensionId("e"), "office", "601", "melon", mark="cafe")
    offer = Offer(RingId("1-1"), ExtensionId("e"), "cid@host", "0301234", "Berta", "tag-9")
    shown = repr(Configure(1, EngineSettings((), (account,)))) + repr(Rang(offer, InstantMs(0)))
    for secret in ("melon", "cafe", "cid@host", "0301234", "Berta", "tag-9"):
        assert secret not in shown
