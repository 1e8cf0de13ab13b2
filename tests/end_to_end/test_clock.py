"""Somebody sets the machine's clock forward by an hour while a caller waits."""

import re
import subprocess
from pathlib import Path

from tests.end_to_end.desk import SOON_S, Desk, Setting, usual_site
from tests.peers.program import PATIENT_S, until
from tests.peers.raw import accepts_for, raw_pbx
from tests.peers.unit import running_unit

SOURCE = Path(__file__).parents[1] / "peers" / "stepped_clock.c"


def test_the_wait_knows_nothing_of_a_wall_clock_that_was_stepped_by_an_hour(tmp_path: Path) -> None:
    library, stepped = tmp_path / "stepped_clock.so", tmp_path / "stepped"
    subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", library, SOURCE, "-ldl"], check=True)
    with raw_pbx(accepts_for(600)) as pbx:
        setting = Setting(extensions={"601": "main"}, line={"stages_s": SOON_S})
        site = usual_site([f"sip:{pbx.address}"], setting)
        environment = {"LD_PRELOAD": str(library), "STEPPED_CLOCK_FILE": str(stepped)}
        with running_unit(site, environment=environment) as unit:
            desk = Desk(unit)
            unit.until_registered()
            pbx.send(pbx.invite("before"))
            unit.until_status(lambda report: len(report.calls) == 1, "the caller waits")
            stepped.touch()
            # The second stage comes a second after the INVITE, and the third does not come an hour early.
            desk.shows(main="stage 2")
            pbx.send(pbx.invite("after", b"<sip:0302@127.0.0.1>"))
            desk.has_shown("dark", "stage 1", "stage 2", "stage 2 +1")
            waits = [call.wait_s for call in unit.status().calls]
            assert len(waits) == 2
            assert max(waits) < 60
            pbx.send(pbx.cancel("before"))
            pbx.send(pbx.cancel("after", b"<sip:0302@127.0.0.1>"))
            desk.shows(main="dark")
            # The log has wall times, which shows that the step did reach the unit.
            until(lambda: len(hours_in(unit.program.log())) > 1, PATIENT_S, "the log is of two hours")


def hours_in(log: str) -> set[str]:
    """The hours of the day of its lines."""
    return set(re.findall(r"^utc=[0-9-]+T(\d\d):", log, re.MULTILINE))
