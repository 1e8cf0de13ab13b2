"""How many events a board takes in a second, on the events of simulated practices."""

import time
from statistics import median

from appliance.core.board import Board
from appliance.core.effects import Effect
from appliance.core.events import Event
from appliance.core.settings import BoardSettings
from appliance.core.words import InstantMs
from appliance.simulate.practice import Practice
from tests.bench.figures import Figure

SEEDS = range(1, 41)
ROUNDS = 5


class _Listening(Board):
    """A board that writes down what it is told."""

    def __init__(self, settings: BoardSettings) -> None:
        super().__init__(settings)
        self.settings = settings
        self.told: list[tuple[Event, InstantMs]] = []
        boards.append(self)

    def receive(self, event: Event, now_ms: InstantMs) -> tuple[Effect, ...]:
        self.told.append((event, now_ms))
        return super().receive(event, now_ms)


boards: list[_Listening] = []


def measure() -> list[Figure]:
    """Replay what the boards of these practices were told on fresh ones; processor time, median of rounds."""
    for seed in SEEDS:
        Practice(seed, make_board=_Listening).run()
    count = sum(len(board.told) for board in boards)
    alone = []
    for _ in range(ROUNDS):
        fresh = [(Board(board.settings), board.told) for board in boards]
        begun_s = time.process_time()
        for board, told in fresh:
            for event, now_ms in told:
                board.receive(event, now_ms)
        alone.append(count / (time.process_time() - begun_s))
    begun_s = time.process_time()
    steps = sum(Practice(seed).run().steps for seed in SEEDS)
    checked = steps / (time.process_time() - begun_s)
    return [
        Figure(
            "`Board.receive` with all invariants checked, in a simulated practice",
            "5,000 a second",
            f"{checked:,.0f}",
            checked >= 5_000,
        ),
        Figure(
            f"`Board.receive` without, on {count:,} events of {len(SEEDS)} practices",
            "50,000 a second",
            f"{median(alone):,.0f}",
            median(alone) >= 50_000,
        ),
    ]
