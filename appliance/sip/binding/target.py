"""What a wheel is built for and with: this machine and its own compiler, or another one and a cross compiler.

The other machine is a folder with the root of a Debian (`--sysroot`): the libraries that a wheel is linked
with, their headers, and the Python that will import it. Nothing of it is installed here. The compiler runs at
this machine's own speed; only the finished wheel is tried in emulation.
"""

import ast
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from appliance.sip.binding.errors import BindingError
from appliance.sip.binding.recipe import Interpreter, release_of, running_interpreter


@dataclass(frozen=True, slots=True)
class Target:
    """The interpreter that imports the wheel, and how its code is compiled and run here."""

    interpreter: Interpreter
    # The C++ compiler, and what configure hears beside the recipe's own words.
    compiler: tuple[str, ...]
    configure: tuple[str, ...]
    # Runs the interpreter.
    python: tuple[str, ...]


def this_machine() -> Target:
    """The interpreter that runs this very code."""
    return Target(running_interpreter(), ("g++",), (), (sys.executable,))


def another_machine(sysroot: Path) -> Target:
    """Debian's own Python in a root of another architecture; raises BindingError for what lacks."""
    root = sysroot.absolute()
    python = root / "usr/bin/python3"
    # A link whose end says the version, such as python3.11; without emulation it cannot be asked.
    version = python.readlink().name if python.is_symlink() else ""
    about = sorted((root / "usr/lib" / version).glob("_sysconfigdata__*.py")) if version else []
    if not (about and (root / "etc/os-release").exists()):
        raise BindingError(f"{sysroot} is not the root of a Debian with base-files and python3-dev")
    variables = _read_variables(about[0])
    triple = variables["MULTIARCH"]
    architecture = triple.partition("-")[0]
    emulator = f"qemu-{architecture}-static"
    for program, package in ((f"{triple}-g++", f"g++-{triple}"), (emulator, "qemu-user-static")):
        if not shutil.which(program):
            raise BindingError(f"there is no '{program}' to build for {architecture} with: install {package}")
    interpreter = Interpreter(
        soabi=variables["SOABI"],
        platform=f"linux-{architecture}",
        extension_suffix=variables["EXT_SUFFIX"],
        include=f"{root}{variables['INCLUDEPY']}",
        release=release_of(root),
    )
    # Left to itself, the linker takes the cross compiler's C library, which may be older than the root's.
    there = (f"--sysroot={root}", f"-L{root}/usr/lib/{triple}")
    return Target(
        interpreter,
        (f"{triple}-g++", *there),
        (
            f"--host={triple}",
            f"CC={triple}-gcc {' '.join(there)}",
            f"CXX={triple}-g++ {' '.join(there)}",
            # Left to itself, configure looks in /usr of this machine, finds no library, and goes on without.
            f"--with-ssl={root}/usr",
        ),
        (emulator, "-L", str(root), str(python)),
    )


def _read_variables(path: Path) -> dict[str, str]:
    """What `sysconfig` would say there: one dictionary, written down by Python's own build."""
    for statement in ast.parse(path.read_text()).body:
        if isinstance(statement, ast.Assign):
            variables: dict[str, str] = ast.literal_eval(statement.value)
            return variables
    raise BindingError(f"{path} holds no variables of a Python")
