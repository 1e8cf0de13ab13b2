"""Runs the build's commands: their output into a log file, their failure as the end of that log."""

import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from appliance.sip.binding.errors import BindingError
from appliance.sip.binding.progress import Progress

# How many lines of the log are shown when a command fails: enough for a compiler's message and its context.
TAIL_LINES = 15
# Only these reach a command. CFLAGS, CC or MAKEFLAGS of whoever calls (often another make) would change the
# result behind the cache key's back.
PASSED_ON = ("PATH", "HOME", "TMPDIR", "http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY")
POLL_S = 0.1


@dataclass(frozen=True, slots=True)
class Command:
    """One program to run, in a folder."""

    argv: Sequence[str]
    folder: Path


class Commands:
    """Runs commands for one build."""

    def __init__(self, log: Path, progress: Progress, environment: dict[str, str]) -> None:
        self._log = log
        self._progress = progress
        self._environment = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
        self._environment |= {"LC_ALL": "C"} | environment

    def set(self, name: str, value: str) -> None:
        """Give a variable to every command from now on."""
        self._environment[name] = value

    def run(self, *commands: Command) -> None:
        """Run the commands side by side; raises BindingError when one fails, after ending the others."""
        running: list[tuple[Command, subprocess.Popen[bytes]]] = []
        with self._log.open("ab") as log:
            try:
                for command in commands:
                    log.write(f"+ {' '.join(command.argv)}\n".encode())
                    log.flush()
                    running.append((command, self._start(command, log.fileno())))
                for command, process in running:
                    self._await(command, process)
            finally:
                for _, process in running:
                    if process.poll() is None:
                        process.terminate()
                        process.wait()

    def output(self, command: Command) -> str:
        """Run one short command and return what it printed; its errors go to the log."""
        with self._log.open("ab") as log:
            try:
                done = subprocess.run(
                    command.argv,
                    cwd=command.folder,
                    env=self._environment,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.PIPE,
                    stderr=log,
                    check=False,
                )
            except FileNotFoundError as missing:
                raise self._not_there(command) from missing
            log.write(f"+ {' '.join(command.argv)}\n".encode() + done.stdout)
        if done.returncode != 0:
            raise self._failure(command, done.returncode)
        return done.stdout.decode(errors="replace")

    def _start(self, command: Command, log: int) -> subprocess.Popen[bytes]:
        try:
            return subprocess.Popen(
                command.argv,
                cwd=command.folder,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        except FileNotFoundError as missing:
            raise self._not_there(command) from missing

    def _await(self, command: Command, process: subprocess.Popen[bytes]) -> None:
        while True:
            try:
                code = process.wait(timeout=POLL_S)
                break
            except subprocess.TimeoutExpired:
                self._progress.alive()
        if code != 0:
            raise self._failure(command, code)

    def _failure(self, command: Command, code: int) -> BindingError:
        lines = self._log.read_text(errors="replace").splitlines()[-TAIL_LINES:]
        for line in lines:
            self._progress.note(f"  | {line}")
        return BindingError(f"'{Path(command.argv[0]).name}' ended with {code}; all it said is in {self._log}")

    @staticmethod
    def _not_there(command: Command) -> BindingError:
        return BindingError(f"there is no program '{command.argv[0]}': install the packages named in .ci/packages")
