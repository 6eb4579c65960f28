"""Tables and parameters: state that has to be in both regions, or must not be rewound."""

from __future__ import annotations

from collections.abc import Iterator

from shared.policy import tracing
from shared.policy.model import Platform
from shared.policy.registry import B, C, Judged, check, complaints, unless
from shared.policy.values import blocks, first, on

_TABLE = "aws_dynamodb_table"


@check(
    "RS29",
    "A global table has streams, and in each region a key and recovery to any second",
    why="A replica without a key of its own is made anew with every apply "
    "(terraform-provider-aws#17422, #29636); two resources that own replicas fight over them "
    "(terraform-aws-dynamodb-table#73)",
    remedy="Make it with modules/intents_table.py.",
    systems=(B,),
)
def global_tables(platform: Platform) -> Iterator[Judged]:
    """Look at every table and its replicas."""
    apart = platform.of("aws_dynamodb_table_replica")
    for table in platform.of(_TABLE):
        replicas = blocks(table.values, "replica")
        beside = [each.place for each in apart if table in tracing.of(platform, each, "global_table_arn")]
        yield from complaints(
            table,
            unless(not replicas or on(table.get("stream_enabled")), "it has replicas and no stream"),
            unless(
                on(first(table.values, "point_in_time_recovery").get("enabled")),
                "it cannot be recovered to any second",
            ),
            *(each for replica in replicas for each in _replica(replica)),
            unless(replicas or beside, "it is in one region"),
            unless(not beside, f"{', '.join(beside)} makes a replica of it beside its own"),
        )


def _replica(replica: object) -> Iterator[str]:
    block = first({"replica": replica}, "replica")
    where = f"its replica in {block.get('region_name')}"
    if not block.get("kms_key_arn"):
        yield f"{where} has no key"
    if not on(block.get("point_in_time_recovery")):
        yield f"{where} cannot be recovered to any second"


@check(
    "RS35",
    "Parameters that hold state are left alone by Terraform, and encrypted where they hold more than a stage",
    why="An apply would rewind the state of a migration that is under way (docs/decisions/0024)",
    remedy="Use a write-only value, or ignore_changes with the operation that owns it; SecureString with "
    "the region's key.",
)
def parameters(platform: Platform) -> Iterator[Judged]:
    """Look at every parameter."""
    for parameter in platform.of("aws_ssm_parameter"):
        apart = parameter.get("value_wo") is not None or "value" in parameter.ignores()
        yield from complaints(
            parameter,
            unless(apart, "an apply sets it back"),
            unless(
                platform.system != C or parameter.get("type") == "SecureString",
                f"it is a {parameter.get('type')}, not encrypted",
            ),
        )
