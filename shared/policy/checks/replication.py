"""DMS: the instance, its endpoints, the tasks, and how they reach AWS."""

from __future__ import annotations

from collections.abc import Iterator

from shared.policy import tracing
from shared.policy.model import Platform, Resource
from shared.policy.registry import C, Judged, check, complaints, unless
from shared.policy.values import document, first, leaves, mapping, on

INSTANCE, ENDPOINT, TASK = "aws_dms_replication_instance", "aws_dms_endpoint", "aws_dms_replication_task"
#: Below 2 vCPUs and 8 GB: dms.t3 has them only from large on, and gives them for minutes.
_TOO_SMALL = ("dms.t2.", "dms.t3.micro", "dms.t3.small", "dms.t3.medium")
_POSTGRES = {"postgres", "aurora-postgresql"}
_LOST = {"LOG_ERROR", "IGNORE", "IGNORE_RECORD"}
#: The end of a task's ARN, which is its dimension in CloudWatch (DMS API, CreateReplicationTask).
_LONGEST_IDENTIFIER = 31


@check(
    "RS30",
    "Replication is private, survives a zone, logs in by a secret and speaks TLS",
    why="A replication that stops holds the source's log until its disk is full; one in plain text "
    "shows every payment (DMS User Guide, best practices and PostgreSQL as a source; PCI DSS 4.2)",
    remedy="Make it with modules/replication/.",
    systems=(C,),
)
def replication(platform: Platform) -> Iterator[Judged]:
    """Look at the instance and the endpoints."""
    for instance in platform.of(INSTANCE):
        size = str(instance.get("replication_instance_class"))
        yield from complaints(
            instance,
            unless(instance.get("publicly_accessible") is False, "it has a public address"),
            unless(on(instance.get("multi_az")), "it stands in one zone"),
            unless(not size.startswith(_TOO_SMALL), f"{size} has less than 2 vCPUs and 8 GB"),
            unless(instance.get("auto_minor_version_upgrade") is False, "its version is raised by itself"),
        )
    for endpoint in platform.of(ENDPOINT):
        settings = first(endpoint.values, "postgres_settings")
        source = endpoint.get("endpoint_type") == "source" and endpoint.get("engine_name") in _POSTGRES
        secret = endpoint.get("secrets_manager_arn") and endpoint.get("secrets_manager_access_role_arn")
        yield from complaints(
            endpoint,
            unless(endpoint.get("ssl_mode") not in (None, "none"), "it speaks plain text"),
            unless(secret and not endpoint.get("password"), "its login is not in a secret"),
            unless(
                not source or on(settings.get("heartbeat_enable")),
                "a source that is idle keeps its log (no heartbeat)",
            ),
        )


@check(
    "RS31",
    "Tasks load and follow, validate, stop on every error, and are started by people",
    why="By default DMS logs what it cannot apply and goes on: payments are lost (DMS User Guide, "
    "error handling settings); a log group in the settings is never equal again "
    "(terraform-provider-aws#21512)",
    remedy="Build the settings with modules/replication/task_settings.py.",
    systems=(C,),
)
def tasks(platform: Platform) -> Iterator[Judged]:
    """Look at every task and its settings."""
    for task in platform.of(TASK):
        settings = mapping(document(task.get("replication_task_settings")))
        identifier = str(task.get("resource_identifier") or "")
        wanted = "cdc" if _goes_back(platform, task) else "full-load-and-cdc"
        yield from complaints(
            task,
            unless(
                task.get("migration_type") == wanted,
                f"migration_type is {task.get('migration_type')}, not {wanted}",
            ),
            unless(settings, "its settings are missing, or cannot be read"),
            unless(task.get("start_replication_task") is False, "Terraform starts it"),
            unless(
                0 < len(identifier) <= _LONGEST_IDENTIFIER,
                f"resource_identifier has {len(identifier)} characters",
            ),
            unless(on(first(settings, "ValidationSettings").get("EnableValidation")), "it does not validate"),
            unless(
                first(settings, "TargetMetadata").get("BatchApplyEnabled") is False, "it applies in batches"
            ),
            *_forgiving(settings),
        )


def _goes_back(platform: Platform, task: Resource) -> bool:
    """Return whether a task reads from Aurora: what is there came from the other side, nothing is loaded."""
    sources = tracing.of(platform, task, "source_endpoint_arn")
    return any(str(each.get("engine_name")).startswith("aurora") for each in sources)


def _forgiving(settings: object) -> Iterator[str]:
    for path, value in leaves(first({"settings": settings}, "settings").get("ErrorBehavior")):
        if value in _LOST:
            yield f"{path[-1]} is {value}: what fails is passed over"
    logging = first({"settings": settings}, "settings", "Logging")
    yield from (
        f"its settings name {each}"
        for each in ("CloudWatchLogGroup", "CloudWatchLogStream")
        if each in logging
    )


@check(
    "RS33",
    "The replication's network has endpoints for the secret, the log and S3",
    why="From 3.4.7 on DMS reads its logins from inside the VPC: without endpoints or a route the "
    "task fails (DMS User Guide, VPC endpoints)",
    remedy="Make them with modules/interface_endpoints.py and gateway_endpoints.py.",
    systems=(C,),
)
def endpoints(platform: Platform) -> Iterator[Judged]:
    """Look at every replication subnet group and the endpoints of its VPC."""
    for group in platform.of("aws_dms_replication_subnet_group"):
        subnets = tracing.of(platform, group, "subnet_ids")
        networks = {vpc for subnet in subnets for vpc in tracing.of(platform, subnet, "vpc_id")}
        there = {
            str(each.get("service_name")).rsplit(".", 1)[-1]
            for each in platform.of("aws_vpc_endpoint")
            if networks & set(tracing.of(platform, each, "vpc_id"))
        }
        missing = [each for each in ("secretsmanager", "logs", "s3") if each not in there]
        yield from complaints(
            group,
            unless(networks, "its VPC is not found"),
            unless(not missing, f"its VPC has no endpoint for {', '.join(missing)}"),
        )
