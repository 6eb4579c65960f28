"""The page about the pipelines: roles and environments are the workflows', the policies let a plan read."""

from __future__ import annotations

import json
import re
from fnmatch import fnmatchcase
from typing import Any

import pytest

from tests.synthesized import Synthesis
from tests.tools import ROOT
from tests.workflows import invoke_lines, jobs, texts, understood

WORKFLOWS = ("pull-request.yml", "rollout.yml", "stage.yml")
PAGE = (ROOT / "docs" / "pipelines.md").read_text()
DOCUMENTS: list[dict[str, Any]] = [
    json.loads(found) for found in re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)
]


def statements(action: str) -> list[dict[str, Any]]:
    """The statements of the page's policies with this action."""
    found = [statement for document in DOCUMENTS for statement in document["Statement"]]
    return [statement for statement in found if action in statement["Action"]]


def test_the_page_names_what_has_to_be_set_up() -> None:
    text = "\n".join(texts().values())
    for name in sorted({*re.findall(r"(?:vars|secrets)\.(\w+)", text)}):
        assert f"`{name}`" in PAGE, name
    subject, ours = "token.actions.githubusercontent.com:sub", "repo:ORGANISATION/REPOSITORY:environment:"
    trusted = [s["Condition"]["StringEquals"][subject] for s in statements("sts:AssumeRoleWithWebIdentity")]
    assert trusted == [
        f"{ours}plan",
        [f"{ours}region-migration-{stage}" for stage in ("source", "target", "global")],
    ]
    rows = [line for line in PAGE.splitlines() if line.startswith("| ") and f"`{ours}" in line]
    assert [re.findall(r"environment:([\w-]+)`", row) for row in rows] == [
        ["plan"],
        ["rollout-plan"],
        ["ENVIRONMENT-STAGE"],
    ]
    # AWS gives an hour unless the role says more
    longest = [int(found[1]) if (found := re.search(r"duration (\d+)", row)) else 3600 for row in rows]
    asked = [re.findall(r"role-duration-seconds: (\d+)", texts()[name]) for name in WORKFLOWS]
    assert [[int(seconds) for seconds in found] for found in asked] == [[seconds] for seconds in longest]


def test_only_the_plans_of_rollouts_lock() -> None:
    (lock,) = statements("s3:DeleteObject")
    assert lock["Resource"].endswith("/*.tflock")
    plans = {
        name: "--no-lock" in words
        for name, _, content in jobs()
        for step in content.get("steps", ())
        for words in invoke_lines(step.get("run", ""))
        if understood(words) == "plan"
    }
    assert plans == {"pull-request.yml": True, "rollout.yml": False}
    rows = [line for line in PAGE.splitlines() if line.startswith("| plans of ")]
    assert [" lock" in row for row in rows] == [False, True]


@pytest.mark.parametrize("name", ["synthesis", "recovery", "landing"])
def test_the_policies_name_every_secret_that_a_plan_opens(name: str, request: pytest.FixtureRequest) -> None:
    made: Synthesis = request.getfixturevalue(name)
    (reading,) = statements("secretsmanager:GetSecretValue")
    (decrypting,) = statements("kms:Decrypt")
    account = made.environment.account_id
    opened = {
        block["secret_id"]
        for document in made.documents.values()
        for block in document.content.get("ephemeral", {})
        .get("aws_secretsmanager_secret_version", {})
        .values()
    }
    assert opened
    for secret in opened:
        # Secrets Manager puts six characters behind a secret's name
        arn = f"arn:aws:secretsmanager:eu-west-1:{account}:secret:{secret}-AbC123"
        assert fnmatchcase(arn, reading["Resource"])
        assert not fnmatchcase(f"{arn}-other", reading["Resource"])
    pattern = decrypting["Condition"]["StringLike"]["kms:EncryptionContext:PARAMETER_ARN"]
    for parameter in made.of("aws_ssm_parameter").values():
        if parameter["type"] == "SecureString":
            assert fnmatchcase(f"arn:aws:ssm:eu-west-1:{account}:parameter{parameter['name']}", pattern)
