"""Who is in our hands, and whom we lost from them, in one private file: so that they can be called back.

`callers.json` in the state directory has two lists: who is in the unit's hands now, and the last callers who
were cut off by a failure of ours, the newest last. If a unit finds somebody in the first list when it starts,
the one before it died with them, and they belong into the second. It is the only place where a caller's
number is written, and only the unit's own user can read it.
"""

import contextlib
import json
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, Final

from appliance.core.effects import NoteCallers, NotedCaller
from appliance.core.events import Event, FaultCleared, FaultRaised
from appliance.private_file import write_private

FILE_NAME: Final = "callers.json"
VERSION: Final = 1

DROPPED_MAX: Final = 100
"""Callers who were cut off that are kept; the oldest is forgotten first. An engine that dies once a day with
one caller fills it in a season, and by then somebody has called back or never will."""

CLOSE_S: Final = 0.5
"""How long the last note may take to be written: a stalled card must not hold up the unit's end."""

AGAIN_S: Final = 60.0
"""How soon a note that could not be written is tried again: a full card is emptied by a person, if at all."""

DAMAGED_SUFFIX: Final = ".damaged"
"""What the name of a file that cannot be read ends with from then on: a person may still see who is in it."""

FAULT: Final = "callers file"
"""Names the fault of a file that cannot be read or written."""


class CallersFile:
    """Written by a thread of its own: an SD card may stall for seconds, and the unit must not."""

    def __init__(self, state_directory: Path, post: Callable[[Event], None]) -> None:
        """Prepare; `post` is told a fault, on the thread, when the file cannot be read or written."""
        self._file = state_directory / FILE_NAME
        self._post = post
        self._in_hand: list[dict[str, Any]] = []
        self._dropped: list[dict[str, Any]] = []
        self._unwritten_why = ""
        """Why the last note is not in the file; empty if it is."""
        self._notes: SimpleQueue[NoteCallers | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="callers file", daemon=True)

    def open(self) -> int:
        """Read what an earlier run left, and start; return how many callers it ended with in its hands."""
        found: list[dict[str, Any]] = []
        try:
            kept = json.loads(self._file.read_text(encoding="utf-8"))
            found, self._dropped = list(kept["in_hand"]), list(kept["dropped"])
        except FileNotFoundError:
            pass
        except (OSError, ValueError, LookupError, TypeError, RecursionError) as error:
            with contextlib.suppress(OSError):
                self._file.replace(self._file.with_suffix(DAMAGED_SUFFIX))
            why = f"could not be read ({type(error).__name__}): it is begun anew, the old one ends in"
            self._complain(f"{why} {DAMAGED_SUFFIX}")
        if found:
            self._dropped = [*self._dropped, *found][-DROPPED_MAX:]
            self._write()
        self._thread.start()
        return len(found)

    def note(self, note: NoteCallers) -> None:
        """Have this written; returns at once."""
        self._notes.put(note)

    def close(self) -> None:
        """Write what waits, and end."""
        if self._thread.is_alive():
            self._notes.put(None)
            self._thread.join(CLOSE_S)

    def _complain(self, what: str) -> None:
        self._post(FaultRaised(FAULT, f"{self._file} {what}"))

    def _run(self) -> None:
        while True:
            try:
                note = self._notes.get(timeout=AGAIN_S if self._unwritten_why else None)
            except Empty:
                self._write()
                continue
            if note is None:
                break
            self._in_hand = [*map(_entry, note.in_hand)]
            self._dropped = [*self._dropped, *map(_entry, note.lost)][-DROPPED_MAX:]
            self._write()
        if self._unwritten_why:
            self._write()

    def _write(self) -> None:
        text = json.dumps({"version": VERSION, "in_hand": self._in_hand, "dropped": self._dropped}, indent=1)
        before, self._unwritten_why = self._unwritten_why, ""
        try:
            write_private(self._file, text)
        except OSError as error:
            self._unwritten_why = f"could not be written ({error.strerror})"
            if self._unwritten_why != before:
                self._complain(self._unwritten_why)
        else:
            if before:
                self._post(FaultCleared(FAULT))


def _entry(caller: NotedCaller) -> dict[str, Any]:
    noted_utc = datetime.now(UTC).isoformat(timespec="seconds")
    return {"noted_utc": noted_utc, "line": caller.line, "number": caller.number}
