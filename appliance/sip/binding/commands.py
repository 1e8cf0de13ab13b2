"""Runs the build's commands: their output into a log file, their failure as the end of that log."""

import os
import signal
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from appliance.sip.binding.errors import BindingError
from appliance.sip.binding.progress import Progress

# How many lines of the log are shown when a command fails: enough for a compiler's message and its context.
TAIL_LINES = 15
# Only these reach a command. CFLAGS, CC or MAKEFLAGS of whoever calls (often another make) would change the
# result behind the cache key's back.
PASSED_ON = ("PATH", "HOME", "TMPDIR", "http_proxy", "https_proxy", "no_proxy")
# How often a running command is looked at; a build of a minute loses nothing by it.
POLL_S = 0.1


@dataclass(frozen=True, slots=True)
class Command:
    """One program to run, in a folder."""

    argv: Sequence[str]
    folder: Path


class Commands:
    """Runs commands for one build."""

    def __init__(self, log: Path, progress: Progress) -> None:
        self._log = log
        self._progress = progress
        self._environment = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
        self._environment["LC_ALL"] = "C"

    def set(self, name: str, value: str) -> None:
        """Give a variable to every command from now on."""
        self._environment[name] = value

    def run(self, *commands: Command) -> None:
        """Run the commands side by side; raises BindingError when one fails, after ending the others."""
        running: list[tuple[Command, subprocess.Popen[bytes]]] = []
        with self._log.open("ab") as log:
            try:
                for command in commands:
                    running.append((command, self._start(command, log)))
                self._await(running)
            finally:
                for _, process in running:
                    _end(process)

    def output(self, command: Command) -> str:
        """Run one command and return all that it said, which goes into the log too."""
        before = self._log.stat().st_size if self._log.exists() else 0
        self.run(command)
        with self._log.open("rb") as log:
            log.seek(before)
            # The first line is the command itself.
            return log.read().decode(errors="replace").partition("\n")[2]

    def _start(self, command: Command, log: BinaryIO) -> subprocess.Popen[bytes]:
        log.write(f"+ {' '.join(command.argv)}\n".encode())
        log.flush()
        try:
            return subprocess.Popen(
                command.argv,
                cwd=command.folder,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                # A group of its own, so that a compiler's own children can be ended with it.
                process_group=0,
            )
        except FileNotFoundError as missing:
            raise self._not_there(command) from missing

    def _await(self, running: list[tuple[Command, subprocess.Popen[bytes]]]) -> None:
        pending = list(running)
        while pending:
            command, process = pending.pop(0)
            code = _ended_with(process)
            if code is None:
                self._progress.alive()
                pending.append((command, process))
            elif code != 0:
                raise self._failure(command, code)

    def _failure(self, command: Command, code: int) -> BindingError:
        lines = self._log.read_text(errors="replace").splitlines()[-TAIL_LINES:]
        for line in lines:
            self._progress.note(f"  | {line}")
        program = Path(command.argv[0]).name
        return BindingError(f"'{program}' ended with {code}; all it said is in {self._log}")

    @staticmethod
    def _not_there(command: Command) -> BindingError:
        return BindingError(f"there is no '{command.argv[0]}': install the packages named in .ci/packages")


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait()


def _ended_with(process: subprocess.Popen[bytes]) -> int | None:
    """The exit code of a process, or None when it still ran for another POLL_S."""
    try:
        return process.wait(timeout=POLL_S)
    except subprocess.TimeoutExpired:
        return None
