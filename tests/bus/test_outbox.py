"""Events wait for the broker, with what is left of their expiry, and never beyond it."""

from dataclasses import dataclass, field

from appliance.bus.message import Message
from appliance.bus.outbox import OUTBOX_MAX, Outbox
from appliance.core.words import InstantMs


def event(name: str, expiry_s: int = 60) -> Message:
    return Message(f"calllight/elm-street/front/{name}", b"{}", expiry_s=expiry_s)


@dataclass
class Client:
    """What an outbox hands over to, as long as it has room."""

    room: int = 1_000
    taken: list[tuple[str, int | None]] = field(default_factory=list)

    def publish(self, message: Message) -> int | None:
        if len(self.taken) >= self.room:
            return None
        self.taken.append((message.topic.rpartition("/")[2], message.expiry_s))
        return len(self.taken)


def said(outbox: Outbox, at_s: float, client: Client | None = None) -> list[tuple[str, int | None]]:
    """What is handed over at this second: each event with the seconds that are left of it."""
    client = client or Client()
    before = len(client.taken)
    outbox.speak(InstantMs(at_s * 1000), client.publish)
    return client.taken[before:]


def test_what_happened_while_the_broker_was_away_is_told_with_what_is_left_of_its_time() -> None:
    outbox = Outbox()
    outbox.keep([event("ring")], InstantMs(0))
    outbox.keep([event("stage")], InstantMs(20_000))
    assert said(outbox, 30.5) == [("ring", 29), ("stage", 49)]
    assert said(outbox, 31) == [], "once"
    assert outbox.lost_count == 0


def test_nothing_is_told_when_its_time_is_over_and_what_is_lost_is_counted() -> None:
    outbox = Outbox()
    outbox.keep([event("ring"), event("fault", 30)], InstantMs(0))
    assert said(outbox, 59) == [("ring", 1)]
    assert outbox.lost_count == 1
    outbox.begin_anew()
    assert said(outbox, 59.001) == []
    assert outbox.lost_count == 2


def test_an_event_that_the_broker_did_not_confirm_is_told_again_to_the_next_one() -> None:
    outbox, client = Outbox(), Client()
    outbox.keep([event("ring"), event("stage")], InstantMs(0))
    assert said(outbox, 0, client) == [("ring", 60), ("stage", 60)]
    outbox.acknowledged(1)
    outbox.begin_anew()
    assert said(outbox, 10) == [("stage", 50)]


def test_what_the_client_has_no_room_for_is_tried_again() -> None:
    outbox, client = Outbox(), Client(room=1)
    outbox.keep([event("ring"), event("stage")], InstantMs(0))
    assert said(outbox, 0, client) == [("ring", 60)]
    client.room = 2
    assert said(outbox, 1, client) == [("stage", 59)]


def test_beyond_the_limit_the_oldest_event_gives_way() -> None:
    outbox = Outbox()
    for number in range(OUTBOX_MAX + 3):
        outbox.keep([event(str(number))], InstantMs(0))
    assert [name for name, _ in said(outbox, 0)] == [str(number) for number in range(3, OUTBOX_MAX + 3)]
    assert outbox.lost_count == 3
