"""Data at rest: whose key, and who may use it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from shared.policy import tracing
from shared.policy.model import Platform, Resource
from shared.policy.registry import Judged, check, complaints, unless
from shared.policy.values import Block, blocks, first, items, mapping, on, statements, texts

_KEY = "aws_kms_key"
#: Type -> the argument with its key; what lies in a nested block is read by `_keys`.
_ARGUMENTS = {
    "aws_rds_cluster": "kms_key_id",
    "aws_dms_replication_instance": "kms_key_arn",
    "aws_dms_endpoint": "kms_key_arn",
    "aws_sns_topic": "kms_master_key_id",
    "aws_sqs_queue": "kms_master_key_id",
    "aws_cloudwatch_log_group": "kms_key_id",
    "aws_backup_vault": "kms_key_arn",
    "aws_lambda_function": "kms_key_arn",
}


@check(
    "RS07",
    "Data at rest is encrypted with a key of ours, of the same region",
    why="A key of AWS's cannot be taken away from anybody, and a key of another region cannot decrypt here "
    "(AWS KMS Developer Guide; terraform-provider-aws#17422)",
    remedy="Name the key that the region's foundation publishes (`kms_key_arn`).",
)
def own_keys(platform: Platform) -> Iterator[Judged]:
    """Look at every database, volume, table, topic, queue, log, vault, function and secret parameter."""
    for owner in platform.resources():
        found = list(_keys(owner))
        if found:
            said = (
                each
                for what, value, region in found
                for each in _faults(platform, owner, what, value, region)
            )
            yield from complaints(owner, *said, *_switches(owner))


def _keys(owner: Resource) -> Iterator[tuple[str, Any, str]]:
    """Yield what of a resource needs a key: its name, the argument's value, and the region of the data."""
    here = owner.region
    if owner.kind in _ARGUMENTS:
        name = _ARGUMENTS[owner.kind]
        yield name, owner.get(name), here
    elif owner.kind == "aws_rds_cluster_instance" and on(owner.get("performance_insights_enabled")):
        yield "performance_insights_kms_key_id", owner.get("performance_insights_kms_key_id"), here
    elif owner.kind == "aws_launch_template":
        for disk in blocks(owner.values, "block_device_mappings", "ebs") or [{}]:
            yield "kms_key_id of its volume", disk.get("kms_key_id"), here
    elif owner.kind == "aws_dynamodb_table":
        yield "server_side_encryption", first(owner.values, "server_side_encryption").get("kms_key_arn"), here
        for replica in blocks(owner.values, "replica"):
            yield "kms_key_arn of its replica", replica.get("kms_key_arn"), str(replica.get("region_name"))
    elif owner.kind == "aws_ssm_parameter" and owner.get("type") == "SecureString":
        yield "key_id", owner.get("key_id"), here


def _faults(platform: Platform, owner: Resource, what: str, value: Any, region: str) -> Iterator[str]:
    found = tracing.targets(platform, owner.stack, value)
    keys = [each.resource for each in found if each.resource is not None and each.resource.kind == _KEY]
    if not found:
        yield f"{what} is missing"
    elif not keys:
        yield f"{what} is no key of these stacks"
    yield from (
        f"{what} is a key of {key.region}, and the data is in {region}"
        for key in keys
        if key.region != region
    )


def _switches(owner: Resource) -> Iterator[str]:
    """Yield what is off although there is a key."""
    if owner.kind == "aws_rds_cluster" and not on(owner.get("storage_encrypted")):
        yield "storage_encrypted is off"
    if owner.kind == "aws_dynamodb_table" and not on(
        first(owner.values, "server_side_encryption").get("enabled")
    ):
        yield "server_side_encryption is off"
    if owner.kind == "aws_launch_template" and not all(
        on(each.get("encrypted")) for each in blocks(owner.values, "block_device_mappings", "ebs")
    ):
        yield "a volume is not encrypted"


