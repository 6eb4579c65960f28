"""C1, C1a, C2, C12 to C14: the stacks of the database migration, and the habits that they keep."""

import json
import re

import pytest

from shared.deploy.outputs import FLAT_NAMES
from tests.regions.landing import REGION, STACKS, stack
from tests.regions.test_conventions import NAMES, NOT_OURS, ORDINARY, SHAPES
from tests.synthesized import content, element, state

#: Names that belong to the account (docs/decisions/0024).
FIXED = {"dms-vpc-role", "dms-cloudwatch-logs-role"}
FURTHER = NAMES | {
    "certificate_id",
    "dashboard_name",
    "endpoint_id",
    "replication_instance_id",
    "replication_subnet_group_id",
    "replication_task_id",
    "resource_identifier",
}
FURTHER_SHAPES = {
    **SHAPES,
    ("aws_cloudwatch_log_group", "name"): SHAPES["aws_cloudwatch_log_group", "name"]
    + r"|dms-tasks-dms-payments-SUFFIX",
}


@pytest.fixture(params=["landing", "landing_production"])
def either(request):
    return request.getfixturevalue(request.param)


def test_the_stacks_are_the_six_of_the_system(landing):
    assert list(landing.documents) == [f"{REGION}/{name}" for name in STACKS]
    assert landing.manifest.stage_names == ("landing",)


def test_a_stack_reads_what_it_needs_and_nothing_that_comes_after_it(landing):
    reads = {
        entry.address.split("/")[1]: {read.address.split("/")[1] for read in entry.reads}
        for entry in landing.manifest.stacks
    }
    assert reads == {
        "foundation": set(),
        "routing": {"foundation"},
        "database": {"foundation"},
        "replication": {"foundation", "routing", "database"},
        "cutover": {"foundation", "database", "replication"},
        "backup": {"foundation"},
    }


def test_every_name_is_resource_purpose_suffix_but_the_two_of_the_account(either):
    suffix = re.escape(either.environment.environment_suffix)
    wrong = {
        block[key]
        for _, kind, _, block in either.resources()
        for key in sorted(FURTHER & block.keys())
        if (kind, key) not in NOT_OURS
        and not block[key].startswith("${")
        and not re.fullmatch(FURTHER_SHAPES.get((kind, key), ORDINARY).replace("SUFFIX", suffix), block[key])
    }
    assert wrong == (FIXED if either.environment.replication.account_roles == "make" else set())


def test_a_tasks_identifier_fits_into_its_arn(landing_production):
    for task in landing_production.of("aws_dms_replication_task").values():
        assert len(task["resource_identifier"]) <= 31


def test_no_account_and_no_region_is_in_the_code(landing_production):
    text = json.dumps([document.content for document in landing_production.documents.values()])
    assert not re.search(r"us-(east|west)-\d", text)
    assert landing_production.documents.keys() == {f"eu-central-1/{name}" for name in STACKS}


def test_no_secret_is_made_and_none_is_written(either):
    kinds = {kind for _, kind, _, _ in either.resources()}
    assert not [kind for kind in kinds if kind.startswith("aws_secretsmanager")]
    for _, kind, path, block in either.resources():
        assert not {"password", "master_password", "manage_master_user_password"} & block.keys(), (kind, path)
    assert not kinds & {"aws_guardduty_detector"}


def test_the_thirty_three_outputs_are_published(landing):
    published = {name for document in landing.documents.values() for name in document.outputs}
    assert len(FLAT_NAMES["database-migration"]) == 33
    assert set(FLAT_NAMES["database-migration"]) <= published


def test_everything_can_be_taken_down_unless_it_is_production(either):
    easy = either.environment.protection == "destroyable"
    assert [key["deletion_window_in_days"] for key in either.of("aws_kms_key").values()] == [
        7 if easy else 30
    ]
    (cluster,) = either.of("aws_rds_cluster").values()
    assert (cluster["deletion_protection"], cluster["skip_final_snapshot"]) == (not easy, easy)
    (vault,) = either.of("aws_backup_vault").values()
    assert vault["force_destroy"] is easy
    (zone,) = either.of("aws_route53_zone").values()
    assert zone["force_destroy"] is easy


def test_every_log_is_encrypted_and_ends(either):
    days = either.environment.log_retention_days
    groups = either.of("aws_cloudwatch_log_group")
    assert len(groups) == 4
    for where, group in groups.items():
        assert "kms_key" in group["kms_key_id"], where
        assert group["retention_in_days"] == days, where


