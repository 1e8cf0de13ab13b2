"""What waits for the bus's thread has a limit for each sender, and never keeps anybody waiting."""

from appliance.bus.limits import MESSAGES_A_SECOND_MAX, MESSAGES_BURST_MAX, SENDERS_MAX, Buckets
from appliance.bus.mail import NEWS_MAX, SAID_MAX, Mail
from appliance.bus.message import Connected, Message
from appliance.bus.naps import DAZED_MS
from appliance.core.effects import AskMute, AskPickup, PublishLine
from appliance.core.notices import FaultOver
from appliance.core.words import CallName, InstantMs, LineId, TransactionId, UnitId
from tests.bus.site import caller


def message(unit: str = "front") -> Message:
    return Message(f"calllight/elm-street/{unit}/state", b"")


def test_a_flood_of_one_sender_is_dropped_unread_and_another_one_is_heard() -> None:
    mail = Mail()
    for _ in range(MESSAGES_BURST_MAX + 30):
        mail.put_news(message(), InstantMs(0))
    mail.put_news(message("third"), InstantMs(0))
    mail.put_news(Connected(), InstantMs(0))
    assert mail.dropped_count == 30
    assert mail.take(InstantMs(0)).news == (*[message()] * MESSAGES_BURST_MAX, message("third"), Connected())
    for _ in range(MESSAGES_A_SECOND_MAX + 1):
        mail.put_news(message(), InstantMs(1_000))
    assert len(mail.take(InstantMs(0)).news) == MESSAGES_A_SECOND_MAX


def test_messages_of_many_senders_are_dropped_beyond_the_limit_of_all() -> None:
    mail = Mail()
    for number in range(NEWS_MAX + 5):
        mail.put_news(message(f"u-{number}"), InstantMs(0))
    assert mail.dropped_count == 5
    assert len(mail.take(InstantMs(0)).news) == NEWS_MAX


def test_of_a_line_only_the_latest_word_waits() -> None:
    mail = Mail()
    main, doctors = LineId("main"), LineId("doctors")
    for calls in ((caller(),), ()):
        mail.put_effect(PublishLine(main, calls))
    mail.put_effect(PublishLine(doctors, (caller(),)))
    assert mail.take(InstantMs(0)).lines == (PublishLine(main, ()), PublishLine(doctors, (caller(),)))
    assert mail.take(InstantMs(0)).lines == ()


def test_requests_and_notices_beyond_the_limit_push_out_the_oldest() -> None:
    mail = Mail()
    mail.put_effect(AskMute())
    for number in range(SAID_MAX):
        mail.put_effect(AskPickup(UnitId("front"), TransactionId(str(number)), CallName("f0f0-1")))
        mail.put_notice(FaultOver(str(number)))
    mail.put_notice(FaultOver("last"))
    taken = mail.take(InstantMs(0))
    assert len(taken.said) == len(taken.notices) == SAID_MAX
    assert AskMute() not in taken.said
    assert taken.notices[-1] == (FaultOver("last"), "")


def test_what_a_frozen_unit_reads_late_may_have_lain_for_as_long_as_it_was_frozen() -> None:
    mail = Mail()

    def lain_ms(at_ms: float) -> float:
        """A message is read at this instant, and the thread comes round at once."""
        mail.put_news(message(), InstantMs(at_ms))
        (news,) = mail.take(InstantMs(at_ms)).news
        assert isinstance(news, Message)
        return news.lain_ms

    assert [lain_ms(at_ms) for at_ms in (0, 1_000, 2_000)] == [0, 0, 0]
    # Frozen from here on; the client's thread may be the first one awake, or the last.
    assert lain_ms(7_000) == 5_000
    assert [lain_ms(7_000 + later_ms) for later_ms in (1, DAZED_MS - 1, DAZED_MS)] == [5_000, 5_000, 0]


def test_a_sender_who_was_silent_for_longest_is_forgotten_and_begins_anew() -> None:
    buckets = Buckets(1, 1)
    assert [buckets.admit("front", InstantMs(0)) for _ in range(2)] == [True, False]
    for number in range(SENDERS_MAX):
        buckets.admit(str(number), InstantMs(0))
    assert buckets.admit("front", InstantMs(0))


def test_an_instant_that_goes_back_gives_nobody_more() -> None:
    buckets = Buckets(2, 1)
    assert [buckets.admit("front", InstantMs(at_ms)) for at_ms in (5_000, 5_000, 1_000)] == [
        True,
        True,
        False,
    ]
