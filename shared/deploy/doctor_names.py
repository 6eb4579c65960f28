"""Whether the platform's domain is delegated to us: without that, no weight moves anybody."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

from shared.deploy.check import Check
from shared.settings import DatabaseMigration

if TYPE_CHECKING:
    from shared.clients import Clients
    from shared.settings import Platform

RESERVED = ("example.com", "example.net", "example.org", "example", "test", "invalid", "localhost")
"""Names for documents and tests (RFC 2606): Route 53 does not host them, nobody delegates them."""


def domain(env: Platform, clients: Clients) -> list[Check]:
    """Look at the hosted zone and at what this machine resolves; warns only."""
    if isinstance(env, DatabaseMigration):
        return _zone(env, clients, env.zone_name, env.record_name, setting="domain.parent")
    return _zone(env, clients, env.domain.zone_name, env.domain.record_name, setting="domain.zone_name")


def _zone(env: Platform, clients: Clients, zone: str, record: str, *, setting: str) -> list[Check]:
    if any(zone == name or zone.endswith(f".{name}") for name in RESERVED):
        seen = f"{zone} is reserved for examples: it cannot be delegated"
        return [_warning(seen, f"set {setting} to a name of yours before you go to a real account")]
    # Route 53 answers from one place per partition, whatever the region of the client.
    route53 = clients.client("route53", env.away.region)
    zones = route53.list_hosted_zones_by_name(DNSName=zone, MaxItems="1")["HostedZones"]
    ours = [found for found in zones if found["Name"] == f"{zone}." and not found["Config"]["PrivateZone"]]
    if not ours:
        remedy = "after the rollout, delegate it to the name servers that `invoke outputs` shows"
        return [_warning(f"the zone {zone} is not there yet", remedy)]
    servers = route53.get_hosted_zone(Id=ours[0]["Id"])["DelegationSet"]["NameServers"]
    if _resolves(record):
        return [Check(name="domain", verdict="ok", seen=f"{record} resolves; the zone is at {servers[0]}")]
    remedy = f"put NS records for {zone} into its parent zone: {', '.join(servers)}"
    return [_warning(f"{record} does not resolve from here: the zone may not be delegated", remedy)]


def _resolves(name: str) -> bool:
    try:
        return bool(socket.getaddrinfo(name, 443))
    except OSError:
        return False


def _warning(seen: str, remedy: str) -> Check:
    return Check(name="domain", verdict="warn", seen=seen, remedy=remedy)
