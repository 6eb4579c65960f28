import pytest

from modules.aurora_adopted import AuroraAdopted, AuroraAdoptedInputs
from modules.aurora_primary import AuroraPrimary, AuroraPrimaryInputs
from modules.aurora_secondary import AuroraSecondary, AuroraSecondaryInputs
from modules.aurora_support import AuroraSupportInputs
from shared.naming import Naming
from tests.synthesized import content, settings, small

NAMING = Naming(suffix="x1")
SUPPORT = AuroraSupportInputs(
    naming=NAMING,
    side="target",
    account_id="123456789012",
    vpc_id="vpc-1",
    subnet_ids=("subnet-1", "subnet-2", "subnet-3"),
    client_cidrs=("10.1.0.0/16",),
    kms_key_arn="key",
    log_retention_days=30,
)
ZONES = ("eu-west-1a", "eu-west-1b", "eu-west-1c")


def primary(*, destroyable=True, **database):
    inputs = AuroraPrimaryInputs(
        naming=NAMING,
        settings=settings(database=database).database,
        support=SUPPORT,
        zones=ZONES,
        data_api=True,
        destroyable=destroyable,
    )
    return small(lambda stack: AuroraPrimary(stack, "aurora", inputs))


def secondary(*, destroyable=True, **database):
    inputs = AuroraSecondaryInputs(
        naming=NAMING,
        settings=settings(database=database).database,
        support=SUPPORT,
        zones=ZONES,
        source_region="us-east-1",
        global_cluster_identifier="world",
        engine_version="8.0.mysql_aurora.3.10.1",
        data_api=True,
        destroyable=destroyable,
    )
    return small(lambda stack: AuroraSecondary(stack, "aurora", inputs))


@pytest.mark.parametrize("make", [primary, secondary])
def test_minimal_one_instance_that_is_the_writer(make):
    (instance,) = make(instances=1).all("aws_rds_cluster_instance").values()
    assert instance["promotion_tier"] == 0
    assert instance["availability_zone"] == "eu-west-1a"


@pytest.mark.parametrize("make", [primary, secondary])
def test_maximum_every_instance_has_a_tier_of_its_own(make):
    instances = make(instances=15).all("aws_rds_cluster_instance").values()
    assert sorted(instance["promotion_tier"] for instance in instances) == list(range(15))
    assert len({instance["identifier"] for instance in instances}) == 15


@pytest.mark.parametrize("make", [primary, secondary])
@pytest.mark.parametrize("destroyable", [True, False])
def test_a_cluster_goes_at_once_or_is_protected_and_leaves_a_snapshot(make, destroyable):
    cluster = make(destroyable=destroyable).one("aws_rds_cluster")
    assert cluster["deletion_protection"] is not destroyable
    assert cluster["skip_final_snapshot"] is destroyable
    assert cluster["final_snapshot_identifier"] == "aurora-target-x1-final"


@pytest.mark.parametrize("make", [primary, secondary])
def test_times_and_retention_are_settings(make):
    cluster = make(
        backup_retention_days=35,
        backup_window="04:00-05:00",
        maintenance_window="mon:06:00-mon:07:00",
    ).one("aws_rds_cluster")
    assert cluster["backup_retention_period"] == 35
    assert cluster["preferred_backup_window"] == "04:00-05:00"
    assert cluster["preferred_maintenance_window"] == "mon:06:00-mon:07:00"


def test_the_global_cluster_is_protected_unless_it_may_go():
    world = primary(destroyable=False).one("aws_rds_global_cluster")
    assert (world["deletion_protection"], world["force_destroy"]) == (True, False)


def test_the_administrators_secret_is_a_setting():
    document = primary(master_secret_name="team/master", master_username="root_user", name="ledger")
    fetched = document.content["ephemeral"]["aws_secretsmanager_secret_version"]["master"]
    assert fetched == {"secret_id": "team/master"}
    cluster = document.one("aws_rds_cluster")
    assert (cluster["master_username"], cluster["database_name"]) == ("root_user", "ledger")


@pytest.mark.parametrize("destroyable", [True, False])
def test_an_adopted_cluster_survives_the_global_cluster(destroyable):
    arn = "arn:aws:rds:us-east-1:123456789012:cluster:ledger"
    inputs = AuroraAdoptedInputs(
        naming=NAMING, cluster_arn=arn, engine_version="8.0.mysql_aurora.3.10.1", destroyable=destroyable
    )
    document = small(lambda stack: AuroraAdopted(stack, "aurora", inputs))
    world = document.one("aws_rds_global_cluster")
    # removing the members is all that `force_destroy` does: it deletes none of them
    assert world["force_destroy"] is True
    assert world["deletion_protection"] is not destroyable
    assert document.all("aws_rds_cluster") == {}


def test_monitoring_may_do_what_awss_policy_says_and_nothing_else():
    document = primary()
    attachment = content(document.one("aws_iam_role_policy_attachment"))
    assert attachment == {
        "role": document.ref("aws_iam_role", "name"),
        "policy_arn": "arn:aws:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole",
    }
    assert document.all("aws_iam_role_policy") == {}


def test_the_parameters_are_told_apart_from_their_defaults():
    parameters = primary().one("aws_rds_cluster_parameter_group")["parameter"]
    assert {parameter["name"]: parameter["value"] for parameter in parameters} == {
        "require_secure_transport": "ON",
        "slow_query_log": "1",
        "long_query_time": "1",
        "server_audit_logging": "1",
        "server_audit_events": "CONNECT,QUERY_DCL,QUERY_DDL",
    }
