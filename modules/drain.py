"""The function `drain`: brings payment intents into the database of the region that writes.

It uses nothing outside of its region: the table's replica here, the cluster here, the application's secret
here. Only when it is told to write into the other region's cluster, after a failback, does it go there.
Whoever calls it calls it again while it answers `done: false`.
"""

from __future__ import annotations

from dataclasses import dataclass

from constructs import Construct

from modules.application_secret import may_use
from modules.lambda_function import LambdaFunction, LambdaFunctionInputs
from modules.role import Statement
from shared.intents import schema
from shared.naming import Naming

#: It keeps 20 s of this for the intent that it is at, and stops by itself; Lambda's most is 900. Callers
#: who wait for the answer wait at least as long.
TIMEOUT_SECONDS = 300


@dataclass(frozen=True, kw_only=True)
class DrainInputs:
    """Where intents wait, and where they go."""

    naming: Naming
    account_id: str
    region: str
    kms_key_arn: str
    log_retention_days: int
    table: str
    """Name of the global table; its replica in `region` is used."""
    cluster_arn: str
    """Of the cluster that writes once it was promoted. RDS Data API has to be on."""
    other_region: str
    """Where the database writes before, and after a failback."""
    other_cluster_arn: str
    """Of the cluster there, for the permission: which one it is, the global database says."""
    global_cluster_identifier: str
    secret: str
    """Name of the application's secret in both regions; its login may insert into `payment_intents`."""
    database: str
    retention_days: int
    """How long an intent that was drained is kept, so that a repetition is recognised."""


@dataclass(frozen=True, kw_only=True)
class DrainOutputs:
    """The function."""

    function_name: str
    function_arn: str


class Drain(Construct):
    """Outside of every network: DynamoDB and RDS Data API are reached over HTTPS."""

    def __init__(self, scope: Construct, id_: str, inputs: DrainInputs) -> None:
        super().__init__(scope, id_)
        function = LambdaFunction(
            self,
            "function",
            LambdaFunctionInputs(
                naming=inputs.naming,
                package="drain",
                purpose="drain",
                description="Brings payment intents that waited for a writer into the database",
                account_id=inputs.account_id,
                kms_key_arn=inputs.kms_key_arn,
                log_retention_days=inputs.log_retention_days,
                statements=permissions(inputs),
                config=configuration(inputs),
                timeout_seconds=TIMEOUT_SECONDS,
            ),
        ).outputs
        self.outputs = DrainOutputs(function_name=function.name, function_arn=function.arn)


def configuration(inputs: DrainInputs) -> dict[str, object]:
    """Return what the function finds in its variable CONFIG."""
    return {
        "region": inputs.region,
        "table": inputs.table,
        "cluster_arn": inputs.cluster_arn,
        "secret": inputs.secret,
        "database": inputs.database,
        "retention_days": inputs.retention_days,
        "global_cluster": inputs.global_cluster_identifier,
        "other_region": inputs.other_region,
    }


def permissions(inputs: DrainInputs) -> tuple[Statement, ...]:
    """Return what the function may do: to this table, these two clusters and this secret."""
    table = f"arn:aws:dynamodb:{inputs.region}:{inputs.account_id}:table/{inputs.table}"
    database = f"arn:aws:rds::{inputs.account_id}:global-cluster:{inputs.global_cluster_identifier}"
    return (
        Statement(
            sid="FindWhatWaits",
            actions=("dynamodb:Query",),
            resources=(f"{table}/index/{schema.INDEX}",),
        ),
        Statement(
            sid="ReadAndMarkIntents",
            actions=("dynamodb:GetItem", "dynamodb:UpdateItem"),
            resources=(table,),
        ),
        Statement(
            sid="WriteToTheDatabase",
            actions=("rds-data:ExecuteStatement",),
            resources=(inputs.cluster_arn, inputs.other_cluster_arn),
        ),
        Statement(sid="FindTheOtherCluster", actions=("rds:DescribeGlobalClusters",), resources=(database,)),
        *may_use(
            inputs.secret,
            account_id=inputs.account_id,
            regions=(inputs.region, inputs.other_region),
        ),
    )
