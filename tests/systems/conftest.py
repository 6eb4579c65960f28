"""The systems, each deployed once for all tests of it: on an embedded AWS, by the real Terraform.

`deployed` is the system `region-migration`, `recovered_system` the system `disaster-recovery`,
`landed_system` the system `database-migration`. A test file is of one of the latter two when its name begins
with `test_disaster_recovery` or `test_database_migration`; with xdist all files of a system go to one worker
(`tests/conftest.py`) and run one after the other, by their names.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from shared.rehearsal.cutover.journey import Journey
from shared.rehearsal.fault_client import Controls
from tests.systems.standing import Deployed, standing


# The package's, not the session's: this process talks to the embedded AWS as long as it stands.
@pytest.fixture(scope="package")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    """The platform that moves, with all stacks applied and planned again."""
    with standing("region-migration", tmp_path_factory.mktemp("system")) as it:
        yield it


@pytest.fixture(scope="package")
def recovered_system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    """The platform with a standby, with all stacks applied and planned again.

    Deploying it takes minutes, so every test shares it, and leaves it as it was: both regions there, the
    writer in the home region, no pin, no intent, no fault. Who fails it over fails it back. The last file
    takes it down (`test_disaster_recovery_the_teardown.py`).
    """
    # Three at once are as fast as four: never more than three stacks are on the longest way.
    with standing("disaster-recovery", tmp_path_factory.mktemp("recovery"), parallelism="3") as it:
        yield it


@pytest.fixture
def controls(recovered_system: Deployed) -> Iterator[Controls]:
    """What steers the embedded AWS under `recovered_system`; whatever was asked for is taken back."""
    steering = Controls(recovered_system.endpoint)
    yield steering
    steering.clear()


@pytest.fixture(scope="package")
def landed_system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    """The platform that a database comes to, with all stacks applied and planned again.

    Every test shares it; the last file takes it down (`test_database_migration_the_teardown.py`).
    """
    with standing("database-migration", tmp_path_factory.mktemp("landing"), parallelism="3") as it:
        yield it


@pytest.fixture(scope="package")
def crossing(landed_system: Deployed) -> Iterator[Journey]:
    """Two PostgreSQL servers that the secrets of `landed_system` lead to, and customers who pay.

    One pair for all files: the replication of one file is what the next one begins with.
    """
    journey = Journey(rehearsal=landed_system.rehearsal, endpoint=landed_system.endpoint, payments=2_000)
    try:
        journey.open()
        yield journey
    finally:
        journey.close()
