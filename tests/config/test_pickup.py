"""How a button takes callers: what the table allows, what is warned of, and what the board is told."""

from pathlib import Path

import pytest

from appliance.config import kinds
from appliance.config.pickup_table import PHONE_HEADERS_MAX
from appliance.config.places import PHONE_PASSWORD
from appliance.core.settings import PickupSettings
from appliance.core.words import ExtensionId, Way
from appliance.phone.settings import PhoneSettings
from tests.config.files import GOOD, accepted, refusals
from tests.site.plans import GOOD as SITE


def pickup_of(folder: Path, table: str) -> PickupSettings:
    """What the board is told of this table."""
    return accepted(folder, f"{GOOD}\n[pickup]\n{table}").board.pickup


def warnings(folder: Path, table: str) -> list[str]:
    """What is warned of in this table."""
    return [
        one.partition("[pickup] ")[2]
        for one in accepted(folder, f"{GOOD}\n[pickup]\n{table}").warnings
        if "[pickup]" in one
    ]


def test_without_a_word_about_it_no_button_takes_anybody(tmp_path: Path) -> None:
    assert accepted(tmp_path, GOOD).board.pickup == PickupSettings(way=None)


@pytest.mark.parametrize(
    ("table", "way", "target"),
    [
        ('target = "201"', Way.PHONE, "201"),
        ('way = "redirect"\ntarget = "*80201"', Way.REDIRECT, "*80201"),
        ('way = "handset"', Way.HANDSET, ""),
        ('way = "none"\ntarget = "201"', None, "201"),
        ('way = "phone"', None, ""),
    ],
)
def test_a_way_that_needs_a_target_takes_nobody_without_one(
    tmp_path: Path, table: str, way: Way | None, target: str
) -> None:
    found = pickup_of(tmp_path, table)
    assert (found.way, found.target) == (way, target)


def test_the_target_of_the_site_file_holds_where_the_unit_says_none(tmp_path: Path) -> None:
    site = tmp_path / "site.toml"
    site.write_text(SITE, encoding="utf-8")
    text = GOOD.replace('name = "front"', f'name = "front"\nsite_file = "{site}"')
    found = accepted(tmp_path, text).board.pickup
    assert (found.way, found.target) == (Way.PHONE, "201")
    assert accepted(tmp_path, text + '[pickup]\ntarget = "299"\n').board.pickup.target == "299"


def test_what_cannot_work_as_meant_is_warned_of(tmp_path: Path) -> None:
    assert warnings(tmp_path, 'way = "redirect"') == [
        "target: is empty, here and in the site file: no button takes anybody"
    ]
    assert warnings(tmp_path, 'way = "handset"\nconfirm = "key"') == [
        'confirm: has no effect on this unit\'s own buttons: way is not "phone"'
    ]
    assert warnings(tmp_path, 'target = "201"\nhandset_device = "hw:1"') == [
        'handset_device: has no effect on this unit\'s own buttons: way is not "handset"'
    ]
    assert warnings(tmp_path, 'target = "201"\nconfirm = "key"\nheaders = ["Alert-Info: Auto Answer"]') == [
        "headers: let a phone answer by itself, and then nobody may press the key"
    ]


DIAL = """\
way = "dial"
phone_make = "snom"
phone_url = "https://192.0.2.21"
phone_certificate = "/etc/call-light/phone.pem"
phone_user = "admin"
pickup_code = "**{user}"
"""


def dialled(folder: Path, *, table: str = DIAL) -> PhoneSettings:
    """Which phone is told to dial."""
    phone = accepted(folder, f"{GOOD}\n[pickup]\n{table}").phone
    assert phone is not None
    return phone


