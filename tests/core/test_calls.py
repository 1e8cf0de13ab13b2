"""The table of a call: every cell, every missing cell, and the diagram that is drawn from it."""

import pytest

from appliance.core.calls import TRANSITIONS, Call, CallState, CallStep, state_diagram
from appliance.core.errors import IllegalStep
from appliance.core.words import CallId, InstantMs
from tests.core.desk import line

CELLS = [(state, step, after) for state, row in TRANSITIONS.items() for step, after in row.items()]
MISSING = [(state, step) for state in CallState for step in CallStep if step not in TRANSITIONS[state]]


def call_in(state: CallState) -> Call:
    return Call(CallId(7), line("main"), "1", "", set(), InstantMs(0), shown=True, state=state)


@pytest.mark.parametrize(("state", "step", "after"), CELLS)
def test_a_cell_of_the_table_moves_the_call(state: CallState, step: CallStep, after: CallState) -> None:
    call = call_in(state)
    assert call.step(step) is after
    assert call.state is after


@pytest.mark.parametrize(("state", "step"), MISSING)
def test_a_missing_cell_raises_and_nothing_moves(state: CallState, step: CallStep) -> None:
    call = call_in(state)
    with pytest.raises(IllegalStep, match=f"call 7 is {state.value} and cannot take '{step.value}'"):
        call.step(step)
    assert call.state is state


def test_every_state_has_a_row_and_an_ended_call_is_dead() -> None:
    assert set(TRANSITIONS) == set(CallState)
    assert TRANSITIONS[CallState.ENDED] == {}


def test_the_diagram_has_an_arrow_for_every_cell() -> None:
    arrows = [text.strip() for text in state_diagram().splitlines() if "-->" in text]
    assert arrows == [
        "[*] --> ringing: a caller rings",
        *(f"{state.value} --> {after.value}: {step.value}" for state, step, after in CELLS),
        "ended --> [*]",
    ]


def test_a_caller_is_not_in_the_repr_of_a_call() -> None:
    call = Call(
        CallId(1), line("main"), "+15550100", "tag-15550100", {"id-15550100"}, InstantMs(0), shown=True
    )
    assert "5550100" not in repr(call)
