"""Properties: nothing right is refused, and nothing wrong ends in a traceback."""

import ipaddress
import itertools

from hypothesis import given
from hypothesis import strategies as st

from shared.errors import UserError
from shared.naming import LIMITS, LONGEST_SUFFIX, Naming
from tests.settings.files import RIGHT, parsed

SUFFIXES = st.from_regex(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", fullmatch=True).filter(
    lambda text: len(text) <= LONGEST_SUFFIX
)
LITERALS = st.recursive(
    st.integers().map(str)
    | st.booleans().map(lambda value: str(value).lower())
    | st.just("null")
    | st.from_regex(r'"[a-z0-9:/._-]{0,20}"', fullmatch=True),
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda parts: f"[{', '.join(parts)}]")
        | st.dictionaries(st.from_regex(r"[a-z_]{1,8}", fullmatch=True), inner, max_size=3).map(
            lambda parts: "{ " + ", ".join(f'"{key}" = {value}' for key, value in parts.items()) + " }"
        )
    ),
    max_leaves=5,
)
KEYS = st.sampled_from(
    [
        "environment_suffix",
        "account_id",
        "tags",
        "state",
        "source",
        "target",
        "domain",
        "database",
        "service",
        "alarms",
        "migration",
        "protection",
        "system",
        "name",
        "unknown",
    ]
)


def explained(error: UserError) -> None:
    assert all(problem.where and problem.what for problem in error.problems)


@given(SUFFIXES)
def test_a_suffix_that_the_settings_take_fits_into_every_name(suffix: str):
    assert parsed(RIGHT, suffix=suffix).environment_suffix == suffix
    for resource, limit in LIMITS.items():
        name = Naming(suffix=suffix).name(resource, "a-purpose-that-is-longer-than-any-service-takes" * 3)
        assert len(name) <= limit
        assert name.endswith(f"-{suffix}")


@given(st.integers(0, 2**16 - 1), st.integers(0, 2**16 - 1), st.integers(16, 22))
def test_two_networks_are_refused_exactly_when_they_overlap(first: int, second: int, prefix: int):
    blocks = [ipaddress.IPv4Network((number << 16, prefix), strict=False) for number in (first, second)]
    text = RIGHT.replace("10.0.0.0/16", str(blocks[0])).replace("10.1.0.0/16", str(blocks[1]))
    try:
        parsed(text)
        refused = False
    except UserError as error:
        refused = "overlaps" in str(error)
    assert refused is blocks[0].overlaps(blocks[1])


@given(st.lists(st.integers(-5, 110), max_size=6))
def test_phases_are_taken_exactly_when_they_rise_to_a_hundred(phases: list[int]):
    right = (
        bool(phases)
        and phases[-1] == 100
        and phases[0] >= 1
        and all(before < after for before, after in itertools.pairwise(phases))
    )
    try:
        taken = parsed(f"{RIGHT}migration = {{ phases = {phases} }}\n").migration.phases == tuple(phases)
    except UserError:
        taken = False
    assert taken is right


@given(KEYS, LITERALS)
def test_any_value_of_any_key_is_taken_or_explained(key: str, literal: str):
    lines = [line for line in RIGHT.splitlines() if not line.startswith(key)]
    try:
        parsed("\n".join([*lines, f"{key} = {literal}"]))
    except UserError as error:
        explained(error)


@given(st.text(alphabet='ab ={}[]",#\n/*1${\\', max_size=60))
def test_any_text_is_taken_or_explained(text: str):
    try:
        parsed(text)
    except UserError as error:
        explained(error)
