"""A7, A8, A11: what carries the move out stands in the target region and knows both."""

import json

import pytest

from tests.synthesized import REGIONS, state

EU, US = REGIONS["target"], REGIONS["source"]
ROLES = ("start", "gate", "writer")


@pytest.fixture
def migration(synthesis):
    return synthesis[f"{EU}/migration"]


def config(document, function):
    variables = document.one("aws_lambda_function", f"{function}/function")["environment"]["variables"]
    return json.loads(variables["CONFIG"])


def statements(document, function):
    policy = document.one("aws_iam_role_policy", f"{function}/role/policy")["policy"]
    return {statement["Sid"]: statement for statement in json.loads(policy)["Statement"]}


def test_it_runs_where_the_platform_moves_to(migration):
    assert [provider["region"] for provider in migration.providers] == [EU]


def test_the_machine_sets_the_weights_of_the_two_records_in_one_batch(migration):
    definition = json.loads(migration.one("aws_sfn_state_machine")["definition"])
    shift = definition["States"]["ShiftTraffic"]["Arguments"]
    assert shift["HostedZoneId"] == state("global/domain", "route53_zone_id")
    records = [change["ResourceRecordSet"] for change in shift["ChangeBatch"]["Changes"]]
    assert [record["SetIdentifier"] for record in records] == [
        state("global/traffic", f"{side}_set_identifier") for side in ("source", "target")
    ]
    assert [record["AliasTarget"] for record in records] == [
        {
            "HostedZoneId": state(f"{region}/service", "alb_zone_id"),
            "DnsName": state(f"{region}/service", "alb_dns_name"),
            "EvaluateTargetHealth": True,
        }
        for region in (US, EU)
    ]
    assert [record["Weight"] for record in records] == ["{% $step.source %}", "{% $step.target %}"]


def test_the_start_knows_where_to_look_and_the_settings_as_defaults(migration):
    found = config(migration, "start")
    assert found["defaults"] == {
        "phases": [25, 50, 75, 100],
        "bake_seconds": 300,
        "approve_phases": [],
        "switchover": True,
        "approval_timeout_seconds": 86_400,
        "drain_seconds": 10,
        "settle_seconds": 60,
        "limits": {"failure": 0, "inconclusive": 0, "consecutive_error": 4},
        "retry_seconds": 10,
        "dry_run_metrics": [],
    }
    assert found["cluster_arns"] == {
        region: state(f"{region}/database", "aurora_cluster_arn") for region in (US, EU)
    }
    assert (found["source"], found["target"]) == (US, EU)
    assert found["checkpoint_parameter"] == migration.ref("aws_ssm_parameter", "name", "checkpoint")


def test_the_gate_looks_at_both_regions_with_the_alarms_limits(migration):
    found = config(migration, "gate")
    assert found["limits"] == {
        "replication_lag_ms": 1000,
        "healthy_hosts_minimum": 2,
        "minimum_samples": 100,
        "error_rate_increase": 1.0,
    }
    assert found["regions"] == {
        region: {
            "healthy_hosts_alarm": state(f"{region}/service", "healthy_hosts_alarm"),
            "replication_lag_alarm": state(f"{region}/database", "replication_lag_alarm"),
            "cluster": state(f"{region}/database", "aurora_cluster_identifier"),
            "target_group_arn": state(f"{region}/service", "target_group_arn"),
            "target_group": state(f"{region}/service", "target_group_arn_suffix"),
            "load_balancer": state(f"{region}/service", "alb_arn_suffix"),
        }
        for region in (US, EU)
    }


def test_the_writer_pauses_at_both_listeners_and_writes_its_canary(migration):
    found = config(migration, "writer")
    assert found["regions"] == {
        region: {
            "cluster_arn": state(f"{region}/database", "aurora_cluster_arn"),
            "https_listener_arn": state(f"{region}/service", "https_listener_arn"),
        }
        for region in (US, EU)
    }
    assert found["canary"] == {
        "enabled": True,
        "secret": "payments/database/application",
        "database": "payments",
    }


@pytest.mark.parametrize("function", ["start", "gate"])
def test_two_of_the_functions_only_read(migration, function):
    shared = {"WriteItsLogs", "ReadItsConfiguration", "Trace"}
    own = {sid: one for sid, one in statements(migration, function).items() if sid not in shared}
    actions = {action for statement in own.values() for action in statement["Action"]}
    assert actions
    assert all(action.split(":")[1].startswith(("Describe", "Get", "List")) for action in actions)


def test_the_writer_changes_this_database_and_these_load_balancers_only(migration):
    found = statements(migration, "writer")
    cluster = state(f"{US}/database", "global_cluster_identifier")
    assert found["MoveTheWriter"]["Resource"] == [
        f"arn:aws:rds::123456789012:global-cluster:{cluster}",
        state(f"{US}/database", "aurora_cluster_arn"),
        state(f"{EU}/database", "aurora_cluster_arn"),
    ]
    assert found["ResumeWrites"]["Resource"] == [
        f"arn:aws:elasticloadbalancing:{region}:123456789012:listener-rule/"
        f"{state(f'{region}/service', 'alb_arn_suffix')}/*"
        for region in (US, EU)
    ]
    assert found["WriteTheCanary"]["Resource"] == [
        state(f"{region}/database", "aurora_cluster_arn") for region in (US, EU)
    ]
    assert found["ReadTheApplicationsCredentials"]["Resource"] == [
        f"arn:aws:secretsmanager:{region}:123456789012:secret:payments/database/application-??????"
        for region in (US, EU)
    ]
    everywhere = {sid for sid, statement in found.items() if statement["Resource"] == ["*"]}
    assert everywhere == {"FindTheRules", "Trace"}


def test_settings_reach_the_functions_and_the_database(synthesis, production):
    assert config(production[f"{EU}/migration"], "gate")["limits"]["replication_lag_ms"] == 2500
    assert config(production[f"{EU}/migration"], "writer")["canary"]["enabled"] is False
    for region in (US, EU):
        assert synthesis[f"{region}/database"].one("aws_rds_cluster")["enable_http_endpoint"] is True
        assert production[f"{region}/database"].one("aws_rds_cluster")["enable_http_endpoint"] is False


def test_it_publishes_what_the_operations_need(migration):
    assert migration.outputs.keys() == {
        "state_machine_arn",
        "migration_runbook",
        "checkpoint_parameter",
        "approval_parameter",
        "start_function",
        "gate_function",
        "writer_function",
    }
    assert migration.outputs["state_machine_arn"] == migration.ref("aws_sfn_state_machine", "arn")


def test_the_runbook_has_the_ids_that_terraform_fills_in(migration):
    text = migration.outputs["migration_runbook"]
    assert state("global/domain", "route53_zone_id") in text
    for region in (US, EU):
        assert state(f"{region}/database", "aurora_cluster_arn") in text
        assert f'outputs.certificate_arns["{region}"]' in text
    assert migration.ref("aws_sfn_state_machine", "arn") in text
    assert "invoke doctor --env region-migration --suffix abc123" in text


def test_what_terraform_takes_for_its_language_in_the_runbook_are_the_ids_only(migration):
    text = migration.outputs["migration_runbook"]
    assert "%{" not in text
    references = text.split("${")[1:]
    assert references
    assert all(one.startswith(("data.terraform_remote_state.", "aws_")) for one in references)
