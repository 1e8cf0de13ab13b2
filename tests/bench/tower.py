"""The whole chain in real time: phone system, engine, board, port, the real firmware, decoded pixels."""

import contextlib
import random
import time
from collections.abc import Callable, Iterator
from statistics import median

from appliance.core.picture import Picture, Segment
from tests.bench.figures import Figure, p99
from tests.end_to_end.desk import Practiced, Setting, desk_at_kamailio
from tests.peers.board import Rgb, is_lit
from tests.peers.live_board import LiveBoard, running_board
from tests.peers.program import until
from tests.tower.controller.stand import standing

CALLERS = 100
PRESSES = 100
EDGES = 300
SEEN_WITHIN_S = 5.0
RESTS_MS = 600.0
"""From one caller to the next: the tower is quiet again, so that the next one is lit at once."""

SEGMENT = slice(9, 17)
LAMP = 25
"""Where the first of two lines and the lamp of its button are in the chain."""


@contextlib.contextmanager
def desk_with_tower() -> Iterator[tuple[Practiced, LiveBoard]]:
    """A desk at a Kamailio whose tower is the real firmware, on a serial port."""
    with (
        running_board() as board,
        desk_at_kamailio(
            Setting(), towers=[{"driver": "controller", "port": str(board.port.resolve())}]
        ) as desk,
    ):
        until(lambda: is_lit(board.chain[0]), SEEN_WITHIN_S, "the tower has its calm glow")
        # Until now its picture was the lost phone system's. What was just lit for that stays dark for two
        # steps of the beat (never more than three flashes in a second), and so would a caller.
        glows_ms = time.monotonic() * 1000
        until(lambda: time.monotonic() * 1000 - glows_ms > RESTS_MS, SEEN_WITHIN_S, "that is over")
        yield desk, board


def first_ms(board: LiveBoard, since: int, lit: Callable[[tuple[Rgb, ...]], bool]) -> float:
    """When the pixels first showed this, among the frames from this one on."""
    found: list[float] = []

    def seen() -> bool:
        found.extend(shown.at_ms for shown in board.pixels[since:] if lit(shown.colours))
        return bool(found)

    until(seen, SEEN_WITHIN_S, "the pixels show it")
    return found[0]


def rest(board: LiveBoard) -> None:
    """Wait until everything but the status pixels has been dark for a while."""

    def is_quiet() -> bool:
        recent = board.pixels[-50:]
        lit = [shown.at_ms for shown in recent if any(map(is_lit, shown.colours[SEGMENT.start :]))]
        return not lit or time.monotonic() * 1000 - lit[-1] > 2 * RESTS_MS

    until(is_quiet, SEEN_WITHIN_S, "the tower is quiet again")


def invite_to_pixels() -> Figure:
    """One caller after the other on a quiet tower, from the INVITE that SIPp sends."""
    late_ms = []
    with desk_with_tower() as (desk, board):
        for _ in range(CALLERS):
            rest(board)
            since = len(board.pixels)
            placing = desk.someone_calls(gives_up_after_ms=300)
            lit_ms = first_ms(board, since, lambda colours: any(map(is_lit, colours[SEGMENT])))
            late_ms.append(lit_ms - placing.caller().invited_at_ms)
            placing.wait()
    return Figure(
        f"INVITE on the wire to decoded pixels, the whole chain, {CALLERS} callers (median, p99)",
        "15 and 30 ms",
        f"{median(late_ms):.1f} and {p99(late_ms):.1f} ms",
        median(late_ms) <= 15 and p99(late_ms) <= 30,
    )


def press_to_lamp() -> Figure:
    """A press on the button of a line where nobody waits: the lamp blinks."""
    late_ms = []
    with desk_with_tower() as (_, board):
        for _ in range(PRESSES):
            rest(board)
            since, pressed_ms = len(board.pixels), time.monotonic() * 1000
            board.press(0)
            late_ms.append(first_ms(board, since, lambda colours: is_lit(colours[LAMP])) - pressed_ms)
            board.release(0)
            until(lambda: not is_lit(board.chain[LAMP]), SEEN_WITHIN_S, "the blink is over")
    return Figure(
        f"press to the lamp of the button, through the board, {PRESSES} presses (median, p99)",
        "45 and 100 ms",
        f"{median(late_ms):.1f} and {p99(late_ms):.1f} ms",
        median(late_ms) <= 45 and p99(late_ms) <= 100,
    )


def press_to_inbox() -> Figure:
    """Edges at a contact, each at any instant between two ticks and two beats."""
    chance, late_ms = random.Random(1), []
    dark = Picture((Segment("Main"), Segment("Lab")))
    with running_board() as board, standing(str(board.port), dark) as stand:
        until(lambda: is_lit(board.chain[0]), SEEN_WITHIN_S, "the tower has its calm glow")
        for count in range(EDGES):
            next_ms = stand.clock.now_ms() + chance.uniform(30, 100)
            until(lambda then=next_ms: stand.clock.now_ms() >= then, 5, "time passes")  # type: ignore[misc]
            edge_ms = stand.clock.now_ms()
            (board.release if count % 2 else board.press)(8)
            until(lambda told=count: len(stand.told) > told, 5, "the event")  # type: ignore[misc]
            late_ms.append(stand.told_at_ms[count] - edge_ms)
    return Figure(
        f"button edge to event on the host's inbox, {EDGES} edges (median, p99)",
        "21 and 25 ms",
        f"{median(late_ms):.1f} and {p99(late_ms):.1f} ms",
        median(late_ms) <= 21 and p99(late_ms) <= 25,
    )


def measure() -> list[Figure]:
    """All of it."""
    return [press_to_inbox(), invite_to_pixels(), press_to_lamp()]
