"""A global database, its checkpoint, its pin and its alarms, and the function's configuration about them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pytest

from tests.modules.lambdas.failover.asking import MACHINE
from tests.modules.lambdas.world import SOURCE, TARGET, World, global_database, put_metric, set_alarm

CHECKPOINT = "/failover/abc123/checkpoint"
BUCKET = "pin-primary-abc123"
SECRET = "payments/database"
ALARMS = {SOURCE: ["healthy-hosts"], TARGET: ["probe-unwell", "healthy-hosts"]}


@dataclass(frozen=True)
class Deployment:
    """The ids by region: the source is the primary here, the target the standby."""

    world: World
    arns: dict[str, str]
    config: dict[str, Any]

    def put_checkpoint(self, content: Any) -> None:
        text = content if isinstance(content, str) else json.dumps(content)
        self.world.aws.client("ssm", TARGET).put_parameter(
            Name=CHECKPOINT, Type="String", Overwrite=True, Value=text
        )

    def lag(self, milliseconds: float, region: str = TARGET, *, age_seconds: int = 20) -> None:
        put_metric(
            self.world.aws,
            region,
            namespace="AWS/RDS",
            name="AuroraGlobalDBRPOLag",
            dimension=("DBClusterIdentifier", f"ledger-{region}"),
            value=milliseconds,
            age_seconds=age_seconds,
        )

    def described(self, **changes: Any) -> dict[str, Any]:
        """What DescribeGlobalClusters answers, with changes."""
        found = self.world.aws.client("rds", TARGET).describe_global_clusters(
            GlobalClusterIdentifier="ledger"
        )
        return {"GlobalClusters": [{**found["GlobalClusters"][0], **changes}]}

    def moving(self, to: str, *, loses: bool = False) -> dict[str, Any]:
        """The same while the writer is moved to a region."""
        state = {"Status": "pending", "ToDbClusterArn": self.arns[to], "IsDataLossAllowed": loses}
        return self.described(Status="failing-over" if loses else "switching-over", FailoverState=state)


@pytest.fixture
def deployment(world: World, monkeypatch: pytest.MonkeyPatch) -> Deployment:
    arns = global_database(world.aws)
    for region in (SOURCE, TARGET):
        world.aws.client("secretsmanager", region).create_secret(Name=SECRET, SecretString="{}")
        for name in ALARMS[region]:
            set_alarm(world.aws, region, name, "OK")
    world.aws.client("s3", TARGET).create_bucket(
        Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": TARGET}
    )
    made = world.aws.client("stepfunctions", TARGET).create_state_machine(
        name=MACHINE.rpartition(":")[2],
        definition='{"StartAt": "End", "States": {"End": {"Type": "Succeed"}}}',
        roleArn="arn:aws:iam::123456789012:role/machine",
    )
    assert made["stateMachineArn"] == MACHINE
    config = {
        "home": SOURCE,
        "away": TARGET,
        "global_cluster": "ledger",
        "checkpoint_parameter": CHECKPOINT,
        "pin_bucket": BUCKET,
        "pin_key": "primary-is-pinned",
        "alarms": ALARMS,
        "replication_lag_ms": 5000,
        "dns_seconds": 51,
        "data_api": True,
        "secret": SECRET,
        "database": "payments",
        "env_options": "--env other --suffix x1",
    }
    monkeypatch.setenv("CONFIG", json.dumps(config))
    whole = Deployment(world=world, arns=arns, config=config)
    whole.put_checkpoint({"stage": "none"})
    return whole
