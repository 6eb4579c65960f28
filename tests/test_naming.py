import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.naming import DEFAULT_LIMIT, LIMITS, LONGEST_SUFFIX, Naming

RESOURCES = st.sampled_from([*LIMITS, "vpc", "sg", "log-group"])
PURPOSES = st.from_regex(r"[a-z0-9]+(-[a-z0-9]+)*", fullmatch=True).filter(lambda text: len(text) <= 300)
SUFFIXES = st.from_regex(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", fullmatch=True).filter(
    lambda text: len(text) <= LONGEST_SUFFIX
)


def test_a_name_is_resource_purpose_and_suffix() -> None:
    assert Naming(suffix="abc123").name("vpc", "migration") == "vpc-migration-abc123"


@given(RESOURCES, PURPOSES, SUFFIXES)
def test_a_name_keeps_its_suffix_within_the_services_limit(resource: str, purpose: str, suffix: str) -> None:
    name = Naming(suffix=suffix).name(resource, purpose)
    assert name.startswith(f"{resource}-")
    assert name.endswith(f"-{suffix}")
    assert len(name) <= LIMITS.get(resource, DEFAULT_LIMIT)
    assert "--" not in name


@given(st.sampled_from(["alb", "tg", "aurora", "bucket"]), PURPOSES, PURPOSES, SUFFIXES)
def test_different_purposes_give_different_names(resource: str, one: str, other: str, suffix: str) -> None:
    naming = Naming(suffix=suffix)
    long_one, long_other = f"{'p' * 60}-{one}", f"{'p' * 60}-{other}"
    assert (naming.name(resource, long_one) == naming.name(resource, long_other)) is (one == other)


def test_a_purpose_that_has_no_room_for_more_than_its_hash_is_its_hash() -> None:
    name = Naming(suffix="a" * 21).name("alb", "payments-processor")
    assert name.removeprefix("alb-").removesuffix("-" + "a" * 21).isalnum()
    assert len(name) == 32


def test_a_suffix_without_room_for_a_purpose_is_refused() -> None:
    with pytest.raises(ValueError, match=r"no room for a purpose in .*: alb allows 32 characters"):
        Naming(suffix="a" * 22).name("alb", "payments-processor")


def test_paths_and_aliases_carry_the_suffix() -> None:
    naming = Naming(suffix="abc123")
    assert naming.path("migration", "config", "weights") == "/migration/abc123/config/weights"
    assert naming.path("migration") == "/migration/abc123"
    assert naming.alias("platform") == "alias/platform-abc123"
