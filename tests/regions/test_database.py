"""A2: the Aurora global database; its primary in the source region, made or adopted, and its secondary."""

import pytest

from tests.synthesized import REGIONS, content, state

CLUSTER = "aws_rds_cluster"
NETWORKS = ["10.0.0.0/16", "10.1.0.0/16"]


@pytest.fixture
def primary(synthesis):
    return synthesis["us-east-1/database"]


@pytest.fixture
def secondary(synthesis):
    return synthesis["eu-west-1/database"]


@pytest.fixture(params=["source", "target"])
def role(request):
    return request.param


@pytest.fixture
def database(synthesis, role):
    return synthesis[f"{REGIONS[role]}/database"]


def test_the_global_cluster_is_encrypted_aurora_mysql_of_an_exact_patch(primary):
    assert content(primary.one("aws_rds_global_cluster")) == {
        "global_cluster_identifier": "aurora-global-payments-abc123",
        "engine": "aurora-mysql",
        "engine_version": "8.0.mysql_aurora.3.10.1",
        "database_name": "payments",
        "storage_encrypted": True,
        "deletion_protection": False,
        "force_destroy": True,
    }


def test_the_primary_joins_it_with_its_administrator_and_its_database(primary):
    cluster = primary.one(CLUSTER)
    assert cluster["global_cluster_identifier"] == primary.ref("aws_rds_global_cluster", "id")
    assert cluster["engine_version"] == "8.0.mysql_aurora.3.10.1"
    assert cluster["database_name"] == "payments"
    assert cluster["master_username"] == "payments_admin"
    assert "source_region" not in cluster


def test_the_password_is_fetched_and_never_enters_state_or_plan(primary, production):
    secret = {"master": {"secret_id": "payments/database/master"}}
    assert primary.content["ephemeral"] == {"aws_secretsmanager_secret_version": secret}
    cluster = primary.one(CLUSTER)
    fetched = "ephemeral.aws_secretsmanager_secret_version.master.secret_string"
    assert cluster["master_password_wo"] == f'${{jsondecode({fetched})["password"]}}'
    assert cluster["master_password_wo_version"] == 1
    assert production["us-east-1/database"].one(CLUSTER)["master_password_wo_version"] == 3


def test_no_stack_writes_a_password_down_or_makes_a_secret(synthesis):
    for *_, block in synthesis.resources():
        assert (
            not {"master_password", "password", "secret_string", "manage_master_user_password"} & block.keys()
        )
    assert synthesis.of("aws_secretsmanager_secret_version") == {}
    assert synthesis.of("random_password") == {}


def test_the_secondary_joins_as_a_replica_of_the_other_region(secondary):
    cluster = secondary.one(CLUSTER)
    assert cluster["global_cluster_identifier"] == state("us-east-1/database", "global_cluster_identifier")
    assert cluster["source_region"] == "us-east-1"
    assert cluster["engine"] == "aurora-mysql"
    assert cluster["engine_version"] == state("us-east-1/database", "engine_version")


def test_the_secondary_takes_no_administrator_and_no_database(secondary):
    given = secondary.one(CLUSTER).keys()
    assert not [
        key for key in given if key.startswith(("master_", "manage_master")) or key == "database_name"
    ]
    assert "ephemeral" not in secondary.content


def test_each_cluster_is_encrypted_with_the_key_of_its_own_region(database, role):
    cluster = database.one(CLUSTER)
    assert cluster["storage_encrypted"] is True
    assert cluster["kms_key_id"] == state(f"{REGIONS[role]}/foundation", "kms_key_arn")


def test_what_a_switchover_changes_is_left_alone(database):
    ignored = database.one(CLUSTER)["lifecycle"]["ignore_changes"]
    assert set(ignored) == {"replication_source_identifier", "global_cluster_identifier", "engine_version"}


def test_each_cluster_is_backed_up_and_exports_its_logs(database):
    cluster = database.one(CLUSTER)
    assert cluster["backup_retention_period"] == 7
    assert cluster["preferred_backup_window"] == "02:00-03:00"
    assert cluster["preferred_maintenance_window"] == "sun:03:30-sun:04:30"
    assert cluster["enabled_cloudwatch_logs_exports"] == ["audit", "error", "slowquery"]
    assert cluster["copy_tags_to_snapshot"] is True
    assert "backtrack_window" not in cluster


