"""The writer of a global database moves."""

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from shared.rehearsal.fault_client import Controls
from tests.rehearsal.conftest import Aws, serve
from tests.rehearsal.extensions.test_rds_global import code_of, create_global, members, writers
from tests.rehearsal.waiting import until


def described(aws: Aws) -> Any:
    return aws.client("rds").describe_global_clusters(GlobalClusterIdentifier="g")["GlobalClusters"][0]


def status(aws: Aws, region: str, name: str) -> str:
    found = aws.client("rds", region).describe_db_clusters(DBClusterIdentifier=name)
    return str(found["DBClusters"][0]["Status"])


def switchover(aws: Aws, target: str, region: str = "us-east-1") -> Any:
    return aws.client("rds", region).switchover_global_cluster(
        GlobalClusterIdentifier="g", TargetDbClusterIdentifier=target
    )["GlobalCluster"]


def hold(aws: Aws) -> Controls:
    """Let no change of the writer end until it is released, however slowly this test runs."""
    controls = Controls(aws.server.endpoint)
    try:
        controls.hold_writer_changes()
    except ValueError:
        pytest.fail("there is no such address on stock moto")
    return controls


def settled(aws: Aws) -> bool:
    return bool(described(aws)["Status"] == "available")


def test_a_switchover_moves_the_writer_and_its_instance(aws: Aws) -> None:
    primary, secondary = create_global(aws)
    switchover(aws, secondary)
    until(lambda: settled(aws))
    assert members(aws) == {primary: False, secondary: True}
    assert writers(aws, "us-east-1", "us") == []
    assert writers(aws, "eu-west-1", "eu") == ["eu-0"]
    old = aws.client("rds").describe_db_clusters(DBClusterIdentifier="us")["DBClusters"][0]
    assert old["ReplicationSourceIdentifier"] == secondary


def test_it_takes_a_moment_in_which_nothing_else_is_changed(aws: Aws) -> None:
    primary, secondary = create_global(aws)
    rds = aws.client("rds")
    controls = hold(aws)
    answer = switchover(aws, secondary)
    assert answer["Status"] == "switching-over"
    assert answer["FailoverState"] == {
        "Status": "switching-over",
        "FromDbClusterArn": primary,
        "ToDbClusterArn": secondary,
        "IsDataLossAllowed": False,
    }
    assert members(aws) == {primary: True, secondary: False}
    assert [status(aws, *one) for one in (("us-east-1", "us"), ("eu-west-1", "eu"))] == ["switching-over"] * 2
    with pytest.raises(rds.exceptions.InvalidGlobalClusterStateFault):
        switchover(aws, secondary)
    with pytest.raises(rds.exceptions.InvalidGlobalClusterStateFault):
        rds.failover_global_cluster(
            GlobalClusterIdentifier="g", TargetDbClusterIdentifier=secondary, AllowDataLoss=True
        )
    with pytest.raises(rds.exceptions.InvalidGlobalClusterStateFault):
        rds.remove_from_global_cluster(GlobalClusterIdentifier="g", DbClusterIdentifier=secondary)
    controls.release_writer_changes()
    until(lambda: settled(aws))
    assert "FailoverState" not in described(aws)
    assert [status(aws, *one) for one in (("us-east-1", "us"), ("eu-west-1", "eu"))] == ["available"] * 2


def test_it_goes_back_and_the_old_primary_leaves(extended: Aws) -> None:
    primary, secondary = create_global(extended)
    for target, region in ((secondary, "us-east-1"), (primary, "eu-west-1"), (secondary, "us-east-1")):
        switchover(extended, target, region)
        until(lambda: settled(extended))
        assert members(extended)[target]
    rds = extended.client("rds", "eu-west-1")
    with pytest.raises(rds.exceptions.InvalidGlobalClusterStateFault):
        rds.remove_from_global_cluster(GlobalClusterIdentifier="g", DbClusterIdentifier=secondary)
    rds.remove_from_global_cluster(GlobalClusterIdentifier="g", DbClusterIdentifier=primary)
    assert members(extended) == {secondary: True}


@pytest.fixture(scope="module")
def slow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Aws]:
    """One in which a switchover takes a minute."""
    yield from serve(tmp_path_factory, "slow", "--switchover-seconds", "60")


def test_a_change_is_held_or_not_and_a_reset_forgets_it(extended: Aws) -> None:
    controls = hold(extended)
    assert controls._ask("GET", "writer-changes") == {"held": True}
    _, secondary = create_global(extended)
    switchover(extended, secondary)
    extended.server.reset()
    assert controls._ask("GET", "writer-changes") == {"held": False}
    primary, secondary = create_global(extended)
    hold(extended)
    switchover(extended, secondary)
    with pytest.raises(pytest.fail.Exception, match="not within"):
        until(lambda: settled(extended), seconds=4)
    assert members(extended) == {primary: True, secondary: False}
    assert controls._ask("POST", "writer-changes", {"held": False}) == {"held": False}
    until(lambda: settled(extended))
    hold(extended)
    controls.clear()
    assert controls._ask("GET", "writer-changes") == {"held": False}
    with pytest.raises(ValueError, match="held has to be true or false, not None"):
        controls._ask("POST", "writer-changes")


def test_how_long_it_takes_is_the_servers_option(slow: Aws) -> None:
    _, secondary = create_global(slow)
    switchover(slow, secondary)
    with pytest.raises(pytest.fail.Exception, match="not within"):
        until(lambda: settled(slow), seconds=3)


def test_a_switchover_is_refused_where_aws_refuses_it(extended: Aws) -> None:
    primary, secondary = create_global(extended)

    def refused(region: str, target: str) -> str:
        with pytest.raises(ClientError) as error:
            switchover(extended, target, region)
        return code_of(error)

    assert refused("us-east-1", primary) == "InvalidDBClusterStateFault"
    assert refused("eu-west-1", secondary) == "InvalidGlobalClusterStateFault"
    assert refused("us-east-1", "nobody") == "DBClusterNotFoundFault"
    extended.client("rds", "eu-west-1").modify_db_cluster(
        DBClusterIdentifier="eu", EngineVersion="8.0.mysql_aurora.3.10.2", ApplyImmediately=True
    )
    assert refused("us-east-1", secondary) == "InvalidDBClusterStateFault"
    with pytest.raises(ClientError, match="must be sent to the primary's Region, us-east-1"):
        switchover(extended, secondary, "eu-west-1")
