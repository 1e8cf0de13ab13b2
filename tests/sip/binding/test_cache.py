"""The cache finds what may be used, and never half a wheel."""

import fcntl
import io
import threading
from pathlib import Path

import pytest

from appliance.sip.binding.cache import Cache, cache_root
from appliance.sip.binding.errors import BindingError
from appliance.sip.binding.known import KnownTarballs, parse_version, read_known_tarballs
from appliance.sip.binding.progress import Progress
from tests.peers.program import PATIENT_S

KNOWN = KnownTarballs({"aa": (2, 17)})


def put(cache: Cache, version: str, sha256: str) -> Path:
    """A wheel as a finished build leaves it."""
    path = cache.folder / f"{version}-{sha256}" / f"pjsua2-{version}-cp311-cp311-linux_x86_64.whl"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"wheel")
    return path


def found(cache: Cache, *, sha256: str = "", strict: bool = False) -> Path | None:
    wheel = cache.find(KNOWN, sha256=sha256, strict=strict)
    return wheel.path if wheel else None


def test_an_empty_cache_has_nothing(tmp_path: Path) -> None:
    assert found(Cache(tmp_path / "never made")) is None


def test_a_known_wheel_is_preferred_to_a_newer_unknown_one(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    known = put(cache, "2.17", "aa")
    put(cache, "2.18", "bb")
    assert found(cache) == known


def test_of_two_unknown_wheels_the_newer_one_is_taken(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    newer = put(cache, "2.100", "cc")
    put(cache, "2.18", "bb")
    assert found(cache) == newer


def test_strict_takes_no_unknown_wheel(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    put(cache, "2.18", "bb")
    assert found(cache, strict=True) is None


def test_a_tarball_that_was_asked_for_is_not_replaced_by_another(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    put(cache, "2.17", "aa")
    assert found(cache, sha256="bb") is None
    asked = put(cache, "2.18", "bb")
    assert found(cache, sha256="bb") == asked


def test_a_wheel_below_the_lowest_tested_version_is_not_taken(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    put(cache, "2.16", "bb")
    assert found(cache) is None


def test_a_wheel_that_is_still_being_tried_is_not_found(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    with cache.workspace() as work:
        built = work / "pjsua2-2.17-cp311-cp311-linux_x86_64.whl"
        built.write_bytes(b"wheel")
        assert found(cache) is None
        stored = cache.store(built, "2.17", "aa")
        assert found(cache) == stored
    assert stored.read_bytes() == b"wheel"


def test_what_a_killed_build_left_behind_goes_with_the_next_one(tmp_path: Path) -> None:
    (tmp_path / "building" / "pj").mkdir(parents=True)
    with Cache(tmp_path).workspace() as work:
        assert list(work.iterdir()) == []
    assert not work.exists()


def test_a_second_build_says_that_it_waits_and_goes_on_after_the_first(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    waits, entered = threading.Event(), threading.Event()

    class Said(io.StringIO):
        def write(self, text: str) -> int:
            assert "another build" in text
            waits.set()
            return len(text)

    def second() -> None:
        with cache.locked(Progress(("a step",), Said())):
            entered.set()

    with cache.locked(Progress(("a step",), io.StringIO())):
        thread = threading.Thread(target=second)
        thread.start()
        assert waits.wait(PATIENT_S)
        assert not entered.is_set()
        with (tmp_path / "lock").open("w") as third, pytest.raises(BlockingIOError):
            fcntl.flock(third, fcntl.LOCK_EX | fcntl.LOCK_NB)
    assert entered.wait(PATIENT_S)
    thread.join()


def test_the_cache_is_where_the_xdg_variable_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_root() == tmp_path / "call-light" / "pjsua2"


def test_a_relative_xdg_variable_counts_as_unset(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "here")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert cache_root() == tmp_path / ".cache" / "call-light" / "pjsua2"


def test_a_cache_folder_that_cannot_be_made_says_what_to_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "call-light").write_text("a file in the way")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    with pytest.raises(BindingError, match="set XDG_CACHE_HOME"):
        cache_root()


@pytest.mark.parametrize(
    ("text", "version"), [("2.17", (2, 17)), ("2.17.1", (2, 17, 1)), ("2.18-dev", (2, 18)), ("", ())]
)
def test_versions_compare_by_their_numbers(text: str, version: tuple[int, ...]) -> None:
    assert parse_version(text) == version


def test_the_projects_own_list_names_whole_sha256s() -> None:
    known = read_known_tarballs()
    assert known.lowest == (2, 17)
    assert {len(sha256) for sha256 in known.version_of} == {64}
