"""What stands after a rollout, as the AWS API says: the rehearsal shows it, nobody has to believe us."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from shared.rehearsal import tour_landing, tour_recovery
from shared.rehearsal.sight import Outputs, Sight
from shared.settings import DatabaseMigration, DisasterRecovery

if TYPE_CHECKING:
    from shared.deploy.states import ClientFactory
    from shared.settings import Platform


def sights(environment: Platform, outputs: Outputs, clients: ClientFactory) -> Iterator[Sight]:
    """Yield the traffic, the peering, the routes, the database, the listeners, the alarms, the keys."""
    if isinstance(environment, DatabaseMigration):
        yield from tour_landing.sights(environment, outputs, clients)
        return
    regions = (environment.home.region, environment.away.region)
    if isinstance(environment, DisasterRecovery):
        yield from tour_recovery.sights(environment, outputs, clients)
    else:
        yield _weights(outputs["global/domain"], clients, regions[0])
    yield _peering(outputs, clients, regions)
    yield _routes(outputs, clients, regions)
    yield _members(outputs[f"{regions[0]}/database"], clients, regions[0])
    yield _listeners(outputs, clients, regions)
    yield _alarms(outputs, clients, regions)
    yield _keys(outputs, clients, regions)


def _weights(domain: Mapping[str, Any], clients: ClientFactory, region: str) -> Sight:
    found = clients.client("route53", region).list_resource_record_sets(
        HostedZoneId=domain["route53_zone_id"]
    )["ResourceRecordSets"]
    rows = tuple(
        (r["Name"], r["SetIdentifier"], str(r["Weight"]), r["AliasTarget"]["DNSName"])
        for r in found
        if "Weight" in r
    )
    return Sight(title="Weighted records", columns=("record", "set", "weight", "alias of"), rows=rows)


def _peering(outputs: Outputs, clients: ClientFactory, regions: tuple[str, str]) -> Sight:
    rows = []
    for region in regions:
        identifier = outputs[f"{region}/routing"]["vpc_peering_id"]
        described = clients.client("ec2", region).describe_vpc_peering_connections(
            VpcPeeringConnectionIds=[identifier]
        )
        for found in described["VpcPeeringConnections"]:
            ends = [found[f"{end}VpcInfo"] for end in ("Requester", "Accepter")]
            between = " - ".join(f"{end['Region']} {end['CidrBlock']}" for end in ends)
            rows.append((region, identifier, found["Status"]["Code"], between))
    return Sight(title="Peering", columns=("seen from", "connection", "status", "between"), rows=tuple(rows))


def _routes(outputs: Outputs, clients: ClientFactory, regions: tuple[str, str]) -> Sight:
    rows = []
    for region in regions:
        routing = outputs[f"{region}/routing"]
        tables = [routing["public_route_table_id"], *routing["private_route_table_ids"]]
        described = clients.client("ec2", region).describe_route_tables(RouteTableIds=tables)["RouteTables"]
        for number, name in enumerate(tables):
            found = next(t for t in described if t["RouteTableId"] == name)
            ways = [
                f"{route['DestinationCidrBlock']} via {_way(route)}"
                for route in found["Routes"]
                if "DestinationCidrBlock" in route and route.get("GatewayId") != "local"
            ]
            rows.append((region, "public" if number == 0 else "private", name, "\n".join(sorted(ways))))
    columns = ("region", "kind", "route table", "routes")
    return Sight(title="Routes", columns=columns, rows=tuple(rows))


def _way(route: Mapping[str, Any]) -> str:
    keys = ("VpcPeeringConnectionId", "NatGatewayId", "GatewayId")
    return str(next(route[key] for key in keys if route.get(key)))


def _members(database: Mapping[str, Any], clients: ClientFactory, region: str) -> Sight:
    rows = []
    described = clients.client("rds", region).describe_global_clusters(
        GlobalClusterIdentifier=database["global_cluster_identifier"]
    )
    for member in described["GlobalClusters"][0]["GlobalClusterMembers"]:
        arn = member["DBClusterArn"]
        place, name = arn.split(":")[3], arn.split(":")[-1]
        cluster = clients.client("rds", place).describe_db_clusters(DBClusterIdentifier=name)["DBClusters"][0]
        instances = [m["DBInstanceIdentifier"] for m in cluster["DBClusterMembers"]]
        role = "writer" if member["IsWriter"] else "secondary"
        rows.append((place, name, role, cluster["EngineVersion"], "\n".join(instances)))
    title = f"Global database {database['global_cluster_identifier']}"
    return Sight(title=title, columns=("region", "cluster", "role", "engine", "instances"), rows=tuple(rows))


def _listeners(outputs: Outputs, clients: ClientFactory, regions: tuple[str, str]) -> Sight:
    rows = []
    for region in regions:
        service = outputs[f"{region}/service"]
        client = clients.client("elbv2", region)
        groups = client.describe_target_groups(TargetGroupArns=[service["target_group_arn"]])["TargetGroups"]
        balancers = groups[0]["LoadBalancerArns"]
        health = (
            f"{groups[0]['HealthCheckProtocol']} {groups[0]['HealthCheckPath']} every "
            f"{groups[0]['HealthCheckIntervalSeconds']} s"
        )
        for listener in client.describe_listeners(LoadBalancerArn=balancers[0])["Listeners"]:
            port = f"{listener['Protocol']} {listener['Port']}"
            action = listener["DefaultActions"][0]["Type"]
            policy = listener["SslPolicy"] if listener["Protocol"] == "HTTPS" else ""
            rows.append((region, port, action, policy, health))
    columns = ("region", "listener", "action", "TLS policy", "target health check")
    return Sight(title="Load balancers", columns=columns, rows=tuple(rows))


def _alarms(outputs: Outputs, clients: ClientFactory, regions: tuple[str, str]) -> Sight:
    rows = []
    for region in regions:
        names = [
            outputs[f"{region}/database"]["replication_lag_alarm"],
            outputs[f"{region}/service"]["healthy_hosts_alarm"],
            *(value for name, value in outputs.get(f"{region}/probe", {}).items() if name.endswith("_alarm")),
        ]
        found = clients.client("cloudwatch", region).describe_alarms(AlarmNames=names)["MetricAlarms"]
        for alarm in found:
            rule = f"{alarm['Statistic']} {alarm['MetricName']} {alarm['ComparisonOperator']}"
            when = f"{rule} {alarm['Threshold']:g} for {alarm['EvaluationPeriods']} x {alarm['Period']} s"
            rows.append((region, alarm["AlarmName"], when, alarm.get("TreatMissingData", "missing")))
    return Sight(title="Alarms", columns=("region", "alarm", "when", "no data is"), rows=tuple(rows))


def _keys(outputs: Outputs, clients: ClientFactory, regions: tuple[str, str]) -> Sight:
    rows = []
    for region in regions:
        key = outputs[f"{region}/foundation"]["kms_key_id"]
        client = clients.client("kms", region)
        policy = json.loads(client.get_key_policy(KeyId=key, PolicyName="default")["Policy"])
        rotated = client.get_key_rotation_status(KeyId=key)["KeyRotationEnabled"]
        sids = "\n".join(statement["Sid"] for statement in policy["Statement"])
        rows.append((region, key, "on" if rotated else "off", sids))
    return Sight(title="Keys", columns=("region", "key", "rotation", "policy statements"), rows=tuple(rows))
