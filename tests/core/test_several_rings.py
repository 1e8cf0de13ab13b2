"""What the rings of one caller say together. Each of these was first told by a simulated practice."""

from appliance.core.notices import CallEnded, CallHeld, Outcome
from tests.core.desk import CALLER_GAVE_UP, COLLEAGUE_ANSWERED, NOBODY_SAYS, Desk, extension, line


def desk_with_two_extensions(queue: bool = False, ring_limit_s: float = 600) -> Desk:
    main = line("main", queue=queue, ring_limit_s=ring_limit_s)
    return Desk.registered(main, extensions=(extension("601", "main"), extension("602", "main")))


def ring_at_both(desk: Desk, at_s: float) -> None:
    desk.rings("r1", on="601", caller="ann", tag="t1", at_s=at_s)
    desk.rings("r2", on="602", caller="ann", tag="t1", at_s=at_s)


def test_one_ring_that_said_the_caller_gave_up_is_enough_if_the_other_one_is_lost() -> None:
    desk = desk_with_two_extensions()
    ring_at_both(desk, at_s=0)
    desk.cancelled("r1", CALLER_GAVE_UP, at_s=5)
    desk.lists(at_s=6)
    assert desk.notices[-1] == CallEnded(1, "main", Outcome.ABANDONED, 6_000, "the caller gave up")


def test_one_ring_that_the_queue_cancelled_is_enough_to_know_that_the_caller_left() -> None:
    desk = desk_with_two_extensions(queue=True)
    ring_at_both(desk, at_s=0)
    desk.cancelled("r1", NOBODY_SAYS, at_s=5)
    desk.lists(at_s=6)
    desk.wait_until(20)
    assert desk.notices[-2:] == [
        CallHeld(1, "main", 6_000),
        CallEnded(1, "main", Outcome.ABANDONED, 6_000, "the caller left the queue"),
    ]


def test_what_an_earlier_round_of_the_queue_said_proves_nothing_about_this_one() -> None:
    desk = Desk.registered(line("main", queue=True))
    desk.rings("r1", caller="ann", at_s=0)
    desk.cancelled("r1", CALLER_GAVE_UP, at_s=5)
    desk.rings("r2", caller="ann", at_s=10)
    desk.lists(at_s=12)
    desk.wait_until(30)
    why = "the queue did not ring again"
    assert desk.notices[-1] == CallEnded(1, "main", Outcome.UNKNOWN, 12_000, why)


def test_a_caller_answered_on_one_ring_is_answered_though_the_engine_dies_before_the_other_ends() -> None:
    desk = desk_with_two_extensions()
    ring_at_both(desk, at_s=0)
    desk.cancelled("r1", COLLEAGUE_ANSWERED, at_s=5)
    desk.engine_dies(at_s=5.01)
    assert CallEnded(1, "main", Outcome.ANSWERED_ELSEWHERE, 5_010, "a colleague answered") in desk.notices
    assert "unsure" not in desk.shows()


def test_a_caller_answered_on_one_ring_is_answered_though_the_other_one_ends_by_the_limit() -> None:
    desk = desk_with_two_extensions(ring_limit_s=100)
    ring_at_both(desk, at_s=0)
    desk.cancelled("r1", COLLEAGUE_ANSWERED, at_s=5)
    desk.wait_until(100)
    assert desk.ended_rings == ["r2"]
    why = "a colleague answered"
    assert desk.notices[-1] == CallEnded(1, "main", Outcome.ANSWERED_ELSEWHERE, 100_000, why)


def test_a_caller_who_gave_up_on_one_ring_gave_up_though_the_other_one_ends_by_the_limit() -> None:
    desk = desk_with_two_extensions(ring_limit_s=100)
    ring_at_both(desk, at_s=0)
    desk.cancelled("r1", CALLER_GAVE_UP, at_s=5)
    desk.wait_until(100)
    assert desk.notices[-1] == CallEnded(1, "main", Outcome.ABANDONED, 100_000, "the caller gave up")


def test_an_older_ring_that_is_told_later_does_not_shorten_the_time_of_an_unsure_caller() -> None:
    desk = desk_with_two_extensions(ring_limit_s=100)
    desk.rings("r2", on="602", caller="ann", tag="t1", at_s=50)
    desk.rings("r1", on="601", caller="ann", tag="t1", at_s=51, age_s=20)
    desk.engine_dies(at_s=60)
    assert "Main: unsure" in desk.shows(at_s=149.9)
    assert "Main: unsure" not in desk.shows(at_s=150)


def test_rings_that_the_list_no_longer_names_end_in_the_order_in_which_they_began() -> None:
    desk = Desk.registered()
    for number in range(20):
        desk.rings(f"caller-{number}", at_s=number)
    desk.lists(at_s=30)
    ended = [notice.call for notice in desk.notices if isinstance(notice, CallEnded)]
    assert ended == list(range(1, 21))
