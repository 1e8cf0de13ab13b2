"""Reading the texts that phone systems and strangers send."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.core.events import Reason
from appliance.core.words import NAME_LENGTH_MAX, NUMBER_LENGTH_MAX
from appliance.sip.headers import (
    HEADERS_MAX,
    REASONS_MAX,
    REQUEST_LINE_MAX,
    clean,
    read_address,
    read_invite,
    read_reasons,
    registered_contact,
    request_mark,
)


def invite(*headers: str, body: str = "") -> str:
    return "\r\n".join(("INVITE sip:601@192.0.2.2:5060;k=cafe SIP/2.0", *headers, "", body))


def cancel(*headers: str) -> str:
    return "\r\n".join(("CANCEL sip:601@192.0.2.2 SIP/2.0", "CSeq: 1 CANCEL", *headers, "", ""))


def test_an_invite_says_who_calls_what_was_dialled_and_what_the_phone_system_adds() -> None:
    text = invite(
        'From: "Berta \\"B\\" Maier" <sip:+4930123@pbx;user=phone>;tag=1',
        "To: <sip:700@pbx>",
        "Call-ID: abc@pbx",
        "X-Line: Main",
        "x-call-tag: 17.4",
        "X-Line: a second one is not read",
    )
    read = read_invite(text, line_header="x-line", tag_header="X-Call-Tag")
    assert (read.name, read.number, read.dialled) == ('Berta "B" Maier', "+4930123", "700")
    assert (read.call_id, read.line_header, read.tag) == ("abc@pbx", "Main", "17.4")


def test_headers_that_the_configuration_does_not_declare_are_not_read() -> None:
    read = read_invite(invite("X-Line: main", "X-Call-Tag: 1"))
    assert (read.line_header, read.tag) == ("", "")


def test_nothing_in_the_body_is_taken_for_a_header() -> None:
    read = read_invite(invite("To: <sip:1@h>", body="From: <sip:2@h>\r\nX-Line: main"), line_header="X-Line")
    assert (read.number, read.line_header) == ("", "")


@pytest.mark.parametrize(
    ("value", "display", "user"),
    [
        ("<sip:0301@h>", "", "0301"),
        ("sip:0301@h;tag=1", "", "0301"),
        ("Berta <sip:0301@h:5070>;tag=1", "Berta", "0301"),
        ('"a, b; <c>" <sips:0301@h>', "a, b; <c>", "0301"),
        ('"☎️ Praxis" <sip:0301@h>', "☎️ Praxis", "0301"),
        ("<sip:h>;tag=1", "", ""),
        ("sip:h", "", ""),
        ("<tel:+49-30-1;phone-context=x>", "", "+49-30-1"),
        ("<sip:+49301;npdi;rn=5@h;user=phone>", "", "+49301"),
        ("<sip:0301:secret@h>", "", "0301"),
        ("<sip:%2B4930%31@h>", "", "+49301"),
        ("<http://h/x@y>", "", ""),
        ("<", "", ""),
        ('"open <sip:1@h>', '"open', "1"),
        ("", "", ""),
    ],
)
def test_an_address_in_every_form(value: str, display: str, user: str) -> None:
    assert read_address(value) == (display, user)


@pytest.mark.parametrize("user", ["anonymous", "Anonymous", "restricted", "unknown"])
def test_a_caller_without_a_number_has_none(user: str) -> None:
    assert read_invite(invite(f'From: "Anonymous" <sip:{user}@anonymous.invalid>;tag=1')).number == ""


def test_compact_and_folded_headers_are_read_like_any_other() -> None:
    read = read_invite(invite("f: Berta", "\t<sip:0301@h>", " ;tag=1", "t : sip:700@h", "i:abc"))
    assert (read.name, read.number, read.dialled, read.call_id) == ("Berta", "0301", "700", "abc")


def test_texts_of_strangers_are_cleaned_and_cut() -> None:
    read = read_invite(
        invite(f'From: "\x1b[31mB\u202eob\x00\udcff" <sip:{"9" * 5000}@h>', "Call-ID: " + "c" * 900)
    )
    assert read.name == "[31mBob\N{REPLACEMENT CHARACTER}"
    assert read.number == "9" * NUMBER_LENGTH_MAX
    assert len(read.call_id) == NUMBER_LENGTH_MAX


def test_long_call_ids_that_differ_stay_different() -> None:
    first, second = (read_invite(invite(f"Call-ID: {'c' * 900}{end}")).call_id for end in "ab")
    assert first != second


@pytest.mark.parametrize(
    ("uri", "mark"),
    [
        ("sip:601@h;k=cafe", "cafe"),
        ("sip:601@h:5060;transport=tcp;K=cafe;ob", "cafe"),
        ("sip:601@[2001:db8::1]:5060;k=cafe?x=;k=no", "cafe"),
        ("sip:601;k=cafe@h", ""),
        ("sip:601@h;k", ""),
        ("sip:601@h;kk=cafe", ""),
        ("sip:h;k=cafe", "cafe"),
    ],
)
def test_the_mark_counts_only_as_a_parameter_of_the_request_uri(uri: str, mark: str) -> None:
    assert request_mark(f"INVITE {uri} SIP/2.0\r\nX: ;k=no\r\n\r\n", "k") == mark


COMPLETED = Reason("SIP", 200, "Call completed elsewhere")


@pytest.mark.parametrize(
    ("headers", "reasons"),
    [
        # What the phone systems send, as measured.
        (
            ('Reason: SIP;cause=200;text="Call completed elsewhere"', "Reason: Q.850;cause=26"),
            (COMPLETED, Reason("Q.850", 26)),
        ),
        (("Reason: Q.850;cause=19",), (Reason("Q.850", 19),)),
        (("Reason: Q.850;cause=0",), (Reason("Q.850", 0),)),
        (("Reason: Q.850;cause=127",), (Reason("Q.850", 127),)),
        (
            ('Reason: SIP;cause=487;text="ORIGINATOR_CANCEL"',),
            (Reason("SIP", 487, "ORIGINATOR_CANCEL"),),
        ),
        (('Reason: Q.850;cause=19;text="NO_ANSWER"',), (Reason("Q.850", 19, "NO_ANSWER"),)),
        ((), ()),
        # What the grammar allows.
        (
            ('Reason: Q.850;cause=26, SIP;text="Call completed elsewhere";cause=200',),
            (Reason("Q.850", 26), COMPLETED),
        ),
        (
            ('reason : SIP ; cause = 200 ;\r\n text="Call completed\r\n\telsewhere"',),
            (COMPLETED,),
        ),
        (
            ('Reason: SIP;text="a, \\"b\\";cause=16";cause=200',),
            (Reason("SIP", 200, 'a, "b";cause=16'),),
        ),
        (("Reason: SIP;text=plain;cause=200",), (Reason("SIP", 200, "plain"),)),
        # What no grammar allows says nothing.
        (("Reason: SIP", "Reason: ;;;", "Reason:", "Reason: SIP;cause=x", "Reason: SIP;cause=-1"), ()),
        (('Reason: SIP;text="open;cause=200', "Reason: Q.850;cause=26"), (Reason("Q.850", 26),)),
    ],
)
def test_every_reason_is_read_wherever_it_stands(
    headers: tuple[str, ...], reasons: tuple[Reason, ...]
) -> None:
    assert read_reasons(cancel(*headers)) == reasons
    assert read_reasons(cancel(*headers, "Content-Length: 0")) == reasons
    assert read_reasons(cancel("Via: SIP/2.0/UDP h", *headers)) == reasons


def test_of_many_reasons_the_first_are_kept() -> None:
    said = [Reason("SIP", cause) for cause in range(REASONS_MAX + 1)]
    fitting, beyond = (
        cancel(*(f"Reason: SIP;cause={one.cause}" for one in part)) for part in (said[:-1], said)
    )
    assert read_reasons(fitting) == tuple(said[:-1])
    assert read_reasons(beyond) == tuple(said[:-1])
    assert read_reasons(cancel(*["Reason: SIP;cause=0, SIP;cause=1"] * 100)) == (said[0], said[1]) * 8


def test_headers_beyond_the_limit_are_not_read() -> None:
    padding = [f"X-Padding-{number}: x" for number in range(HEADERS_MAX - 1)]
    assert read_invite(invite(*padding, "From: <sip:0301@h>")).number == "0301"
    assert read_invite(invite(*padding, "X: x", "From: <sip:0301@h>")).number == ""


def test_a_mark_beyond_the_limit_of_a_request_line_is_none() -> None:
    def line(length: int) -> str:
        before, mark = "INVITE sip:601@h", ";k=cafe"
        return f"{before}{'x' * (length - len(before) - len(mark))}{mark}"

    assert request_mark(line(REQUEST_LINE_MAX), "k") == "cafe"
    assert request_mark(line(REQUEST_LINE_MAX + 1), "k") == "caf"
    assert request_mark(line(REQUEST_LINE_MAX + 10), "k") == ""


@given(st.text(max_size=300))
def test_no_text_makes_the_reader_raise(text: str) -> None:
    for whole in (text, invite(text), invite(f"From: {text}", f"To: {text}"), cancel(f"Reason: {text}")):
        read = read_invite(whole, line_header="X-Line", tag_header="X-Tag")
        assert len(read.number) <= NUMBER_LENGTH_MAX
        read_reasons(whole)
        request_mark(whole, "k")


@given(st.text(), st.integers(1, 40))
def test_what_is_cleaned_fits_prints_and_encodes(text: str, length_max: int) -> None:
    cleaned = clean(text, length_max)
    assert len(cleaned) <= length_max
    assert cleaned == clean(cleaned, length_max)
    assert not any(ord(character) < 32 or 127 <= ord(character) < 160 for character in cleaned)
    cleaned.encode()


def test_kilobytes_of_quotes_are_read_in_no_time() -> None:
    assert read_reasons(cancel("Reason: " + '"\\' * 20_000)) == ()
    assert len(read_invite(invite('From: "' + "\\" * 50_000)).name) <= NAME_LENGTH_MAX


TCP_CONTACT = "sip:601@192.0.2.1:4567;transport=TCP;ob;k=cafe"
PLAIN_CONTACT = "sip:601@192.0.2.1;k=cafe"


@pytest.mark.parametrize(
    ("contacts", "uri"),
    [
        (f"Contact: <{TCP_CONTACT}>;expires=120", TCP_CONTACT),
        (f"Contact: <sip:601@192.0.2.9>;expires=9, <{PLAIN_CONTACT}>;expires=120", PLAIN_CONTACT),
        (f"m: <sip:601@192.0.2.9;k=beef>\r\nContact: <{PLAIN_CONTACT}>", PLAIN_CONTACT),
        ("Contact: <sip:601@192.0.2.9;k=beef>", ""),
        ("Contact: *", ""),
        (f"X-Contact: <{PLAIN_CONTACT}>", ""),
    ],
)
def test_our_own_contact_is_the_one_with_our_mark(contacts: str, uri: str) -> None:
    answer = f"SIP/2.0 200 OK\r\n{contacts}\r\n\r\n"
    assert registered_contact(answer, "k", "cafe") == uri
    assert registered_contact(answer, "k", "") == ""
