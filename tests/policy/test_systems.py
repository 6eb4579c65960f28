"""Our checks on the stacks that are really synthesized: each system, under each profile."""

from __future__ import annotations

import pytest

from shared.policy import exceptions, model, report
from tests.synthesized import Synthesis


@pytest.mark.parametrize(
    "name",
    [
        "synthesis",
        "recovery",
        "landing",
        "production",
        "recovery_production",
        "landing_production",
    ],
)
def test_nothing_is_wrong_that_is_not_meant(name: str, request: pytest.FixtureRequest) -> None:
    made: Synthesis = request.getfixturevalue(name)
    platform = model.read(made.manifest.root, made.environment.protection)

    found = report.examine([platform], exceptions.load(), None)

    assert [f"{each.check} {each.place}: {each.wrong}" for each in found.findings] == []
    looked_at = {row.check for row in found.rows if row.looked_at}
    assert looked_at == {check.id for check in report.checks() if platform.system in check.systems}
