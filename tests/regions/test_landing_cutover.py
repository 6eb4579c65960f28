"""C5 to C9, C11: the write name, the parameters, the events, the function, the dashboard, the alarms."""

import json

import pytest

from modules.cutover.events import alarm_pattern, alert_pattern, task_pattern
from modules.cutover.write_name import WriteNameInputs
from shared.naming import Naming
from tests.events import ALARM_OK, INSTANCE_FAILED, TASK_STARTED, TASK_STOPPED, matches
from tests.regions.landing import REGION, stack
from tests.synthesized import content, state


@pytest.fixture
def document(landing):
    return stack(landing, "cutover")


def test_the_write_name_leads_to_the_data_centre_until_the_cutover(document):
    zone = document.one("aws_route53_zone")
    assert zone["name"] == "migration-db1234.payments.example.com"
    assert "vpc" not in zone
    records = {path.rsplit("/", 1)[1]: r for path, r in document.all("aws_route53_record").items()}
    weights = {side: r["weighted_routing_policy"]["weight"] for side, r in records.items()}
    assert weights == {"on-premises": 100, "aurora": 0}
    assert records["on-premises"]["records"] == ["payments-db.corp.example.net"]
    assert records["aurora"]["records"] == [state(f"{REGION}/database", "aurora_cluster_endpoint")]
    for side, record in records.items():
        assert record["name"] == "db.migration-db1234.payments.example.com"
        assert (record["type"], record["ttl"]) == ("CNAME", 60)
        assert record["set_identifier"] == f"record-{side}-db1234"
        assert record["lifecycle"] == {"ignore_changes": ["weighted_routing_policy"]}
        assert "health_check_id" not in record, "Route 53 must never choose the writer by itself"


def test_a_private_zone_is_resolved_in_both_networks_and_the_weights_may_have_been_moved(landing_production):
    document = stack(landing_production, "cutover")
    assert document.one("aws_route53_zone")["vpc"] == [
        {"vpc_id": state("eu-central-1/foundation", "vpc_id")},
        {"vpc_id": "vpc-0a1b2c3d4e5f60718"},
    ]
    weights = [r["weighted_routing_policy"]["weight"] for r in document.all("aws_route53_record").values()]
    assert weights == [100, 0], "aurora, then on-premises"


@pytest.mark.parametrize("weights", [(50, 50), (100, 100), (0, 0)])
def test_weights_that_mean_two_writers_are_refused(weights):
    with pytest.raises(ValueError, match="one database"):
        WriteNameInputs(
            naming=Naming(suffix="x1"),
            zone_name="z.example.com",
            record_name="db.z.example.com",
            ttl=60,
            private_vpcs=(),
            on_premises_host="a.example.com",
            aurora_endpoint="b.example.com",
            on_premises_weight=weights[0],
            aurora_weight=weights[1],
            destroyable=True,
        )


def test_the_parameters_are_encrypted_and_written_once(document):
    for purpose, value in (
        (
            "config",
            {"mode": "approval", "lag_limit_seconds": 5, "lag_window_minutes": 10, "drained_minutes": 30},
        ),
        ("state", {"stage": "replicating"}),
    ):
        parameter = document.one("aws_ssm_parameter", purpose)
        assert parameter["name"] == f"/migration/db1234/{purpose}"
        assert (parameter["type"], parameter["value_wo_version"]) == ("SecureString", 1)
        assert parameter["key_id"] == state(f"{REGION}/foundation", "kms_key_arn")
        assert json.loads(parameter["value_wo"]) == value
        assert "value" not in parameter


def test_the_mode_of_the_settings_is_the_one_to_begin_with(landing_production):
    document = stack(landing_production, "cutover")
    assert json.loads(document.one("aws_ssm_parameter", "config")["value_wo"])["mode"] == "automated"


def patterns(document):
    return {
        path.rsplit("/", 1)[1]: json.loads(rule["event_pattern"])
        for path, rule in document.all("aws_cloudwatch_event_rule").items()
    }


def test_the_rules_are_about_these_tasks_and_these_alarms(document):
    forward, reverse = (
        state(f"{REGION}/replication", f"dms_{side}_task_arn") for side in ("forward", "reverse")
    )
    instance = state(f"{REGION}/replication", "dms_replication_instance_arn")
    alarms = [
        document.ref("aws_cloudwatch_metric_alarm", "arn", f"lag-{side}") for side in ("source", "target")
    ]
    found = patterns(document)
    assert found["task-state"]["resources"] == [forward]
    assert found["lag-alarm"]["resources"] == alarms
    assert found["alerts"]["resources"] == [forward, reverse, instance]


