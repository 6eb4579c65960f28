"""What a registrar does: the parent zone names the name servers of the platform's zone.

In the embedded AWS the parent zone is made in the same account, so that the delegation can be seen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shared.deploy.states import ClientFactory

_TTL_SECONDS = 172_800


def delegate(zone: str, name_servers: Sequence[str], clients: ClientFactory, region: str) -> str:
    """Make the parent of `zone` with its NS records; returns the parent's id."""
    route53 = clients.client("route53", region)
    parent = route53.create_hosted_zone(
        Name=zone.partition(".")[2], CallerReference=f"rehearsal-parent-of-{zone}"
    )["HostedZone"]["Id"]
    _change(route53, parent, "CREATE", zone, name_servers)
    return str(parent)


def undelegate(
    parent: str, zone: str, name_servers: Sequence[str], clients: ClientFactory, region: str
) -> None:
    """Take the parent away again."""
    route53 = clients.client("route53", region)
    _change(route53, parent, "DELETE", zone, name_servers)
    route53.delete_hosted_zone(Id=parent)


def _change(route53: object, parent: str, action: str, zone: str, name_servers: Sequence[str]) -> None:
    record = {
        "Name": zone,
        "Type": "NS",
        "TTL": _TTL_SECONDS,
        "ResourceRecords": [{"Value": f"{server}."} for server in sorted(name_servers)],
    }
    route53.change_resource_record_sets(  # type: ignore[attr-defined] # a boto3 client
        HostedZoneId=parent, ChangeBatch={"Changes": [{"Action": action, "ResourceRecordSet": record}]}
    )
