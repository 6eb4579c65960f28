"""What a rehearsal shows of a database migration."""

import json
from typing import Any

from shared.rehearsal import tour
from shared.rehearsal.sight import Sight
from tests.rehearsal.conftest import ACCOUNT, Aws
from tests.synthesized import landing_settings

REGION = "us-east-1"
DMS = f"arn:aws:dms:{REGION}:{ACCOUNT}"


def deployed(aws: Aws) -> dict[str, dict[str, Any]]:
    """Make what the sights look at, and return the outputs that say where it is."""
    route53, events, backup = (aws.client(name) for name in ("route53", "events", "backup"))
    zone = route53.create_hosted_zone(Name="migration-db1234.example.com", CallerReference="1")["HostedZone"][
        "Id"
    ]
    records = [
        {
            "Action": "CREATE",
            "ResourceRecordSet": {
                "Name": "db.migration-db1234.example.com", "Type": "CNAME", "TTL": 60, "SetIdentifier": side,
                "Weight": weight, "ResourceRecords": [{"Value": f"{side}.example.com"}],
            },
        }
        for side, weight in (("aurora", 0), ("on-premises", 100))
    ]  # fmt: skip
    route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": records})
    for purpose in ("lag-alarm-db1234", "of-somebody"):
        events.put_rule(Name=f"rule-{purpose}", EventPattern=json.dumps({"source": ["aws.dms"]}))
    events.put_targets(
        Rule="rule-lag-alarm-db1234",
        Targets=[{"Id": "1", "Arn": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:f"}],
    )
    backup.create_backup_vault(BackupVaultName="vault")
    rule = {"RuleName": "r", "TargetBackupVaultName": "vault", "Lifecycle": {"DeleteAfterDays": 7}}
    plan = backup.create_backup_plan(BackupPlan={"BackupPlanName": "p", "Rules": [rule]})
    return {
        f"{REGION}/cutover": {"route53_zone_id": zone},
        f"{REGION}/replication": tasks(aws),
        f"{REGION}/database": {"aurora_cluster_identifier": cluster(aws)},
        f"{REGION}/backup": {"backup_plan_id": plan["BackupPlanId"]},
    }


def tasks(aws: Aws) -> dict[str, str]:
    dms = aws.client("dms")
    ends = {
        kind: dms.create_endpoint(
            EndpointIdentifier=f"the-{kind}", EndpointType=kind, EngineName="postgres", SslMode="require"
        )["Endpoint"]["EndpointArn"]
        for kind in ("source", "target")
    }
    made = {}
    for side in ("forward", "reverse"):
        task = dms.create_replication_task(
            ReplicationTaskIdentifier=side,
            SourceEndpointArn=ends["source"],
            TargetEndpointArn=ends["target"],
            ReplicationInstanceArn=f"{DMS}:rep:instance",
            MigrationType="cdc",
            TableMappings="{}",
        )
        made[f"dms_{side}_task_arn"] = task["ReplicationTask"]["ReplicationTaskArn"]
    return made


def cluster(aws: Aws) -> str:
    rds = aws.client("rds")
    rds.create_db_cluster(
        DBClusterIdentifier="landing",
        Engine="aurora-postgresql",
        EngineVersion="15.10",
        MasterUsername="somebody",
        MasterUserPassword="not-a-secret",
        ServerlessV2ScalingConfiguration={"MinCapacity": 0.5, "MaxCapacity": 2},
    )
    for number in range(2):
        rds.create_db_instance(
            DBInstanceIdentifier=f"landing-{number}",
            DBClusterIdentifier="landing",
            Engine="aurora-postgresql",
            DBInstanceClass="db.serverless",
            AvailabilityZone=f"{REGION}{'ab'[number]}",
        )
    return "landing"


def seen(aws: Aws) -> dict[str, Sight]:
    return {sight.title: sight for sight in tour.sights(landing_settings(), deployed(aws), aws)}


def test_what_stands_is_shown(extended: Aws) -> None:
    found = seen(extended)
    assert list(found) == ["Write name", "Replication", "Aurora 15.10", "Rules", "Copies"]
    assert found["Write name"].rows == (
        ("db.migration-db1234.example.com.", "0", "60", "aurora.example.com"),
        ("db.migration-db1234.example.com.", "100", "60", "on-premises.example.com"),
    )
    assert found["Replication"].rows == tuple(
        (side, "cdc", "ready", "the-source (require)\nthe-target (require)")
        for side in ("forward", "reverse")
    )
    assert found["Aurora 15.10"].rows == (
        ("landing-0", "writer", "us-east-1a", "db.serverless", "0.5 to 2"),
        ("landing-1", "reader", "us-east-1b", "db.serverless", "0.5 to 2"),
    )
    assert [row[:2] for row in found["Rules"].rows] == [("rule-lag-alarm-db1234", "ENABLED")]
    assert found["Copies"].rows == (("vault", "cron(0 5 ? * * *)", "7 days"),)