def test_each_rule_reaches_whom_it_is_for(document):
    targets = {path.rsplit("/", 1)[1]: t for path, t in document.all("aws_cloudwatch_event_target").items()}
    function = document.ref("aws_lambda_function", "arn")
    assert targets["task-state-target"]["arn"] == targets["lag-alarm-target"]["arn"] == function
    assert targets["alerts-target"]["arn"] == document.ref("aws_sns_topic", "arn")
    for purpose in ("task-state", "lag-alarm"):
        permission = document.one("aws_lambda_permission", f"{purpose}-permission")
        assert permission["principal"] == "events.amazonaws.com"
        rule = document.ref("aws_cloudwatch_event_rule", "arn", f"events/{purpose}")
        assert permission["source_arn"] == rule
    policy = json.loads(document.one("aws_sns_topic_policy")["policy"])["Statement"]
    assert [statement["Principal"] for statement in policy] == [{"Service": "events.amazonaws.com"}]


@pytest.mark.parametrize("event", [TASK_STARTED, TASK_STOPPED], ids=["started", "stopped"])
def test_the_documented_events_of_a_task_match(event):
    (task,) = event["resources"]
    assert matches(task_pattern(task), event)
    assert matches(alert_pattern((task,)), event)
    other = task_pattern(f"{task}0")
    assert not matches(other, event), "another task of the account is none of ours"


def test_a_failed_instance_is_told_and_a_created_one_is_not():
    (instance,) = INSTANCE_FAILED["resources"]
    assert matches(alert_pattern((instance,)), INSTANCE_FAILED)
    created = {**INSTANCE_FAILED, "detail": {**INSTANCE_FAILED["detail"], "category": "Creation"}}
    assert not matches(alert_pattern((instance,)), created)


def test_the_documented_event_of_an_alarm_matches_when_it_is_well():
    pattern = alarm_pattern(tuple(ALARM_OK["resources"]))
    assert matches(pattern, ALARM_OK)
    alarming = {**ALARM_OK, "detail": {**ALARM_OK["detail"], "state": {"value": "ALARM"}}}
    assert not matches(pattern, alarming)


def test_the_function_runs_alone_for_five_minutes_at_most_and_keeps_what_failed(document):
    function = document.one("aws_lambda_function")
    assert (function["memory_size"], function["timeout"]) == (256, 300)
    assert function["runtime"].startswith("python3.")
    assert function["reserved_concurrent_executions"] == 1
    queue = document.one("aws_sqs_queue")
    assert function["dead_letter_config"] == {"target_arn": document.ref("aws_sqs_queue", "arn")}
    assert queue["kms_master_key_id"] == state(f"{REGION}/foundation", "kms_key_arn")


def test_the_function_may_set_two_weights_and_nothing_else_of_the_zone(document):
    statements = {
        statement["Sid"]: statement
        for statement in json.loads(document.one("aws_iam_role_policy")["policy"])["Statement"]
    }
    change = statements["SetTheTwoWeights"]["Condition"]["ForAllValues:StringEquals"]
    assert change == {
        "route53:ChangeResourceRecordSetsNormalizedRecordNames": ["db.migration-db1234.payments.example.com"],
        "route53:ChangeResourceRecordSetsRecordTypes": ["CNAME"],
        "route53:ChangeResourceRecordSetsActions": ["UPSERT"],
    }
    parameter = document.ref("aws_ssm_parameter", "arn", "state")
    assert statements["WriteDownHowFarItIs"]["Resource"] == [parameter]
    writes = {
        action
        for statement in statements.values()
        for action in statement["Action"]
        if not action.split(":")[1].startswith(("Describe", "Get", "List"))
    }
    assert writes == {
        "route53:ChangeResourceRecordSets",
        "ssm:PutParameter",
        "sns:Publish",
        "sqs:SendMessage",
        "kms:Encrypt",
        "kms:Decrypt",
        "kms:GenerateDataKey",
        "logs:CreateLogStream",
        "logs:PutLogEvents",
        "xray:PutTraceSegments",
        "xray:PutTelemetryRecords",
    }


def test_the_function_is_told_of_everything_that_it_looks_at(document):
    from dataclasses import fields

    from modules.lambdas.cutover.configuration import Configuration, Limits

    config = json.loads(document.one("aws_lambda_function")["environment"]["variables"]["CONFIG"])
    assert config.keys() == {field.name for field in fields(Configuration)}
    limits = json.loads(document.one("aws_ssm_parameter", "config")["value_wo"])
    assert limits.keys() == {field.name for field in fields(Limits)}


def alarms_of(document):
    return {
        path.rsplit("/", 1)[1]: alarm for path, alarm in document.all("aws_cloudwatch_metric_alarm").items()
    }


