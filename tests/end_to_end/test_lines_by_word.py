"""The line of a ring, told by the phone system's header, by the number dialled, or by the extension."""

import pytest

from tests.end_to_end.desk import DOCTORS, MAIN, Practiced, Setting
from tests.peers.callers import Caller

ONE_EXTENSION = {"601": "main"}
BY_HEADER = Setting(
    pbx={"line_header": "X-Line", "line_from": ["header", "extension"]},
    lines={MAIN: "doctors"},
    by_line={"doctors": {"header_values": ["doctors"]}},
    extensions=ONE_EXTENSION,
)
BY_NUMBER = Setting(
    pbx={"line_from": ["dialled", "extension"]},
    by_line={"doctors": {"dialled": ["701"]}},
    extensions=ONE_EXTENSION,
)


@pytest.mark.parametrize("desk", [BY_HEADER], indirect=True)
def test_the_header_that_the_phone_system_sets_names_the_line_and_a_caller_cannot_forge_it(
    desk: Practiced,
) -> None:
    named = desk.someone_calls(MAIN)
    desk.shows(main="dark", doctors="stage 1")
    named.hang_up()
    desk.shows(doctors="dark")
    # This number has no header of its own, and the phone system removes the caller's.
    forged = desk.callers.place(Caller("701", "0302222", headers=("X-Line: doctors",)))
    desk.shows(main="stage 1", doctors="dark")
    forged.hang_up()
    desk.shows(main="dark")


@pytest.mark.parametrize("desk", [BY_NUMBER], indirect=True)
def test_the_number_that_was_dialled_names_the_line(desk: Practiced) -> None:
    desk.someone_gives_up("701", line="doctors")
    desk.someone_gives_up(MAIN)
    for line in ("doctors", "main"):
        desk.has_shown("dark", "stage 1", "dark", line=line)


@pytest.mark.parametrize("desk", [Setting(pbx={"tag_header": "X-Call-Tag"}, tag=True)], indirect=True)
def test_two_callers_with_the_same_number_at_once_are_two_callers(desk: Practiced) -> None:
    first = desk.someone_calls(number="0303333")
    second = desk.someone_calls(number="0303333")
    desk.shows(main="stage 1 +1", doctors="dark")
    desk.unit.until_status(lambda report: len(report.calls) == 2, "there are two of them")
    first.hang_up()
    second.hang_up()
    desk.shows(main="dark")


def test_two_callers_with_the_same_number_at_once_are_two_callers_without_a_tag_too(desk: Practiced) -> None:
    first = desk.someone_calls(number="0303333")
    second = desk.someone_calls(number="0303333")
    desk.shows(main="stage 1 +1")
    first.hang_up()
    second.hang_up()
    desk.shows(main="dark")


def test_anonymous_callers_light_like_any_other(desk: Practiced) -> None:
    first = desk.callers.place(Caller(MAIN, "", anonymous=True))
    second = desk.callers.place(Caller(DOCTORS, "", anonymous=True))
    desk.shows(main="stage 1", doctors="stage 1")
    first.hang_up()
    second.hang_up()
    desk.shows(main="dark", doctors="dark")
    # Nobody knows who they were: the next one is not taken for somebody who came back.
    third = desk.callers.place(Caller(MAIN, "", anonymous=True))
    desk.shows(main="stage 1")
    third.hang_up()
    desk.shows(main="dark")
