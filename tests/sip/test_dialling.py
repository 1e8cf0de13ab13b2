"""What a second leg's INVITE says of the caller and the target, whatever strangers and settings hold."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.sip.addresses import Place, place_of
from appliance.sip.dialling import from_address, header, identity, target_uri
from appliance.sip.headers import read_address

PBX = place_of("sip:pbx.example:5070")


@pytest.mark.parametrize(
    ("target", "uri"),
    [
        ("21", "sip:21@pbx.example:5070;transport=udp"),
        ("*8021", "sip:*8021@pbx.example:5070;transport=udp"),
        ("#9 1", "sip:%239%201@pbx.example:5070;transport=udp"),
        ("desk@evil.example", "sip:desk%40evil.example@pbx.example:5070;transport=udp"),
        ("sip:21@192.0.2.7", "sip:21@192.0.2.7"),
    ],
)
def test_a_dial_string_is_dialled_at_the_phone_system_and_a_uri_as_it_is(target: str, uri: str) -> None:
    assert target_uri(target, PBX, "udp") == uri


@pytest.mark.parametrize(
    ("name", "number", "shown"),
    [
        ("Berta", "0301", "Berta (0301)"),
        ("", "0301", "0301"),
        ("0301", "0301", "0301"),
        ("Berta", "", "Berta"),
        ("", "", "Anonymous"),
        ('B"\\<sip:x@y>', "", 'B"\\<sip:x@y>'),
    ],
)
def test_the_desk_phone_is_shown_who_calls_and_from_stays_our_extension(
    name: str, number: str, shown: str
) -> None:
    assert read_address(from_address("601", PBX, name, number)) == (shown, "601")


printable = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp", "Cf"]), max_size=64)


@given(printable, printable)
def test_no_name_and_no_number_says_more_than_itself(name: str, number: str) -> None:
    _, user = read_address(from_address("601", PBX, name, number))
    assert user == "601"
    for header_name, value in identity(PBX, name, number):
        assert header_name == "P-Asserted-Identity"
        assert read_address(value)[1] == number


def test_a_caller_without_a_number_is_identified_as_nobody() -> None:
    assert identity(PBX, "Berta", "") == ()
    assert identity(Place("192.0.2.1", None), "", "+4930") == (
        ("P-Asserted-Identity", "<sip:+4930@192.0.2.1>"),
    )


def test_a_configured_header_is_sent_by_name_and_value() -> None:
    assert header("Call-Info: <sip:light>;answer-after=0") == ("Call-Info", "<sip:light>;answer-after=0")
