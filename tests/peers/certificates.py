"""A certificate authority of our own, and one certificate for each way in which TLS can go wrong."""

import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Final

SERVER_NAME: Final = "localhost"


@dataclass(frozen=True, slots=True)
class Certificate:
    """A server's certificate with its key, and the authority that a client must know to trust it."""

    file: Path
    key_file: Path
    ca_file: Path


def _openssl(*arguments: str) -> None:
    subprocess.run(["openssl", *arguments], check=True, capture_output=True, timeout=30)


def _key(file: Path) -> None:
    _openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", str(file))
    file.chmod(0o600)


class Authority:
    """A certificate authority in a folder."""

    def __init__(self, folder: Path, name: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self.ca_file = folder / "ca.pem"
        self._ca_key = folder / "ca.key"
        _key(self._ca_key)
        _openssl(
            "req", "-x509", "-new", "-key", str(self._ca_key), "-subj", f"/CN={name}", "-days", "365",
            "-addext", "basicConstraints=critical,CA:TRUE",
            "-addext", "keyUsage=critical,keyCertSign,cRLSign",
            "-out", str(self.ca_file),
        )  # fmt: skip

    def certificate(self, server_name: str = SERVER_NAME, *, expired: bool = False) -> Certificate:
        """A certificate for this host name, valid for a year or over since yesterday."""
        stem = f"{server_name}{'-expired' if expired else ''}"
        key, request, file = (self._folder / f"{stem}.{end}" for end in ("key", "csr", "pem"))
        _key(key)
        _openssl("req", "-new", "-key", str(key), "-subj", f"/CN={server_name}", "-out", str(request))
        extensions = self._folder / f"{stem}.ext"
        extensions.write_text(f"subjectAltName=DNS:{server_name}\nextendedKeyUsage=serverAuth\n")
        # OpenSSL signs a certificate whose days are negative: it ended before it began.
        _openssl(
            "x509", "-req", "-in", str(request), "-CA", str(self.ca_file), "-CAkey", str(self._ca_key),
            "-CAcreateserial", "-days", "-1" if expired else "365",
            "-extfile", str(extensions), "-out", str(file),
        )  # fmt: skip
        return Certificate(file, key, self.ca_file)
