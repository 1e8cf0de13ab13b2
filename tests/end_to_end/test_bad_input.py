"""SIP as strangers and broken phone systems send it: the light stays right, and the next caller lights."""

import contextlib
import time
from collections.abc import Iterator

import pytest

from appliance.sip.guards import MESSAGE_BYTES_MAX
from tests.end_to_end.desk import Desk, Practiced, Setting, usual_site
from tests.peers.callers import dropped_count
from tests.peers.damage import damaged
from tests.peers.program import LOOPBACK, PATIENT_S
from tests.peers.raw import RawPbx, accepts_for, raw_pbx
from tests.peers.strangers import ELSEWHERE, strangers_ring
from tests.peers.unit import running_unit

ONE = Setting(extensions={"601": "main"})
DATAGRAM_COUNT = 10_000
FROM_HEADERS = {
    "no user": b"<sip:127.0.0.1>",
    "no angle brackets": b"sip:0301@127.0.0.1",
    "a port": b"<sip:0301@127.0.0.1:5099>",
    "control characters": b'"\x01\x07\x1b[31m" <sip:0301@127.0.0.1>',
    "invalid UTF-8": b'"\xff\xfe\xc3" <sip:0301@127.0.0.1>',
    "emoji": '"\U0001f4de Zoë" <sip:0301@127.0.0.1>'.encode(),
    "a very long name": b'"' + b"long " * 500 + b'" <sip:0301@127.0.0.1>',
    "a very long user": b"<sip:" + b"9" * 1_500 + b"@127.0.0.1>",
    "a telephone URI": b"<tel:+49301234>",
}


class RawDesk(Desk):
    """A desk whose phone system says whatever it is told to."""

    def __init__(self, unit: object, pbx: RawPbx) -> None:
        super().__init__(unit)  # type: ignore[arg-type]
        self.pbx = pbx

    def rings(self, call_id: str, from_header: bytes = b"<sip:0301@127.0.0.1>", *more: bytes) -> None:
        """An INVITE, and 180 from the light."""
        self.pbx.asks(self.pbx.invite(call_id, from_header, *more), "SIP/2.0 180", call_id)

    def cancels(self, call_id: str, from_header: bytes = b"<sip:0301@127.0.0.1>") -> None:
        """A CANCEL, and 487 from the light."""
        self.pbx.asks(self.pbx.cancel(call_id, from_header), "SIP/2.0 487", call_id)

    def has_callers(self, count: int) -> None:
        """Wait until the board knows of so many; the engine answers before it does."""
        self.unit.until_status(lambda report: len(report.calls) == count, f"there are {count} callers")


@pytest.fixture(scope="module")
def raw_desk() -> Iterator[RawDesk]:
    with raw_pbx(accepts_for(600)) as pbx, running_unit(usual_site([f"sip:{pbx.address}"], ONE)) as unit:
        unit.until_registered()
        yield RawDesk(unit, pbx)


@pytest.mark.parametrize("from_header", FROM_HEADERS.values(), ids=FROM_HEADERS)
def test_whatever_the_from_header_says_the_caller_lights(raw_desk: RawDesk, from_header: bytes) -> None:
    call_id = f"from-{abs(hash(from_header))}"
    raw_desk.rings(call_id, from_header)
    raw_desk.has_callers(1)
    raw_desk.cancels(call_id, from_header)
    raw_desk.has_callers(0)


def test_an_honest_invite_of_9_kb_lights(raw_desk: RawDesk) -> None:
    long = b"History-Info: <sip:0@127.0.0.1?" + b"Reason=SIP%3Bcause%3D302&" * 370 + b">;index=1"
    assert len(long) > 9_000
    raw_desk.rings("long", b"<sip:0306666@127.0.0.1>", long)
    raw_desk.shows(main="stage 1")
    raw_desk.cancels("long", b"<sip:0306666@127.0.0.1>")
    raw_desk.shows(main="dark")


def test_the_same_invite_again_is_the_same_caller(raw_desk: RawDesk) -> None:
    raw_desk.rings("again", b"<sip:0302001@127.0.0.1>")
    for _ in range(3):
        raw_desk.pbx.send(raw_desk.pbx.invite("again", b"<sip:0302001@127.0.0.1>"))
    raw_desk.rings("another", b"<sip:0302002@127.0.0.1>")
    raw_desk.has_callers(2)
    raw_desk.cancels("again", b"<sip:0302001@127.0.0.1>")
    raw_desk.cancels("another", b"<sip:0302002@127.0.0.1>")
    raw_desk.shows(main="dark")


def test_a_cancel_that_comes_with_its_invite_leaves_no_light(raw_desk: RawDesk) -> None:
    pbx = raw_desk.pbx
    pbx.send(pbx.invite("at-once", b"<sip:0302003@127.0.0.1>"))
    pbx.send(pbx.cancel("at-once", b"<sip:0302003@127.0.0.1>"))
    pbx.hears("SIP/2.0 487", "at-once")
    # What was told of the first one has come when the board knows of the next one.
    raw_desk.rings("thereafter", b"<sip:0302013@127.0.0.1>")
    raw_desk.shows(main="stage 1")
    raw_desk.has_callers(1)
    raw_desk.cancels("thereafter", b"<sip:0302013@127.0.0.1>")
    raw_desk.shows(main="dark")


