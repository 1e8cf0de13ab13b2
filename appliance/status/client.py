"""The asking side of the status socket, light enough for a shell loop: standard library only."""

import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from appliance.errors import CallLightError, PermissionMissing, UnitUnavailable
from appliance.status.report import StatusReport, decode
from appliance.status.server import LAMP_TEST_SOCKET_NAME, SOCKET_NAME

WAIT_S_MAX: Final = 3.0
"""How long a whole answer may take; the unit gives up on its own board after 1 s."""

ANSWER_BYTES_MAX: Final = 1 << 20
"""The longest answer that is read. A full board (128 callers, 64 refused senders) makes 40 kB; whoever says
more is no unit."""

STEP_S: Final = 0.2
"""How often a lamp test is looked at: each part of it takes a second."""

LOOK_S: Final = 0.05
"""How often a unit whose queue of clients is full is tried again: each of them has a second at the most."""


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
        if len(answer) > ANSWER_BYTES_MAX:
            raise ValueError(f"the answer is longer than {ANSWER_BYTES_MAX} bytes")
        return decode(answer)
    except ValueError as error:
        raise UnitUnavailable(f"{path}: {error}; is the unit of another version?") from None


def site_differences(directory: Path) -> tuple[str, ...]:
    """Return what the unit that runs here, if one does, knows of units with other site files."""
    try:
        bus = fetch(directory / SOCKET_NAME).bus
    except CallLightError:
        return ()
    return (f"site files differ: {bus.site_difference}",) if bus and bus.site_difference else ()


def lamp_test(directory: Path) -> Iterator[str]:
    """Have the unit test its lamps, and yield a sentence for each part while it is shown, and for the end.

    Raises:
        CallLightError: somebody waits there; or as `fetch`.
    """
    report = fetch(directory / LAMP_TEST_SOCKET_NAME)
    if report.lamp_test is None:
        raise CallLightError("a caller waits, and the light is needed: try the lamp test again later")
    said = None
    while report.lamp_test is not None:
        if report.lamp_test != said:
            said = report.lamp_test
            yield f"Lamp test: {said}."
        time.sleep(STEP_S)
        report = fetch(directory / SOCKET_NAME)
    yield "The lamp test is over" + (": a caller rings." if report.calls else ".")


def _receive(path: Path) -> bytes:
    """Return what is said until the end, but no more than one byte beyond the limit."""
    give_up_s = time.monotonic() + WAIT_S_MAX
    answer = b""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as server:
        _connect(server, path, give_up_s)
        while len(answer) <= ANSWER_BYTES_MAX:
            # Of the whole answer, for one that dribbles in would never be late.
            server.settimeout(_left_s(give_up_s))
            part = server.recv(ANSWER_BYTES_MAX + 1 - len(answer))
            if not part:
                break
            answer += part
    return answer


def _connect(server: socket.socket, path: Path, give_up_s: float) -> None:
    """Connect, and wait where too many are served before us: Linux refuses at once if there is a timeout."""
    while True:
        server.settimeout(_left_s(give_up_s))
        try:
            server.connect(str(path))
        except BlockingIOError:
            time.sleep(min(LOOK_S, _left_s(give_up_s)))
        else:
            return


def _left_s(give_up_s: float) -> float:
    """Return the time that is left, or raise TimeoutError."""
    left_s = give_up_s - time.monotonic()
    if left_s <= 0:
        raise TimeoutError("timed out")
    return left_s
