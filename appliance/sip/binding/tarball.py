"""Gets pjproject's tarball: from Debian sid through apt, or from wherever the user points.

Debian has no pjproject package, but the source package `asterisk` in sid carries it as a component. A private
apt configuration fetches it without root and without touching the machine's own lists; apt checks the
signature of sid's index, and `apt-helper` the sha256 that the index names.
"""

import hashlib
import os
import re
import shutil
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from appliance.sip.binding.commands import Command, Commands
from appliance.sip.binding.errors import BindingError
from appliance.sip.binding.known import KnownTarballs

INSTEAD = "set PJPROJECT_TARBALL (file or URL) and PJPROJECT_SHA256 to build from an upstream tarball instead"
# Debian names it .gpg up to 13 and .pgp after.
KEYRINGS = tuple(f"/usr/share/keyrings/debian-archive-keyring.{kind}" for kind in ("gpg", "pgp"))
APT_HELPER = "/usr/lib/apt/apt-helper"
# A line of `apt-get source --print-uris`: 'URI' name size SHA256:digest.
COMPONENT = re.compile(r"'([^']+)' (asterisk_\S+\.orig-Xpjproject\.tar\.\w+) \d+ SHA256:(\w{64})")
# How long a silent server is waited for.
URL_TIMEOUT_S = 60
# Ten times a tarball of today; what is longer is cut, and then its sha256 refuses it.
TARBALL_BYTES_MAX = 100_000_000


@dataclass(frozen=True, slots=True)
class Tarball:
    """A tarball whose content is what its sha256 says."""

    path: Path
    sha256: str
    # For the record inside the wheel: how it got here.
    origin: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the user asked for in the environment; all empty means Debian's tarball, whichever sid has."""

    tarball: str
    sha256: str
    strict: bool


def read_wanted(known: KnownTarballs) -> Wanted:
    """Read PJPROJECT_TARBALL, PJPROJECT_SHA256 and STRICT; raises BindingError for what cannot be meant."""
    tarball = os.environ.get("PJPROJECT_TARBALL", "")
    sha256 = os.environ.get("PJPROJECT_SHA256", "").lower()
    strict = os.environ.get("STRICT", "") not in ("", "0")
    if sha256 and not re.fullmatch(r"[0-9a-f]{64}", sha256):
        raise BindingError("PJPROJECT_SHA256 is not a sha256: it needs 64 hexadecimal digits")
    if sha256 and not tarball:
        raise BindingError("PJPROJECT_SHA256 is set without PJPROJECT_TARBALL: set both, or neither")
    if tarball and not sha256:
        sha256 = _listed_sha256(tarball, known)
    if sha256 and strict and not known.holds(sha256):
        raise _refused(sha256)
    return Wanted(tarball, sha256, strict)


def fetch(wanted: Wanted, known: KnownTarballs, folder: Path, commands: Commands) -> Tarball:
    """Bring the tarball into `folder` and check it; raises BindingError when it is not what it should be."""
    tarball = _from_user(wanted, folder) if wanted.tarball else _from_apt(folder, commands)
    actual = sha256_of(tarball.path)
    if actual != tarball.sha256:
        raise BindingError(f"the tarball's sha256 is {actual} instead of {tarball.sha256}: get it again")
    if wanted.strict and not known.holds(actual):
        raise _refused(actual)
    return tarball


def sha256_of(path: Path) -> str:
    """The sha256 of a file, in hexadecimal."""
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _refused(sha256: str) -> BindingError:
    return BindingError(f"STRICT=1 refuses the tarball {sha256}: known_tarballs.txt does not list it")


def _listed_sha256(tarball: str, known: KnownTarballs) -> str:
    """A file whose content is in the list vouches for itself."""
    path = Path(tarball)
    if path.is_file() and known.holds(actual := sha256_of(path)):
        return actual
    raise BindingError("PJPROJECT_TARBALL needs PJPROJECT_SHA256 beside it, as its publisher names it")


def _from_user(wanted: Wanted, folder: Path) -> Tarball:
    target = folder / "pjproject.tar"
    try:
        if "://" in wanted.tarball:
            with urllib.request.urlopen(wanted.tarball, timeout=URL_TIMEOUT_S) as answer:
                target.write_bytes(answer.read(TARBALL_BYTES_MAX))
        else:
            shutil.copyfile(wanted.tarball, target)
    except (OSError, ValueError, urllib.error.URLError) as error:
        raise BindingError(f"PJPROJECT_TARBALL cannot be read: {error}") from error
    return Tarball(target, wanted.sha256, "PJPROJECT_TARBALL, its sha256 vouched for by the user")


def _from_apt(folder: Path, commands: Commands) -> Tarball:
    if not shutil.which("apt-get"):
        raise BindingError(f"this machine has no apt-get to fetch Debian's tarball with: {INSTEAD}")
    options = _private_configuration(folder, _mirror(folder, commands))
    commands.run(Command(["apt-get", *options, "-q", "update"], folder))
    question = ["apt-get", *options, "-qq", "source", "--print-uris", "asterisk"]
    components = COMPONENT.findall(commands.output(Command(question, folder)))
    if len(components) != 1:
        raise BindingError(f"asterisk in sid has {len(components)} tarballs of pjproject, not one: {INSTEAD}")
    uri, name, sha256 = components[0]
    download = [APT_HELPER, *options, "download-file", uri, name, f"SHA256:{sha256}"]
    commands.run(Command(download, folder))
    return Tarball(folder / name, sha256, f"{name}, authenticated by apt")


def _mirror(folder: Path, commands: Commands) -> str:
    """The Debian mirror that this machine uses already."""
    listing = ["apt-get", "indextargets", "--format", "$(ORIGIN) $(REPO_URI)", "Created-By: Packages"]
    for line in commands.output(Command(listing, folder)).splitlines():
        origin, _, mirror = line.partition(" ")
        if origin == "Debian" and "security" not in mirror:
            return mirror
    raise BindingError(f"apt knows no Debian mirror yet: run 'apt-get update' as root first, or {INSTEAD}")


def _private_configuration(folder: Path, mirror: str) -> list[str]:
    keyring = next((path for path in KEYRINGS if Path(path).is_file()), None)
    if keyring is None:
        raise BindingError(f"Debian's archive key is missing: install debian-archive-keyring, or {INSTEAD}")
    # Without its `partial` folders update fails, and source then asks for a deb-src line that is there.
    (folder / "lists" / "partial").mkdir(parents=True)
    (folder / "cache" / "archives" / "partial").mkdir(parents=True)
    (folder / "sources.list").write_text(f"deb-src [signed-by={keyring}] {mirror} sid main\n")
    settings = {
        "Dir::Etc::sourcelist": folder / "sources.list",
        "Dir::Etc::sourceparts": "-",
        "Dir::State::lists": folder / "lists",
        "Dir::Cache": folder / "cache",
        # A mirror that stands still is good enough: the signature is checked all the same.
        "Acquire::Check-Valid-Until": "false",
        # Without this a failed download is a warning, and the error comes later and says something else.
        "APT::Update::Error-Mode": "any",
    }
    return [word for name, value in settings.items() for word in ("-o", f"{name}={value}")]
