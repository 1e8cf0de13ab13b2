"""What each make of phone is sent, word for word, and what of its answers is a refusal."""

from typing import get_args

import pytest

from appliance.config.pickup_table import PickupTable
from appliance.phone.makes import MAKES, Order

SNOM = Order("GET", "/command.htm?number=**601%23")
YEALINK = Order("GET", "/servlet?key=number=**601%23")
GRANDSTREAM = Order("GET", "/cgi-bin/api-make_call?passcode=a%26b%2Fc&phonenumber=**601%23")
POLY = Order(
    "POST",
    "/api/v1/callctrl/dial",
    b'{"data": {"Dest": "**601#", "Line": "1", "Type": "TEL"}}',
    "application/json",
)
CISCO = Order(
    "POST",
    "/CGI/Execute",
    b"XML=%3CCiscoIPPhoneExecute%3E%3CExecuteItem+Priority%3D%220%22+URL%3D%22Dial%3A%2A%2A601%23%22%2F%3E"
    b"%3C%2FCiscoIPPhoneExecute%3E",
    "application/x-www-form-urlencoded",
)


@pytest.mark.parametrize(
    ("make", "order"),
    [("snom", SNOM), ("yealink", YEALINK), ("grandstream", GRANDSTREAM), ("poly", POLY), ("cisco", CISCO)],
)
def test_a_phone_is_told_in_the_words_of_its_maker(make: str, order: Order) -> None:
    assert MAKES[make].order("**601#", "a&b/c") == order


def test_every_make_may_be_configured() -> None:
    assert set(get_args(PickupTable.model_fields["phone_make"].annotation)) == {"", *MAKES}


def test_nothing_shows_what_a_request_holds() -> None:
    assert "a%26b" not in repr(GRANDSTREAM)
    assert "601" not in repr(POLY)


@pytest.mark.parametrize(
    ("make", "body", "refused"),
    [
        ("grandstream", b'{"response": "success", "body": true}', False),
        ("grandstream", b'{"response":"error", "body": "failed"}', True),
        ("poly", b'{"Status": "2000"}', False),
        ("poly", b'{"Status": "4007"}', True),
        ("cisco", b'<CiscoIPPhoneResponse><ResponseItem Status="0" Data="Success"/>', False),
        ("cisco", b'<CiscoIPPhoneResponse><ResponseItem Status="6" Data="Failed"/>', True),
        ("cisco", b'<CiscoIPPhoneError Number="4"/>', True),
    ],
)  # fmt: skip
def test_a_phone_that_says_no_in_a_200_has_said_no(make: str, body: bytes, refused: bool) -> None:
    refusal = MAKES[make].refusal
    assert refusal is not None
    assert (refusal.search(body) is not None) == refused
