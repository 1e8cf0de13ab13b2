"""Files that are always whole, for whom they are: what a site's commands write, a power cut never halves."""

import contextlib
import os
import threading
from pathlib import Path


def write(file: Path, content: bytes, mode: int = 0o640) -> None:
    """Put this content in the place of a file, whole or not at all; of two at once, one is the last.

    Written by root, it belongs to whom the old file belonged, or else to whom the folder does.

    Raises:
        OSError: it cannot be written.
    """
    # A name of our own: a unit may keep a site file while a person changes it.
    scratch = file.with_name(f".{file.name}.{os.getpid()}-{threading.get_ident()}.new")
    owner = (file if file.exists() else file.parent).stat()
    scratch.unlink(missing_ok=True)
    try:
        # Never what lies there: in a unit's folder, root would write wherever the unit's user has it point.
        with os.fdopen(os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as opened:
            opened.write(content)
            os.fchmod(opened.fileno(), mode)
            if os.geteuid() == 0:
                os.fchown(opened.fileno(), owner.st_uid, owner.st_gid)
            opened.flush()
            os.fsync(opened.fileno())
        scratch.replace(file)
    finally:
        with contextlib.suppress(FileNotFoundError):
            scratch.unlink()
