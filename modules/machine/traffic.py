"""Setting the weights: one change batch, then waiting until Route 53 has it everywhere."""

from __future__ import annotations

from modules.machine.inputs import MachineInputs, RecordSide
from modules.machine.states import State, States, because, catch, choice, js, reason, retry, wait, when

#: Route 53 has most changes on all servers within 60 seconds (Route 53 API, GetChange).
POLL_SECONDS = 5
POLLS = 60
_PASSING = [
    "Route53.ThrottlingException",
    "Route53.PriorRequestNotCompleteException",
    "Route53.Route53Exception",
    "Route53.SdkClientException",
    "States.Timeout",
]


def shift(
    inputs: MachineInputs, name: str, *, weights: str, then: str, failed: str, attempts: int = 6
) -> States:
    """Return the states that set both weights to `weights` (JSONata: an object of source and target).

    Both records are in one batch, which Route 53 applies whole or not at all. A failure goes to
    `failed` with its reason.
    """
    return {
        f"{name}Traffic": {
            "Type": "Task",
            "Resource": "arn:aws:states:::aws-sdk:route53:changeResourceRecordSets",
            "Arguments": {
                "HostedZoneId": inputs.hosted_zone_id,
                "ChangeBatch": {
                    "Comment": js("'Region migration ' & $states.context.Execution.Name"),
                    "Changes": [
                        _record(inputs, inputs.source, f"{weights}.source"),
                        _record(inputs, inputs.target, f"{weights}.target"),
                    ],
                },
            },
            "TimeoutSeconds": 60,
            "Assign": {
                # Some SDKs return the id with its path.
                "change": js("$replace($states.result.ChangeInfo.Id, '/change/', '')"),
                "weights": js(f"{{'source': {weights}.source, 'target': {weights}.target}}"),
                "polls": 0,
            },
            "Retry": [retry(_PASSING, seconds=2, attempts=attempts)],
            "Catch": [catch(failed, assign=because("the weights could not be set"))],
            "Next": f"{name}Propagation",
        },
        f"{name}Propagation": {
            "Type": "Task",
            "Resource": "arn:aws:states:::aws-sdk:route53:getChange",
            "Arguments": {"Id": js("$change")},
            "TimeoutSeconds": 60,
            "Assign": {"propagation": js("$states.result.ChangeInfo.Status"), "polls": js("$polls + 1")},
            "Retry": [retry(_PASSING, seconds=2, attempts=attempts)],
            "Catch": [
                catch(failed, assign=because("Route 53 does not say whether the weights are in place"))
            ],
            "Next": f"{name}Propagated",
        },
        f"{name}Propagated": choice(
            when("$propagation = 'INSYNC'", then),
            when(f"$polls < {POLLS}", f"{name}PropagationWait"),
            default=failed,
            assign=reason(f"'Route 53 had the weights not everywhere after {POLL_SECONDS * POLLS} seconds'"),
        ),
        f"{name}PropagationWait": wait(POLL_SECONDS, f"{name}Propagation"),
    }


def _record(inputs: MachineInputs, side: RecordSide, weight: str) -> State:
    return {
        "Action": "UPSERT",
        "ResourceRecordSet": {
            "Name": inputs.record_name,
            "Type": "A",
            "SetIdentifier": side.set_identifier,
            "Weight": js(weight),
            "AliasTarget": {
                "HostedZoneId": side.zone_id,
                "DnsName": side.dns_name,
                "EvaluateTargetHealth": True,
            },
        },
    }
