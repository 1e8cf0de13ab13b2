"""Turns a tarball into the two files of the binding, `pjsua2.py` and the extension module, with pj inside."""

import os
import re
from dataclasses import dataclass
from pathlib import Path

from appliance.sip.binding.commands import Command, Commands
from appliance.sip.binding.errors import BindingError
from appliance.sip.binding.known import KnownTarballs, parse_version
from appliance.sip.binding.recipe import FOUND_BY_CONFIGURE, Recipe
from appliance.sip.binding.tarball import Tarball
from appliance.sip.binding.target import Target

SWIG_FOLDER = Path("pjsip-apps/src/swig/python")


@dataclass(frozen=True, slots=True)
class Tree:
    """The unpacked source."""

    folder: Path
    version: str
    # When upstream last touched this release: the one date that the wheel carries, so that it never differs.
    epoch: int


def unpack(tarball: Tarball, folder: Path, known: KnownTarballs, commands: Commands) -> Tree:
    """Unpack into `folder`; raises BindingError for what is not pjproject, or is too old."""
    folder.mkdir()
    commands.run(Command(["tar", "xf", str(tarball.path), "-C", str(folder), "--strip-components=1"], folder))
    try:
        text = (folder / "version.mak").read_text()
        epoch = int((folder / "version.mak").stat().st_mtime)
    except OSError as error:
        raise BindingError("the tarball is not pjproject's: it has no version.mak") from error
    version = _version(text)
    if parse_version(version) < known.lowest:
        lowest = ".".join(map(str, known.lowest))
        raise BindingError(f"the tarball has pjproject {version}, and {lowest} is the lowest that was tested")
    return Tree(folder, version, epoch)


def configure(tree: Tree, recipe: Recipe, target: Target, commands: Commands) -> None:
    """Configure, and require that configure found what the light needs."""
    (tree.folder / "pjlib/include/pj/config_site.h").write_text(recipe.config_site)
    # Debian drops this file from its tarball and leaves its name in the makefile.
    makefile = tree.folder / "pjmedia/build/Makefile"
    makefile.write_text(makefile.read_text().replace(" bdimad_dev.o", ""))
    said = commands.output(Command(["./configure", *recipe.configure, *target.configure], tree.folder))
    for line, package in FOUND_BY_CONFIGURE:
        if line not in said:
            raise BindingError(f"pjproject's configure did not say '{line}': install {package}")


def compile_all(tree: Tree, recipe: Recipe, target: Target, commands: Commands) -> None:
    """Compile the libraries and, beside them, SWIG's wrapper, which alone takes as long as all of them."""
    swig = tree.folder / SWIG_FOLDER
    commands.run(Command(["make", "pjsua2_wrap.cpp", "GEN_DOC="], swig))
    defines = [flag for flag in _make_says("cflags", tree, commands) if flag.startswith(("-D", "-I"))]
    flags = [*recipe.wrapper_flags, *defines, f"-I{target.interpreter.include}"]
    wrapper = [*target.compiler, *flags, "-c", "pjsua2_wrap.cpp", "-o", "wrap.o"]
    libraries = ["make", f"-j{len(os.sched_getaffinity(0))}", "lib"]
    commands.run(Command(wrapper, swig), Command(libraries, tree.folder))


def link(tree: Tree, recipe: Recipe, target: Target, commands: Commands) -> dict[str, Path]:
    """Link the extension; returns what the wheel holds, by name."""
    swig = tree.folder / SWIG_FOLDER
    extension = f"_pjsua2{target.interpreter.extension_suffix}"
    libraries = [f"-l{name}" for name in _make_says("libs", tree, commands)]
    inputs = ["wrap.o", *_make_says("ldflags", tree, commands), *libraries]
    commands.run(Command([*target.compiler, *recipe.link_flags, "-o", extension, *inputs], swig))
    return {"pjsua2.py": swig / "pjsua2.py", extension: swig / extension}


def _make_says(target: str, tree: Tree, commands: Commands) -> list[str]:
    """Upstream's own answer to what the binding is compiled and linked with."""
    question = ["make", "--no-print-directory", "-s", "-f", "helper.mak", target]
    return commands.output(Command(question, tree.folder / SWIG_FOLDER)).split()


def _version(text: str) -> str:
    found = re.findall(r"^export PJ_VERSION_(MAJOR|MINOR|REV|SUFFIX)\s*:=[ \t]*(\S*)", text, re.MULTILINE)
    parts: dict[str, str] = dict(found)
    if not (parts.get("MAJOR") and parts.get("MINOR")):
        raise BindingError("the tarball is not pjproject's: its version.mak names no version")
    numbers = [parts["MAJOR"], parts["MINOR"], *([parts["REV"]] if parts.get("REV") else [])]
    return ".".join(numbers) + parts.get("SUFFIX", "")
