"""Moving the writer: asked for once, whatever happens to the answer, and never against a change under way."""

from __future__ import annotations

import pytest

from modules.lambdas.failover.errors import StillChanging
from tests.modules.lambdas.failover.asking import do, failure
from tests.modules.lambdas.world import SOURCE, TARGET, global_database, move_writer
from tests.rehearsal.waiting import until

FAILOVER, SWITCHOVER = "FailoverGlobalCluster", "SwitchoverGlobalCluster"
REFUSED = {"Error": {"Code": "InvalidGlobalClusterStateFault", "Message": "under way"}}


def settled() -> bool:
    return bool(do("observe")["settled"])


def test_the_standby_is_promoted_and_the_primary_is_not_asked(deployment):
    world = deployment.world
    world.lost.add(SOURCE)
    assert do("promote") == {"asked": True, "writer": SOURCE}
    until(lambda: do("observe", only="away")["writer"] == TARGET)
    assert do("promote") == {"asked": False, "writer": TARGET}
    assert world.called("rds", TARGET).count(FAILOVER) == 1
    assert world.called("rds", SOURCE) == []


def test_a_failover_that_is_under_way_is_not_asked_for_again(deployment):
    world = deployment.world
    world.says("rds", TARGET, "DescribeGlobalClusters", deployment.moving(TARGET, loses=True))
    assert do("promote") == {"asked": False, "writer": SOURCE}
    assert FAILOVER not in world.called("rds", TARGET)


@pytest.mark.parametrize("now", ["under way", "done"])
def test_a_failover_whose_answer_got_lost_counts_as_asked(deployment, now):
    world = deployment.world
    members = deployment.described()["GlobalClusters"][0]["GlobalClusterMembers"]
    moved = [{**one, "IsWriter": not one["IsWriter"]} for one in members]
    later = {
        "under way": deployment.moving(TARGET, loses=True),
        "done": deployment.described(GlobalClusterMembers=moved),
    }[now]
    world.says("rds", TARGET, "DescribeGlobalClusters", None, later)
    world.says("rds", TARGET, FAILOVER, REFUSED)
    assert do("promote") == {"asked": True, "writer": SOURCE}


def test_a_switchover_that_is_under_way_has_to_end_before_the_failover(deployment):
    world = deployment.world
    busy = deployment.moving(TARGET)
    world.says("rds", TARGET, "DescribeGlobalClusters", busy, busy)
    world.says("rds", TARGET, FAILOVER, REFUSED)
    with pytest.raises(
        StillChanging, match=r"under way.*; the global database is switching-over \(to: eu-west-1"
    ):
        do("promote")
    # on its way back: the standby writes still, and will not
    members = deployment.described()["GlobalClusters"][0]["GlobalClusterMembers"]
    moved = [{**one, "IsWriter": not one["IsWriter"]} for one in members]
    leaving = deployment.moving(SOURCE)
    leaving["GlobalClusters"][0]["GlobalClusterMembers"] = moved
    world.says("rds", TARGET, "DescribeGlobalClusters", leaving, leaving)
    world.says("rds", TARGET, FAILOVER, REFUSED)
    with pytest.raises(StillChanging, match="to: us-east-1"):
        do("promote")


def test_a_status_without_a_direction_is_a_change_too(deployment):
    world = deployment.world
    busy = deployment.described(Status="failing-over")
    world.says("rds", TARGET, "DescribeGlobalClusters", busy, busy)
    world.says("rds", TARGET, FAILOVER, REFUSED)
    with pytest.raises(StillChanging, match="to: nobody says where"):
        do("promote")


def test_a_failover_that_aws_refuses_is_said_with_its_reason(deployment):
    deployment.world.refuses("rds", TARGET, FAILOVER, "InvalidDBClusterStateFault", "patch levels differ")
    said = failure("promote")
    assert said.startswith("rds:FailoverGlobalCluster in eu-west-1: ")
    assert said.endswith("patch levels differ")


def test_without_a_member_there_is_nothing_to_promote(deployment):
    members = deployment.described()["GlobalClusters"][0]["GlobalClusterMembers"]
    alone = deployment.described(GlobalClusterMembers=[one for one in members if one["IsWriter"]])
    deployment.world.says("rds", TARGET, "DescribeGlobalClusters", alone, alone)
    assert failure("promote") == "the global database has no member in eu-west-1"
    assert failure("switch", to=TARGET) == "the global database has no member in eu-west-1"


def test_a_switchover_is_sent_to_the_region_that_writes(deployment):
    world = deployment.world
    assert do("switch", to=TARGET) == {"asked": True, "writer": SOURCE}
    until(settled)
    assert do("switch", to=TARGET) == {"asked": False, "writer": TARGET}
    assert do("switch", to=SOURCE) == {"asked": True, "writer": TARGET}
    until(settled)
    assert world.called("rds", SOURCE).count(SWITCHOVER) == 1
    assert world.called("rds", TARGET).count(SWITCHOVER) == 1


def test_a_switchover_that_is_under_way_is_not_asked_for_again(deployment):
    deployment.world.says("rds", TARGET, "DescribeGlobalClusters", deployment.moving(TARGET))
    assert do("switch", to=TARGET) == {"asked": False, "writer": SOURCE}


def test_a_switchover_whose_answer_got_lost_counts_as_asked(deployment):
    world = deployment.world
    world.says("rds", TARGET, "DescribeGlobalClusters", None, deployment.moving(TARGET))
    world.says("rds", SOURCE, SWITCHOVER, REFUSED)
    assert do("switch", to=TARGET) == {"asked": True, "writer": SOURCE}


def test_a_switchover_the_other_way_has_to_end_first(deployment):
    world = deployment.world
    busy = deployment.moving(SOURCE)
    world.says("rds", TARGET, "DescribeGlobalClusters", busy, busy)
    world.says("rds", SOURCE, SWITCHOVER, REFUSED)
    with pytest.raises(StillChanging):
        do("switch", to=TARGET)


def test_a_region_that_does_not_answer_is_not_switched_from(deployment):
    deployment.world.lost.add(SOURCE)
    assert failure("switch", to=TARGET).startswith(
        "rds:SwitchoverGlobalCluster in us-east-1: Could not connect"
    )


def test_what_cannot_be_switched_is_refused(deployment):
    assert failure("switch", to="mars") == "to is 'mars', which is none of eu-west-1, us-east-1"
    assert failure("switch") == "to is '', which is none of eu-west-1, us-east-1"
    members = deployment.described()["GlobalClusters"][0]["GlobalClusterMembers"]
    nobody = deployment.described(GlobalClusterMembers=[{**one, "IsWriter": False} for one in members])
    deployment.world.says("rds", TARGET, "DescribeGlobalClusters", nobody)
    assert failure("switch", to=TARGET) == "ledger has not exactly one writer"


def test_the_arrangement_of_these_tests_moves_a_writer_at_all(world):
    arns = global_database(world.aws)
    move_writer(world.aws, arns[TARGET])
