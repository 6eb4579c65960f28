"""DMS."""

from __future__ import annotations

import json
from typing import Any

from shared.policy.registry import C
from tests.policy.worlds import GONE, Example, out, ref

_STACK, _ROUTING = "us-east-1/replication", "us-east-1/routing"
_SECRET = {"secrets_manager_arn": "arn", "secrets_manager_access_role_arn": "arn", "ssl_mode": "require"}
_DMS: dict[str, Any] = {
    _STACK: {
        "aws_dms_replication_instance": {
            "instance": {
                "replication_instance_class": "dms.r5.large",
                "publicly_accessible": False,
                "multi_az": True,
                "auto_minor_version_upgrade": False,
            }
        },
        "aws_dms_endpoint": {
            "source": {
                **_SECRET,
                "endpoint_type": "source",
                "engine_name": "postgres",
                "postgres_settings": {"heartbeat_enable": True},
            },
            "target": {**_SECRET, "endpoint_type": "target", "engine_name": "aurora-postgresql"},
            "aurora": {
                **_SECRET,
                "endpoint_type": "source",
                "engine_name": "aurora-postgresql",
                "postgres_settings": [{"heartbeat_enable": True}],
            },
        },
    }
}
_INSTANCE = f"{_STACK} aws_dms_replication_instance instance"
_SOURCE = f"{_STACK} aws_dms_endpoint source"


def _settings(**changes: Any) -> str:
    whole = {
        "ValidationSettings": {"EnableValidation": True},
        "TargetMetadata": {"BatchApplyEnabled": False},
        "ErrorBehavior": {"DataErrorPolicy": "STOP_TASK", "ApplyErrorEscalationCount": 0},
        "Logging": {"EnableLogging": True},
    }
    return json.dumps(whole | changes)


def _task(kind: str, source: str) -> dict[str, Any]:
    return {
        "migration_type": kind,
        "source_endpoint_arn": ref(f"aws_dms_endpoint.{source}.endpoint_arn"),
        "replication_task_settings": _settings(),
        "start_replication_task": False,
        "resource_identifier": "forward-abc123",
    }


_TASKS = {
    _STACK: {
        **_DMS[_STACK],
        "aws_dms_replication_task": {
            "forward": _task("full-load-and-cdc", "source"),
            "reverse": _task("cdc", "aurora"),
        },
    }
}
_FORWARD = f"{_STACK} aws_dms_replication_task forward"
_PLACE = f"{_STACK}/forward"
_ENDPOINTS = {
    "us-east-1/foundation": {
        "aws_vpc": {"vpc": {}},
        "aws_subnet": {"a": {"vpc_id": ref("aws_vpc.vpc.id")}},
        "output": {"vpc_id": ref("aws_vpc.vpc.id"), "subnets": [ref("aws_subnet.a.id")]},
    },
    _ROUTING: {
        "aws_vpc_endpoint": {
            name: {
                "vpc_id": out("us-east-1/foundation", "vpc_id"),
                "service_name": f"com.amazonaws.us-east-1.{name}",
            }
            for name in ("secretsmanager", "logs", "s3")
        }
    },
    _STACK: {
        "aws_dms_replication_subnet_group": {
            "subnets": {"subnet_ids": out("us-east-1/foundation", "subnets")}
        }
    },
}

EXAMPLES = [
    Example(
        check="RS30",
        system=C,
        right=_DMS,
        judged=tuple(f"{_STACK}/{name}" for name in ("aurora", "instance", "source", "target")),
        wrong={
            "small, public, in one zone, raised by itself": (
                {
                    f"{_INSTANCE} replication_instance_class": "dms.t3.medium",
                    f"{_INSTANCE} publicly_accessible": GONE,
                    f"{_INSTANCE} multi_az": False,
                    f"{_INSTANCE} auto_minor_version_upgrade": GONE,
                },
                {
                    f"{_STACK}/instance": (
                        "dms.t3.medium has less than 2 vCPUs and 8 GB",
                        "it has a public address",
                        "it stands in one zone",
                        "its version is raised by itself",
                    )
                },
            ),
            "plain text": (
                {f"{_SOURCE} ssl_mode": "none"},
                {f"{_STACK}/source": "it speaks plain text"},
            ),
            "a password beside the secret": (
                {f"{_SOURCE} password": "x"},
                {f"{_STACK}/source": "its login is not in a secret"},
            ),
            "no heartbeat": (
                {f"{_SOURCE} postgres_settings": {}},
                {f"{_STACK}/source": "a source that is idle keeps its log (no heartbeat)"},
            ),
        },
    ),
    Example(
        check="RS31",
        system=C,
        right=_TASKS,
        judged=(_PLACE, f"{_STACK}/reverse"),
        wrong={
            "the way back loads": (
                {f"{_STACK} aws_dms_replication_task reverse migration_type": "full-load-and-cdc"},
                {f"{_STACK}/reverse": "migration_type is full-load-and-cdc, not cdc"},
            ),
            "no settings": (
                {f"{_FORWARD} replication_task_settings": GONE},
                {
                    _PLACE: (
                        "its settings are missing, or cannot be read",
                        "it does not validate",
                        "it applies in batches",
                    )
                },
            ),
            "Terraform's, with a long name": (
                {f"{_FORWARD} start_replication_task": True, f"{_FORWARD} resource_identifier": "x" * 32},
                {_PLACE: ("Terraform starts it", "resource_identifier has 32 characters")},
            ),
            "no name": (
                {f"{_FORWARD} resource_identifier": GONE},
                {_PLACE: "resource_identifier has 0 characters"},
            ),
            "it forgives": (
                {
                    f"{_FORWARD} replication_task_settings": _settings(
                        ErrorBehavior={"DataErrorPolicy": "LOG_ERROR"},
                        Logging={"CloudWatchLogGroup": "group"},
                    )
                },
                {
                    _PLACE: (
                        "DataErrorPolicy is LOG_ERROR: what fails is passed over",
                        "its settings name CloudWatchLogGroup",
                    )
                },
            ),
        },
    ),
    Example(
        check="RS33",
        system=C,
        right=_ENDPOINTS,
        judged=(f"{_STACK}/subnets",),
        wrong={
            "no way to the secret": (
                {f"{_ROUTING} aws_vpc_endpoint secretsmanager": GONE},
                {f"{_STACK}/subnets": "its VPC has no endpoint for secretsmanager"},
            ),
            "subnets of nobody": (
                {f"{_STACK} aws_dms_replication_subnet_group subnets subnet_ids": ["subnet-1"]},
                {
                    f"{_STACK}/subnets": (
                        "its VPC is not found",
                        "its VPC has no endpoint for secretsmanager, logs, s3",
                    )
                },
            ),
        },
    ),
]
