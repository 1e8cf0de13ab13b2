"""Which line a ring belongs to."""

import pytest

from appliance.core.lines import Lines, header_words
from appliance.core.settings import BoardSettings, LineSource
from tests.core.desk import AWAY_MS, Desk, extension, line

EXTENSION, HEADER, DIALLED = LineSource.EXTENSION, LineSource.HEADER, LineSource.DIALLED
MAIN = line("main", dialled=("5550100",))
SALES = line("sales", header_values=("Sales", "100"), dialled=("5550199",))


def desk(*line_from: LineSource) -> Desk:
    return Desk.registered(MAIN, SALES, extensions=(extension("601", "main", line_from),))


@pytest.mark.parametrize(
    ("line_from", "header", "dialled", "shown"),
    [
        ((EXTENSION,), "sales", "5550199", "Main"),
        ((HEADER,), "sales", "", "Sales"),
        ((HEADER,), "SALES", "", "Sales"),
        ((HEADER,), "<http://127.0.0.1>;info=sales", "", "Sales"),
        ((HEADER,), '<http://127.0.0.1>; info="Sales"', "", "Sales"),
        ((HEADER,), "<sip:100@pbx.example>;reason=unconditional", "", "Sales"),
        ((HEADER,), "nobody knows this", "", "Main"),
        ((HEADER,), "", "5550199", "Main"),
        ((DIALLED,), "", "5550199", "Sales"),
        ((HEADER, DIALLED), "nobody knows this", "5550199", "Sales"),
        ((HEADER, DIALLED), "sales", "5550100", "Sales"),
        ((DIALLED, HEADER), "sales", "5550100", "Main"),
        ((DIALLED, EXTENSION), "", "unknown", "Main"),
    ],
)
def test_the_first_source_that_knows_a_line_decides(
    line_from: tuple[LineSource, ...], header: str, dialled: str, shown: str
) -> None:
    front = desk(*line_from)
    front.rings("ann", header=header, dialled=dialled)
    assert front.shows() == f"{shown}: waiting, stage 1 fill 1"


def test_an_address_in_a_header_means_its_user_part_before_the_whole_text() -> None:
    assert header_words("<sip:100@pbx.example>") == ("100", "<sip:100@pbx.example>")
    assert header_words("  ") == ()


def test_a_line_is_served_by_its_own_extension_and_by_those_that_name_it_otherwise() -> None:
    lines = Lines(
        BoardSettings(
            (MAIN, SALES, line("lab")),
            (
                extension("601", "main", (DIALLED,)),
                extension("602", "lab"),
                extension("603", "lab", (HEADER,)),
            ),
            AWAY_MS,
        )
    )
    served = {name: lines.served_by(name) for name in lines.settings}
    assert served == {"main": ("601",), "sales": ("601", "603"), "lab": ("602", "603")}


def test_a_source_after_the_extension_is_never_asked_and_serves_no_line() -> None:
    front = Desk.registered(
        MAIN, SALES, extensions=(extension("601", "main", (EXTENSION, HEADER)), extension("602", "sales"))
    )
    front.registration("602", held=False, at_s=1, code=503)
    assert front.shows() == "Sales: line lost; fault"
