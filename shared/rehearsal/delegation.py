"""What a registrar does: the parent zone names the name servers of the platform's zone.

In the embedded AWS the parent zone is made in the same account, so that the delegation can be seen.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from shared.deploy.states import ClientFactory

_TTL_SECONDS = 172_800


@contextmanager
def delegated(zone: str, name_servers: Sequence[str], clients: ClientFactory, region: str) -> Iterator[str]:
    """Let the parent of `zone` name its servers; yields the parent's id, and takes it away at the end."""
    route53 = clients.client("route53", region)
    parent = route53.create_hosted_zone(
        Name=zone.partition(".")[2], CallerReference=f"rehearsal-parent-of-{zone}"
    )["HostedZone"]["Id"]
    _change(route53, parent, "CREATE", zone, name_servers)
    try:
        yield str(parent)
    finally:
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
