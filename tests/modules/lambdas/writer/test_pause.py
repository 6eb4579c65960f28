"""The pause of writes, and its end."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.modules.lambdas.world import REGIONS, SOURCE, TARGET
from tests.modules.lambdas.writer.asking import do, failure
from tests.modules.lambdas.writer.conftest import Deployment

TAG = {"Key": "regionshift:purpose", "Value": "write-pause"}


def rules(deployment: Deployment, region: str) -> list[dict[str, Any]]:
    elbv2 = deployment.world.aws.client("elbv2", region)
    found = elbv2.describe_rules(ListenerArn=deployment.listeners[region])["Rules"]
    return [rule for rule in found if not rule["IsDefault"]]


def add_rule(deployment: Deployment, region: str, priority: int, *tags: dict[str, str]) -> str:
    made = deployment.world.aws.client("elbv2", region).create_rule(
        ListenerArn=deployment.listeners[region],
        Priority=priority,
        Conditions=[{"Field": "path-pattern", "PathPatternConfig": {"Values": [f"/{priority}"]}}],
        Actions=[{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}],
        **({"Tags": list(tags)} if tags else {}),
    )
    return str(made["Rules"][0]["RuleArn"])


def test_a_pause_answers_every_write_in_both_regions(deployment):
    assert do("pause") == {"paused": list(REGIONS)}
    for region in REGIONS:
        (rule,) = rules(deployment, region)
        assert rule["Priority"] == "1"
        (condition,) = rule["Conditions"]
        assert condition["Field"] == "http-request-method"
        assert condition["HttpRequestMethodConfig"]["Values"] == ["POST", "PUT", "PATCH", "DELETE"]
        (action,) = rule["Actions"]
        response = action["FixedResponseConfig"]
        assert (action["Type"], response["StatusCode"]) == ("fixed-response", "503")
        assert response["ContentType"] == "application/json"
        assert json.loads(response["MessageBody"])["retry"] is True
        tags = deployment.world.aws.client("elbv2", region).describe_tags(ResourceArns=[rule["RuleArn"]])
        assert tags["TagDescriptions"][0]["Tags"] == [TAG]


def test_pausing_twice_is_pausing_once(deployment):
    do("pause")
    before = [rule["RuleArn"] for region in REGIONS for rule in rules(deployment, region)]
    assert do("pause") == {"paused": list(REGIONS)}
    assert [rule["RuleArn"] for region in REGIONS for rule in rules(deployment, region)] == before


def test_a_pause_that_somebody_changed_is_made_right(deployment):
    add_rule(deployment, TARGET, 7, TAG)
    do("pause")
    assert [rule["Priority"] for rule in rules(deployment, TARGET)] == ["1"]
    assert rules(deployment, TARGET)[0]["Conditions"][0]["Field"] == "http-request-method"


def test_the_end_of_the_pause_leaves_every_other_rule(deployment):
    others = {add_rule(deployment, TARGET, number) for number in range(2, 27)}
    others.add(add_rule(deployment, TARGET, 30, {**TAG, "Value": "maintenance"}))
    do("pause")
    assert len(rules(deployment, TARGET)) == 27
    assert do("resume") == {"resumed": list(REGIONS)}
    assert {rule["RuleArn"] for rule in rules(deployment, TARGET)} == others
    assert rules(deployment, SOURCE) == []
    assert do("resume") == {"resumed": list(REGIONS)}


@pytest.mark.parametrize(("broken", "fine"), [(SOURCE, TARGET), (TARGET, SOURCE)])
def test_a_pause_that_fails_in_one_region_says_so_and_takes_nothing_back(deployment, broken, fine):
    add_rule(deployment, broken, 1)
    reason, where = failure("pause").splitlines()
    assert reason.startswith(f"not paused in {broken}: elasticloadbalancing:CreateRule in {broken}: ")
    assert "PriorityInUse" in reason
    assert where == f"writes are paused in: {fine}"
    assert len(rules(deployment, fine)) == 1


def test_a_pause_that_ends_in_one_region_only_says_so(deployment):
    do("pause")
    deployment.world.refuses("elbv2", SOURCE, "DeleteRule", "AccessDenied")
    reason, where = failure("resume").splitlines()
    assert reason.startswith("not resumed in us-east-1: elasticloadbalancing:DeleteRule in us-east-1: ")
    assert where == "writes are resumed in: eu-west-1"
    assert rules(deployment, TARGET) == []
    assert do("resume") == {"resumed": list(REGIONS)}


def test_when_it_fails_everywhere_every_region_is_named(deployment):
    add_rule(deployment, TARGET, 9)
    deployment.world.refuses("elbv2", TARGET, "DescribeTags", "Throttled")
    deployment.world.refuses("elbv2", SOURCE, "DescribeRules", "AccessDenied")
    lines = failure("pause").splitlines()
    assert [line.split(": ")[0:2] for line in lines] == [
        ["not paused in us-east-1", "elasticloadbalancing:DescribeRules in us-east-1"],
        ["not paused in eu-west-1", "elasticloadbalancing:DescribeTags in eu-west-1"],
        ["writes are paused in", "no region"],
    ]
