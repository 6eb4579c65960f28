"""C3, C4: the replication instance, its endpoints and its tasks."""

import json

import pytest

from modules.replication.task_settings import mappings
from tests.regions.landing import REGION, stack
from tests.synthesized import content, landing_settings, state


@pytest.fixture
def document(landing):
    return stack(landing, "replication")


def settings_of(document, purpose):
    return json.loads(document.one("aws_dms_replication_task", purpose)["replication_task_settings"])


def test_the_instance_is_large_enough_private_encrypted_and_in_two_zones(document):
    instance = document.one("aws_dms_replication_instance")
    assert (instance["replication_instance_class"], instance["allocated_storage"]) == ("dms.r5.large", 100)
    assert instance["multi_az"] is True
    assert instance["publicly_accessible"] is False
    assert instance["auto_minor_version_upgrade"] is False
    assert instance["kms_key_arn"] == state(f"{REGION}/foundation", "kms_key_arn")
    assert instance["vpc_security_group_ids"] == [document.ref("aws_security_group", "id")]
    subnets = document.one("aws_dms_replication_subnet_group")["subnet_ids"]
    assert subnets == state(f"{REGION}/foundation", "private_subnet_ids")


def test_the_instance_reaches_two_databases_and_aws_and_nobody_reaches_it(document, landing_production):
    firewall = document.one("aws_security_group")
    assert "ingress" not in firewall
    assert [(rule["from_port"], rule["cidr_blocks"]) for rule in firewall["egress"]] == [
        (5432, ["192.168.0.0/16"]),
        (5432, ["10.0.0.0/16"]),
        (443, ["10.0.0.0/16"]),
    ]
    other = stack(landing_production, "replication").one("aws_security_group")["egress"][0]
    assert (other["from_port"], other["cidr_blocks"]) == (6432, ["192.168.0.0/16", "172.16.0.0/12"])


@pytest.mark.parametrize(
    ("purpose", "engine", "secret"),
    [
        ("on-premises", "postgres", "payments/on-premises/replication"),
        ("aurora", "aurora-postgresql", "payments/aurora/replication"),
    ],
)
def test_an_endpoint_gets_its_login_from_a_secret_that_exists(document, purpose, engine, secret):
    found = document.one("data.aws_secretsmanager_secret"[5:], purpose + "/secret", section="data")
    assert found["name"] == secret
    reference = f"${{data.aws_secretsmanager_secret.{found['//']['metadata']['uniqueId']}.arn}}"
    for kind in ("source", "target"):
        endpoint = document.one("aws_dms_endpoint", f"{purpose}/{kind}")
        assert (endpoint["engine_name"], endpoint["endpoint_type"]) == (engine, kind)
        assert endpoint["database_name"] == "payments"
        assert endpoint["secrets_manager_arn"] == reference
        role = document.ref("aws_iam_role", "arn", f"{purpose}/role/role")
        assert endpoint["secrets_manager_access_role_arn"] == role
        assert not {"username", "password", "server_name"} & endpoint.keys()
    trust = json.loads(document.one("aws_iam_role", f"{purpose}/role/role")["assume_role_policy"])
    (statement,) = trust["Statement"]
    assert statement["Principal"] == {"Service": "dms.us-east-1.amazonaws.com"}
    permissions = json.loads(document.one("aws_iam_role_policy", f"{purpose}/role/policy")["policy"])
    assert permissions["Statement"][0]["Resource"] == [reference]


def test_connections_are_always_encrypted_and_checked_where_there_is_an_authority(
    document, landing_production
):
    assert {one["ssl_mode"] for one in document.all("aws_dms_endpoint").values()} == {"require"}
    assert not document.all("aws_dms_certificate")
    checked = stack(landing_production, "replication")
    for path, endpoint in checked.all("aws_dms_endpoint").items():
        assert endpoint["ssl_mode"] == "verify-full"
        owner = path.split("/")[0]
        assert endpoint["certificate_arn"] == checked.ref(
            "aws_dms_certificate", "certificate_arn", f"{owner}/certificate"
        )


def test_a_source_keeps_its_log_short_and_a_target_does_not_argue(document):
    for purpose in ("on-premises", "aurora"):
        source = document.one("aws_dms_endpoint", f"{purpose}/source")["postgres_settings"]
        assert source["heartbeat_enable"] is True
        assert (source["heartbeat_frequency"], source["heartbeat_schema"]) == (1, "dms_heartbeat")
        assert source["plugin_name"] == "test_decoding"
        assert source["capture_ddls"] is True
        assert source["fail_tasks_on_lob_truncation"] is True
        target = document.one("aws_dms_endpoint", f"{purpose}/target")["postgres_settings"]
        assert target == {"after_connect_script": "SET session_replication_role='replica'"}


