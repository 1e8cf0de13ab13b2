"""The asking side of the status socket, light enough for a shell loop: standard library only."""

import socket
from pathlib import Path
from typing import Final

from appliance.errors import PermissionMissing, UnitUnavailable
from appliance.status.report import StatusReport, decode

WAIT_S_MAX: Final = 3.0
"""How long a whole answer may take; the unit gives up on its own board after 1 s."""

ANSWER_BYTES_MAX: Final = 1 << 20
"""The longest answer that is read. A full board (128 callers, 64 refused senders) makes 40 kB."""


def fetch(path: Path) -> StatusReport:
    """Ask the unit that listens at this path.

    Raises:
        UnitUnavailable: nobody listens there, or no whole answer came in time.
        PermissionMissing: this user may not ask.
    """
    try:
        answer = _receive(path)
    except PermissionError:
        raise PermissionMissing(
            f"{path}: permission denied; ask as root or as a member of the socket's group"
        ) from None
    except (FileNotFoundError, ConnectionRefusedError, NotADirectoryError):
        raise UnitUnavailable(
            f"no unit is running here ({path}): start it with `call-light run`, or name the configuration of"
            " the one that runs with --config"
        ) from None
    except OSError as error:
        raise UnitUnavailable(f"{path}: the unit does not answer ({error.strerror or error})") from None
    if not answer:
        raise UnitUnavailable(f"{path}: the unit runs, but its board does not answer: restart it")
    try:
        return decode(answer)
    except ValueError as error:
        raise UnitUnavailable(f"{path}: {error}; is the unit of another version?") from None


def _receive(path: Path) -> bytes:
    answer = b""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as server:
        server.settimeout(WAIT_S_MAX)
        server.connect(str(path))
        while len(answer) <= ANSWER_BYTES_MAX:
            part = server.recv(65536)
            if not part:
                break
            answer += part
    return answer
