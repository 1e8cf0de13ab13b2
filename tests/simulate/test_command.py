"""`call-light simulate`: a thousand practices keep every promise, and a broken one is told from its seed."""

import argparse
import os
import subprocess
import sys
from pathlib import Path

import pytest

from appliance.core.board import Board
from appliance.core.effects import Effect
from appliance.core.events import Event, RingEnded
from appliance.core.settings import BoardSettings
from appliance.core.words import InstantMs
from appliance.simulate import command
from appliance.simulate.command import FIRST_SEED, run
from appliance.simulate.practice import Practice

SEEDS_COUNT = 1000


def asked(seeds: int = 1, seed: int | None = None, config: Path | None = None) -> argparse.Namespace:
    return argparse.Namespace(seeds=seeds, seed=seed, compare=None, config=config)


class DeafBoard(Board):
    """A board that does not hear that a ring ended."""

    def receive(self, event: Event, now_ms: InstantMs) -> tuple[Effect, ...]:
        """Take everything but the ends of rings."""
        return () if isinstance(event, RingEnded) else super().receive(event, now_ms)


def test_a_thousand_practices_keep_every_promise(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(asked(SEEDS_COUNT)) == 0
    said = capsys.readouterr().out
    assert said.startswith(f"seeds {FIRST_SEED} to {FIRST_SEED + SEEDS_COUNT - 1}\n")
    assert f"practices {SEEDS_COUNT}, all promises kept" in said


@pytest.mark.soak
def test_a_hundred_thousand_practices_keep_every_promise(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(asked(100_000)) == 0
    assert "all promises kept" in capsys.readouterr().out


def test_a_broken_board_is_told_as_a_story_that_its_seed_replays(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def with_deaf_board(
        seed: int, settings: BoardSettings | None = None, sentences_max: int | None = 0
    ) -> Practice:
        return Practice(seed, settings, DeafBoard, sentences_max)

    monkeypatch.setattr(command, "Practice", with_deaf_board)
    told = []
    for _ in range(2):
        assert run(asked(seed=3)) == 1
        told.append(capsys.readouterr().out)
    assert told[0] == told[1]
    first, *_, broken, again = told[0].splitlines()
    assert first == "seed 3"
    assert broken.startswith("broken: ")
    assert again == "again:  call-light simulate --seed 3"


def test_a_seed_tells_the_same_story_whatever_the_order_of_hashes() -> None:
    def story(hash_seed: str) -> str:
        return subprocess.run(
            [sys.executable, "-m", "appliance.cli", "simulate", "--seed", "11"],
            env=os.environ | {"PYTHONHASHSEED": hash_seed},
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        ).stdout

    assert story("1") == story("2")


def test_a_site_runs_its_own_configuration(capsys: pytest.CaptureFixture[str]) -> None:
    example = Path(command.__file__).parents[1] / "call-light.example.toml"
    assert run(asked(seed=5, config=example)) == 0
    assert "all promises kept" in capsys.readouterr().out
