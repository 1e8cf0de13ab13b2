"""The peers that misbehave on purpose, proven before the unit meets them."""

import socket

from tests.peers.damage import damaged
from tests.peers.program import LOOPBACK, PATIENT_S
from tests.peers.raw import (
    Behaviour,
    accepts_for,
    answer,
    header,
    raw_pbx,
    refuses,
    says_nothing,
    talks_garbage,
)

REGISTER = (
    "REGISTER sip:127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bK1\r\n"
    "From: <sip:601@127.0.0.1>;tag=a\r\nTo: <sip:601@127.0.0.1>\r\nCall-ID: one\r\nCSeq: 1 REGISTER\r\n"
    "Contact: <sip:601@127.0.0.1:9;k=mark>\r\nContent-Length: 0\r\n\r\n"
)


def test_an_answer_copies_what_every_response_copies_and_tags_the_callee() -> None:
    assert answer(REGISTER, "423 Interval Too Brief", "Min-Expires: 300") == (
        b"SIP/2.0 423 Interval Too Brief\r\nVia: SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bK1\r\n"
        b"From: <sip:601@127.0.0.1>;tag=a\r\nTo: <sip:601@127.0.0.1>;tag=raw\r\nCall-ID: one\r\n"
        b"CSeq: 1 REGISTER\r\nMin-Expires: 300\r\nContent-Length: 0\r\n\r\n"
    )


def test_it_registers_rings_cancels_and_acknowledges_over_udp() -> None:
    with raw_pbx(accepts_for(60)) as pbx, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as unit:
        unit.settimeout(PATIENT_S)
        unit.connect((LOOPBACK, pbx.port))
        unit.send(REGISTER.encode())
        assert unit.recv(4096).startswith(b"SIP/2.0 200 OK\r\n")
        assert pbx.contact() == "sip:601@127.0.0.1:9;k=mark"
        pbx.send(pbx.invite("call"))
        invite = unit.recv(4096).decode()
        assert invite.startswith("INVITE sip:601@127.0.0.1:9;k=mark SIP/2.0\r\n")
        pbx.send(pbx.cancel("call", b"<sip:0301@127.0.0.1>", b"Reason: SIP;cause=200"))
        cancel = unit.recv(4096).decode()
        assert cancel.startswith("CANCEL sip:601@127.0.0.1:9;k=mark SIP/2.0\r\n")
        assert (header(cancel, "CSeq"), header(cancel, "Reason")) == ("1 CANCEL", "SIP;cause=200")
        assert header(cancel, "Via") == header(invite, "Via")
        unit.send(answer(invite, "487 Request Terminated"))
        pbx.hears("SIP/2.0 487", "call")
        assert unit.recv(4096).startswith(b"ACK sip:601@127.0.0.1:9;k=mark SIP/2.0\r\n")


def test_it_follows_a_connection_whose_messages_come_in_pieces() -> None:
    with raw_pbx(accepts_for(60), "tcp") as pbx:
        with socket.create_connection((LOOPBACK, pbx.port), timeout=PATIENT_S) as unit:
            unit.sendall(REGISTER[:100].encode())
            unit.sendall((REGISTER[100:] + "\r\n\r\n" + REGISTER).encode())
            assert unit.recv(4096).startswith(b"SIP/2.0 200 OK\r\n")
            pbx.hears("REGISTER ")
        assert len(pbx.registers()) >= 1


def test_it_refuses_garbles_and_keeps_silent() -> None:
    assert refuses("403 Forbidden")(REGISTER) == answer(REGISTER, "403 Forbidden")
    assert b"SIP/2.0 banana" in talks_garbage(REGISTER)
    nothing: Behaviour = says_nothing
    assert nothing(REGISTER) is None


def test_damage_comes_from_its_seed_and_is_never_the_message_itself() -> None:
    message = REGISTER.encode()
    first = list(damaged(message, seed=1, count=500))
    assert first == list(damaged(message, seed=1, count=500))
    assert first != list(damaged(message, seed=2, count=500))
    assert message not in first
    assert all(first)
