"""How a unit ends, whatever asks it to; and what it keeps to itself while it runs."""

import os
import signal
from pathlib import Path

import pytest

from tests.end_to_end.desk import LADDER_S, MAIN, PASSWORDS, Setting, desk_at_kamailio, usual_site
from tests.peers.leftovers import alive, descendants
from tests.peers.program import PATIENT_S, Program, private_folder, until
from tests.peers.raw import accepts_for, raw_pbx
from tests.peers.unit import COMMAND, running_unit
from tests.practice.record import read_record

GONE_S_MAX = 7.0
"""The product promises 2 s, and `make bench` measures that. Here only the order of magnitude is judged, and
that nothing is waited for whose own limit is longer: a registrar that says nothing is given up after 8 s. A
busy machine may take turns."""


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_asked_to_end_the_unit_puts_its_lights_out_lets_its_callers_go_and_is_gone(
    how: signal.Signals,
) -> None:
    with desk_at_kamailio(Setting()) as desk:
        caller = desk.someone_calls(MAIN)
        desk.shows(main="stage 1")
        processes = descendants(desk.unit.program.pid) | {desk.unit.program.pid}
        assert desk.unit.end(how) < GONE_S_MAX
        last = read_record(desk.unit.record_file, also_shutdown=True)[-1].picture
        assert (last.alive, [segment.showing.name for segment in last.segments]) == (
            False,
            ["NOTHING", "NOTHING"],
        )
        until(lambda: alive(processes) == set(), PATIENT_S, "nothing of the unit is left")
        # The phone system is told 480, and may send its caller elsewhere.
        assert [one.ending for one in caller.wait()] == ["refused"]
        # No extension is registered any more, so the next caller is not kept waiting for us.
        assert [one.ending for one in desk.someone_calls(MAIN).wait()] == ["refused"]


def test_a_dead_registrar_does_not_hold_the_unit_back() -> None:
    with desk_at_kamailio(Setting()) as desk:
        desk.kamailio.kill()
        assert desk.unit.end() < GONE_S_MAX


def test_a_second_interrupt_ends_the_unit_at_once_and_its_engine_with_it() -> None:
    with desk_at_kamailio(Setting()) as desk:
        desk.kamailio.kill()
        program = desk.unit.program
        processes = descendants(program.pid) | {program.pid}
        program.signal(signal.SIGINT)
        until(
            lambda: not read_record(desk.unit.record_file, also_shutdown=True)[-1].picture.alive,
            PATIENT_S,
            "lights out",
        )
        program.signal(signal.SIGINT)
        program.process.wait(PATIENT_S)
        until(lambda: alive(processes) == set(), PATIENT_S, "nothing of the unit is left")


def test_a_full_disk_for_logs_changes_nothing_about_the_light() -> None:
    with raw_pbx(accepts_for(600)) as pbx, private_folder("full-disk") as folder:
        site = usual_site([f"sip:{pbx.address}"], Setting(extensions={"601": "main"}))
        with running_unit(site, log_file=Path("/dev/full")) as unit:
            unit.until_registered()
            pbx.send(pbx.invite("one"))
            pbx.hears("SIP/2.0 180", "one")
            unit.until_status(lambda report: len(report.calls) == 1, "the caller lights the line")
            unit.until_status(lambda report: report.log_lines_lost_count > 0, "the lost lines are counted")
        assert folder.exists()


def test_no_secret_and_no_number_of_a_caller_is_anywhere_but_in_private_files() -> None:
    number, name = "0309876543", "Zoe Patient"
    with desk_at_kamailio(Setting()) as desk:
        desk.someone_calls(MAIN, number=number, name=name)
        desk.shows(main="stage 1")
        pid = desk.unit.program.pid
        secrets = [password.encode() for password in PASSWORDS.values()]
        private = [number.encode(), name.encode(), *secrets]
        for process in {pid, *descendants(pid)}:
            for part in ("cmdline", "environ"):
                assert contains(Path(f"/proc/{process}/{part}").read_bytes(), private) == []
        os.kill(desk.unit.engine_pid(), signal.SIGKILL)
        desk.shows(main="unsure")
        desk.unit.until_registered()
        desk.unit.end()
        for file in desk.unit.folder.rglob("*"):
            if file.is_file():
                content = file.read_bytes()
                if file.suffix == ".toml":
                    # The configuration that we wrote holds the passwords, and nobody else may read it.
                    assert file.stat().st_mode & 0o077 == 0
                else:
                    assert (file.name, contains(content, private)) == (file.name, [])


def contains(content: bytes, wanted: list[bytes]) -> list[bytes]:
    """Those of the wanted words that are in the content."""
    return [word for word in wanted if word in content]


def test_the_status_command_says_it_in_words_and_in_json() -> None:
    setting = Setting(line={"stages_s": LADDER_S})
    with desk_at_kamailio(setting) as desk, private_folder("status") as folder:
        desk.someone_calls(MAIN, number="0309876543")
        desk.shows(main="urgent")
        configuration = str(desk.unit.folder / "call-light.toml")
        for arguments, wanted in (
            (["--json"], '"urgent": "waited past'),
            ([], "urgent: waited past the line's limit"),
        ):
            status = Program(
                "status", [str(COMMAND), "status", "--config", configuration, *arguments], folder
            )
            assert status.wait(PATIENT_S) == 0
            assert wanted in status.log()
            assert "0309876543" not in status.log()
