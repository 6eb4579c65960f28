"""Which tests run in one process, one after the other."""

import pytest

from tests.conftest import OneSystem


def scope(file: str) -> str:
    return OneSystem.__new__(OneSystem)._split_scope(f"tests/{file}.py::test_it[a::b]")


@pytest.mark.parametrize(
    ("first", "second", "together"),
    [
        ("systems/test_region_migration", "systems/test_the_teardown", True),
        ("systems/test_disaster_recovery", "systems/test_disaster_recovery_the_teardown", True),
        ("systems/test_database_migration", "systems/test_database_migration_the_teardown", True),
        ("systems/test_region_migration", "systems/test_disaster_recovery", False),
        ("systems/test_database_migration", "systems/test_disaster_recovery", False),
        ("systems/test_database_migration", "systems/test_region_migration", True),
        ("regions/test_recovery", "regions/test_recovery", True),
        ("regions/test_recovery", "regions/test_recovery_probe", False),
    ],
)
def test_all_tests_of_a_system_have_one_worker_and_never_three_systems_stand_at_once(
    first: str, second: str, *, together: bool
) -> None:
    assert (scope(first) == scope(second)) is together
