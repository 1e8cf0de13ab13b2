"""Whatever drivers and boards do: once both are well, the tower shows what the board last said."""

from hypothesis import given
from hypothesis import strategies as st

from appliance.core.effects import Sound
from appliance.core.picture import Overlay, Picture, Segment, Showing, settle
from tests.tower.bench import Bench

WANTED = (
    Picture((Segment("Main"),)),
    Picture((Segment("Main", Showing.WAITING, 1, 1),)),
    Picture((Segment("Main", Showing.URGENT, 3, 3),)),
    Picture((Segment("Main"),), overlay=Overlay.LOST),
)

steps = st.one_of(
    st.sampled_from(WANTED),
    st.sampled_from(["draw", "open", "play", ""]),
    st.sampled_from(list(Sound)),
    st.tuples(st.integers(0, 3_000), st.booleans()),
)


def said(picture: Picture) -> tuple[object, ...]:
    """What a picture says, without the instants at which it began."""
    return (picture.overlay, *((one.showing, one.stage, one.fill) for one in picture.segments))


@given(st.lists(steps, max_size=25))
def test_a_tower_that_is_well_again_shows_what_the_board_last_said(
    history: list[Picture | Sound | str | tuple[int, bool]],
) -> None:
    bench = Bench()
    board = WANTED[3]
    settled = Picture((Segment("Main"),))
    for step in history:
        match step:
            case Picture():
                board = step
                settled = settle(settled, step, bench.clock.now_ms())
                bench.writer.show(settled)
            case Sound():
                bench.writer.play(step)
            case str():
                bench.broken = step
            case (after_ms, beats):
                bench.turn(after_ms, beat=beats)
    bench.broken = ""
    # The longest pause after a failure is 10 s.
    for _ in range(60):
        bench.turn(250)
    assert said(bench.recorder.pictures[-1]) == said(board)
    assert bench.writer.fault is None
