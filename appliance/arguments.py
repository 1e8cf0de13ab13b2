"""The kinds of arguments that the sub-commands take."""

import argparse
from importlib.metadata import version
from pathlib import Path
from typing import Final

SEEDS_MAX: Final = 10_000_000
"""Practices of one run: days on two cores, and what is kept of each for the summary fits the memory. More are
refused; a seed itself may be any number."""


class ShowVersion(argparse.Action):
    """Looks the version up only when it is asked for: that reads the installed package's metadata."""

    def __call__(self, parser: argparse.ArgumentParser, *_unused: object) -> None:
        """Print it and end."""
        print(f"call-light {version('call-light')}")
        parser.exit()


def page(text: str) -> Path:
    """Take the name of a page, or - for standard output."""
    # A configuration in its place would be lost.
    if text != "-" and not text.endswith(".html"):
        raise argparse.ArgumentTypeError("must end in .html, or be -")
    return Path(text)


def seed_count(text: str) -> int:
    """Take how many practices are to be run."""
    count = int(text) if text.isdecimal() and len(text) <= len(str(SEEDS_MAX)) else 0
    if not 1 <= count <= SEEDS_MAX:
        raise argparse.ArgumentTypeError(f"must be a whole number from 1 to {SEEDS_MAX}")
    return count
