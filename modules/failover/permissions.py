"""What the function and the state machine of the failover may do, and on what."""

from __future__ import annotations

from modules.application_secret import may_use
from modules.failover.ids import FailoverIds
from modules.failover_machine.inputs import FailoverMachineInputs
from modules.role import Statement
from modules.state_machine import may_invoke


def function(inputs: FailoverIds) -> tuple[Statement, ...]:
    """Return what the function may do: to this database, this pin, this table of the canary."""
    clusters = tuple(inputs.cluster_arns[region] for region in inputs.regions)
    name = inputs.naming.name("statemachine", "failover")
    own_machine = f"arn:aws:states:{inputs.away}:{inputs.account_id}:stateMachine:{name}"
    return (
        Statement(sid="SeeWhetherAnotherRuns", actions=("states:ListExecutions",), resources=(own_machine,)),
        Statement(
            sid="ReadTheCheckpoint",
            actions=("ssm:GetParameter",),
            resources=(inputs.checkpoint_parameter_arn,),
        ),
        Statement(
            sid="SeeTheDatabase",
            actions=("rds:DescribeGlobalClusters", "rds:DescribeDBClusters"),
            resources=(inputs.global_cluster_arn, *clusters),
        ),
        Statement(
            sid="MoveTheWriter",
            actions=("rds:FailoverGlobalCluster", "rds:SwitchoverGlobalCluster"),
            resources=(inputs.global_cluster_arn, *clusters),
        ),
        Statement(
            sid="ReadEventsAndMetrics",
            actions=("rds:DescribeEvents", "cloudwatch:DescribeAlarms", "cloudwatch:GetMetricData"),
            resources=("*",),
            why_every_resource="actions that only read, and know no resource",
        ),
        Statement(
            sid="PinAndUnpinThePrimary",
            actions=("s3:PutObject", "s3:DeleteObject"),
            resources=(f"arn:aws:s3:::{inputs.pin_bucket}/{inputs.pin_key}",),
        ),
        Statement(sid="WriteTheCanary", actions=("rds-data:ExecuteStatement",), resources=clusters),
        *may_use(inputs.secret, account_id=inputs.account_id, regions=inputs.regions),
    )


def machine(inputs: FailoverIds, parts: FailoverMachineInputs) -> tuple[Statement, ...]:
    """Return what the machine's role may do: invoke, write its checkpoint, tell."""
    return (
        Statement(
            sid="WriteDownWhereItStands",
            actions=("ssm:PutParameter",),
            resources=(inputs.checkpoint_parameter_arn,),
        ),
        Statement(
            sid="EncryptTheMessages",
            actions=("kms:Decrypt", "kms:GenerateDataKey"),
            resources=(inputs.kms_key_arn,),
        ),
        may_invoke(parts.failover_function_arn, parts.drain_function_arn),
        Statement(sid="TellWhatHappens", actions=("sns:Publish",), resources=(parts.topic_arn,)),
    )
