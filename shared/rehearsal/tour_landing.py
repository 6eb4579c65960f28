"""What stands of a database migration: the write name, DMS, Aurora, who is told of what, the copies."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from shared.rehearsal.sight import Outputs, Sight

if TYPE_CHECKING:
    from shared.deploy.states import ClientFactory
    from shared.settings import DatabaseMigration


def sights(environment: DatabaseMigration, outputs: Outputs, clients: ClientFactory) -> Iterator[Sight]:
    """Yield the records, the tasks with their ends, the database's instances, the rules, the copies."""
    region = environment.landing.region

    def client(service: str) -> Any:
        return clients.client(service, region)

    cutover = outputs[f"{region}/cutover"]
    yield _records(cutover["route53_zone_id"], client("route53"))
    yield _tasks(outputs[f"{region}/replication"], client("dms"))
    yield _instances(outputs[f"{region}/database"]["aurora_cluster_identifier"], client("rds"))
    yield _rules(environment.environment_suffix, client("events"))
    yield _copies(outputs[f"{region}/backup"], client("backup"))


def _records(zone: str, route53: Any) -> Sight:
    found = route53.list_resource_record_sets(HostedZoneId=zone)["ResourceRecordSets"]
    rows = tuple(
        (r["Name"], str(r["Weight"]), str(r["TTL"]), r["ResourceRecords"][0]["Value"])
        for r in found
        if "Weight" in r
    )
    return Sight(title="Write name", columns=("record", "weight", "TTL", "leads to"), rows=rows)


def _tasks(replication: Mapping[str, Any], dms: Any) -> Sight:
    ends = {one["EndpointArn"]: one for one in dms.describe_endpoints()["Endpoints"]}
    arns = [replication[f"dms_{side}_task_arn"] for side in ("forward", "reverse")]
    wanted = [{"Name": "replication-task-arn", "Values": arns}]
    rows = []
    for task in dms.describe_replication_tasks(Filters=wanted)["ReplicationTasks"]:
        way = [ends[task[f"{end}EndpointArn"]] for end in ("Source", "Target")]
        said = "\n".join(f"{one['EndpointIdentifier']} ({one['SslMode']})" for one in way)
        rows.append((task["ReplicationTaskIdentifier"], task["MigrationType"], task["Status"], said))
    columns = ("task", "kind", "status", "from, to")
    return Sight(title="Replication", columns=columns, rows=tuple(rows))


def _instances(cluster: str, rds: Any) -> Sight:
    found = rds.describe_db_clusters(DBClusterIdentifier=cluster)["DBClusters"][0]
    capacity = found["ServerlessV2ScalingConfiguration"]
    units = f"{capacity['MinCapacity']:g} to {capacity['MaxCapacity']:g}"
    rows = []
    for member in found["DBClusterMembers"]:
        name = member["DBInstanceIdentifier"]
        instance = rds.describe_db_instances(DBInstanceIdentifier=name)["DBInstances"][0]
        role = "writer" if member["IsClusterWriter"] else "reader"
        rows.append((name, role, instance["AvailabilityZone"], instance["DBInstanceClass"], units))
    columns = ("instance", "role", "zone", "class", "capacity units")
    return Sight(title=f"Aurora {found['EngineVersion']}", columns=columns, rows=tuple(rows))


def _rules(suffix: str, events: Any) -> Sight:
    rows = []
    for rule in events.list_rules()["Rules"]:
        if rule["Name"].endswith(f"-{suffix}"):
            targets = events.list_targets_by_rule(Rule=rule["Name"])["Targets"]
            rows.append((rule["Name"], rule["State"], "\n".join(one["Arn"] for one in targets)))
    return Sight(title="Rules", columns=("rule", "state", "tells"), rows=tuple(rows))


def _copies(backup: Mapping[str, Any], client: Any) -> Sight:
    plan = client.get_backup_plan(BackupPlanId=backup["backup_plan_id"])["BackupPlan"]
    rows = tuple(
        (
            rule["TargetBackupVaultName"],
            rule["ScheduleExpression"],
            f"{rule['Lifecycle']['DeleteAfterDays']} days",
        )
        for rule in plan["Rules"]
    )
    return Sight(title="Copies", columns=("vault", "when (UTC)", "kept for"), rows=rows)
