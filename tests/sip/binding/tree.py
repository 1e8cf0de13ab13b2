"""A pjproject in miniature: every file that the build touches, small enough to compile in a second."""

import hashlib
import tarfile
from pathlib import Path

CONFIGURE = """#!/bin/sh
echo "SSL support enabled"
echo "OPUS support enabled"
echo "checking ioqueue backend... /dev/epoll"
echo "Checking sound device backend... alsa"
echo "checking if external SRTP devkit is installed... yes: version 2.x"
grep -q PJSUA_MAX_CALLS pjlib/include/pj/config_site.h
"""
HELPER = """
cflags:
\t@echo -O2 -DPJ_AUTOCONF=1
libs:
\t@echo m
ldflags:
\t@echo -L.
"""
WRAPPER = """
#include <Python.h>
static PyModuleDef module = {PyModuleDef_HEAD_INIT, "_pjsua2", 0, -1, 0, 0, 0, 0, 0};
PyMODINIT_FUNC PyInit__pjsua2(void) { return PyModule_Create(&module); }
"""
BINDING = """
import types
import _pjsua2

class Endpoint:
    def libCreate(self): pass
    def libVersion(self): return types.SimpleNamespace(full="VERSION")
    def libDestroy(self): pass
"""
# When this release was made, to the second; the wheel carries it.
EPOCH = 1_700_000_000


def miniature(version: str = "2.17", **changed: str) -> dict[str, str]:
    """The files of a miniature, by path; `changed` replaces some, by the names below."""
    major, minor = version.split(".")
    return {
        "COPYING": "the licence\n",
        "version.mak": changed.get(
            "version_mak",
            f"export PJ_VERSION_MAJOR  := {major}\nexport PJ_VERSION_MINOR  := {minor}\n"
            "export PJ_VERSION_REV    :=\nexport PJ_VERSION_SUFFIX :=\n",
        ),
        "configure": changed.get("configure", CONFIGURE),
        "Makefile": "lib:\n\ttrue\n",
        "pjlib/include/pj/config.h": "",
        "pjmedia/build/Makefile": "OBJS = alsa_dev.o bdimad_dev.o\n",
        "pjsip-apps/src/swig/python/Makefile": "pjsua2_wrap.cpp: wrapper\n\tcp wrapper pjsua2_wrap.cpp\n",
        "pjsip-apps/src/swig/python/wrapper": changed.get("wrapper", WRAPPER),
        "pjsip-apps/src/swig/python/helper.mak": changed.get("helper", HELPER),
        "pjsip-apps/src/swig/python/pjsua2.py": changed.get("binding", BINDING.replace("VERSION", version)),
    }


def write_tree(folder: Path, files: dict[str, str]) -> None:
    """Lay the files out below `folder`, configure executable."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(0o755 if name == "configure" else 0o644)


def write_tarball(path: Path, files: dict[str, str]) -> str:
    """Pack the files as upstream does, below one folder; returns the sha256."""
    staging = path.with_suffix(".d")
    write_tree(staging / "pjproject", files)

    def as_released(member: tarfile.TarInfo) -> tarfile.TarInfo:
        member.mtime = EPOCH
        return member

    with tarfile.open(path, "w") as archive:
        archive.add(staging / "pjproject", "pjproject", filter=as_released)
    return hashlib.sha256(path.read_bytes()).hexdigest()
