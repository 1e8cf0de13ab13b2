"""`make demo`: a practice's morning with a real phone system, the real unit and real callers.

TOWER=emulated (the default) gives the unit a tower on a serial port: the real firmware on an emulated board,
whose pixels are decoded and drawn. With TOWER=terminal the unit draws its tower in the terminal by itself.

At a terminal the tower is drawn live and morning follows morning until Ctrl-C. Without one all is told in
plain lines, and the morning ends by itself within SECONDS_MAX (30). Either way the pictures that the tower
got, and the pixels that it lit, are judged at the end against the callers' own log; exit status 1 says that
they were not true.
"""

import contextlib
import os
import secrets
import signal
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from types import FrameType, MappingProxyType
from typing import Final

from tests.peers.board import BadFirmwareError, is_lit
from tests.peers.callers import Callers, running_callers, running_phone
from tests.peers.kamailio import Kamailio, Practice, running_kamailio
from tests.peers.live_board import LiveBoard, running_board
from tests.peers.program import PeerError
from tests.peers.trace import Placed
from tests.peers.unit import Site, Table, Unit, running_unit
from tests.practice.judge import FOREVER, Verdict, judge
from tests.practice.mirror import mirrored
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
from tests.practice.pixels import PixelVerdict, decoded, judge_pixels
from tests.practice.record import read_record, since_registered

INTRODUCTION: Final = """\
A practice's morning. Kamailio is the phone system, SIPp plays the callers and a colleague's phone, and the
unit is the real one: `call-light run`, registered with a password.
Its tower is {tower}.
Callers become urgent after seconds here, not after the better part of a minute."""
TOWERS: Final = MappingProxyType(
    {
        "emulated": "the real firmware on an emulated board, its pixels decoded from the pin",
        "terminal": "drawn in this terminal by the unit itself",
    }
)
LINES: Final = len(judged_lines(tempo=1.0))
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
    tower = os.environ.get("TOWER") or "emulated"
    if tower not in TOWERS:
        print(f"demo: TOWER={tower} is none of {', '.join(TOWERS)}", file=sys.stderr)
        return 2
    # The unit draws from a process group of its own; a terminal set to `tostop` would stop it there.
    signal.signal(signal.SIGTTOU, signal.SIG_IGN)
    for number in NO_LONGER_AT_TERMINAL:
        signal.signal(number, _interrupt)
    print(INTRODUCTION.format(tower=TOWERS[tower]), flush=True)
    try:
        played = play(mornings, tempo, tower, narrator=None if at_terminal else print)
    except (PeerError, BadFirmwareError) as trouble:
        print(f"demo: {trouble}", file=sys.stderr)
        return 1
    print(summary(played), flush=True)
    return 1 if played.troubles else 0


@dataclass(frozen=True, slots=True)
class Played:
    """What came of it."""

    placed: Sequence[Placed]
    """The callers that SIPp's log tells of."""
    pictures: Verdict
    pixels: PixelVerdict | None
    """None where no pixel was decoded."""

    @property
    def troubles(self) -> tuple[str, ...]:
        return self.pictures.troubles + (self.pixels.troubles if self.pixels is not None else ())


def play(mornings: int | None, tempo: float, tower: str, narrator: Callable[[str], None] | None) -> Played:
    """Play so many mornings, or until interrupted; without a narrator the tower has the whole terminal."""
    passwords = {user: secrets.token_hex(8) for user in (LIGHT_APPOINTMENTS, LIGHT_DOCTORS, COLLEAGUE)}
    practice = Practice(passwords, GROUPS)
    until_ms = FOREVER
    with contextlib.ExitStack() as running:
        kamailio = running.enter_context(running_kamailio(practice))
        board = running.enter_context(running_board()) if tower == "emulated" else None
        unit = running.enter_context(
            running_unit(
                site(kamailio, passwords, tempo),
                towers=unit_towers(board, live=narrator is None),
                at_terminal=board is None or narrator is not None,
            )
        )
        if board is not None:
            running.enter_context(show_pixels(board, unit, live=narrator is None))
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
            until_ms = time.monotonic() * 1000
        # Read before the unit lets go of its rings: whoever waits still waits.
        placed = callers.placed()
        pixels = [] if board is None else decoded(board.pixels, LINES)
        unit.end()
        shown, lines = since_registered(read_record(unit.record_file)), judged_lines(tempo)
        return Played(
            placed,
            judge(placed, shown, lines, until_ms),
            None if board is None else judge_pixels(placed, pixels, shown, lines, until_ms),
        )


def unit_towers(board: LiveBoard | None, live: bool) -> list[Table]:
    """The towers of the unit's configuration. Only one can have a terminal: the board's pixels, if any."""
    port = "" if board is None else str(board.port.resolve())
    towers: list[Table] = [{"driver": "controller", "port": port}] if port else []
    return towers if port and live else [*towers, {"driver": "terminal"}]


@contextlib.contextmanager
def show_pixels(board: LiveBoard, unit: Unit, live: bool) -> Iterator[None]:
    """Show the board's pixels from when the unit has found it on."""
    labels = [line.label for line in judged_lines(tempo=1.0)]
    with mirrored(board, unit.record_file, labels, live):
        unit.program.until(lambda: is_lit(board.chain[0]), 10, "the tower has its calm glow")
        yield


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


def summary(played: Played) -> str:
    """What is said at the end."""
    placed, pictures, pixels = played.placed, played.pictures, played.pixels
    ways = Counter("still waiting" if one.ending is None else one.ending.value for one in placed)
    rows = [
        f"callers placed    {pictures.placed_count}",
        f"lit               {len(pictures.latencies_ms)}",
        f"how ended         {', '.join(f'{count} {way}' for way, count in ways.items()) or 'none'}",
    ]
    rows += latency("picture", pictures.latencies_ms)
    rows += latency("pixels", pixels.latencies_ms if pixels is not None else ())
    rows += [f"NOT TRUE: {trouble}" for trouble in played.troubles]
    if not played.troubles:
        what = "picture" if pixels is None else "picture and every pixel"
        after = ", dark after the end" if all(one.ending for one in placed) else ""
        rows.append(f"Every {what} was true: right line, right stage, right time{after}.")
    return "\n".join(rows)


def latency(what: str, latencies_ms: Sequence[float]) -> list[str]:
    """How long it took from the INVITE to this, if anybody was lit."""
    if not latencies_ms:
        return []
    median, worst = statistics.median(latencies_ms), max(latencies_ms)
    return [f"INVITE to {what:7} median {median:.1f} ms, worst {worst:.1f} ms"]


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