def test_the_key_is_rotated_and_dms_and_aurora_may_use_it(landing):
    document = stack(landing, "foundation")
    assert document.one("aws_kms_key")["enable_key_rotation"] is True
    assert document.one("aws_kms_alias")["name"] == "alias/migration-db1234"
    policy = json.loads(document.one("aws_kms_key")["policy"])["Statement"]
    allowed = {
        service
        for statement in policy
        for service in statement.get("Condition", {}).get("StringEquals", {}).get("kms:ViaService", ())
    }
    wanted = {f"{name}.us-east-1.amazonaws.com" for name in ("rds", "dms", "backup", "sqs", "ssm")}
    assert wanted <= allowed


def test_nothing_is_open_to_the_world(either):
    for where, group in either.of("aws_security_group").items():
        for rule in [*group.get("ingress", []), *group.get("egress", [])]:
            assert "0.0.0.0/0" not in rule["cidr_blocks"], where
            assert rule["from_port"] == rule["to_port"], where


def test_no_role_may_do_everything(either):
    wide = set()
    for where, policy in either.of("aws_iam_role_policy").items():
        for statement in json.loads(policy["policy"])["Statement"]:
            assert not [action for action in statement["Action"] if action.endswith("*")], where
            wide |= {statement["Sid"]} if "*" in statement["Resource"] else set()
    assert wide == {"Trace", "LookAtReplicationAndLatency"}


# --- the network (C2) -------------------------------------------------------------------------------------


def test_the_peering_is_accepted_at_once_with_names_on_both_sides(landing):
    peering = content(stack(landing, "routing").one("aws_vpc_peering_connection"))
    assert peering == {
        "vpc_id": state(f"{REGION}/foundation", "vpc_id"),
        "peer_vpc_id": "vpc-0a1b2c3d4e5f60718",
        "auto_accept": True,
        "accepter": {"allow_remote_vpc_dns_resolution": True},
        "requester": {"allow_remote_vpc_dns_resolution": True},
        "tags": {"Name": "pcx-migration-db1234"},
    }


def test_every_table_leads_to_production_and_to_the_data_centre(landing):
    document = stack(landing, "routing")
    peering = document.ref("aws_vpc_peering_connection", "id")
    gateway = document.ref("aws_vpn_gateway_attachment", "vpn_gateway_id")
    private = [t for path, t in document.all("aws_route_table").items() if "private" in path]
    assert len(private) == 3
    for table in private:
        assert table["route"] == [
            {"cidr_block": "10.1.0.0/16", "vpc_peering_connection_id": peering},
            {"cidr_block": "192.168.0.0/16", "gateway_id": gateway},
        ]


def test_the_gateway_to_the_data_centre_is_attached_here(landing, landing_production):
    attached = content(stack(landing, "routing").one("aws_vpn_gateway_attachment"))
    assert attached == {
        "vpc_id": state(f"{REGION}/foundation", "vpc_id"),
        "vpn_gateway_id": "vgw-0d4e5f60718293a4b",
    }
    assert not stack(landing_production, "routing").all("aws_vpn_gateway_attachment")


def test_with_one_nat_gateway_every_zone_uses_it(landing, landing_production):
    assert not stack(landing, "foundation").all("aws_nat_gateway")
    assert len(stack(landing_production, "foundation").all("aws_nat_gateway")) == 1
    routing = stack(landing_production, "routing")
    for number, zone in enumerate("abc"):
        table = routing.one("aws_route_table", f"private-{zone}")
        nat = element("eu-central-1/foundation", "nat_gateway_ids", number)
        assert {"cidr_block": "0.0.0.0/0", "nat_gateway_id": nat} in table["route"]


def test_only_the_tables_of_production_that_are_named_get_a_route_back(landing, landing_production):
    assert not landing.of("aws_route")
    routing = stack(landing_production, "routing")
    back = [content(route) for route in routing.all("aws_route").values()]
    assert back == [
        {
            "route_table_id": table,
            "destination_cidr_block": "10.0.0.0/16",
            "vpc_peering_connection_id": routing.ref("aws_vpc_peering_connection", "id"),
        }
        for table in ("rtb-0123456789abcdef0", "rtb-0123456789abcdef1")
    ]


def test_apis_are_reached_inside_the_network(either):
    region = either.environment.landing.region
    endpoints = stack(either, "routing").all("aws_vpc_endpoint").values()
    kinds = {one["service_name"].rsplit(".", 1)[1]: one["vpc_endpoint_type"] for one in endpoints}
    assert kinds == {
        "s3": "Gateway",
        "dynamodb": "Gateway",
        "secretsmanager": "Interface",
        "logs": "Interface",
        "dms": "Interface",
    }
    private = [one for one in endpoints if one["vpc_endpoint_type"] == "Interface"]
    for one in private:
        assert one["private_dns_enabled"] is True
        assert one["subnet_ids"] == state(f"{region}/foundation", "private_subnet_ids")
    (firewall,) = stack(either, "routing").all("aws_security_group").values()
    (rule,) = firewall["ingress"]
    assert (rule["from_port"], rule["cidr_blocks"]) == (443, [either.environment.landing.vpc_cidr])


