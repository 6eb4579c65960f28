from __future__ import annotations

import json

import pytest

from shared.clients import Clients
from shared.deploy.synthesis import synthesize
from shared.workspace import Workspace
from tests.commands import states
from tests.commands.conftest import ENVIRONMENT
from tests.commands.invoked import invoke


@pytest.mark.usefixtures("workspace", "bootstrapped")
def test_where_nothing_stands_nothing_drifts(capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke("drift", "--json") == 0

    shown = capsys.readouterr()
    report = json.loads(shown.out)
    assert report["command"] == "drift"
    assert {stack["status"] for stack in report["stacks"]} == {"absent"}
    assert "never applied" in shown.err  # progress is for people, beside the JSON

    assert invoke("drift") == 0
    assert "absent, never applied" in capsys.readouterr().out


def test_a_state_that_somebody_writes_is_no_drift_but_not_everything_was_looked_at(
    workspace: Workspace, bootstrapped: Clients, capsys: pytest.CaptureFixture[str]
) -> None:
    manifest = synthesize(ENVIRONMENT, None, workspace)
    states.apply(manifest, bootstrapped, "global/domain")
    states.lock(manifest, bootstrapped, "global/domain", who="ops@bastion")

    assert invoke("drift", "--json", "--parallelism", "1") == 1

    report = json.loads(capsys.readouterr().out)
    ends = {stack["address"]: stack["status"] for stack in report["stacks"]}
    assert ends["global/domain"] == "refused"
    assert report["next_command"] == "invoke drift --parallelism 1 --json"


@pytest.mark.usefixtures("workspace")
@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--parallelism", "none"], "--parallelism: 'none' is not a number of stacks."),
        (["--env", "mars"], "mars"),
    ],
)
def test_a_mistake_is_not_exit_code_2_which_is_that_of_drift(
    words: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert invoke("drift", *words) == 1

    shown = capsys.readouterr()
    assert shown.out == ""
    assert message in shown.err


@pytest.mark.usefixtures("workspace", "aws")
def test_without_a_state_bucket_there_is_nothing_to_compare_with(capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke("drift") == 1
    assert "invoke bootstrap" in capsys.readouterr().err
