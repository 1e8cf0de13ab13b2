"""What is built and how: every input that changes the wheel, in one value, and the cache key made from it."""

import dataclasses
import hashlib
import json
import sys
import sysconfig
from pathlib import Path

CONFIG_SITE = """\
/* Audio only: the light answers a call, it never shows a face. */
#define PJMEDIA_HAS_VIDEO 0
/* The compile-time cap on legs (default 4): 128 rings, and slots for second legs. The one beyond gets 486. */
#define PJSUA_MAX_CALLS 144
/* The default of 8 is too few for eight lines with an extension each, at several registrars. */
#define PJSUA_MAX_ACC 66
/* An account that demands a recording session refuses strangers without keeping any state (stack.py). */
#define PJSUA_HAS_SIPREC 1
/* The light rings whatever an INVITE carries beside or instead of SDP; it never answers one. */
#define PJSIP_INV_ACCEPT_UNKNOWN_BODY 1
/* The default of 64 refuses the 33rd leg with 500, for each leg with SDP holds two RTP sockets. */
#define PJ_IOQUEUE_MAX_HANDLES 1024
/* The default of 4000 cuts longer datagrams; PBXes were seen to send INVITEs of 9 KB. */
#define PJSIP_MAX_PKT_LEN 16384
/* Calls over TCP and TLS come through the connection that we opened, so nobody needs to dial in. */
#define PJSIP_TCP_TRANSPORT_DONT_CREATE_LISTENER 1
#define PJSIP_TLS_TRANSPORT_DONT_CREATE_LISTENER 1
/* --disable-speex-codec breaks the import (speex_aec_create), so the codec is left out here. */
#define PJMEDIA_HAS_SPEEX_CODEC 0
/* The default leaves an unused label behind each note, and a warning for each. */
#define PJ_TODO(x)
"""

CONFIGURE = (
    "CFLAGS=-O2 -fPIC -DNDEBUG",
    "CXXFLAGS=-O2 -fPIC -DNDEBUG",
    "--enable-epoll",
    "--with-external-srtp",
    "--with-external-speex",
    "--enable-speex-resample",
    "--disable-l16-codec",
    "--disable-gsm-codec",
    "--disable-ilbc-codec",
    "--disable-g7221-codec",
    "--disable-opencore-amr",
    "--disable-silk",
    "--disable-bcg729",
    "--disable-lyra",
    "--disable-video",
    "--disable-sdl",
    "--disable-ffmpeg",
    "--disable-v4l2",
    "--disable-openh264",
    "--disable-vpx",
    "--disable-libyuv",
    "--disable-libwebrtc",
    "--disable-upnp",
)

# configure says nothing about what it lacks and goes on without it, so what it found is required here:
# its line, and the Debian package that brings it.
FOUND_BY_CONFIGURE = (
    ("SSL support enabled", "libssl-dev"),
    ("OPUS support enabled", "libopus-dev"),
    ("ioqueue backend... /dev/epoll", "linux-libc-dev"),
    ("sound device backend... alsa", "libasound2-dev"),
    ("SRTP devkit is installed... yes", "libsrtp2-dev"),
)


@dataclasses.dataclass(frozen=True, slots=True)
class Recipe:
    """All that decides what the wheel is, apart from the tarball."""

    # Raised by hand when the commands of `compile` or the packing of `wheel` change their result.
    revision: int = 1
    config_site: str = CONFIG_SITE
    configure: tuple[str, ...] = CONFIGURE
    # The wrapper's few lines per call gain nothing from level 2, and compiling it needs the most memory.
    wrapper_flags: tuple[str, ...] = ("-O1", "-g0", "-fPIC", "-fno-strict-aliasing", "-w")
    link_flags: tuple[str, ...] = ("-shared", "-Wl,-s", "-Wl,--as-needed")


@dataclasses.dataclass(frozen=True, slots=True)
class Interpreter:
    """The Python that the wheel is for, and the release whose libraries it is linked with."""

    soabi: str
    platform: str
    extension_suffix: str
    include: str
    release: str

    @property
    def wheel_tag(self) -> str:
        """The tag in the wheel's name (PEP 425), such as cp311-cp311-linux_x86_64."""
        abi = "cp" + self.soabi.split("-")[1]
        python = abi.rstrip("abcdefghijklmnopqrstuvwxyz")
        return f"{python}-{abi}-{self.platform.replace('-', '_').replace('.', '_')}"


def running_interpreter() -> Interpreter:
    """The interpreter that runs this very code."""
    return Interpreter(
        soabi=str(sysconfig.get_config_var("SOABI")),
        platform=sysconfig.get_platform(),
        extension_suffix=str(sysconfig.get_config_var("EXT_SUFFIX")),
        include=sysconfig.get_paths()["include"],
        release=release_of(Path("/")),
    )


def release_of(root: Path) -> str:
    """The name of the system in a root, such as `debian 12`."""
    try:
        lines = (root / "etc/os-release").read_text().splitlines()
    except OSError:
        lines = []
    said = {name: value.strip("\"'") for name, _, value in (line.partition("=") for line in lines)}
    return f"{said.get('ID', sys.platform)} {said.get('VERSION_ID', 'rolling')}"


def cache_key(recipe: Recipe, interpreter: Interpreter) -> str:
    """The name of the cache folder: the same inputs, the same name.

    Where the headers lie is left out: two installations of one ABI can share a wheel.
    """
    inputs = [dataclasses.asdict(recipe), dataclasses.asdict(dataclasses.replace(interpreter, include=""))]
    digest = hashlib.sha256(json.dumps(inputs, sort_keys=True).encode()).hexdigest()
    return f"{interpreter.wheel_tag}-{digest[:16]}"
