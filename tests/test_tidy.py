"""The project's style, as far as a machine can read it: words, sizes, imports, and what must not be left.

Each check is a function from a source to complaints, and each is shown a bad sample that it must complain of.
"""

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[1]

FILE_LINES_MAX: Final = 300
"""A file fits one sitting."""

FUNCTION_LINES_MAX: Final = 70
"""A function fits one screen."""

CORE_MAY_IMPORT: Final = frozenset(
    {
        "appliance.core",
        "collections",
        "dataclasses",
        "enum",
        "functools",
        "hashlib",
        "itertools",
        "math",
        "re",
        "types",
        "typing",
    }
)
"""Modules of data: no clock, no thread, no log, no I/O, no chance."""

ONLY_IN: Final[dict[str, str | tuple[str, ...]]] = {
    "gpiozero": "appliance/tower/",
    "lgpio": "appliance/tower/",
    "paho": "appliance/bus/mqtt.py",
    "pjsua2": "appliance/sip/",
    "pydantic": ("appliance/bus/", "appliance/config/", "appliance/site/", "appliance/watch/"),
    "pydantic_settings": "appliance/config/",
    "rich": ("appliance/tower/", "appliance/watch/"),
    "serial": "appliance/tower/",
    "sqlite3": "appliance/ledger/",
}
"""Where the product may import what is not its own."""

BANNED: Final = {
    "tenant": "site",
    "device": "unit",
    "node": "unit",
    "customer": "caller",
    "login": "registration",
    "manager": "a word for what it does (the board is no manager)",
    "helper": "a word for what it does",
    "util": "a word for what it does",
    "utils": "a word for what it does",
    "todo": "owed",
}
"""Words of no name in the product, with the vocabulary's own."""

LEFTOVERS: Final = tuple(
    "".join(halves) for halves in (("TO", "DO"), ("FIX", "ME"), ("XX", "X"), ("HA", "CK"))
)

HOSTS: Final = re.compile(
    r"127\.0\.0\.1|localhost|\w+|[\w.-]*\.example(\.\w+)?|[\w.-]*example\.(com|org|net)|192\.0\.2\.\d+"
    r"|([\w.-]*\.)?(gnu|fsf)\.org|www\.w3\.org|json-schema\.org|\[?::1\]?|[{<%].*"
)
"""Hosts that an address may name: ourselves, bare names, names made for examples, licences, formats."""

SLEEPS_IN: Final = ("tests/peers/", "tests/practice/staff.py", "tests/end_to_end/test_bad_input.py")
"""Where a program waits between two looks at a condition, with a deadline; and where senders keep a pace."""


@dataclass(frozen=True)
class Source:
    """One file of the project."""

    path: str
    text: str

    @property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @property
    def in_product(self) -> bool:
        return self.path.startswith("appliance/")


def sources(*suffixes: str) -> list[Source]:
    folders = ("appliance", "tests", "firmware", "systemd", "hardware", ".ci")
    files = [file for folder in folders for file in sorted((ROOT / folder).rglob("*")) if file.is_file()]
    files += [ROOT / "Makefile", ROOT / "README.md", ROOT / "pyproject.toml", ROOT / "requirements.lock"]
    return [
        Source(str(file.relative_to(ROOT)), file.read_text(encoding="utf-8"))
        for file in files
        if not {"__pycache__", "build"} & set(file.parts[len(ROOT.parts) :])
        if file.suffix in suffixes or (not suffixes and file.suffix != ".png")
    ]


def too_long(source: Source) -> Iterator[str]:
    count = source.text.count("\n")
    if count > FILE_LINES_MAX:
        yield f"{count} lines; more than {FILE_LINES_MAX} do not fit one sitting"
    for node in ast.walk(source.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > FUNCTION_LINES_MAX:
                yield f"{node.name} has {length} lines; more than {FUNCTION_LINES_MAX} do not fit a screen"


def imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def wrong_imports(source: Source) -> Iterator[str]:
    if not source.in_product:
        return
    for name in imported(source.tree):
        place = ONLY_IN.get(name.partition(".")[0])
        if place is not None and not source.path.startswith(place):
            yield f"imports {name}, which belongs to {place}"
        in_core = source.path.startswith("appliance/core/")
        if in_core and not any(name == one or name.startswith(f"{one}.") for one in CORE_MAY_IMPORT):
            yield f"imports {name}: the core has no clock, thread, log or I/O"


def without_docstring(source: Source) -> Iterator[str]:
    if not source.in_product:
        return
    if source.text.strip() and ast.get_docstring(source.tree) is None:
        yield "the module does not say what it is"
    public = [node for node in source.tree.body if isinstance(node, ast.ClassDef | ast.FunctionDef)]
    methods = [node for one in public if isinstance(one, ast.ClassDef) for node in one.body]
    for node in [*public, *methods]:
        if not isinstance(node, ast.ClassDef | ast.FunctionDef) or ast.get_docstring(node) is not None:
            continue
        # pjsua2 names its callbacks on…, and says in its own manual what they are.
        if not node.name.startswith("_") and not re.match("on[A-Z]", node.name):
            yield f"{node.name} does not say what it is"


def banned_words(source: Source) -> Iterator[str]:
    if not source.in_product:
        return
    for node in ast.walk(source.tree):
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.arg):
            name = node.arg if isinstance(node, ast.arg) else node.name
            for word in re.findall(r"[A-Z]?[a-z]+", name):
                if word.lower() in BANNED:
                    yield f"{name}: not '{word.lower()}' but {BANNED[word.lower()]}"


