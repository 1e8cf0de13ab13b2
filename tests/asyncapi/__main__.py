"""`python -m tests.asyncapi`: fetches the AsyncAPI project's parser. Where it is there already, it looks and
ends."""

import sys

from tests.asyncapi.parser import install
from tests.peers.program import PeerError


def main() -> int:
    """Fetch it."""
    try:
        install()
    except PeerError as failed:
        print(f"call-light: {failed}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
