"""`python -m tests.service.roots`: makes the roots that the service is tested in, and the wheels for each.

Where they are made already, which is nearly always, it looks and ends.
"""

import os
import sys

from tests.peers.program import PeerError
from tests.service.booted import RELEASES, release_root


def main() -> int:
    """Make each root."""
    # The tests themselves say that only root may do this, and all others still run.
    if os.geteuid() != 0:
        return 0
    try:
        for release in RELEASES:
            release_root(release)
    except PeerError as failed:
        print(f"call-light: {failed}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