def test_a_desk_phone_is_told_to_dial_the_code_of_each_extension(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(PHONE_PASSWORD, "walnut")
    assert pickup_of(tmp_path, DIAL).way is Way.DIAL
    assert dialled(tmp_path) == PhoneSettings(
        "snom", "192.0.2.21", 443, "/etc/call-light/phone.pem", {ExtensionId("ext-main"): "**601"},
        "admin", "walnut",
    )  # fmt: skip
    assert warnings(tmp_path, DIAL) == []


def test_the_key_of_a_handset_is_read_where_callers_are_taken_at_it(tmp_path: Path) -> None:
    key = tmp_path / "call-light-handset"
    table = f'way = "handset"\nhandset_key = "{key}"'
    assert accepted(tmp_path, f"{GOOD}\n[pickup]\n{table}").handset_key == str(key)
    assert warnings(tmp_path, table) == ["handset_key: is not there, or cannot be read by this user"]
    key.touch()
    assert warnings(tmp_path, table) == []
    elsewhere = f'target = "201"\nhandset_key = "{key}"'
    assert accepted(tmp_path, f"{GOOD}\n[pickup]\n{elsewhere}").handset_key == ""
    assert warnings(tmp_path, elsewhere) == [
        'handset_key: has no effect on this unit\'s own buttons: way is not "handset"'
    ]


@pytest.mark.parametrize(
    ("place", "address", "port"),
    [("192.0.2.21", "192.0.2.21", 80), ("192.0.2.21:8080/", "192.0.2.21", 8080), ("[::1]:81", "::1", 81)],
)
def test_a_phone_has_an_address_and_a_port(tmp_path: Path, place: str, address: str, port: int) -> None:
    table = f'way = "dial"\nphone_make = "poly"\nphone_url = "http://{place}"\npickup_code = "*8"'
    found = dialled(tmp_path, table=table)
    assert (found.address, found.port) == (address, port)


def test_half_a_way_to_dial_is_refused(tmp_path: Path) -> None:
    said = refusals(tmp_path, f'{GOOD}\n[pickup]\nway = "dial"\n')
    assert [one.partition("[pickup] way: ")[2] for one in said] == [
        'is "dial", so phone_make must name the make of the desk phone',
        'is "dial", so phone_url must name its address',
        'is "dial", so pickup_code must name what it dials',
    ]
    without = DIAL.replace('phone_certificate = "/etc/call-light/phone.pem"\n', "")
    [said_of_https] = refusals(tmp_path, f"{GOOD}\n[pickup]\n{without}")
    assert said_of_https.endswith(
        "phone_url: is https, so phone_certificate must name the phone's own certificate"
    )
    [said_of_http] = refusals(tmp_path, f"{GOOD}\n[pickup]\n{DIAL.replace('https:', 'http:')}")
    assert said_of_http.endswith("phone_url: must be https with phone_certificate")
    named = GOOD.replace('id = "ext-main"', 'id = "phone"')
    [said_of_id] = refusals(tmp_path, f"{named}\n[pickup]\n{DIAL}")
    assert said_of_id.endswith("id: names the credential of [pickup]: choose another id")


def test_what_lets_a_phones_password_be_read_or_missed_is_warned_of(tmp_path: Path) -> None:
    open_way = DIAL.replace("https:", "http:").replace("phone_certificate", "#")
    place = f"the credential phone.password or the environment's {PHONE_PASSWORD}"
    assert warnings(tmp_path, open_way) == [
        f"phone_password: is empty, though phone_user is not; set it in {place}",
        "phone_url: lets the phone's password go over the network for anybody to read",
    ]
    assert warnings(tmp_path, 'target = "201"\npickup_code = "*8"') == [
        'pickup_code: has no effect on this unit\'s own buttons: way is not "dial"'
    ]
    found = accepted(tmp_path, f'{GOOD}\n[pickup]\n{DIAL}phone_password = "x"\n', 0o644).warnings
    assert any("[pickup]: its phone_password can be read by others" in one for one in found)


@pytest.mark.parametrize(
    "table",
    [
        'phone_url = "http://phone.example"',
        'phone_url = "http://192.0.2.21/servlet"',
        'phone_url = "http://admin:secret@192.0.2.21"',
        'phone_url = "http://::1"',
        'phone_url = "http://192.0.2.21:99999"',
        'phone_user = "ad:min"',
        'pickup_code = "**{extension}"',
        'phone_make = "banana"',
        'target = "20 1"',
        'target = "201>"',
        f'target = "{"2" * (kinds.VALUE_LENGTH_MAX + 1)}"',
        'return_target = "a\\"b"',
        'headers = ["no header"]',
        'headers = ["Via: 192.0.2.1"]',
        'headers = ["Alert-Info: a\\r\\nX-Evil: b"]',
        f'headers = ["X-A: {"a" * (kinds.HEADER_LINE_LENGTH_MAX - 4)}"]',
        f"headers = {['X-A: b'] * (PHONE_HEADERS_MAX + 1)}",
        f'handset_device = "{"a" * (kinds.ALSA_LENGTH_MAX + 1)}"',
        'handset_key = "hidraw0"',
        'way = "blind"',
        "answer_within_s = 2.9",
        "return_after_s = 601",
    ],
)
def test_what_is_no_such_thing_is_refused(tmp_path: Path, table: str) -> None:
    [said] = refusals(tmp_path, f"{GOOD}\n[pickup]\n{table}\n")
    assert f"[pickup] {table.partition(' ')[0]}" in said


def test_what_is_just_within_its_limits_is_accepted(tmp_path: Path) -> None:
    header = f"X-A: {'a' * (kinds.HEADER_LINE_LENGTH_MAX - 5)}"
    found = pickup_of(
        tmp_path, f'target = "{"2" * kinds.VALUE_LENGTH_MAX}"\nheaders = {[header] * PHONE_HEADERS_MAX}'
    )
    assert found.headers == (header,) * PHONE_HEADERS_MAX
