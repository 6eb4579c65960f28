"""The failover's runbook: complete, and not a word to the region that may be dead where that matters."""

from __future__ import annotations

import json
from dataclasses import fields, replace

import jmespath
import pytest

from modules.failover_runbook import FailoverRunbookInputs, FailoverRunbookSide, failover_runbook
from regions import failover_runbook_page
from tests.runbook_blocks import Block, blocks, commands_of, one
from tests.systems.failover_worlds import (
    AWAY_BY_HAND,
    BACK_BY_HAND,
    DETACHED_BY_HAND,
    GUIDE,
    PASSING,
    World,
)

INPUTS = failover_runbook_page.example()
TEXT = failover_runbook(INPUTS)
BLOCKS = blocks(TEXT)
PRIMARY, STANDBY = INPUTS.primary.region, INPUTS.standby.region
#: Sections for the time when the primary may be dead, and the blocks in them that say that they are not.
DARK = ("Watch", "Traffic only: pin", "Failover", "Failover by hand", "An execution died")
DARK_BESIDES = ("What Aurora said about it",)


def test_every_id_of_both_regions_is_in_it() -> None:
    texts = {f.name: getattr(INPUTS, f.name) for f in fields(FailoverRunbookInputs)}
    for side in (INPUTS.primary, INPUTS.standby):
        texts |= {f"{side.region}/{f.name}": getattr(side, f.name) for f in fields(FailoverRunbookSide)}
    missing = [name for name, value in texts.items() if isinstance(value, str) and value not in TEXT]
    assert missing == []


def test_numbers_come_from_the_settings() -> None:
    text = failover_runbook(
        replace(
            INPUTS, recovery_seconds=37, replication_lag_ms=1234, retention_days=77, healthy_hosts_minimum=5
        )
    )
    for words in ("within 37 seconds", "below 1234 (milliseconds)", "for 77 days", "Expect 5 or more"):
        assert words in text


def dark() -> list[Block]:
    """The blocks that a person needs while the primary is dead."""
    return [block for block in BLOCKS if block.section in DARK or block.title in DARK_BESIDES]


def test_while_the_primary_is_dead_nothing_is_sent_there() -> None:
    lines = [(block.place, line) for block in dark() for line in commands_of("aws", block)]
    assert len(lines) > 35
    assert {line[line.index("--region") + 1] for _, line in lines} == {STANDBY}


def test_nothing_is_sent_to_what_has_its_control_plane_in_one_region_only() -> None:
    lines = [(block.title, line[0]) for block in BLOCKS for line in commands_of("aws", block)]
    global_ = {
        title for title, service in lines if service in {"route53", "iam", "cloudfront", "organizations"}
    }
    assert global_ == {"What DNS answers"}
    assert "What DNS answers" not in {block.title for block in dark()}


def test_sts_is_asked_in_the_region_that_is_named() -> None:
    """Version 1 of the CLI asks sts.amazonaws.com, which is us-east-1, unless it is told otherwise."""
    asks = [block for block in BLOCKS if any(line[0] == "sts" for line in commands_of("aws", block))]
    assert asks
    assert [
        b.title for b in (*asks, *dark()) if "AWS_STS_REGIONAL_ENDPOINTS=regional" not in b.commands
    ] == []


def test_what_is_sent_to_the_primary_while_it_may_hang_gives_up_soon() -> None:
    for title in ("Fence the old primary's load balancer", "Cut the old primary's database off"):
        block = one(TEXT, title)
        lines = commands_of("aws", block)
        assert {line[line.index("--region") + 1] for line in lines} == {PRIMARY}
        assert all(int(line[line.index("--cli-read-timeout") + 1]) <= 20 for line in lines)
        assert all(int(line[line.index("--cli-connect-timeout") + 1]) <= 5 for line in lines)
        assert "AWS_MAX_ATTEMPTS=1" in block.commands


def option(block: Block, action: str, name: str) -> str:
    """The value of an option of the one command of a block with this action."""
    (line,) = (line for line in commands_of("aws", block) if line[1] == action)
    return line[line.index(name) + 1]


