"""A13: everything goes, and nothing is left. The last file: it takes away what the others look at."""

from __future__ import annotations

import pytest

from shared.rehearsal import scenario
from tests.systems.standing import Deployed

pytestmark = pytest.mark.system


def test_the_teardown_leaves_nothing(deployed: Deployed) -> None:
    for _, part in scenario.DOWN:
        part(deployed.rehearsal)

    stacks = deployed.rehearsal.findings["teardown"]["stacks"]
    assert {stack["status"] for stack in stacks} == {"destroyed"}
    assert deployed.rehearsal.findings["left"] == {}
