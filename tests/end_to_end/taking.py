"""A desk at a real Asterisk, for stories of callers who are taken: buttons, a desk phone, another phone."""

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import dropwhile
from typing import Final

from appliance.core.picture import Segment, Showing
from tests.end_to_end.desk import (
    COLLEAGUE,
    LINES,
    PASSWORDS,
    Desk,
    Setting,
    look,
    usual_site,
    without_repeats,
)
from tests.peers.asterisk import Asterisk, AsteriskPractice, running_asterisk
from tests.peers.controller import FakeController
from tests.peers.program import PATIENT_S, until
from tests.peers.talker import Talker, talker
from tests.peers.unit import Table, Unit, running_unit

UNIT: Final = "9601"
"""Callers who dial this ring at the unit alone, on the first line."""
PICKUP: Final = "**601"
"""What another phone dials to get the caller who rings at the unit (directed pickup)."""
NO_TRANSFER: Final = "9602"
"""The same, at an extension that may not transfer: whoever is taken there stays with the unit."""
GROUP: Final = "700"
"""The unit and the desk phone."""
QUEUE: Final = "600"
"""The second line: it rings the unit for 2 s, and again 5 s later."""
DESK, OTHER = COLLEAGUE, "22"
CALLER_HZ, DESK_HZ, OTHER_HZ = 1000, 1700, 2300
RINGBACK: Final = (440, 480)
RETURN_AFTER_S: Final = 5

SETTING: Final = Setting(
    pbx={"tag_header": "X-Call-Tag", "line_header": "X-Line", "line_from": ["header", "extension"]},
    by_line={"doctors": {"header_values": ["queue"], "queue": True, "hold_s": 12}},
    extensions={"601": "main", "602": "main"},
)
OPTIONS: Final = {"601": "trust_id_inbound = yes", "602": "allow_transfer = no"}
_SEEN: Final = (Showing.WAITING, Showing.HELD)


class TakingDesk(Desk):
    """A desk with a button for each line, a desk phone beside it, and a phone in another room."""

    def __init__(
        self, unit: Unit, asterisk: Asterisk, tower: FakeController, phone: Talker, other: Talker
    ) -> None:
        super().__init__(unit)
        self.asterisk = asterisk
        self.phone = phone
        self.other = other
        self.tower = tower
        self._told = 0
        self._since = 0
        """The first picture of this story."""
        self._log_file = unit.program.log_file

    def begin(self) -> None:
        """Begin a story: nobody is there, and both phones are free and answer."""
        for phone in (self.phone, self.other):
            phone.until_free()
            phone.final, phone.answers_after_s = "200 OK", 0.0
        self.unit.until_status(lambda report: report.calls == (), "nobody is there any more")
        self._since = len(self.pictures()) - 1

    def press(self, line: int = 0) -> None:
        """A finger on a line's button."""
        self.tower.until_up()
        self.tower.push(line)

    def until_outcome(self, outcome: str) -> None:
        """Wait until the unit has written how the next caller ended: in this way."""
        found = self.next_outcome()
        assert found == outcome

    def next_outcome(self) -> str:
        """Wait until the unit has written how the next caller ended; return it."""
        self._told += 1
        until(lambda: len(self.written("outcome")) >= self._told, PATIENT_S, "the outcome")
        return self.written("outcome")[self._told - 1]

    def written(self, field: str) -> list[str]:
        """All that the unit's log has in a field."""
        words = self._log_file.read_text().split()
        return [word.removeprefix(f"{field}=") for word in words if word.startswith(f"{field}=")]

    def shown(self, line: str = "main") -> list[str]:
        """All that a line showed in this story, once what was left of the one before was over."""
        looks = without_repeats([look(segment) for segment in self._segments(line)])
        return list(dropwhile(lambda one: one in ("dark", "taken", "closing"), looks))

    def until_showed(self, look: str) -> None:
        """Wait until the first line has shown this in this story, however briefly."""
        self.unit.program.until(
            lambda: look in self.shown(), PATIENT_S, lambda: f"{look}, not {self.shown()}"
        )

    def wait_count(self, line: str = "main") -> int:
        """How many waits a line showed in this story; an unbroken one is one."""
        return len({one.waiting_since_ms for one in self._segments(line) if one.showing in _SEEN})

    def _segments(self, line: str) -> list[Segment]:
        return [picture.segments[LINES.index(line)] for picture in self.pictures()[self._since :]]


@contextlib.contextmanager
def taking_desk(
    asterisk: Asterisk, phone: Talker, other: Talker, setting: Setting = SETTING, **pickup: str | float
) -> Iterator[TakingDesk]:
    """A unit that is registered there, with a button for each line."""
    tower = FakeController()
    table: Table = {"target": DESK, **pickup}
    site = replace(usual_site([f"sip:{asterisk.address}"], setting), others={"pickup": table})
    try:
        with running_unit(site, towers=[{"driver": "controller", "port": tower.name}]) as unit:
            unit.until_registered()
            yield TakingDesk(unit, asterisk, tower, phone, other)
    finally:
        tower.unplug()


@contextlib.contextmanager
def asterisk_with_phones(users: Mapping[str, str]) -> Iterator[tuple[Asterisk, Talker, Talker]]:
    """An Asterisk with these extensions, each with its options, and two phones that everybody may call."""
    with talker(DESK_HZ, DESK) as phone, talker(OTHER_HZ, OTHER) as other:
        practice = AsteriskPractice(
            {user: PASSWORDS[user] for user in users},
            {DESK: phone.port, OTHER: other.port},
            users,
            queue_retry_s=5,
        )
        with running_asterisk(practice) as asterisk:
            yield asterisk, phone, other