def test_the_tasks_go_both_ways_and_nobody_starts_them(document):
    forward = document.one("aws_dms_replication_task", "forward")
    reverse = document.one("aws_dms_replication_task", "reverse")
    assert (forward["migration_type"], reverse["migration_type"]) == ("full-load-and-cdc", "cdc")

    def ends(task):
        return task["source_endpoint_arn"], task["target_endpoint_arn"]

    assert ends(forward) == (
        document.ref("aws_dms_endpoint", "endpoint_arn", "on-premises/source"),
        document.ref("aws_dms_endpoint", "endpoint_arn", "aurora/target"),
    )
    assert ends(reverse) == (
        document.ref("aws_dms_endpoint", "endpoint_arn", "aurora/source"),
        document.ref("aws_dms_endpoint", "endpoint_arn", "on-premises/target"),
    )
    for purpose, task in (("forward", forward), ("reverse", reverse)):
        assert task["start_replication_task"] is False
        assert task["resource_identifier"] == task["replication_task_id"] == f"task-{purpose}-db1234"


def test_every_schema_is_taken_whole(landing_production):
    document = stack(landing_production, "replication")
    for task in document.all("aws_dms_replication_task").values():
        rules = json.loads(task["table_mappings"])["rules"]
        assert [rule["object-locator"] for rule in rules] == [
            {"schema-name": "public", "table-name": "%"},
            {"schema-name": "ledger", "table-name": "%"},
            # the rows that show when the last one has arrived
            {"schema-name": "dms_heartbeat", "table-name": "cutover_sentinel"},
        ]
        assert {rule["rule-action"] for rule in rules} == {"include"}


def test_the_rows_that_show_how_far_it_is_are_taken_once():
    settings = landing_settings(replication={"schemas": ("public", "dms_heartbeat")}).replication
    assert [rule["object-locator"]["table-name"] for rule in mappings(settings)["rules"]] == ["%", "%"]


@pytest.mark.parametrize("purpose", ["forward", "reverse"])
def test_nothing_is_lost_in_silence(document, purpose):
    settings = settings_of(document, purpose)
    assert settings["ValidationSettings"]["EnableValidation"] is True
    errors = settings["ErrorBehavior"]
    policies = {key: value for key, value in errors.items() if key.endswith("Policy")}
    assert len(policies) == 9
    assert set(policies.values()) <= {"STOP_TASK", "SUSPEND_TABLE"}
    assert errors["FailOnNoTablesCaptured"] is True
    assert settings["Logging"] == {"EnableLogging": True}
    assert settings["ChangeProcessingDdlHandlingPolicy"] == {
        "HandleSourceTableDropped": False,
        "HandleSourceTableTruncated": True,
        "HandleSourceTableAltered": True,
    }


def test_batches_are_applied_forward_only_and_as_the_settings_say(document, landing_production):
    def batches(found, purpose):
        return settings_of(found, purpose)["TargetMetadata"]["BatchApplyEnabled"]

    assert (batches(document, "forward"), batches(document, "reverse")) == (True, False)
    other = stack(landing_production, "replication")
    assert (batches(other, "forward"), batches(other, "reverse")) == (False, False)
    assert "LoopbackPreventionSettings" not in settings_of(document, "forward")
    assert settings_of(other, "forward")["LoopbackPreventionSettings"] == {
        "EnableLoopbackPrevention": True,
        "SourceSchema": "dms_control",
        "TargetSchema": "dms_control",
    }


def test_large_objects_are_compared_as_far_as_they_are_copied(document, landing_production):
    limited, full = (
        settings_of(document, "forward"),
        settings_of(stack(landing_production, "replication"), "forward"),
    )
    assert limited["TargetMetadata"]["LimitedSizeLobMode"] is True
    assert limited["TargetMetadata"]["LobMaxSize"] == 32
    assert limited["ValidationSettings"]["ValidationPartialLobSize"] == 32
    assert full["TargetMetadata"]["FullLobMode"] is True
    assert full["ValidationSettings"]["ValidationPartialLobSize"] == 0


def test_the_accounts_roles_are_made_only_where_they_are_missing(document, landing_production):
    assert not [path for path in document.all("aws_iam_role") if path.startswith("account")]
    made = stack(landing_production, "replication")
    roles = {role["name"]: role for path, role in made.all("aws_iam_role").items() if "account" in path}
    assert set(roles) == {"dms-vpc-role", "dms-cloudwatch-logs-role"}
    subnets = content(made.one("aws_dms_replication_subnet_group"))
    assert len(subnets["depends_on"]) == 2


def test_the_instance_logs_where_the_log_is_encrypted(document):
    assert document.one("aws_cloudwatch_log_group")["name"] == "dms-tasks-dms-payments-db1234"
    waits_for = document.one("aws_dms_replication_instance")["depends_on"]
    assert document.ref("aws_cloudwatch_log_group", "x")[2:-3] in waits_for