@check(
    "RS08",
    "Keys rotate, and their policies let in who needs them and nobody else",
    why="Auto Scaling cannot start an instance on an encrypted volume without the two statements "
    "(re:Post, launch failures with a customer key), and an alarm cannot publish to a topic with "
    "a key that it may not use",
    remedy="Make the key with modules/encryption_key.py, and name a principal or a condition in every "
    "statement.",
)
def key_policies(platform: Platform) -> Iterator[Judged]:
    """Look at every key, and at what uses it."""
    for key in platform.of(_KEY):
        said = statements(key.get("policy"))
        yield from complaints(
            key,
            unless(on(key.get("enable_key_rotation")), "it does not rotate"),
            unless(said, "its policy is missing, or is no document that can be read"),
            *_open(said),
            *(_volumes(said) if _used_by_volumes(platform, key) else ()),
            *(
                f"{each} may not use it, and publishes to a topic with it"
                for each in _publishers(platform, key) - _users(said)
            ),
        )


def _open(said: list[Block]) -> Iterator[str]:
    for statement in said:
        everybody = "*" in [each for who in _principals(statement) for each in who[1]]
        if statement.get("Effect") == "Allow" and everybody:
            if "kms:*" in texts(statement.get("Action")):
                yield f"{_name(statement)} allows everything to everybody"
            if not mapping(statement.get("Condition")):
                yield f"{_name(statement)} names everybody without a condition"


def _name(statement: Block) -> str:
    return f"statement {statement.get('Sid', 'without a name')}"


def _principals(statement: Block) -> list[tuple[str, list[str]]]:
    principal = statement.get("Principal")
    if isinstance(principal, str):
        return [("AWS", [principal])]
    return [(kind, texts(names)) for kind, names in mapping(principal).items()]


def _users(said: list[Block]) -> set[str]:
    """Return the services that may encrypt messages: they need a data key."""
    return {
        name
        for statement in said
        if statement.get("Effect") == "Allow"
        and any("GenerateDataKey" in a for a in texts(statement.get("Action")))
        for kind, names in _principals(statement)
        if kind == "Service"
        for name in names
    }


def _volumes(said: list[Block]) -> Iterator[str]:
    ours = [
        each
        for each in said
        if any("AWSServiceRoleForAutoScaling" in n for _, ns in _principals(each) for n in ns)
    ]
    granted = [each for each in ours if "kms:CreateGrant" in texts(each.get("Action"))]
    if not any("kms:Decrypt" in texts(each.get("Action")) for each in ours):
        yield "Auto Scaling may not use it, and it encrypts volumes"
    if not any(
        "kms:GrantIsForAWSResource" in mapping(mapping(each.get("Condition")).get("Bool")) for each in granted
    ):
        yield "Auto Scaling may not grant it to volumes (kms:CreateGrant with kms:GrantIsForAWSResource)"


def _used_by_volumes(platform: Platform, key: Resource) -> bool:
    return any(
        key in tracing.resources(platform, template.stack, disk.get("kms_key_id"))
        for template in platform.of("aws_launch_template")
        for disk in blocks(template.values, "block_device_mappings", "ebs")
    )


def _publishers(platform: Platform, key: Resource) -> set[str]:
    """Return the services that publish to a topic which this key encrypts."""
    topics = [
        each
        for each in platform.of("aws_sns_topic")
        if key in tracing.of(platform, each, "kms_master_key_id")
    ]
    found = set()
    for kind, service, names in (
        ("aws_cloudwatch_metric_alarm", "cloudwatch.amazonaws.com", ("alarm_actions", "ok_actions")),
        ("aws_cloudwatch_event_target", "events.amazonaws.com", ("arn",)),
    ):
        for owner in platform.of(kind):
            told = tracing.resources(
                platform, owner.stack, [v for name in names for v in items(owner.get(name))]
            )
            if any(topic in told for topic in topics):
                found.add(service)
    return found