def test_each_exported_log_goes_to_an_encrypted_group_that_forgets(database, role):
    groups = database.all("aws_cloudwatch_log_group").values()
    assert [group["name"] for group in groups] == [
        f"/aws/rds/cluster/aurora-{role}-abc123/{log}" for log in ("audit", "error", "slowquery")
    ]
    key = state(f"{REGIONS[role]}/foundation", "kms_key_arn")
    assert {(group["kms_key_id"], group["retention_in_days"]) for group in groups} == {(key, 30)}


def test_two_instances_stand_in_different_zones_and_the_first_is_the_designated_writer(database, role):
    instances = database.all("aws_rds_cluster_instance").values()
    assert [
        (instance["identifier"], instance["promotion_tier"], instance["availability_zone"])
        for instance in instances
    ] == [
        (f"aurora-instance-{role}-0-abc123", 0, f"{REGIONS[role]}a"),
        (f"aurora-instance-{role}-1-abc123", 1, f"{REGIONS[role]}b"),
    ]


def test_more_instances_than_zones_begin_again_with_the_first_zone(production):
    instances = production["eu-west-1/database"].all("aws_rds_cluster_instance").values()
    assert [instance["availability_zone"][-1] for instance in instances] == ["a", "b", "c", "a"]
    assert [instance["promotion_tier"] for instance in instances] == [0, 1, 2, 3]
    assert {instance["instance_class"] for instance in instances} == {"db.r7g.xlarge"}


def test_an_instance_is_private_watched_and_never_upgraded_by_itself(database, role):
    key = state(f"{REGIONS[role]}/foundation", "kms_key_arn")
    for instance in database.all("aws_rds_cluster_instance").values():
        assert instance["cluster_identifier"] == database.ref(CLUSTER, "id")
        assert instance["engine"] == "aurora-mysql"
        assert instance["instance_class"] == "db.r6g.large"
        assert instance["auto_minor_version_upgrade"] is False
        assert instance["publicly_accessible"] is False
        assert instance["performance_insights_enabled"] is True
        assert instance["performance_insights_kms_key_id"] == key
        assert instance["monitoring_interval"] == 60
        assert instance["monitoring_role_arn"] == database.ref("aws_iam_role", "arn")
        # the version is the cluster's: an instance of its own version could not follow an upgrade
        assert "engine_version" not in instance


def test_the_clusters_identifiers_are_unique_over_both_regions(synthesis):
    identifiers = [cluster["cluster_identifier"] for cluster in synthesis.of(CLUSTER).values()]
    assert sorted(identifiers) == ["aurora-source-abc123", "aurora-target-abc123"]


def test_both_sides_behave_alike(primary, secondary):
    one, other = (content(side.one("aws_rds_cluster_parameter_group")) for side in (primary, secondary))
    assert one == other
    assert one["family"] == "aurora-mysql8.0"
    assert {"name": "require_secure_transport", "value": "ON"} in one["parameter"]


def test_a_cluster_lives_in_the_private_subnets_behind_its_firewall(database, role):
    cluster = database.one(CLUSTER)
    subnets = database.one("aws_db_subnet_group")
    assert subnets["subnet_ids"] == state(f"{REGIONS[role]}/foundation", "private_subnet_ids")
    assert cluster["db_subnet_group_name"] == database.ref("aws_db_subnet_group", "name")
    assert cluster["vpc_security_group_ids"] == [database.ref("aws_security_group", "id")]
    parameters = database.ref("aws_rds_cluster_parameter_group", "name")
    assert cluster["db_cluster_parameter_group_name"] == parameters


def test_only_the_two_networks_reach_a_cluster_and_only_on_its_port(database, role):
    group = database.one("aws_security_group")
    own_first = NETWORKS if role == "source" else NETWORKS[::-1]
    assert group["ingress"] == [
        {
            "description": "MySQL from the networks of the platform",
            "protocol": "tcp",
            "from_port": 3306,
            "to_port": 3306,
            "cidr_blocks": own_first,
        }
    ]
    assert "egress" not in group


