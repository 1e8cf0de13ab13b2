"""The site's own certificate authority, and the broker's certificate from it.

Made by the `openssl` command, which every Debian has: three calls in the life of a site are no reason for a
library of 10 MB with a compiled part of its own on each unit. No key ever passes through this program or
stands on a command line; openssl writes each one itself, readable by its owner alone.
"""

import subprocess
from pathlib import Path
from typing import Final

from appliance.errors import CallLightError

AUTHORITY_DAYS: Final = 7300
"""How long the authority is good for: twenty years, longer than the machines. A new one would have to be
carried to every unit by hand."""

BROKER_DAYS: Final = 1825
"""How long the broker's certificate is good for: five years, for nobody comes by each year, and on the day
that it ends every unit is alone. `call-light site rotate` makes a new one at any time."""

OPENSSL_WAIT_S: Final = 60.0
"""How long a call may take: a second on a slow machine, more while it gathers chance after a first start."""


def make_authority(folder: Path, site: str) -> None:
    """Make `ca.key` and `ca.pem` in this folder."""
    _make_key(folder / "ca.key")
    _openssl(
        "req", "-x509", "-new", "-key", str(folder / "ca.key"), "-out", str(folder / "ca.pem"),
        "-subj", f"/CN=Call light, site {site}", "-days", str(AUTHORITY_DAYS),
        "-addext", "basicConstraints=critical,CA:TRUE,pathlen:0",
        "-addext", "keyUsage=critical,keyCertSign,cRLSign",
    )  # fmt: skip


def make_broker_certificate(folder: Path, name: str, days: int = BROKER_DAYS) -> None:
    """Make `broker.key` and `broker.pem` in this folder, for a broker that units find under this name.

    It bears `localhost` too, for the keeper beside the broker. The old ones stay until both are made.
    """
    key, request, certificate = (folder / f"broker.{end}.new" for end in ("key", "csr", "pem"))
    extensions = folder / "broker.ext.new"
    try:
        _make_key(key)
        _openssl("req", "-new", "-key", str(key), "-subj", f"/CN={name}", "-out", str(request))
        kind = "IP" if name.replace(".", "").isdecimal() or ":" in name else "DNS"
        extensions.write_text(f"subjectAltName={kind}:{name},DNS:localhost\nextendedKeyUsage=serverAuth\n")
        _openssl(
            "x509", "-req", "-in", str(request), "-CA", str(folder / "ca.pem"),
            "-CAkey", str(folder / "ca.key"), "-CAcreateserial", "-days", str(days),
            "-extfile", str(extensions), "-out", str(certificate),
        )  # fmt: skip
        key.replace(folder / "broker.key")
        certificate.replace(folder / "broker.pem")
    finally:
        for scratch in (key, request, certificate, extensions):
            scratch.unlink(missing_ok=True)


def end_of(certificate: Path) -> str:
    """Return until when a certificate is good, as openssl writes it: `Nov 26 15:00:00 2031 GMT`."""
    return _openssl("x509", "-in", str(certificate), "-noout", "-enddate").partition("=")[2].strip()


def _make_key(file: Path) -> None:
    _openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", str(file))


def _openssl(*arguments: str) -> str:
    try:
        done = subprocess.run(
            ["openssl", *arguments],
            check=True,
            capture_output=True,
            text=True,
            timeout=OPENSSL_WAIT_S,
            umask=0o077,
        )
    except FileNotFoundError:
        raise CallLightError("openssl is missing: apt-get install openssl") from None
    except subprocess.TimeoutExpired:
        raise CallLightError(f"openssl {arguments[0]} did not end within {OPENSSL_WAIT_S:.0f} s") from None
    except subprocess.CalledProcessError as error:
        last = (error.stderr.strip().splitlines() or ["no reason"])[-1]
        raise CallLightError(f"openssl {arguments[0]} failed: {last}") from None
    # On a full disk it leaves an empty key and says that all is well (seen with 3.0).
    if "-out" in arguments and not Path(out := arguments[arguments.index("-out") + 1]).stat().st_size:
        raise CallLightError(f"{out}: openssl could not write it: is the disk full?")
    return done.stdout