def test_a_cancel_for_nothing_is_answered_and_changes_nothing(raw_desk: RawDesk) -> None:
    raw_desk.rings("ringing", b"<sip:0302004@127.0.0.1>")
    raw_desk.shows(main="stage 1")
    raw_desk.pbx.asks(raw_desk.pbx.cancel("never-rang"), "SIP/2.0 481", "never-rang")
    raw_desk.has_callers(1)
    raw_desk.cancels("ringing", b"<sip:0302004@127.0.0.1>")
    raw_desk.shows(main="dark")


def test_a_caller_stays_lit_through_10000_damaged_datagrams_and_the_next_one_lights(
    raw_desk: RawDesk,
) -> None:
    pbx = raw_desk.pbx
    raw_desk.rings("steady", b"<sip:0302005@127.0.0.1>")
    raw_desk.shows(main="stage 1")
    since = raw_desk.pictures()[-1].segments[0].waiting_since_ms
    before = len(raw_desk.looks())
    # Without the mark none of them can be a caller, however little of it is damaged.
    unmarked = pbx.invite("damaged").replace(b";k=", b";x=")
    kinds = [unmarked, pbx.cancel("damaged").replace(b";k=", b";x="), pbx.heard[-1].encode(errors="replace")]
    for kind, message in enumerate(kinds):
        for place, datagram in enumerate(damaged(message, seed=kind, count=DATAGRAM_COUNT // len(kinds) + 1)):
            pbx.send(datagram)
            if place % 20 == 0:
                # Faster than the engine reads, most would be lost in the socket's queue.
                time.sleep(0.01)
    raw_desk.rings("next", b"<sip:0302006@127.0.0.1>")
    raw_desk.has_shown("stage 1 +1", since=before)
    assert raw_desk.pictures()[-1].segments[0].waiting_since_ms == since
    raw_desk.cancels("steady", b"<sip:0302005@127.0.0.1>")
    raw_desk.cancels("next", b"<sip:0302006@127.0.0.1>")
    raw_desk.shows(main="dark")


def test_70_kb_over_tcp_end_that_connection_and_the_next_caller_lights_over_a_new_one() -> None:
    setting = Setting(transport="tcp", extensions={"601": "main"})
    with (
        raw_pbx(accepts_for(600), "tcp") as pbx,
        running_unit(usual_site([f"sip:{pbx.address}"], setting)) as unit,
    ):
        desk = RawDesk(unit, pbx)
        unit.until_registered()
        # As long as the library takes it, a message costs nobody a connection.
        longest = pbx.invite("longest", b"<sip:0301@127.0.0.1>", b"X-Long: ")
        padding = b"y" * (MESSAGE_BYTES_MAX - 1 - len(longest))
        pbx.send(longest.replace(b"X-Long: ", b"X-Long: " + padding))
        pbx.hears("SIP/2.0 180", "longest")
        desk.shows(main="stage 1")
        desk.cancels("longest")
        assert pbx.connections_closed == 0
        before = len(pbx.registers())
        # The connection may be ended before all of it was sent.
        with contextlib.suppress(OSError):
            pbx.send(pbx.invite("endless", b"<sip:0302@127.0.0.1>", b"X-Endless: " + b"y" * 70_000))
        unit.program.until(lambda: len(pbx.registers()) > before, PATIENT_S, "the unit registers anew")
        too_long = f"a message longer than {MESSAGE_BYTES_MAX} bytes"
        why = f"the phone system sent {too_long}: its connection was ended"
        unit.until_status(lambda report: [one.why for one in report.faults] == [why], "the overflow is told")
        unit.until_registered()
        assert pbx.connections_closed == 1
        desk.rings("after", b"<sip:0303@127.0.0.1>")
        desk.shows(main="stage 1")
        desk.cancels("after", b"<sip:0303@127.0.0.1>")
        desk.has_shown("dark", "stage 1", "dark", "stage 1", "dark")


def test_strangers_light_nothing_whether_or_not_they_know_the_address_of_the_phone_system(
    desk: Practiced,
) -> None:
    contact, port = desk.kamailio.contact("601")
    user = contact.removeprefix("sip:").partition("@")[0]
    for host in (LOOPBACK, ELSEWHERE):
        with strangers_ring(port, dials=user, host=host, count=3) as strangers:
            strangers.wait(PATIENT_S)
    desk.unit.until_status(
        lambda report: (
            {one.address: one.count for one in report.refused_senders} == {LOOPBACK: 3, ELSEWHERE: 3}
        ),
        "every stranger is counted",
    )
    assert desk.looks() == ["dark"]


def test_every_caller_lights_while_strangers_send_500_invites_a_second(desk: Practiced) -> None:
    _, port = desk.kamailio.contact("601")
    with strangers_ring(port, host=ELSEWHERE, per_second=500, count=5_000) as strangers:
        while strangers.process.poll() is None:
            desk.someone_gives_up()
        strangers.wait(PATIENT_S)
    placed = desk.callers.placed()
    print(f"{len(placed)} callers, {dropped_count(port)} datagrams dropped")
    assert len(placed) >= 8
    assert desk.looks() == ["dark", *["stage 1", "dark"] * len(placed)]
    # An engine that is given no turn for a moment leaves some of them to the kernel.
    desk.unit.until_status(
        lambda report: 0 <= 5_000 - sum(one.count for one in report.refused_senders) <= dropped_count(port),
        "every stranger is counted who reached the unit",
    )
