"""The services of the broker's machine, as far as they can be judged without starting them."""

import re
import subprocess
from pathlib import Path

import pytest

EXPOSURE_MAX = 1.5
"""Of 10, by systemd-analyze's own scale ("OK")."""

SERVICES = sorted((Path(__file__).parents[2] / "systemd").glob("call-light-broker*.service"))


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
def test_the_exposure_is_small(service: Path) -> None:
    said = subprocess.run(
        ["systemd-analyze", "security", "--offline=yes", "--no-pager", str(service)],
        check=True, capture_output=True, text=True, timeout=60,
    ).stdout  # fmt: skip
    found = re.search(r"Overall exposure level for [\w.-]+: ([\d.]+)", said)
    assert found
    assert float(found[1]) <= EXPOSURE_MAX


def test_there_are_two() -> None:
    assert [service.name for service in SERVICES] == [
        "call-light-broker-keeper.service",
        "call-light-broker.service",
    ]
