"""Blocks of the runbook, run by a shell with the real AWS CLI on an embedded AWS that is nearly empty."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from modules.migration_runbook import RunbookInputs, RunbookSide, runbook
from regions import runbook_page
from tests.rehearsal.conftest import Aws, serve
from tests.runbook_blocks import Block, one
from tests.systems.runbook import run_block

EXAMPLE = runbook_page.example()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Aws]:
    yield from serve(tmp_path_factory, "runbook", measured=False)


def listener(server: Aws, region: str) -> str:
    """A load balancer's listener in an empty region."""
    ec2, elb = server.client("ec2", region), server.client("elbv2", region)
    vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.9.{n}.0/24", AvailabilityZone=f"{region}{zone}")["Subnet"]
        for n, zone in enumerate("ab")
    ]
    ids = [subnet["SubnetId"] for subnet in subnets]
    balancer = elb.create_load_balancer(Name="alb", Subnets=ids)["LoadBalancers"][0]["LoadBalancerArn"]
    refuses = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}
    made = elb.create_listener(LoadBalancerArn=balancer, Protocol="HTTP", Port=80, DefaultActions=[refuses])
    return str(made["Listeners"][0]["ListenerArn"])


@pytest.fixture(scope="module")
def platform(server: Aws) -> RunbookInputs:
    """What the blocks by hand touch: zone, parameter, state machine, listeners. No records yet."""
    zone = server.client("route53").create_hosted_zone(Name="payments.example.com", CallerReference="1")
    machine = server.client("stepfunctions", "eu-west-1").create_state_machine(
        name="machine",
        roleArn="arn:aws:iam::123456789012:role/machine",
        definition=json.dumps({"StartAt": "End", "States": {"End": {"Type": "Succeed"}}}),
    )
    sides = [
        replace(side, https_listener_arn=listener(server, side.region))
        for side in (EXAMPLE.source, EXAMPLE.target)
    ]
    return replace(
        EXAMPLE,
        source=sides[0],
        target=sides[1],
        hosted_zone_id=zone["HostedZone"]["Id"].rpartition("/")[2],
        state_machine_arn=machine["stateMachineArn"],
    )


def run(server: Aws, platform: RunbookInputs, title: str) -> None:
    """Run a block and hold it to what the runbook says that it prints."""
    block = one(runbook(platform), title)
    done = run_block(block, server.server.endpoint)
    assert (done.code, done.errors) == (0, "")
    assert block.prints_what_it_should(done.output), done.output


def weights(server: Aws, platform: RunbookInputs) -> dict[str, int]:
    """Set identifier -> weight, as Route 53 holds them."""
    found = server.client("route53").list_resource_record_sets(HostedZoneId=platform.hosted_zone_id)
    return {r["SetIdentifier"]: r["Weight"] for r in found["ResourceRecordSets"] if "SetIdentifier" in r}


def checkpoint(server: Aws, platform: RunbookInputs) -> dict[str, Any]:
    found = server.client("ssm", "eu-west-1").get_parameter(Name=platform.checkpoint_parameter)
    return dict(json.loads(found["Parameter"]["Value"]))


def test_a_shift_by_hand_and_the_way_back_change_both_records_and_the_checkpoint(
    server: Aws, platform: RunbookInputs
) -> None:
    source, target = platform.source.set_identifier, platform.target.set_identifier

    run(server, platform, "Nothing else shifts")
    run(server, platform, "Phase 25: shift")
    assert weights(server, platform) == {source: 75, target: 25}
    noted = checkpoint(server, platform)
    assert (noted["stage"], noted["phase"]) == ("shifting", 25)
    assert noted["found"] == {"weights": {"source": 100, "target": 0}, "writer": "us-east-1"}

    run(server, platform, "Traffic back, by hand")
    assert weights(server, platform) == {source: 100, target: 0}
    assert checkpoint(server, platform)["stage"] == "rolled-back"


def rules(server: Aws, side: RunbookSide) -> list[dict[str, Any]]:
    found = server.client("elbv2", side.region).describe_rules(ListenerArn=side.https_listener_arn)
    return [rule for rule in found["Rules"] if rule["Priority"] == "1"]


def test_writes_are_paused_and_resumed_in_both_regions_and_nothing_but_the_pause_is_removed(
    server: Aws, platform: RunbookInputs
) -> None:
    run(server, platform, "Pause writes")
    for side in (platform.source, platform.target):
        (rule,) = rules(server, side)
        assert set(rule["Conditions"][0]["HttpRequestMethodConfig"]["Values"]) == {
            "POST",
            "PUT",
            "PATCH",
            "DELETE",
        }
        body = rule["Actions"][0]["FixedResponseConfig"]["MessageBody"]
        assert "paused" in json.loads(body)["error"]
    run(server, platform, "Resume writes")
    assert rules(server, platform.source) == rules(server, platform.target) == []

    (kept,) = server.client("elbv2").create_rule(
        ListenerArn=platform.source.https_listener_arn,
        Priority=1,
        Conditions=[{"Field": "path-pattern", "Values": ["/metrics"]}],
        Actions=[{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "403"}}],
    )["Rules"]
    done = run_block(one(runbook(platform), "Resume writes"), server.server.endpoint)
    assert (done.code, done.output.split()) == (0, ["0", "1"])
    assert [rule["RuleArn"] for rule in rules(server, platform.source)] == [kept["RuleArn"]]


def test_a_block_stops_at_the_first_command_that_fails(server: Aws, platform: RunbookInputs) -> None:
    nowhere = replace(platform, hosted_zone_id="Z0NOWHERE")
    done = run_block(one(runbook(nowhere), "Phase 50: shift"), server.server.endpoint)
    assert done.code != 0
    assert "NoSuchHostedZone" in done.errors
    assert done.output == ""


def test_a_block_can_be_answered_as_on_a_terminal(server: Aws) -> None:
    asks = Block(
        section="", title="", expect=None, commands='(test -t 0 && read -r said && echo "heard $said")\n'
    )
    assert run_block(asks, server.server.endpoint, answers="yes\n").output == "heard yes\n"
    assert run_block(asks, server.server.endpoint).output == ""