# --- the database (C1, C10) -------------------------------------------------------------------------------


def test_the_database_is_serverless_with_a_writer_and_two_readers_in_different_zones(landing):
    document = stack(landing, "database")
    cluster = document.one("aws_rds_cluster")
    assert (cluster["engine"], cluster["engine_version"]) == ("aurora-postgresql", "15.10")
    assert cluster["serverlessv2_scaling_configuration"] == {"min_capacity": 0.5, "max_capacity": 2}
    instances = document.all("aws_rds_cluster_instance").values()
    assert {one["instance_class"] for one in instances} == {"db.serverless"}
    assert [one["availability_zone"][-1] for one in instances] == ["a", "b", "c"]
    assert [one["promotion_tier"] for one in instances] == [0, 1, 2]


def test_more_readers_go_round_the_zones(landing_production):
    instances = stack(landing_production, "database").all("aws_rds_cluster_instance").values()
    assert [one["availability_zone"][-1] for one in instances] == ["a", "b", "c", "a", "b"]


def test_the_database_can_replicate_back_and_wants_tls_from_the_first_day(landing):
    document = stack(landing, "database")
    group = document.one("aws_rds_cluster_parameter_group")
    assert group["family"] == "aurora-postgresql15"
    values = {one["name"]: (one["value"], one["apply_method"]) for one in group["parameter"]}
    assert values["rds.logical_replication"] == ("1", "pending-reboot")
    assert values["rds.force_ssl"] == ("1", "immediate")
    cluster = document.one("aws_rds_cluster")
    assert cluster["db_cluster_parameter_group_name"] == document.ref(
        "aws_rds_cluster_parameter_group", "name"
    )


def test_the_database_is_encrypted_logged_and_kept_for_a_week(landing):
    cluster = stack(landing, "database").one("aws_rds_cluster")
    assert cluster["storage_encrypted"] is True
    assert cluster["kms_key_id"] == state(f"{REGION}/foundation", "kms_key_arn")
    assert cluster["backup_retention_period"] == 7
    assert cluster["enabled_cloudwatch_logs_exports"] == ["postgresql"]
    assert "backtrack_window" not in cluster
    assert cluster["master_password_wo"].startswith("${jsondecode(ephemeral.")
    assert cluster["tags"] == {"Purpose": "database-migration"}


def test_the_three_networks_may_connect_and_nobody_else(landing):
    (rule,) = stack(landing, "database").one("aws_security_group")["ingress"]
    assert rule["cidr_blocks"] == ["10.0.0.0/16", "10.1.0.0/16", "192.168.0.0/16"]
    assert (rule["from_port"], rule["to_port"], rule["protocol"]) == (5432, 5432, "tcp")


def test_the_data_centre_may_not_connect_when_no_route_leads_there(landing_production):
    assert landing_production.environment.landing.vpn_gateway_id is None
    (rule,) = landing_production["eu-central-1/database"].one("aws_security_group")["ingress"]
    assert rule["cidr_blocks"] == ["10.0.0.0/16", "10.1.0.0/16"]


# --- copies (C12) -----------------------------------------------------------------------------------------


def test_what_has_the_tag_is_copied_every_day_and_kept_for_a_week(landing):
    document = stack(landing, "backup")
    vault = content(document.one("aws_backup_vault"))
    assert vault == {
        "name": "vault-migration-db1234",
        "kms_key_arn": state(f"{REGION}/foundation", "kms_key_arn"),
        "force_destroy": True,
    }
    (rule,) = document.one("aws_backup_plan")["rule"]
    assert rule == {
        "rule_name": "backup-rule-daily-db1234",
        "target_vault_name": document.ref("aws_backup_vault", "name"),
        "schedule": "cron(0 5 ? * * *)",
        "lifecycle": {"delete_after": 7},
    }
    selection = document.one("aws_backup_selection")
    assert selection["selection_tag"] == [
        {"type": "STRINGEQUALS", "key": "Purpose", "value": "database-migration"}
    ]
    assert selection["iam_role_arn"] == document.ref("aws_iam_role", "arn")
    attachment = document.one("aws_iam_role_policy_attachment")
    assert attachment["policy_arn"].endswith("/AWSBackupServiceRolePolicyForBackup")