def test_the_writer_is_moved_by_calls_to_the_region_that_takes_them() -> None:
    promote = one(TEXT, "Promote the standby")
    assert option(promote, "failover-global-cluster", "--region") == STANDBY
    cluster = option(promote, "failover-global-cluster", "--target-db-cluster-identifier")
    assert cluster == INPUTS.standby.cluster_arn
    # a switchover is sent to where the writer is
    back = one(TEXT, "Move the writer back")
    assert option(back, "switchover-global-cluster", "--region") == STANDBY
    cluster = option(back, "switchover-global-cluster", "--target-db-cluster-identifier")
    assert cluster == INPUTS.primary.cluster_arn


def test_what_no_block_can_do_is_said_and_has_none() -> None:
    """Every block is run by a test, and this way is not."""
    said = TEXT.split(f"**What holds when {STANDBY} is lost while it writes.**")[1].split("\n\n")[0]
    for words in (
        "failover-global-cluster",
        f"sent to {PRIMARY}",
        "--allow-data-loss",
        "**That is not rehearsed**",
    ):
        assert words in said
    promotes = [block.title for block in BLOCKS if "failover-global-cluster" in block.commands]
    assert promotes == ["Promote the standby"]


def test_what_is_detached_is_the_standby_in_its_own_region() -> None:
    detach = one(TEXT, "Detach the standby instead")
    assert option(detach, "remove-from-global-cluster", "--region") == STANDBY
    cluster = option(detach, "remove-from-global-cluster", "--db-cluster-identifier")
    assert cluster == INPUTS.standby.cluster_arn
    query = option(detach, "describe-db-clusters", "--query")
    members = [{"IsClusterWriter": False}, {"IsClusterWriter": True}]
    for status, found in (("available", 1), ("promoting", 0)):
        clusters = [{"Status": status, "DBClusterMembers": members}]
        assert jmespath.search(query, {"DBClusters": clusters}) == found


def test_a_loss_is_accepted_only_where_the_heading_says_so() -> None:
    accepts = {
        block.title
        for block in BLOCKS
        if "--allow-data-loss" in block.commands
        or "--accept-data-loss" in block.commands
        or ('"accept_data_loss": true' in block.commands and "start-execution" in block.commands)
    }
    assert accepts == {
        "Promote the standby",
        "Fail over and accept a loss, by invoke",
        "Fail over and accept a loss, by the AWS CLI",
    }
    assert (
        "**What had not arrived is lost**" in TEXT.split("### Detach the standby instead")[1].split("```")[0]
    )
    assert "**What had not arrived is lost.**" in TEXT.split("### Promote the standby")[1].split("```")[0]


@pytest.mark.parametrize(
    ("title", "action", "loss"),
    [
        ("Fail over, by the AWS CLI", "failover", False),
        ("Fail over and accept a loss, by the AWS CLI", "failover", True),
        ("Switch over, by the AWS CLI", "switchover", False),
        ("Fail back, by the AWS CLI", "failback", False),
    ],
)
def test_an_execution_is_started_with_the_input_that_the_machine_takes(
    title: str, action: str, loss: bool
) -> None:
    document = json.loads(printed(one(TEXT, title)) % "arn:aws:iam::123456789012:user/me")
    assert document == {
        "action": action,
        "accept_data_loss": loss,
        "reason": "from the runbook",
        "requested_by": "arn:aws:iam::123456789012:user/me",
    }


def printed(block: Block) -> str:
    """The format of the one printf of a block that makes a document."""
    (found,) = (line[0] for line in commands_of("printf", block) if line[0].startswith('{"'))
    return found


