"""Members of a global database."""

from __future__ import annotations

from typing import Any

from tests.policy.worlds import GONE, Example, out, ref

_HERE, _THERE = "us-east-1/database", "eu-west-1/database"
_VERSION = "8.0.mysql_aurora.3.10.1"
_LEFT_ALONE = ["replication_source_identifier", "global_cluster_identifier", "engine_version"]


def _instances(region: str) -> dict[str, Any]:
    return {
        f"instance-{zone}": {
            "cluster_identifier": ref("aws_rds_cluster.cluster.id"),
            "instance_class": "db.r6g.large",
            "availability_zone": f"{region}{zone}",
            "promotion_tier": tier,
            "auto_minor_version_upgrade": False,
        }
        for tier, zone in enumerate("ab")
    }


_RIGHT = {
    _HERE: {
        "aws_rds_global_cluster": {"whole": {"engine": "aurora-mysql", "engine_version": _VERSION}},
        "aws_rds_cluster": {
            "cluster": {
                "engine": "aurora-mysql",
                "engine_version": ref("aws_rds_global_cluster.whole.engine_version"),
                "global_cluster_identifier": ref("aws_rds_global_cluster.whole.id"),
                "database_name": "payments",
            }
        },
        "aws_rds_cluster_instance": _instances("us-east-1"),
        "output": {"whole": ref("aws_rds_global_cluster.whole.id")},
    },
    _THERE: {
        "aws_rds_cluster": {
            "cluster": {
                "engine": "aurora-mysql",
                "engine_version": _VERSION,
                "global_cluster_identifier": out(_HERE, "whole"),
                "source_region": "us-east-1",
                "kms_key_id": "arn",
                "lifecycle": {"ignore_changes": _LEFT_ALONE},
            }
        },
        "aws_rds_cluster_instance": _instances("eu-west-1"),
    },
}
_SECOND = f"{_THERE} aws_rds_cluster cluster"
_CLUSTERS = (f"{_HERE}/cluster", f"{_THERE}/cluster")
_INSTANCES = tuple(f"{stack}/instance-{zone}" for stack in (_HERE, _THERE) for zone in "ab")
_TOGETHER = {
    **_RIGHT[_THERE]["aws_rds_cluster"]["cluster"],  # type: ignore[dict-item]
    "global_cluster_identifier": ref("aws_rds_global_cluster.whole.id"),
    "provider": "aws.away",
}

EXAMPLES = [
    Example(
        check="RS09",
        right=_RIGHT,
        judged=(f"{_THERE}/cluster",),
        wrong={
            "a login of its own": (
                {f"{_SECOND} master_username": "admin", f"{_SECOND} database_name": "payments"},
                {f"{_THERE}/cluster": "it sets database_name, master_username, which come from the primary"},
            ),
            "no region and no key": (
                {f"{_SECOND} source_region": GONE, f"{_SECOND} kms_key_id": GONE},
                {f"{_THERE}/cluster": ("it has no source_region", "it has no kms_key_id of its region")},
            ),
            "what a switchover changes": (
                {f"{_SECOND} lifecycle ignore_changes": ["engine_version"]},
                {
                    f"{_THERE}/cluster": "it does not ignore changes of global_cluster_identifier, "
                    "replication_source_identifier"
                },
            ),
            "of nobody's": (
                {f"{_SECOND} global_cluster_identifier": "global"},
                {f"{_THERE}/cluster": "its global database is not found"},
            ),
            "in the primary's stack, at the same time": (
                {
                    f"{_HERE} provider": {
                        "aws": [{"region": "us-east-1"}, {"alias": "away", "region": "eu-west-1"}]
                    },
                    f"{_HERE} aws_rds_cluster second": _TOGETHER,
                },
                {f"{_HERE}/second": "nothing makes it wait for the primary's instances"},
            ),
        },
        fine={
            "in the primary's stack, after its instances": {
                f"{_HERE} provider": {
                    "aws": [{"region": "us-east-1"}, {"alias": "away", "region": "eu-west-1"}]
                },
                f"{_HERE} aws_rds_cluster second": {
                    **_TOGETHER,
                    "depends_on": ["aws_rds_cluster_instance.instance-a"],
                },
            }
        },
    ),
    Example(
        check="RS10",
        right=_RIGHT,
        judged=(f"{_HERE}/whole", *_CLUSTERS, *_INSTANCES),
        wrong={
            "another patch": (
                {f"{_SECOND} engine_version": "8.0.mysql_aurora.3.10.2"},
                {
                    place: f"its engine_version is {version}, and there is "
                    "8.0.mysql_aurora.3.10.1 and 8.0.mysql_aurora.3.10.2"
                    for place, version in (
                        (f"{_HERE}/whole", _VERSION),
                        (f"{_HERE}/cluster", _VERSION),
                        (f"{_THERE}/cluster", "8.0.mysql_aurora.3.10.2"),
                    )
                },
            ),
            "no patch": (
                {
                    f"{_HERE} aws_rds_global_cluster whole engine_version": "8.0",
                    f"{_HERE} aws_rds_cluster cluster engine_version": "8.0",
                    f"{_SECOND} engine_version": "8.0",
                },
                dict.fromkeys((f"{_HERE}/whole", *_CLUSTERS), "engine_version 8.0 has no patch level"),
            ),
            "known when it is applied": (
                {f"{_SECOND} engine_version": "${data.aws_rds_engine_version.newest.version}"},
                {f"{_THERE}/cluster": "its engine_version is not known before it is applied"},
            ),
            "raised by itself": (
                {f"{_THERE} aws_rds_cluster_instance instance-a auto_minor_version_upgrade": GONE},
                {f"{_THERE}/instance-a": "its minor version is raised by itself"},
            ),
        },
        fine={
            "taken over from a cluster that is there": {
                f"{_HERE} aws_rds_global_cluster whole engine_version": GONE,
                f"{_HERE} aws_rds_global_cluster whole source_db_cluster_identifier": "arn",
                f"{_HERE} aws_rds_cluster cluster engine_version": _VERSION,
            }
        },
    ),
    Example(
        check="RS12",
        right=_RIGHT,
        judged=(*_CLUSTERS, *_INSTANCES),
        wrong={
            "one zone": (
                {f"{_HERE} aws_rds_cluster_instance instance-b availability_zone": "us-east-1a"},
                {f"{_HERE}/cluster": "its instances are in 1 zones"},
            ),
            "a class that it does not have": (
                {f"{_THERE} aws_rds_cluster_instance instance-b instance_class": "db.t4g.medium"},
                {f"{_THERE}/instance-b": "db.t4g.medium does not run in a global database"},
            ),
            "chance decides": (
                {f"{_THERE} aws_rds_cluster_instance instance-b promotion_tier": GONE},
                {f"{_THERE}/instance-b": "it has no promotion_tier"},
            ),
        },
        fine={
            "a small one by itself": {
                f"{_HERE} aws_rds_cluster cluster global_cluster_identifier": GONE,
                f"{_HERE} aws_rds_cluster_instance instance-a instance_class": "db.t4g.medium",
            }
        },
    ),
    Example(
        check="RS14",
        right=_RIGHT,
        judged=_CLUSTERS,
        wrong={
            "RDS's own": (
                {f"{_HERE} aws_rds_cluster cluster manage_master_user_password": True},
                {f"{_HERE}/cluster": "it sets manage_master_user_password"},
            )
        },
    ),
]
