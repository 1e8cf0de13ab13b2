"""A file of the state directory that only its owner reads, and that is always whole."""

import os
from pathlib import Path


def write_private(file: Path, text: str) -> None:
    """Replace the file whole: a power cut leaves the old one or the new one. Its folder is made if need be.

    Raises:
        OSError: it cannot be written; the old one stands.
    """
    new = file.with_suffix(".new")
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    new.unlink(missing_ok=True)
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as opened:
        opened.write(text)
        opened.flush()
        os.fsync(descriptor)
    new.replace(file)
