"""B9, B11: everything goes, and nothing is left. The last file: it takes away what the others look at."""

from __future__ import annotations

import pytest

from shared.rehearsal import scenario
from tests.systems.standing import Deployed

pytestmark = pytest.mark.system


def test_the_teardown_leaves_nothing(recovered_system: Deployed) -> None:
    # a pin that was forgotten goes with its bucket
    pin = {"Bucket": recovered_system.flat["pin_bucket"], "Key": recovered_system.flat["pin_key"]}
    recovered_system.client("s3").put_object(**pin, Body=b"")
    for _, part in scenario.DOWN:
        part(recovered_system.rehearsal)

    stacks = recovered_system.rehearsal.findings["teardown"]["stacks"]
    assert {stack["status"] for stack in stacks} == {"destroyed"}
    assert recovered_system.rehearsal.findings["left"] == {}
