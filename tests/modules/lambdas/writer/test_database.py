"""Where the database writes, and its switchover."""

from __future__ import annotations

from typing import Any

import pytest

from modules.lambdas.writer import database
from modules.lambdas.writer.database import state_of
from tests.modules.lambdas.world import SOURCE, TARGET
from tests.modules.lambdas.writer.asking import do, failure

ARN = "arn:aws:rds:{}:123456789012:cluster:c"


def cluster(
    *writers: str, status: str = "available", failover: dict[str, Any] | None = None
) -> dict[str, Any]:
    return {
        "Status": status,
        "FailoverState": failover,
        "GlobalClusterMembers": [
            {"DBClusterArn": ARN.format(region), "IsWriter": region in writers} for region in (SOURCE, TARGET)
        ],
    }


AVAILABLE = {ARN.format(region): "available" for region in (SOURCE, TARGET)}


def test_a_database_at_rest_is_settled(deployment):
    assert do("observe") == {
        "writer": SOURCE,
        "status": "available",
        "settled": True,
        "writer_settled": True,
        "members": [
            {
                "region": region,
                "cluster_arn": deployment.arns[region],
                "writer": region == SOURCE,
                "status": "available",
            }
            for region in (SOURCE, TARGET)
        ],
    }


@pytest.mark.parametrize(
    ("described", "statuses"),
    [
        (cluster(SOURCE, status="switching-over"), AVAILABLE),
        (cluster(SOURCE, failover={"Status": "pending"}), AVAILABLE),
        (cluster(SOURCE), {**AVAILABLE, ARN.format(TARGET): "modifying"}),
        (cluster(SOURCE), {}),
    ],
)
def test_whatever_is_under_way_is_not_settled(described, statuses):
    assert not state_of(described, statuses).settled
    assert state_of(cluster(SOURCE, failover={}), AVAILABLE).settled


@pytest.mark.parametrize(("writers", "said"), [((), ""), ((SOURCE, TARGET), ""), ((TARGET,), TARGET)])
def test_there_is_one_writer_or_none(writers, said):
    assert state_of(cluster(*writers), AVAILABLE).writer == said


def test_a_lost_region_does_not_hide_the_writer(deployment):
    deployment.world.lost.add(SOURCE)
    seen = do("observe")
    assert (seen["writer"], seen["settled"]) == (SOURCE, False)
    source, target = seen["members"]
    assert source["status"].startswith("unreadable: Could not connect")
    assert target["status"] == "available"


def test_when_no_region_answers_nothing_is_known(deployment):
    for region in (SOURCE, TARGET):
        deployment.world.refuses("rds", region, "DescribeGlobalClusters", "AccessDenied")
    first, second = failure("observe").splitlines()
    assert first.startswith("rds:DescribeGlobalClusters in us-east-1: ")
    assert second.startswith("rds:DescribeGlobalClusters in eu-west-1: ")


def test_the_switchover_is_sent_to_the_region_that_writes(deployment):
    world = deployment.world
    assert do("switch", to=TARGET) == {"asked": True, "writer": SOURCE}
    assert do("observe")["writer"] == TARGET
    assert do("switch", to=TARGET) == {"asked": False, "writer": TARGET}
    assert do("switch", to=SOURCE) == {"asked": True, "writer": TARGET}
    assert do("observe")["writer"] == SOURCE
    assert world.called("rds", SOURCE).count("SwitchoverGlobalCluster") == 1
    assert world.called("rds", TARGET).count("SwitchoverGlobalCluster") == 1


@pytest.mark.parametrize(
    "described",
    [cluster(SOURCE, status="switching-over"), cluster(SOURCE, failover={"Status": "switching-over"})],
)
def test_a_change_that_is_under_way_is_not_asked_for_again(deployment, described):
    deployment.world.says("rds", SOURCE, "DescribeGlobalClusters", {"GlobalClusters": [described]})
    assert do("switch", to=TARGET) == {"asked": False, "writer": SOURCE}
    assert "SwitchoverGlobalCluster" not in deployment.world.called("rds", SOURCE)


def test_what_cannot_be_switched_is_refused(deployment):
    assert failure("switch", to="eu-north-1") == "to is 'eu-north-1', which is none of us-east-1, eu-west-1"
    assert failure("switch") == "to is '', which is none of us-east-1, eu-west-1"
    world = deployment.world
    world.says("rds", SOURCE, "DescribeGlobalClusters", {"GlobalClusters": [cluster()]})
    assert failure("switch", to=TARGET) == "ledger has not exactly one writer"
    world.says("rds", SOURCE, "DescribeGlobalClusters", {"GlobalClusters": [cluster(SOURCE)]})
    assert failure("switch", to=TARGET) == f"{deployment.arns[TARGET]} is no member of ledger"


def test_a_switchover_that_aws_refuses_is_said_with_its_reason(deployment):
    deployment.world.refuses(
        "rds", SOURCE, "SwitchoverGlobalCluster", "InvalidDBClusterStateFault", "patch levels differ"
    )
    said = failure("switch", to=TARGET)
    assert said.startswith("rds:SwitchoverGlobalCluster in us-east-1: ")
    assert "InvalidDBClusterStateFault" in said
    assert said.endswith("patch levels differ")


@pytest.mark.usefixtures("deployment")
def test_an_action_that_does_not_exist_is_refused():
    assert failure("failover") == (
        "action is 'failover', which is none of observe, switch, pause, resume, canary"
    )


def test_a_request_whose_answer_got_lost_counts_as_asked(deployment, monkeypatch):
    described = database._global_cluster
    states = iter(["available", "switching-over"])
    monkeypatch.setattr(
        database, "_global_cluster", lambda found: {**described(found), "Status": next(states)}
    )
    deployment.world.refuses(
        "rds", SOURCE, "SwitchoverGlobalCluster", "InvalidGlobalClusterStateFault", "under way"
    )
    assert do("switch", to=TARGET) == {"asked": True, "writer": SOURCE}


def test_a_writer_is_settled_while_the_other_cluster_is_not_yet(deployment):
    assert deployment
    arns = [ARN.format(SOURCE), ARN.format(TARGET)]
    state = state_of(cluster(TARGET), {arns[0]: "modifying", arns[1]: "available"})
    assert (state.settled, state.writer_settled) == (False, True)
    assert not state_of(cluster(TARGET), {arns[1]: "modifying"}).writer_settled
    assert not state_of(cluster(TARGET, status="switching-over"), {arns[1]: "available"}).writer_settled
