"""The tarballs that this project was tested with, read from `known_tarballs.txt`."""

import re
from dataclasses import dataclass
from pathlib import Path

Version = tuple[int, ...]

LIST = Path(__file__).with_name("known_tarballs.txt")


def parse_version(text: str) -> Version:
    """The numbers of a version, for comparison: 2.17 becomes (2, 17), and 2.18-dev becomes (2, 18)."""
    return tuple(int(number) for number in re.findall(r"\d+", text.partition("-")[0]))


@dataclass(frozen=True, slots=True)
class KnownTarballs:
    """The versions tested, each under the sha256 of its tarball."""

    version_of: dict[str, Version]

    @property
    def lowest(self) -> Version:
        """The lowest version tested; below it nothing is built or taken from the cache."""
        return min(self.version_of.values())

    def holds(self, sha256: str) -> bool:
        """Whether a tarball is one of those tested."""
        return sha256 in self.version_of


def read_known_tarballs(path: Path = LIST) -> KnownTarballs:
    """Read the list: a version, a sha256 and a remark in each line that is no comment."""
    lines = [line for line in path.read_text().splitlines() if line and not line.startswith("#")]
    rows = [line.split(maxsplit=2) for line in lines]
    return KnownTarballs({sha256: parse_version(version) for version, sha256, _ in rows})
