"""`make demo`: a practice's morning with a real phone system, the real unit and real callers.

At a terminal the tower is drawn live and morning follows morning until Ctrl-C. Without one the unit writes
plain lines, and the morning ends by itself within SECONDS_MAX (30). Either way the pictures that the tower
got are judged at the end against the callers' own log; exit status 1 says that they were not true.
"""

import contextlib
import os
import secrets
import signal
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from types import FrameType
from typing import Final

from appliance.core.words import InstantMs
from tests.peers.callers import Callers, running_callers, running_phone
from tests.peers.kamailio import Kamailio, Practice, running_kamailio
from tests.peers.program import PeerError
from tests.peers.trace import Placed
from tests.peers.unit import Site, running_unit
from tests.practice.judge import Verdict, judge
from tests.practice.morning import (
    COLLEAGUE,
    COLLEAGUE_ANSWERS_MS,
    DARK_AFTER_MS,
    GROUPS,
    LENGTH_MS,
    LIGHT_APPOINTMENTS,
    LIGHT_DOCTORS,
    VISITS,
    at_tempo,
    caller,
    judged_lines,
)
from tests.practice.record import read_record, since_registered

INTRODUCTION: Final = """\
A practice's morning. Kamailio is the phone system, SIPp plays the callers and a colleague's phone, and the
unit is the real one: `call-light run`, registered with a password, its tower in this terminal. Callers become
urgent after seconds here, not after the better part of a minute."""
AROUND_S: Final = 5
"""What a morning needs beside its callers: processes to start before it, and to end after it."""
TEMPO_MIN: Final = 0.25
"""Played faster than this, stages follow each other too quickly to be told apart."""
NO_LONGER_AT_TERMINAL: Final = (signal.SIGTERM, signal.SIGHUP)


def main() -> int:
    """Run the demonstration; 0 if everything that was shown was true."""
    at_terminal = sys.stdout.isatty() and sys.stdin.isatty()
    seconds_max = int(os.environ.get("SECONDS_MAX") or 30)
    tempo = 1.0 if at_terminal else min(1.0, max(TEMPO_MIN, (seconds_max - AROUND_S) * 1000 / LENGTH_MS))
    mornings = None if at_terminal else max(1, (seconds_max - AROUND_S) * 1000 // (LENGTH_MS + DARK_AFTER_MS))
    # The unit draws from a process group of its own; a terminal set to `tostop` would stop it there.
    signal.signal(signal.SIGTTOU, signal.SIG_IGN)
    for number in NO_LONGER_AT_TERMINAL:
        signal.signal(number, _interrupt)
    print(INTRODUCTION, flush=True)
    try:
        verdict, placed = play(mornings, tempo, narrator=None if at_terminal else print)
    except PeerError as trouble:
        print(f"demo: {trouble}", file=sys.stderr)
        return 1
    print(summary(verdict, placed), flush=True)
    return 1 if verdict.troubles else 0


def play(
    mornings: int | None, tempo: float, narrator: Callable[[str], None] | None
) -> tuple[Verdict, Sequence[Placed]]:
    """Play so many mornings, or until interrupted; what the judge says, and the callers it heard of."""
    passwords = {user: secrets.token_hex(8) for user in (LIGHT_APPOINTMENTS, LIGHT_DOCTORS, COLLEAGUE)}
    practice = Practice(passwords, GROUPS)
    until_ms = InstantMs(float("inf"))
    with contextlib.ExitStack() as running:
        kamailio = running.enter_context(running_kamailio(practice))
        unit = running.enter_context(
            running_unit(site(kamailio, passwords, tempo), towers=[{"driver": "terminal"}], at_terminal=True)
        )
        unit.until_registered()
        running.enter_context(
            running_phone(
                kamailio.address, COLLEAGUE, passwords[COLLEAGUE], at_tempo(COLLEAGUE_ANSWERS_MS, tempo)
            )
        )
        callers = running.enter_context(running_callers(kamailio.address))
        try:
            morning = 0
            while mornings is None or morning < mornings:
                morning += 1
                play_morning(callers, morning, tempo, narrator)
        except KeyboardInterrupt:
            until_ms = InstantMs(time.monotonic() * 1000)
        # Read before the unit lets go of its rings: whoever waits still waits.
        placed = callers.placed()
        unit.end()
        return judge(
            placed, since_registered(read_record(unit.record_file)), judged_lines(tempo), until_ms
        ), placed


def play_morning(
    callers: Callers, morning: int, tempo: float, narrator: Callable[[str], None] | None
) -> None:
    """One morning: every visit at its instant, then wait until all is dark again.

    The narrator says each visit beforehand; a live tower needs none, and has the whole screen.
    """
    start = time.monotonic()

    def sleep_until(at_ms: int) -> None:
        time.sleep(max(0.0, start + at_tempo(at_ms, tempo) / 1000 - time.monotonic()))

    for place, visit in enumerate(VISITS):
        sleep_until(visit.at_ms)
        if narrator is not None:
            narrator(f"-- {visit.story}")
            sys.stdout.flush()
        callers.place(caller(visit, place, morning, tempo), count=visit.count)
    sleep_until(LENGTH_MS)
    time.sleep(DARK_AFTER_MS / 1000)


def site(kamailio: Kamailio, passwords: dict[str, str], tempo: float) -> Site:
    """The unit's configuration: one phone system, and one extension for each line."""
    lines = judged_lines(tempo)
    ids = ("appointments", "doctors")
    return Site(
        pbxes=[{"id": "practice", "registrars": [f"sip:{kamailio.address}"], "transport": "udp"}],
        extensions=[
            {
                "id": f"light-{line}",
                "pbx": "practice",
                "user": user,
                "password": passwords[user],
                "line": line,
            }
            for line, user in zip(ids, (LIGHT_APPOINTMENTS, LIGHT_DOCTORS), strict=True)
        ],
        lines=[
            {"id": line, "label": judged.label, "stages_s": [wait / 1000 for wait in judged.thresholds_ms]}
            for line, judged in zip(ids, lines, strict=True)
        ],
    )


def summary(verdict: Verdict, placed: Sequence[Placed]) -> str:
    """What is said at the end."""
    ways = Counter("still waiting" if one.ending is None else one.ending.value for one in placed)
    rows = [
        f"callers placed    {verdict.placed_count}",
        f"lit               {len(verdict.latencies_ms)}",
        f"how ended         {', '.join(f'{count} {way}' for way, count in ways.items()) or 'none'}",
    ]
    if verdict.latencies_ms:
        median, worst = statistics.median(verdict.latencies_ms), max(verdict.latencies_ms)
        rows.append(f"INVITE to picture median {median:.1f} ms, worst {worst:.1f} ms")
    rows += [f"NOT TRUE: {trouble}" for trouble in verdict.troubles]
    if not verdict.troubles:
        after = ", dark after the end" if all(one.ending for one in placed) else ""
        rows.append(f"Every picture was true: right line, right stage, right time{after}.")
    return "\n".join(rows)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
