"""The peers themselves, proven against each other before anything of ours is judged by them."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import MappingProxyType
from typing import Final

import pytest

from appliance.core.words import InstantMs
from tests.peers.callers import Caller, Callers, running_callers, running_phone
from tests.peers.kamailio import Kamailio, Practice, running_kamailio
from tests.peers.leftovers import alive, members
from tests.peers.program import PATIENT_S, Program, private_folder, until
from tests.peers.trace import Ending, Placed, placed_callers, read_messages

PASSWORDS: Final = MappingProxyType({"21": "apple", "22": "plum"})
PRACTICE: Final = Practice(PASSWORDS, MappingProxyType({"700": ("21",), "710": ("21", "22")}))


@pytest.fixture
def kamailio() -> Iterator[Kamailio]:
    with running_kamailio(PRACTICE) as running:
        yield running


@pytest.fixture
def callers(kamailio: Kamailio) -> Iterator[Callers]:
    with running_callers(kamailio.address) as running:
        yield running


def endings(placed: tuple[Placed, ...]) -> list[tuple[str, str, Ending | None]]:
    return [(caller.number, caller.dialled, caller.ending) for caller in placed]


def test_a_caller_is_answered_by_the_phone_that_is_quicker_and_the_other_phone_is_cancelled(
    kamailio: Kamailio, callers: Callers
) -> None:
    with (
        running_phone(kamailio.address, "21", PASSWORDS["21"], answers_after_ms=300),
        running_phone(kamailio.address, "22", PASSWORDS["22"], answers_after_ms=30_000) as slower,
    ):
        placed = callers.place(Caller("710", "0301111")).wait()
        assert endings(placed) == [("0301111", "710", Ending.ANSWERED)]

        def reasons() -> list[str]:
            return [one.header("Reason") for one in slower.messages() if one.first_line.startswith("CANCEL ")]

        until(lambda: bool(reasons()), PATIENT_S, "the slower phone is cancelled")
        assert set(reasons()) == {'SIP;cause=200;text="Call completed elsewhere"'}


def test_a_caller_gives_up_over_udp_and_over_tcp(kamailio: Kamailio, callers: Callers) -> None:
    with running_phone(kamailio.address, "21", PASSWORDS["21"], answers_after_ms=30_000):
        over_udp = callers.place(Caller("700", "0301111", gives_up_after_ms=400))
        over_tcp = callers.place(Caller("700", "0302222", gives_up_after_ms=400), transport="tcp")
        placed = over_udp.wait() + over_tcp.wait()
    assert endings(placed) == [
        ("0301111", "700", Ending.GAVE_UP),
        ("0302222", "700", Ending.GAVE_UP),
    ]


def test_a_burst_has_as_many_callers_as_asked_each_with_a_number_of_its_own(
    kamailio: Kamailio, callers: Callers
) -> None:
    with running_phone(kamailio.address, "21", PASSWORDS["21"], answers_after_ms=200):
        placed = callers.place(Caller("700", "030[call_number]"), count=5).wait()
    assert endings(placed) == [(f"030{place}", "700", Ending.ANSWERED) for place in range(1, 6)]


def test_a_number_that_nobody_answers_to_is_refused_at_once(callers: Callers) -> None:
    assert endings(callers.place(Caller("700", "0301111")).wait()) == [("0301111", "700", Ending.REFUSED)]
    assert endings(callers.place(Caller("799", "0301111")).wait()) == [("0301111", "799", Ending.REFUSED)]


def test_the_trace_reads_instants_ways_and_endings_and_leaves_a_torn_message_out() -> None:
    log = (
        "----------------------------------------------- 2026-03-02 08:00:00.250000\n"
        "UDP message sent (100 bytes):\n\n"
        'INVITE sip:700@127.0.0.1 SIP/2.0\nFrom: "A" <sip:030@127.0.0.1:5>;tag=1\nTo: <sip:700@127.0.0.1>\n'
        "Call-ID: one\nCSeq: 1 INVITE\n\n"
        "----------------------------------------------- 2026-03-02 08:00:01.750000\n"
        "UDP message received [100] bytes :\n\n"
        "SIP/2.0 486 Busy Here\nCall-ID: one\nCSeq: 1 INVITE\n\n"
        "----------------------------------------------- 2026-03-02 08:00:02.000000\n"
        "UDP message sent (100 bytes):\n\n"
        "ACK sip:700@127.0.0.1 SI"
    )
    messages = read_messages(log, wall_to_monotonic_ms=0)
    assert [(message.sent, message.first_line, message.status) for message in messages] == [
        (True, "INVITE sip:700@127.0.0.1 SIP/2.0", 0),
        (False, "SIP/2.0 486 Busy Here", 486),
    ]
    start_ms = messages[0].at_ms
    assert placed_callers(messages) == (
        Placed("one", "030", "700", start_ms, Ending.REFUSED, InstantMs(start_ms + 1500)),
    )


def test_a_killed_owner_leaves_no_process_and_no_folder_behind() -> None:
    owner = (
        "import sys, time\n"
        "from tests.peers.kamailio import Practice, running_kamailio\n"
        "from tests.peers.program import keeper\n"
        "with running_kamailio(Practice({}, {})) as kamailio:\n"
        "    print(kamailio.program.pid, keeper().pid, kamailio.program.log_file.parent, flush=True)\n"
        "    time.sleep(60)\n"
    )
    process = subprocess.Popen([sys.executable, "-c", owner], stdout=subprocess.PIPE, text=True)
    with process:
        assert process.stdout is not None
        group, keeper_pid, folder = process.stdout.readline().split()
        process.send_signal(signal.SIGKILL)
    until(lambda: not Path(folder).exists(), PATIENT_S, "the keeper removed the folder")
    until(lambda: not alive({int(keeper_pid)}), PATIENT_S, "the keeper ended")
    until(lambda: members(int(group)) == [], PATIENT_S, "nobody of the group is left")


def test_a_program_that_does_not_heed_sigterm_is_ended_by_force() -> None:
    with private_folder("deaf") as folder:
        script = "trap '' TERM; echo deaf; while :; do sleep 1; done"
        deaf = Program("deaf", ["sh", "-c", script], folder, ends_within_s=0.2)
        deaf.until(lambda: "deaf" in deaf.log(), PATIENT_S, "it is deaf")
        assert deaf.end() == -signal.SIGKILL
    until(lambda: members(deaf.pid) == [], PATIENT_S, "its child ended too")
