"""What stands of a system with a standby, beside what every system has: failover, health checks, intents."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from shared.rehearsal.sight import Outputs, Sight

if TYPE_CHECKING:
    from shared.deploy.states import ClientFactory
    from shared.settings import DisasterRecovery


def sights(environment: DisasterRecovery, outputs: Outputs, clients: ClientFactory) -> Iterator[Sight]:
    """Yield the records, the health checks that decide between them, and the table in both regions."""
    # What is global is asked for where it is operated from.
    route53 = clients.client("route53", environment.away.region)
    yield _records(outputs["global/domain"]["route53_zone_id"], route53)
    yield _checks(outputs["global/traffic"], route53)
    table = outputs["global/intents"]["intents_table"]
    regions = [side.region for side in environment.sides.values()]
    yield _tables(table, {region: clients.client("dynamodb", region) for region in regions})


def _records(zone: str, route53: Any) -> Sight:
    found = route53.list_resource_record_sets(HostedZoneId=zone)["ResourceRecordSets"]
    rows = tuple(
        (r["Name"], r["Failover"], str(r["TTL"]), r["ResourceRecords"][0]["Value"], r["HealthCheckId"])
        for r in found
        if "Failover" in r
    )
    columns = ("record", "failover", "TTL", "leads to", "health check")
    return Sight(title="Failover records", columns=columns, rows=rows)


def _checks(traffic: Mapping[str, Any], route53: Any) -> Sight:
    rows = []
    for name in ("primary", "primary_probe", "pin", "standby_probe"):
        identifier = traffic[f"{name}_health_check"]
        config = route53.get_health_check(HealthCheckId=identifier)["HealthCheck"]["HealthCheckConfig"]
        rows.append((name, identifier, config["Type"], _what(config)))
    columns = ("what", "health check", "kind", "healthy when")
    return Sight(title="Health checks", columns=columns, rows=tuple(rows))


def _what(config: Mapping[str, Any]) -> str:
    if config["Type"] == "CALCULATED":
        children = config["ChildHealthChecks"]
        return f"{config['HealthThreshold']} of {len(children)} are: {', '.join(children)}"
    address = f"https://{config['FullyQualifiedDomainName']}{config['ResourcePath']}"
    answers = "does not answer" if config.get("Inverted") else "answers"
    return f"{address} {answers} ({config['FailureThreshold']} x {config['RequestInterval']} s)"


def _tables(table: str, clients: Mapping[str, Any]) -> Sight:
    rows = []
    for region, client in clients.items():
        found = client.describe_table(TableName=table)["Table"]
        backups = client.describe_continuous_backups(TableName=table)["ContinuousBackupsDescription"]
        recovery = backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"]
        replicas = ", ".join(replica["RegionName"] for replica in found.get("Replicas", ()))
        key = found["SSEDescription"]["KMSMasterKeyArn"]
        rows.append((region, found["TableStatus"], replicas, recovery.lower(), key))
    columns = ("region", "status", "replicas", "recovery to any second", "key")
    return Sight(title=f"Table {table}", columns=columns, rows=tuple(rows))
