"""Reads a configuration in a process of its own, which keeps pydantic out of the unit's memory.

The settings tree costs 24 MB and is needed for a tenth of a second (measured, x86-64, pydantic 2.14); the
unit and its engine together are to stay under 70 MB.
"""

import os
import pickle
from collections.abc import Callable
from pathlib import Path

from appliance.config.configuration import Configuration
from appliance.errors import CallLightError, ConfigurationRefused


def read_apart(file: Path, meanwhile: Callable[[], object] = lambda: None) -> Configuration:
    """Return what `config.read` returns. Call it before the first thread starts: it forks.

    `meanwhile` is done here while the other process reads; it must start no thread and touch no settings.

    Raises:
        ConfigurationRefused: with every reason, one line each.
        CallLightError: the reading process died.
    """
    receiving, sending = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(receiving)
            with os.fdopen(sending, "wb") as pipe:
                pickle.dump(_outcome(file), pipe)
        finally:
            # Nothing of the parent's may run twice: no exit handler, no buffered output.
            os._exit(0)
    os.close(sending)
    try:
        with os.fdopen(receiving, "rb") as pipe:
            meanwhile()
            answer = pipe.read()
    finally:
        os.waitpid(child, 0)
    if not answer:
        raise CallLightError(f"{file}: the process that read it died; `call-light check` says more")
    # Written by our own child: pickle is no risk here.
    outcome = pickle.loads(answer)
    if isinstance(outcome, Configuration):
        return outcome
    raise ConfigurationRefused(*outcome)


def _outcome(file: Path) -> Configuration | tuple[str, ...]:
    from appliance.config import read

    try:
        return read(file)
    except ConfigurationRefused as refusal:
        return refusal.lines
