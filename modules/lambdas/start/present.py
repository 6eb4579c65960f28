"""What there is now: the weights, the writer and the checkpoint. Reads only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from .aws import client
from .checkpoint import SIDES
from .configuration import Configuration

#: Route 53 is global; its API is in this region.
_ROUTE53_REGION = "us-east-1"
#: More than the two that are known are refused anyway.
_RECORDS = "10"


@dataclass(frozen=True, kw_only=True)
class Present:
    """The deployment as it is."""

    weights: Mapping[str, int]
    """`source` and `target` -> weight; empty when the records are not the two known ones."""
    writer: str
    """Region in which the database writes; empty when it is none of the two."""
    nobody_writes: str
    """Why `writer` is empty; empty when it is not."""
    changing: bool
    """A switchover or failover of the global database is under way."""
    strange_records: tuple[str, ...]
    """Records that the migration does not know, or misses."""


def observe(configuration: Configuration) -> Present:
    """Return what Route 53 and RDS say. Raises botocore's errors when they do not answer."""
    weights, strange = known_weights(_records(configuration), configuration)
    cluster = _global_cluster(configuration)
    writer, nobody = writer_of(cluster, configuration)
    return Present(
        weights=weights,
        writer=writer,
        nobody_writes=nobody,
        changing=bool(cluster.get("FailoverState")),
        strange_records=tuple(strange),
    )


def checkpoint_text(configuration: Configuration) -> str | None:
    """Return the checkpoint's document; None when there is no such parameter."""
    ssm = client("ssm", configuration.target)
    try:
        answer = ssm.get_parameter(Name=configuration.checkpoint_parameter)
    except ssm.exceptions.ParameterNotFound:
        return None
    return str(answer["Parameter"]["Value"])


def known_weights(
    records: Mapping[str, int | None], configuration: Configuration
) -> tuple[dict[str, int], list[str]]:
    """Return the weights by side, or nothing with what is strange. None is a record without a weight."""
    name, identifiers = configuration.record_name, configuration.set_identifiers
    problems = [
        f"{name}: there is no weighted record of the {side} (set identifier {identifiers[side]})"
        for side in SIDES
        if records.get(identifiers[side]) is None
    ]
    others = sorted(set(records) - set(identifiers.values()))
    problems += [f"{name}: there is a record that the migration does not know: {other!r}" for other in others]
    if problems:
        return {}, problems
    return {side: int(records[identifiers[side]] or 0) for side in SIDES}, []


def writer_of(cluster: Mapping[str, Any], configuration: Configuration) -> tuple[str, str]:
    """Return the region that writes and no reason, or no region and the reason."""
    arns = {member["DBClusterArn"] for member in cluster["GlobalClusterMembers"] if member["IsWriter"]}
    regions = [region for region, arn in configuration.cluster_arns.items() if arn in arns]
    if len(regions) == 1 and len(arns) == 1:
        return regions[0], ""
    said = ", ".join(sorted(arns)) or "nobody"
    return "", f"the writer of {configuration.global_cluster} is none of the migration's clusters: {said}"


def _records(configuration: Configuration) -> dict[str, int | None]:
    """Return set identifier -> weight of the A records of the name."""
    wanted = configuration.record_name.strip(".").lower()
    answer = client("route53", _ROUTE53_REGION).list_resource_record_sets(
        HostedZoneId=configuration.hosted_zone_id,
        StartRecordName=configuration.record_name,
        StartRecordType="A",
        MaxItems=_RECORDS,
    )
    return {
        str(record.get("SetIdentifier", "")): record.get("Weight")
        for record in answer["ResourceRecordSets"]
        if record["Name"].strip(".").lower() == wanted and record["Type"] == "A"
    }


def _global_cluster(configuration: Configuration) -> dict[str, Any]:
    """Return the global cluster, as the target region sees it, or else the source."""
    asked = {"GlobalClusterIdentifier": configuration.global_cluster}
    try:
        answer = client("rds", configuration.target).describe_global_clusters(**asked)
    except (BotoCoreError, ClientError):
        answer = client("rds", configuration.source).describe_global_clusters(**asked)
    return dict(answer["GlobalClusters"][0])
