"""Packs the binding into a wheel that is the same byte for byte each time, and tries it out."""

import base64
import dataclasses
import hashlib
import json
import time
import zipfile
from collections.abc import Sequence
from pathlib import Path

from appliance.sip.binding.commands import Command, Commands
from appliance.sip.binding.errors import BindingError
from appliance.sip.binding.recipe import Interpreter

# Undefined symbols show at the import only, and a library left out shows when the endpoint is made.
TRIAL = """
import sys
sys.path.insert(0, sys.argv[1])
import pjsua2
endpoint = pjsua2.Endpoint()
endpoint.libCreate()
assert endpoint.libVersion().full == sys.argv[2], endpoint.libVersion().full
endpoint.libDestroy()
"""


@dataclasses.dataclass(frozen=True, slots=True)
class Provenance:
    """Where a wheel came from; it lies inside the wheel as `provenance.json`."""

    version: str
    sha256: str
    origin: str
    known: bool


def pack(
    files: dict[str, Path], provenance: Provenance, interpreter: Interpreter, epoch: int, folder: Path
) -> Path:
    """Write the wheel (PEP 427) into `folder`."""
    about = f"pjsua2-{provenance.version}.dist-info"
    content = {name: path.read_bytes() for name, path in files.items() if name != "COPYING"}
    content[f"{about}/COPYING"] = files["COPYING"].read_bytes()
    content[f"{about}/METADATA"] = (
        f"Metadata-Version: 2.1\nName: pjsua2\nVersion: {provenance.version}\n"
        "Summary: The Python binding of pjproject, with pjproject inside\nLicense: GPL-2.0-or-later\n"
    ).encode()
    content[f"{about}/WHEEL"] = (
        f"Wheel-Version: 1.0\nGenerator: call-light\nRoot-Is-Purelib: false\nTag: {interpreter.wheel_tag}\n"
    ).encode()
    content[f"{about}/provenance.json"] = json.dumps(dataclasses.asdict(provenance), indent=2).encode()
    record = [f"{name},sha256={_digest(data)},{len(data)}" for name, data in sorted(content.items())]
    content[f"{about}/RECORD"] = "\n".join([*record, f"{about}/RECORD,,", ""]).encode()

    wheel = folder / f"pjsua2-{provenance.version}-{interpreter.wheel_tag}.whl"
    with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in sorted(content.items()):
            entry = zipfile.ZipInfo(name, time.gmtime(epoch)[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = (0o100755 if name.endswith(".so") else 0o100644) << 16
            archive.writestr(entry, data)
    return wheel


def try_out(wheel: Path, version: str, python: Sequence[str], folder: Path, commands: Commands) -> None:
    """Import the wheel's content from a folder of its own and start the library once."""
    folder.mkdir()
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    try:
        commands.run(Command([*python, "-I", "-c", TRIAL, str(folder), version], folder))
    except BindingError as error:
        raise BindingError(f"the finished wheel does not import: {error}") from error


def _digest(data: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