def leftovers(source: Source) -> Iterator[str]:
    for word in LEFTOVERS:
        if re.search(rf"\b{word}\b", source.text):
            yield f"{word} was left behind: do it, or open an issue"


def hosts(source: Source) -> Iterator[str]:
    for host in re.findall(r"\b(?:https?|ftp)://([^/\s\"'`)>:]+)", source.text):
        if not HOSTS.fullmatch(host):
            yield f"names the host {host}: the project fetches by name, through the ordinary clients"


def sleeps_and_skips(source: Source) -> Iterator[str]:
    if source.in_product or source.path.startswith(SLEEPS_IN):
        return
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call | ast.Attribute | ast.Name):
            said = ast.unparse(node.func if isinstance(node, ast.Call) else node)
            if said == "time.sleep" and isinstance(node, ast.Call):
                yield "sleeps on hope: wait for the event, with a deadline"
            if re.fullmatch(r"pytest\.(mark\.)?(skip|skipif|xfail|importorskip)", said):
                yield f"{said}: a skipped test is no test"


CHECKS: Final[dict[str, tuple[Callable[[Source], Iterator[str]], Source]]] = {
    "a file or a function is too long": (too_long, Source("tests/x.py", "pass\n" * 301)),
    "a function is too long": (too_long, Source("tests/x.py", "def f():\n" + "    pass\n" * 70)),
    "the core reads a clock": (wrong_imports, Source("appliance/core/x.py", "from time import monotonic\n")),
    "the unit imports pjsua2": (wrong_imports, Source("appliance/unit.py", "import pjsua2 as pj\n")),
    "a module without a docstring": (without_docstring, Source("appliance/x.py", "import enum\n")),
    "a class without one": (without_docstring, Source("appliance/x.py", '"""X."""\nclass Lamp:\n    pass\n')),
    "a method without one": (
        without_docstring,
        Source("appliance/x.py", '"""X."""\nclass Lamp:\n    """L."""\n    def light(self):\n        pass\n'),
    ),
    "a word of no vocabulary": (banned_words, Source("appliance/x.py", "class CallManager:\n    pass\n")),
    "something left over": (leftovers, Source("README.md", f"{LEFTOVERS[0]}: later\n")),
    "a foreign host": (hosts, Source("Makefile", "fetch https:" + "//packages.somewhere.net/simple\n")),
    "sleeping on hope": (sleeps_and_skips, Source("tests/x.py", "import time\ntime.sleep(1)\n")),
    "a skipped test": (sleeps_and_skips, Source("tests/x.py", "@pytest.mark.skip\ndef test(): pass\n")),
}
TEXT_CHECKS: Final = (leftovers, hosts)


@pytest.mark.parametrize("what", CHECKS)
def test_a_check_complains_of_a_bad_sample(what: str) -> None:
    check, sample = CHECKS[what]
    assert list(check(sample))


@pytest.mark.parametrize("check", dict.fromkeys(check for check, _ in CHECKS.values()))
def test_the_project_is_tidy(check: Callable[[Source], Iterator[str]]) -> None:
    suffixes = () if check in TEXT_CHECKS else (".py",)
    complaints = [f"{source.path}: {said}" for source in sources(*suffixes) for said in check(source)]
    assert complaints == []


def test_every_module_of_the_product_is_used() -> None:
    entries = {
        "appliance.cli",
        "appliance.sip.engine",
        "appliance.sip.binding.__main__",
        "appliance.config.example",
        "appliance.bus.contract",
    }
    names = set()
    for source in sources(".py"):
        package = source.path.removesuffix(".py").replace("/", ".")
        for name in imported(source.tree):
            if name != package:
                names.add(name)
    modules = {
        source.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        for source in sources(".py")
        if source.in_product
    }
    packages = {name.rpartition(".")[0] for name in modules}
    assert sorted(modules - names - entries - packages) == []


def test_every_limit_of_the_product_has_a_name_of_its_own_and_a_test() -> None:
    limits = [
        node.target.id
        for source in sources(".py")
        # What the simulated practice draws its chances from is no limit of the product.
        if source.in_product and not source.path.startswith("appliance/simulate/")
        for node in source.tree.body
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)
        if node.target.id.endswith("_MAX")
    ]
    assert sorted(limits) == sorted(set(limits))
    told = "\n".join(source.text for source in sources(".py", ".txt") if source.path.startswith("tests/"))
    assert sorted(limit for limit in limits if not re.search(rf"\b{limit}\b", told)) == []
