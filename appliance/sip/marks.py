"""What our Contact is made of and must outlive a restart: an unguessable mark each, and the UDP port.

Kept in the state directory in one private file. A Contact that changes with every start is refused by phone
systems that hold one Contact an extension (Asterisk with max_contacts=1 and remove_existing=no answers 403),
and those that hold several go on ringing the old one.
"""

import json
import re
import secrets
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from appliance.core.words import ExtensionId
from appliance.private_file import write_private

FILE_NAME: Final = "contact.json"
VERSION: Final = 1
MARK_BYTES: Final = 16
"""128 random bits: nobody guesses that by sending INVITEs."""

_MARK: Final = re.compile(r"[0-9a-f]{32}")


class Contacts:
    """The marks and the port, read once, written when something is new."""

    def __init__(self, state_directory: Path) -> None:
        """Read what an earlier run kept. `trouble` says what a person should know."""
        self._file = state_directory / FILE_NAME
        self._marks: dict[ExtensionId, str] = {}
        self.udp_port = 0
        self.trouble = ""
        try:
            self._read()
        except FileNotFoundError:
            pass
        except (OSError, ValueError, RecursionError) as error:
            self._marks, self.udp_port = {}, 0
            what = error.strerror if isinstance(error, OSError) else str(error)
            self.trouble = f"{self._file} could not be read ({what}): our Contacts were made anew"

    def marks(self, extensions: Iterable[ExtensionId]) -> dict[ExtensionId, str]:
        """Return each extension's mark; a new one is made where there is none, and kept."""
        missing = [extension for extension in extensions if extension not in self._marks]
        for extension in missing:
            self._marks[extension] = secrets.token_hex(MARK_BYTES)
        if missing:
            self._write()
        return dict(self._marks)

    def keep_udp_port(self, port: int) -> None:
        """Keep the port for the next start."""
        if port and port != self.udp_port:
            self.udp_port = port
            self._write()

    def _read(self) -> None:
        text = self._file.read_text(encoding="utf-8")
        if self._file.stat().st_mode & 0o077:
            # A mark that others can read is as good as none, for whoever has it may ring.
            self._file.chmod(0o600)
        kept = json.loads(text)
        if not isinstance(kept, dict) or kept.get("version") != VERSION:
            raise ValueError(f"it is not of version {VERSION}")
        marks, port = kept.get("marks"), kept.get("udp_port")
        if not isinstance(marks, dict) or not all(
            isinstance(mark, str) and _MARK.fullmatch(mark) for mark in marks.values()
        ):
            raise ValueError("its marks are damaged")
        if not isinstance(port, int) or isinstance(port, bool) or not 0 <= port <= 65_535:
            raise ValueError("its port is damaged")
        self._marks = {ExtensionId(extension): mark for extension, mark in marks.items()}
        self.udp_port = port

    def _write(self) -> None:
        text = json.dumps({"version": VERSION, "marks": self._marks, "udp_port": self.udp_port})
        try:
            write_private(self._file, text)
        except OSError as error:
            self.trouble = (
                f"{self._file} could not be written ({error.strerror}): our Contacts last for this run"
            )
