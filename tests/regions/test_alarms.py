"""A6: replication lag and healthy hosts, in both regions."""

import pytest

from tests.synthesized import REGIONS, content, state


@pytest.mark.parametrize(("role", "without_data"), [("source", "notBreaching"), ("target", "breaching")])
def test_lag_over_a_second_for_two_minutes_alarms_on_the_regions_own_cluster(synthesis, role, without_data):
    region = REGIONS[role]
    database = synthesis[f"{region}/database"]
    topic = state(f"{region}/foundation", "alarm_topic_arn")
    assert content(database.one("aws_cloudwatch_metric_alarm")) == {
        "alarm_name": "alarm-replication-lag-abc123",
        "alarm_description": "Aurora replicates more than 1000 ms behind the writer",
        "namespace": "AWS/RDS",
        "metric_name": "AuroraGlobalDBRPOLag",
        "dimensions": {"DBClusterIdentifier": database.ref("aws_rds_cluster", "cluster_identifier")},
        "statistic": "Maximum",
        "comparison_operator": "GreaterThanThreshold",
        "threshold": 1000,
        "period": 60,
        "evaluation_periods": 2,
        "treat_missing_data": without_data,
        "alarm_actions": [topic],
        "ok_actions": [topic],
    }


@pytest.mark.parametrize("role", ["source", "target"])
def test_fewer_than_two_healthy_hosts_for_two_minutes_alarm(synthesis, role):
    region = REGIONS[role]
    service = synthesis[f"{region}/service"]
    topic = state(f"{region}/foundation", "alarm_topic_arn")
    assert content(service.one("aws_cloudwatch_metric_alarm")) == {
        "alarm_name": "alarm-healthy-hosts-abc123",
        "alarm_description": "Fewer than 2 healthy hosts behind the load balancer",
        "namespace": "AWS/ApplicationELB",
        "metric_name": "HealthyHostCount",
        "dimensions": {
            "LoadBalancer": service.ref("aws_lb", "arn_suffix"),
            "TargetGroup": service.ref("aws_lb_target_group", "arn_suffix"),
        },
        "statistic": "Minimum",
        "comparison_operator": "LessThanThreshold",
        "threshold": 2,
        "period": 60,
        "evaluation_periods": 2,
        "treat_missing_data": "breaching",
        "alarm_actions": [topic],
        "ok_actions": [topic],
    }


def test_an_execution_that_ends_without_having_finished_alarms(synthesis):
    migration = synthesis[f"{REGIONS['target']}/migration"]
    alarms = {
        alarm["metric_name"]: content(alarm)
        for alarm in migration.all("aws_cloudwatch_metric_alarm").values()
    }
    assert set(alarms) == {"ExecutionsFailed", "ExecutionsAborted"}
    assert alarms["ExecutionsAborted"] == {
        "alarm_name": "alarm-migration-aborted-abc123",
        "alarm_description": "An execution of the migration was stopped: "
        "invoke migrate.status says where it is",
        "namespace": "AWS/States",
        "metric_name": "ExecutionsAborted",
        "dimensions": {"StateMachineArn": migration.ref("aws_sfn_state_machine", "arn")},
        "statistic": "Sum",
        "comparison_operator": "GreaterThanThreshold",
        "threshold": 0,
        "period": 60,
        "evaluation_periods": 1,
        "treat_missing_data": "notBreaching",
        "alarm_actions": [state(f"{REGIONS['target']}/foundation", "alarm_topic_arn")],
    }


def test_every_alarm_tells_somebody_and_says_what_missing_data_means(synthesis):
    alarms = synthesis.of("aws_cloudwatch_metric_alarm")
    assert len(alarms) == 6
    for alarm in alarms.values():
        (topic,) = alarm["alarm_actions"]
        assert topic.endswith(".alarm_topic_arn}")
        assert alarm["treat_missing_data"] in {"breaching", "notBreaching"}


def test_an_adopted_primary_has_the_twin_too(adopted):
    database = adopted["us-east-1/database"]
    data = database.one("aws_rds_cluster", section="data")["//"]["metadata"]["uniqueId"]
    dimensions = database.one("aws_cloudwatch_metric_alarm")["dimensions"]
    assert dimensions == {"DBClusterIdentifier": f"${{data.aws_rds_cluster.{data}.cluster_identifier}}"}


def test_thresholds_and_addresses_are_settings(production):
    alarm = production["us-east-1/database"].one("aws_cloudwatch_metric_alarm")
    assert alarm["threshold"] == 2500
    foundation = production["us-east-1/foundation"]
    subscriptions = [content(block) for block in foundation.all("aws_sns_topic_subscription").values()]
    topic = foundation.ref("aws_sns_topic", "arn")
    assert subscriptions == [
        {"topic_arn": topic, "protocol": "email", "endpoint": "payments@example.com"},
        {"topic_arn": topic, "protocol": "email", "endpoint": "oncall@example.com"},
    ]
