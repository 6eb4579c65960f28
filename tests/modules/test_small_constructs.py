"""Constructs without options: what they make of other inputs than the stacks' own."""

import json

from modules.alarms import (
    AlarmTiming,
    HealthyHostsAlarm,
    HealthyHostsAlarmInputs,
    ReplicationLagAlarm,
    ReplicationLagAlarmInputs,
)
from modules.flow_logs import FlowLogs, FlowLogsInputs
from modules.gateway_endpoints import GatewayEndpoints, GatewayEndpointsInputs
from modules.peering import PeeringAccept, PeeringAcceptInputs, PeeringRequest, PeeringRequestInputs
from shared.naming import Naming
from tests.synthesized import small

NAMING = Naming(suffix="x1")


def test_an_alarm_waits_as_long_as_it_is_told():
    timing = AlarmTiming(period_seconds=120, evaluation_periods=5)
    lag = ReplicationLagAlarmInputs(
        naming=NAMING,
        cluster_identifier="cluster",
        threshold_ms=250,
        timing=timing,
        topic_arn="topic",
        missing_data="notBreaching",
    )
    hosts = HealthyHostsAlarmInputs(
        naming=NAMING,
        load_balancer_arn_suffix="app/alb/1",
        target_group_arn_suffix="targetgroup/tg/1",
        minimum=4,
        timing=timing,
        topic_arn="topic",
    )

    def build(stack):
        ReplicationLagAlarm(stack, "lag", lag)
        HealthyHostsAlarm(stack, "hosts", hosts)

    alarms = small(build).all("aws_cloudwatch_metric_alarm")
    assert {path: (a["period"], a["evaluation_periods"], a["threshold"]) for path, a in alarms.items()} == {
        "hosts/alarm": (120, 5, 4),
        "lag/alarm": (120, 5, 250),
    }
    assert "4 healthy hosts" in alarms["hosts/alarm"]["alarm_description"]
    assert "250 ms" in alarms["lag/alarm"]["alarm_description"]


def test_flow_logs_are_written_by_a_role_that_can_do_only_that():
    inputs = FlowLogsInputs(
        naming=NAMING,
        side="source",
        account_id="123456789012",
        region="us-east-1",
        vpc_id="vpc-1",
        kms_key_arn="key",
        retention_days=7,
    )
    document = small(lambda stack: FlowLogs(stack, "logs", inputs))
    group = document.ref("aws_cloudwatch_log_group", "arn")
    assert json.loads(document.one("aws_iam_role_policy")["policy"])["Statement"] == [
        {
            "Sid": "FindTheLog",
            "Effect": "Allow",
            "Action": ["logs:DescribeLogGroups"],
            "Resource": ["arn:aws:logs:us-east-1:123456789012:log-group:*"],
        },
        {
            "Sid": "WriteTheLog",
            "Effect": "Allow",
            "Action": ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"],
            "Resource": [f"{group}:*"],
        },
    ]
    assert document.one("aws_iam_role")["name"] == "role-flow-logs-source-x1"
    assert document.one("aws_cloudwatch_log_group")["retention_in_days"] == 7


def test_gateway_endpoints_take_the_tables_that_they_are_given():
    inputs = GatewayEndpointsInputs(
        naming=NAMING, region="eu-west-1", vpc_id="vpc-1", route_table_ids=("rtb-1", "rtb-2")
    )
    endpoints = small(lambda stack: GatewayEndpoints(stack, "endpoints", inputs)).all("aws_vpc_endpoint")
    assert [block["route_table_ids"] for block in endpoints.values()] == [["rtb-1", "rtb-2"]] * 2


def test_the_two_sides_of_a_peering_are_two_constructs():
    request = PeeringRequestInputs(
        naming=NAMING, vpc_id="vpc-1", peer_vpc_id="vpc-2", peer_region="eu-west-1"
    )
    requester = small(lambda stack: PeeringRequest(stack, "peering", request))
    assert list(requester.content["resource"]) == ["aws_vpc_peering_connection"]
    accept = PeeringAcceptInputs(naming=NAMING, vpc_peering_id="pcx-1")
    accepter = small(lambda stack: PeeringAccept(stack, "peering", accept))
    # options are refused on a connection that is not active: the id is the accepter's
    options = accepter.one("aws_vpc_peering_connection_options")
    assert options["vpc_peering_connection_id"] == accepter.ref("aws_vpc_peering_connection_accepter", "id")
