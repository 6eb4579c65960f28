"""B7: where AWS refuses the failover, the runbook's block lets the standby write by itself."""

from __future__ import annotations

from dataclasses import replace

from modules.failover_runbook import failover_runbook
from regions import failover_runbook_page
from tests.recovery_miniature import ARNS, AWAY, GLOBAL, HOME
from tests.runbook_blocks import Block, one
from tests.systems.runbook import run_block


def block(title: str) -> Block:
    """A block of the runbook with the miniature's ids."""
    inputs = failover_runbook_page.example()
    standby = replace(
        inputs.standby, cluster_arn=ARNS[AWAY], cluster_identifier=ARNS[AWAY].rpartition(":")[2]
    )
    primary = replace(inputs.primary, cluster_arn=ARNS[HOME])
    filled = replace(inputs, standby=standby, primary=primary, global_cluster_identifier=GLOBAL)
    return one(failover_runbook(filled), title)


def test_the_standby_leaves_the_global_database_and_writes_while_the_primary_is_lost(standby):
    mini = standby.mini
    standby.lose_home()
    detach = block("Detach the standby instead")
    done = run_block(detach, standby.controls.endpoint)
    assert (done.code, detach.prints_what_it_should(done.output)) == (0, True), done
    assert standby.calls_home() == []
    rds = mini.aws.client("rds", AWAY)
    [shared] = rds.describe_global_clusters(GlobalClusterIdentifier=GLOBAL)["GlobalClusters"]
    assert [member["DBClusterArn"] for member in shared["GlobalClusterMembers"]] == [ARNS[HOME]]

    # the machine has nothing to fail over to, and says so
    ended = mini.run("failover", accept_data_loss=True)
    assert ended["error"] == "FailoverRefused"
    assert f"{GLOBAL} has no member in {AWAY}" in ended["cause"]

    standby.controls.rejoin(GLOBAL, ARNS[AWAY])
    said = run_block(block("What Aurora said about it"), standby.controls.endpoint)
    assert (said.code, said.output.strip()) == (0, ""), said
    assert mini.run("failover", accept_data_loss=True)["status"] == "SUCCEEDED"
    said = run_block(block("What Aurora said about it"), standby.controls.endpoint)
    assert f"in Region {AWAY} completed" in said.output
    assert (
        f"Attempt to block writes for DB cluster aurora-primary-x1 in Region {HOME} timed out" in said.output
    )
