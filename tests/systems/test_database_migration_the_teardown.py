"""C13: everything goes, and nothing is left. The last file: it takes away what the others look at."""

from __future__ import annotations

import pytest

from shared.rehearsal import scenario
from shared.rehearsal.cutover.journey import Journey
from tests.systems.standing import Deployed

pytestmark = pytest.mark.system


def test_the_teardown_leaves_nothing(landed_system: Deployed, crossing: Journey) -> None:
    # the servers are nobody's of Terraform's; their passwords stay among those that are looked for
    crossing.close()
    for _, part in scenario.DOWN:
        part(landed_system.rehearsal)

    stacks = landed_system.rehearsal.findings["teardown"]["stacks"]
    assert {stack["status"] for stack in stacks} == {"destroyed"}
    assert landed_system.rehearsal.findings["left"] == {}
