"""The cache key: the same inputs, the same wheel; any other input, another one."""

import dataclasses

import pytest

from appliance.sip.binding.recipe import Interpreter, Recipe, cache_key, running_interpreter

DEBIAN = Interpreter(
    soabi="cpython-311-x86_64-linux-gnu",
    platform="linux-x86_64",
    extension_suffix=".cpython-311-x86_64-linux-gnu.so",
    include="/usr/include/python3.11",
    release="debian 12",
)


def test_the_same_inputs_give_the_same_key() -> None:
    assert cache_key(Recipe(), DEBIAN) == cache_key(Recipe(), dataclasses.replace(DEBIAN))


OTHER_RECIPES = {
    "revision": Recipe(revision=Recipe().revision + 1),
    "config_site": Recipe(config_site=Recipe().config_site.replace("144", "145")),
    "configure": Recipe(configure=Recipe().configure[:-1]),
    "wrapper_flags": Recipe(wrapper_flags=("-O2", *Recipe().wrapper_flags[1:])),
    "link_flags": Recipe(link_flags=()),
}


@pytest.mark.parametrize("field", [field.name for field in dataclasses.fields(Recipe)])
def test_every_part_of_the_recipe_changes_the_key(field: str) -> None:
    assert cache_key(OTHER_RECIPES[field], DEBIAN) != cache_key(Recipe(), DEBIAN)


@pytest.mark.parametrize(
    ("field", "other"),
    [
        ("soabi", "cpython-313-x86_64-linux-gnu"),
        ("platform", "linux-aarch64"),
        ("extension_suffix", ".so"),
        ("release", "debian 13"),
    ],
)
def test_every_mark_of_the_interpreter_changes_the_key(field: str, other: str) -> None:
    assert cache_key(Recipe(), dataclasses.replace(DEBIAN, **{field: other})) != cache_key(Recipe(), DEBIAN)


def test_two_installations_of_one_abi_share_a_wheel() -> None:
    elsewhere = dataclasses.replace(DEBIAN, include="/opt/python/include/python3.11")
    assert cache_key(Recipe(), elsewhere) == cache_key(Recipe(), DEBIAN)


@pytest.mark.parametrize(
    ("soabi", "platform", "tag"),
    [
        ("cpython-311-x86_64-linux-gnu", "linux-x86_64", "cp311-cp311-linux_x86_64"),
        ("cpython-313-aarch64-linux-gnu", "linux-aarch64", "cp313-cp313-linux_aarch64"),
        ("cpython-313t-x86_64-linux-gnu", "linux-x86_64", "cp313-cp313t-linux_x86_64"),
    ],
)
def test_the_wheel_is_tagged_for_its_interpreter(soabi: str, platform: str, tag: str) -> None:
    assert dataclasses.replace(DEBIAN, soabi=soabi, platform=platform).wheel_tag == tag


def test_pip_takes_a_wheel_with_the_running_interpreters_tag() -> None:
    from packaging.tags import sys_tags

    assert running_interpreter().wheel_tag in {str(tag) for tag in sys_tags()}