@pytest.mark.parametrize(
    ("title", "stage", "traffic"),
    [
        ("Write the lag down", "failing-over", "pinned"),
        ("Record that the standby writes", "failed-over", "pinned"),
        ("Move the writer back", "failing-back", "pinned"),
        ("Record that the primary writes", "failed-back", "not-pinned"),
    ],
)
def test_what_is_recorded_by_hand_has_the_form_of_what_the_machine_records(
    title: str, stage: str, traffic: str
) -> None:
    document = json.loads(printed(one(TEXT, title)) % ("2026-01-01T00:00:00Z", "null", "null"))
    assert document["stage"] == stage
    assert document["fencing"]["traffic"] == traffic
    assert list(document) == [
        *("stage", "step", "execution", "at", "requested_by", "reason", "accept_data_loss"),
        *("lag_ms", "lag_at", "writer_before", "fencing", "drained"),
    ]


def test_every_operation_is_in_it_by_invoke() -> None:
    lines = [line for block in BLOCKS for line in commands_of("invoke", block)]
    operations = ("status", "switchover", "failover", "failback", "pin", "unpin")
    assert {line[0] for line in lines} == {"doctor", "plan", *(f"failover.{name}" for name in operations)}


def test_the_fence_takes_away_and_puts_back_the_same_rule() -> None:
    taken = option(
        one(TEXT, "Cut the old primary's database off"),
        "revoke-security-group-ingress",
        "--ip-permissions",
    )
    given = option(one(TEXT, "Lift the fence"), "authorize-security-group-ingress", "--ip-permissions")
    assert taken == given
    (rule,) = json.loads(taken)
    assert (rule["FromPort"], rule["ToPort"]) == (3306, 3306)
    assert [block["CidrIp"] for block in rule["IpRanges"]] == ["10.0.0.0/16", "10.1.0.0/16"]


def test_what_aurora_said_is_looked_for_among_the_events_of_everything() -> None:
    """Blocked or timed out is an event of an instance, the end of the failover one of the cluster."""
    (line,) = commands_of("aws", one(TEXT, "What Aurora said about it"))
    assert line[:2] == ["rds", "describe-events"]
    assert [word for word in line if word.startswith("--source")] == []
    said = {
        "at": "Global failover to DB cluster a in Region us-west-2 completed.",
        "by": "Attempt to block writes for DB cluster a in Region us-east-1 timed out.",
        "of": "DB instance restarted",
    }
    events = {"Events": [{"Date": date, "Message": message} for date, message in said.items()]}
    found = jmespath.search(line[line.index("--query") + 1], events)
    assert found == [["at", said["at"]], ["by", said["by"]]]


def test_what_is_rebooted_for_its_connections_is_the_instance_that_writes() -> None:
    lines = commands_of("aws", one(TEXT, "Cut the old primary's database off"))
    query = next(line[-1] for line in lines if "DBInstanceIdentifier" in line[-1])
    clusters = [
        {
            "DBClusterMembers": [
                {"DBInstanceIdentifier": name, "IsClusterWriter": name == writer} for name in ("a", "b")
            ]
        }
        for writer in ("b", "")
    ]
    found = [jmespath.search(query, {"DBClusters": [cluster]}) for cluster in clusters]
    assert found == ["b", None]


def test_by_hand_each_block_finds_the_world_that_the_one_before_it_left() -> None:
    assert follow(World.LOST, AWAY_BY_HAND) == World.LOST_AWAY
    assert follow(World.BEHIND, BACK_BY_HAND) == World.HOME
    assert follow(World.LOST, DETACHED_BY_HAND) == World.LOST_DETACHED
    by_hand = {*AWAY_BY_HAND, *BACK_BY_HAND, *DETACHED_BY_HAND}
    sections = {"Failover by hand", "The primary is back", "Failback by hand"}
    assert {block.title for block in BLOCKS if block.section in sections} <= by_hand


def follow(world: World, titles: tuple[str, ...]) -> World:
    for title in titles:
        when = GUIDE.use(one(TEXT, title))
        # a world that ends by itself is waited for where a block wants the next one
        if world not in when.needs and world in PASSING:
            world = PASSING[world]
        assert world in when.needs, f"{title}: {world}"
        world = World(when.leaves.get(world, world))
    return world