def test_the_primary_publishes_what_the_others_connect_to(primary):
    cluster, world = primary.one(CLUSTER), "aws_rds_global_cluster"
    assert cluster["cluster_identifier"] == "aurora-source-abc123"
    assert primary.outputs == {
        "aurora_cluster_identifier": primary.ref(CLUSTER, "cluster_identifier"),
        "aurora_cluster_arn": primary.ref(CLUSTER, "arn"),
        "aurora_cluster_endpoint": primary.ref(CLUSTER, "endpoint"),
        "aurora_cluster_reader_endpoint": primary.ref(CLUSTER, "reader_endpoint"),
        "replication_lag_alarm": "alarm-replication-lag-abc123",
        "global_cluster_identifier": primary.ref(world, "id"),
        "global_writer_endpoint": primary.ref(world, "endpoint"),
        "engine_version": "8.0.mysql_aurora.3.10.1",
    }


def test_the_secondary_publishes_its_endpoints(secondary):
    assert secondary.outputs == {
        "aurora_cluster_identifier": secondary.ref(CLUSTER, "cluster_identifier"),
        "aurora_cluster_arn": secondary.ref(CLUSTER, "arn"),
        "aurora_cluster_endpoint": secondary.ref(CLUSTER, "endpoint"),
        "aurora_cluster_reader_endpoint": secondary.ref(CLUSTER, "reader_endpoint"),
        "replication_lag_alarm": "alarm-replication-lag-abc123",
    }


def test_an_existing_cluster_is_adopted_and_nothing_of_it_is_managed(adopted):
    source = adopted["us-east-1/database"]
    existing = source.one("aws_rds_cluster", section="data")
    assert existing["cluster_identifier"] == "ledger"
    found = existing["//"]["metadata"]["uniqueId"]
    world = source.one("aws_rds_global_cluster")
    assert content(world) == {
        "global_cluster_identifier": "aurora-global-payments-abc123",
        "source_db_cluster_identifier": f"${{data.aws_rds_cluster.{found}.arn}}",
        "force_destroy": True,
        "deletion_protection": False,
        "lifecycle": {"ignore_changes": ["engine_version", "source_db_cluster_identifier"]},
    }
    assert adopted.manifest.stack("us-east-1/database").resources == {
        "aws_cloudwatch_metric_alarm": 1,
        "aws_rds_global_cluster": 1,
    }


def test_an_adopted_cluster_of_another_patch_stops_the_plan(adopted):
    existing = adopted["us-east-1/database"].one("aws_rds_cluster", section="data")
    (condition,) = existing["lifecycle"]["postcondition"]
    assert condition["condition"] == '${self.engine_version == "8.0.mysql_aurora.3.10.1"}'
    assert condition["error_message"].startswith("ledger runs another patch than 8.0.mysql_aurora.3.10.1")


def test_the_secondary_does_not_know_whether_its_primary_was_adopted(adopted, synthesis):
    assert adopted["eu-west-1/database"] == synthesis["eu-west-1/database"]


def test_an_adopted_primary_publishes_the_same_contract(adopted, primary):
    source = adopted["us-east-1/database"]
    data = source.one("aws_rds_cluster", section="data")["//"]["metadata"]["uniqueId"]
    assert source.outputs.keys() == primary.outputs.keys()
    assert source.outputs["aurora_cluster_endpoint"] == f"${{data.aws_rds_cluster.{data}.endpoint}}"
    assert source.outputs["global_writer_endpoint"] == source.ref("aws_rds_global_cluster", "endpoint")


def test_a_cluster_comes_after_its_log_groups_and_goes_before_them(database):
    # it would make its own, without a key and for ever
    logs = [
        f"aws_cloudwatch_log_group.{block['//']['metadata']['uniqueId']}"
        for block in database.all("aws_cloudwatch_log_group").values()
    ]
    assert sorted(database.one("aws_rds_cluster")["depends_on"]) == sorted(logs)
