"""Clusters by themselves."""

from __future__ import annotations

from shared.policy.registry import C
from tests.policy.worlds import GONE, Example, out, ref

_HERE, _THERE = "us-east-1/database", "eu-west-1/database"
_NAMED = {
    _HERE: {
        "aws_rds_cluster": {"cluster": {"cluster_identifier": "aurora-source-abc123"}},
        "aws_rds_cluster_instance": {"instance": {"identifier": "aurora-source-abc123"}},
    },
    _THERE: {"aws_rds_cluster": {"cluster": {"cluster_identifier": "aurora-target-abc123"}}},
}
_SECRETS = {
    _HERE: {
        "aws_rds_cluster": {
            "cluster": {
                "master_password_wo": "${ephemeral.aws_secretsmanager_secret_version.x.secret_string}"
            },
            "secondary": {},
        },
        "aws_dms_endpoint": {"source": {"secrets_manager_arn": "arn"}},
        "aws_vpc": {"vpc": {}},
    }
}
_PLAIN = {
    _HERE: {
        "aws_rds_cluster": {
            "cluster": {"global_cluster_identifier": "global", "engine": "aurora-mysql"},
            "alone": {"engine": "aurora-mysql", "backtrack_window": 3600},
            "postgres": {"engine": "aurora-postgresql", "backtrack_window": 0},
        }
    }
}
_CLUSTER = ref("aws_rds_cluster.cluster.id")
_LANDING = {
    _HERE: {
        "aws_rds_cluster_parameter_group": {
            "parameters": {
                "parameter": [
                    {"name": "rds.logical_replication", "value": "1", "apply_method": "pending-reboot"},
                    {"name": "rds.force_ssl", "value": 1},
                ]
            }
        },
        "aws_rds_cluster": {
            "cluster": {
                "engine": "aurora-postgresql",
                "db_cluster_parameter_group_name": ref("aws_rds_cluster_parameter_group.parameters.name"),
                "backup_retention_period": 7,
                "storage_encrypted": True,
            },
            "another": {"engine": "aurora-mysql"},
        },
        "aws_rds_cluster_instance": {
            name: {"cluster_identifier": _CLUSTER, "availability_zone": f"us-east-1{zone}"}
            for name, zone in (("writer", "a"), ("first", "b"), ("second", "c"))
        },
    }
}

EXAMPLES = [
    Example(
        check="RS11",
        right=_NAMED,
        judged=(f"{_HERE}/cluster", f"{_HERE}/instance", f"{_THERE}/cluster"),
        wrong={
            "the same in both regions": (
                {f"{_THERE} aws_rds_cluster cluster cluster_identifier": "aurora-source-abc123"},
                {
                    f"{_HERE}/cluster": "aurora-source-abc123 is the identifier of 2",
                    f"{_THERE}/cluster": "aurora-source-abc123 is the identifier of 2",
                },
            ),
            "a name that AWS makes": (
                {f"{_HERE} aws_rds_cluster_instance instance identifier": GONE},
                {f"{_HERE}/instance": "it has no identifier"},
            ),
        },
    ),
    Example(
        check="RS13",
        right=_SECRETS,
        judged=(f"{_HERE}/cluster", f"{_HERE}/secondary", f"{_HERE}/source"),
        wrong={
            "a password in plain text": (
                {f"{_HERE} aws_dms_endpoint source password": "swordfish"},
                {f"{_HERE}/source": "password holds a secret in plain text"},
            ),
            "a secret deep inside of something else": (
                {f"{_HERE} aws_lambda_function function": {"environment": [{"variables": {"TOKEN": "t"}}]}},
                {f"{_HERE}/function": "environment.variables.TOKEN holds a secret in plain text"},
            ),
            "a password that goes into the state": (
                {f"{_HERE} aws_rds_cluster cluster master_password": "${data.x.y.secret_string}"},
                {f"{_HERE}/cluster": "master_password holds a value that goes into the state"},
            ),
            "written once, but from a state": (
                {f"{_HERE} aws_rds_cluster cluster master_password_wo": "${data.x.y.secret_string}"},
                {f"{_HERE}/cluster": "master_password_wo does not come from an ephemeral secret"},
            ),
        },
    ),
    Example(
        check="RS15",
        right=_PLAIN,
        judged=(f"{_HERE}/alone", f"{_HERE}/cluster", f"{_HERE}/postgres"),
        wrong={
            "in a global database": (
                {f"{_HERE} aws_rds_cluster cluster backtrack_window": 60},
                {f"{_HERE}/cluster": "it sets backtrack_window, which a global database does not have"},
            ),
            "in PostgreSQL": (
                {f"{_HERE} aws_rds_cluster postgres backtrack_window": 60},
                {f"{_HERE}/postgres": "it sets backtrack_window, which aurora-postgresql does not have"},
            ),
        },
    ),
    Example(
        check="RS32",
        system=C,
        right=_LANDING,
        judged=(f"{_HERE}/cluster",),
        wrong={
            "the parameters of nobody": (
                {f"{_HERE} aws_rds_cluster cluster db_cluster_parameter_group_name": "default.aurora"},
                {f"{_HERE}/cluster": ("rds.logical_replication is not 1", "rds.force_ssl is not 1")},
            ),
            "kept for three days, in plain text": (
                {
                    f"{_HERE} aws_rds_cluster cluster backup_retention_period": 3,
                    f"{_HERE} aws_rds_cluster cluster storage_encrypted": False,
                },
                {f"{_HERE}/cluster": ("it is kept less than 7 days", "storage_encrypted is off")},
            ),
            "one reader": (
                {f"{_HERE} aws_rds_cluster_instance second": GONE},
                {f"{_HERE}/cluster": "it has 1 readers"},
            ),
            "two in a zone": (
                {f"{_HERE} aws_rds_cluster_instance second availability_zone": "us-east-1b"},
                {f"{_HERE}/cluster": "its readers share a zone"},
            ),
            "a cluster of nothing": (
                {f"{_HERE} aws_rds_cluster_instance": {}},
                {f"{_HERE}/cluster": "it has 0 readers"},
            ),
        },
        fine={
            "a fourth in a zone that is used": {
                f"{_HERE} aws_rds_cluster_instance third": {
                    "cluster_identifier": _CLUSTER,
                    "availability_zone": "us-east-1a",
                }
            },
            "parameters in another stack": {
                "us-east-1/parameters": {
                    "aws_rds_cluster_parameter_group": {
                        "parameters": _LANDING[_HERE]["aws_rds_cluster_parameter_group"]["parameters"]
                    },
                    "output": {"group": ref("aws_rds_cluster_parameter_group.parameters.name")},
                },
                f"{_HERE} aws_rds_cluster cluster db_cluster_parameter_group_name": out(
                    "us-east-1/parameters", "group"
                ),
            },
        },
    ),
]
