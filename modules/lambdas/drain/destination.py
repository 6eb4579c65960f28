"""Which cluster intents are written to: this region's, or the other's once it writes again."""

from __future__ import annotations

from dataclasses import dataclass

from botocore.exceptions import BotoCoreError, ClientError

from .aws import client
from .configuration import Configuration
from .errors import DrainError


@dataclass(frozen=True, kw_only=True)
class Destination:
    """A cluster, and the region of its Data API and of the application's secret."""

    region: str
    cluster_arn: str


def destination(configuration: Configuration, region: str) -> Destination:
    """Return where to write; without a region it is the function's own, of which nobody is asked.

    The other region's cluster is the member that the global database has there, as this region knows it.
    DrainError when it has none, and for a region that is neither.
    """
    if region in ("", configuration.region):
        return Destination(region=configuration.region, cluster_arn=configuration.cluster_arn)
    if region != configuration.other_region:
        known = f"{configuration.region}, {configuration.other_region}"
        raise DrainError(f"region is {region!r}, which is none of {known}")
    try:
        answer = client("rds", configuration.region).describe_global_clusters(
            GlobalClusterIdentifier=configuration.global_cluster
        )
    except (BotoCoreError, ClientError) as error:
        raise DrainError(f"rds:DescribeGlobalClusters in {configuration.region}: {error}") from error
    members = [member["DBClusterArn"] for member in answer["GlobalClusters"][0]["GlobalClusterMembers"]]
    found = next((arn for arn in members if arn.split(":")[3] == region), None)
    if found is None:
        raise DrainError(f"{configuration.global_cluster} has no member in {region}")
    return Destination(region=region, cluster_arn=found)
