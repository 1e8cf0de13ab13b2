"""Somebody sets the machine's clock forward by an hour while a caller waits."""

import subprocess
from pathlib import Path

from tests.end_to_end.desk import Desk, Setting, usual_site
from tests.peers.raw import accepts_for, raw_pbx
from tests.peers.unit import running_unit

SOURCE = Path(__file__).parents[1] / "peers" / "stepped_clock.c"


def test_the_wait_knows_nothing_of_a_wall_clock_that_was_stepped_by_an_hour(tmp_path: Path) -> None:
    library, stepped = tmp_path / "stepped_clock.so", tmp_path / "stepped"
    subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", library, SOURCE, "-ldl"], check=True)
    with raw_pbx(accepts_for(600)) as pbx:
        setting = Setting(extensions={"601": "main"}, line={"stages_s": [0, 1, 60]})
        site = usual_site([f"sip:{pbx.address}"], setting)
        environment = {"LD_PRELOAD": str(library), "STEPPED_CLOCK_FILE": str(stepped)}
        with running_unit(site, environment=environment) as unit:
            desk = Desk(unit)
            unit.until_registered()
            pbx.send(pbx.invite("before"))
            desk.shows(main="stage 1")
            stepped.touch()
            # The second stage comes a second after the INVITE, and the third does not come an hour early.
            desk.shows(main="stage 2")
            pbx.send(pbx.invite("after", b"<sip:0302@127.0.0.1>"))
            desk.shows(main="stage 2 +1")
            waits = [call.wait_s for call in unit.status().calls]
            assert desk.looks() == ["dark", "stage 1", "stage 2", "stage 2 +1"]
            assert len(waits) == 2
            assert max(waits) < 60
            pbx.send(pbx.cancel("before"))
            pbx.send(pbx.cancel("after", b"<sip:0302@127.0.0.1>"))
            desk.shows(main="dark")
            hours = [line.split("T")[1][:2] for line in unit.program.log().splitlines()]
            # The log has wall times, which shows that the step did reach the unit.
            assert len(set(hours)) > 1