def test_the_latency_is_alarmed_on_by_the_end_of_the_tasks_arn(document):
    alarms = alarms_of(document)
    for side in ("source", "target"):
        alarm = alarms[f"lag-{side}"]
        assert (alarm["namespace"], alarm["metric_name"]) == ("AWS/DMS", f"CDCLatency{side.capitalize()}")
        assert (alarm["threshold"], alarm["comparison_operator"]) == (60, "GreaterThanThreshold")
        assert alarm["dimensions"] == {
            "ReplicationInstanceIdentifier": state(f"{REGION}/replication", "dms_replication_instance_id"),
            "ReplicationTaskIdentifier": state(f"{REGION}/replication", "dms_forward_task_id"),
        }
        assert alarm["treat_missing_data"] == "missing"
        assert alarm["insufficient_data_actions"] == alarm["alarm_actions"]


def test_aurora_and_the_rest_are_alarmed_on(document, landing_production):
    alarms = alarms_of(document)
    assert (alarms["aurora-cpu"]["metric_name"], alarms["aurora-cpu"]["threshold"]) == ("CPUUtilization", 80)
    connections = alarms["aurora-connections"]
    assert (connections["metric_name"], connections["threshold"]) == ("DatabaseConnections", 360)
    assert alarms_of(stack(landing_production, "cutover"))["aurora-connections"]["threshold"] == 800
    assert alarms["dms-storage"]["threshold"] == 20 * 1024**3
    assert alarms["dms-storage"]["comparison_operator"] == "LessThanThreshold"
    assert alarms["cutover-failures"]["dimensions"] == {"QueueName": "queue-cutover-failures-db1234"}
    assert {alarm["alarm_actions"][0] for alarm in alarms.values()} == {
        state(f"{REGION}/foundation", "alarm_topic_arn")
    }


def widgets(document):
    return json.loads(document.one("aws_cloudwatch_dashboard")["dashboard_body"])["widgets"]


def test_every_metric_of_the_dashboard_is_a_flat_array(document):
    for widget in widgets(document):
        assert widget["type"] == "metric"
        assert widget["properties"]["region"] == REGION
        assert widget["properties"]["metrics"]
        for metric in widget["properties"]["metrics"]:
            *texts, rest = metric
            assert len(texts) >= 4
            assert len(texts) % 2 == 0, "namespace and name, then dimension and value in turn"
            assert all(isinstance(text, str) for text in texts)
            assert rest.keys() <= {"stat", "yAxis"}


def test_no_widget_covers_another(document):
    places = [(widget["x"], widget["y"]) for widget in widgets(document)]
    assert len(set(places)) == len(places) == 9
    assert all(widget["x"] + widget["width"] <= 24 for widget in widgets(document))


def test_what_has_to_be_seen_is_on_the_dashboard(document):
    drawn = {metric[1] for widget in widgets(document) for metric in widget["properties"]["metrics"]}
    assert drawn >= {
        "CDCLatencySource",
        "CDCLatencyTarget",
        "CDCThroughputRowsSource",
        "DatabaseConnections",
        "CPUUtilization",
        "FreeableMemory",
        "AuroraReplicaLag",
        "ValidationFailedOverallCount",
        "Errors",
    }
    limits = [
        w["properties"].get("annotations", {}).get("horizontal", [{}])[0].get("value")
        for w in widgets(document)
    ]
    assert limits[0] == 60
    assert limits[3] == 360


def test_people_are_told_when_there_are_addresses(document, landing_production):
    assert not document.all("aws_sns_topic_subscription")
    (one,) = stack(landing_production, "cutover").all("aws_sns_topic_subscription").values()
    assert content(one)["endpoint"] == "payments@example.com"


def test_the_runbook_has_the_ids_that_terraform_fills_in(document):
    text = document.outputs["cutover_runbook"]
    for side in ("forward", "reverse"):
        assert state(f"{REGION}/replication", f"dms_{side}_task_arn") in text
    assert state(f"{REGION}/database", "aurora_cluster_endpoint") in text
    assert document.ref("aws_route53_zone", "zone_id") in text
    assert "invoke cutover.start --env database-migration --suffix db1234" in text
    assert "payments/on-premises/replication" in text
    assert "%{" not in text
    references = text.split("${")[1:]
    assert references
    assert all(one.startswith(("data.terraform_remote_state.", "aws_")) for one in references)


def test_a_private_zones_runbook_does_not_ask_who_delegates(landing_production):
    assert "The zone is delegated" not in stack(landing_production, "cutover").outputs["cutover_runbook"]
