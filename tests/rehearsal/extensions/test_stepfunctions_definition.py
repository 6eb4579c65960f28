"""Definitions of state machines."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.rehearsal.conftest import ACCOUNT, Aws
from tests.rehearsal.extensions.machines import REGION, SDK, SUCCEED, create, output, task

FAULTS: dict[str, dict[str, Any]] = {
    "Missing 'Next' target: Nowhere at /States/A/Next": {"A": {"Type": "Pass", "Next": "Nowhere"}},
    "target: Nowhere at /States/A/Choices[0]/Next": {
        "A": {"Type": "Choice", "Choices": [{"Condition": "{% true %}", "Next": "Nowhere"}]}
    },
    "target: Nowhere at /States/A/Default": {
        "A": {"Type": "Choice", "Choices": [{"Condition": True, "Next": "B"}], "Default": "Nowhere"},
        "B": SUCCEED,
    },
    "target: Nowhere at /States/A/Catch[0]/Next": {
        "A": task(f"{SDK}sts:getCallerIdentity", {}, Catch=[{"ErrorEquals": ["E"], "Next": "Nowhere"}])
    },
    'State "B" is not reachable': {"A": SUCCEED, "B": SUCCEED},
    "target: Nowhere at /States/A/0/States/B/Next": {
        "A": {
            "Type": "Map",
            "ItemProcessor": {"StartAt": "B", "States": {"B": {"Type": "Pass", "Next": "Nowhere"}}},
            "End": True,
        }
    },
    "The JSONata expression is invalid: ": {"A": {"Type": "Succeed", "Output": {"a": ["{% 1 + %}"]}}},
    "The field 'DBClusterIdentifier' is not supported by Step Functions at /States/A/Arguments": {
        "A": task(f"{SDK}rds:describeDBClusters", {"DBClusterIdentifier": "c"})
    },
    "The field 'TTL' is not supported by Step Functions at "
    "/States/A/Arguments/ChangeBatch/Changes[0]/ResourceRecordSet": {
        "A": task(
            f"{SDK}route53:changeResourceRecordSets",
            {"ChangeBatch": {"Changes": [{"ResourceRecordSet": {"TTL": 5}}]}},
        )
    },
    "there is no service dms": {"A": task(f"{SDK}dms:describeConnections", {})},
    "Unsupported declaration": {"A": {"Type": "Pass", "Parameters": {}, "End": True}},
}


@pytest.mark.parametrize("said", FAULTS)
def test_a_faulty_definition_is_refused_with_the_place(extended: Aws, said: str) -> None:
    with pytest.raises(ClientError) as error:
        create(extended, FAULTS[said])
    assert error.value.response["Error"]["Code"] == "InvalidDefinition"
    assert said in error.value.response["Error"]["Message"]


def test_a_machine_that_leads_nowhere_is_refused(aws: Aws) -> None:
    with pytest.raises(ClientError, match="MISSING_TRANSITION_TARGET"):
        create(aws, {"A": {"Type": "Pass", "Next": "Nowhere"}})


def test_everything_is_said_at_once(extended: Aws) -> None:
    with pytest.raises(ClientError, match=r"(?s)Nowhere.*not reachable"):
        create(extended, {"A": {"Type": "Pass", "Next": "Nowhere"}, "B": SUCCEED})


def test_texts_are_read_as_json(aws: Aws) -> None:
    said = 'a "b" \\ \n é / ${x}'
    states = {
        "A ä": {"Type": "Pass", "Assign": {"said": said, "none": None}, "Output": {'k"': said}, "Next": "B"},
        "B": {"Type": "Succeed", "Output": '{% [$said, $states.input, $none, "\\""] %}'},
    }
    assert output(aws, states) == [said, {'k"': said}, None, '"']


def test_a_refused_machine_has_no_part_in_the_next(aws: Aws) -> None:
    with pytest.raises(ClientError):
        create(aws, {"A": {"Type": "Pass", "Parameters": {}, "End": True}})
    path = {"A": {"Type": "Pass", "Parameters": {"b": 1}, "End": True}}
    assert output(aws, path, QueryLanguage="JSONPath") == {"b": 1}


def test_jsonpath_machines_stay_possible(extended: Aws) -> None:
    path = {"A": {"Type": "Pass", "Parameters": {"b.$": "$.a"}, "ResultPath": None, "End": True}}
    assert output(extended, path, {"a": 1}, QueryLanguage="JSONPath") == {"a": 1}
    sdk = {
        "A": {
            "Type": "Task",
            "Resource": f"{SDK}ssm:putParameter",
            "Parameters": {"Name.$": "$.name", "Value": "v", "Type": "String"},
            "End": True,
        }
    }
    assert output(extended, sdk, {"name": "/a"}, QueryLanguage="JSONPath")["Version"] == 1


def test_a_definition_is_checked_without_making_a_machine(aws: Aws) -> None:
    stepfunctions = aws.client("stepfunctions", REGION)
    good = json.dumps({"StartAt": "A", "States": {"A": SUCCEED}})
    found = stepfunctions.validate_state_machine_definition(definition=good)
    assert (found["result"], found["diagnostics"]) == ("OK", [])
    found = stepfunctions.validate_state_machine_definition(definition="{")
    assert (found["result"], found["diagnostics"][0]["severity"]) == ("FAIL", "ERROR")
    assert "INVALID_JSON_DESCRIPTION" in found["diagnostics"][0]["message"]


def test_versions_are_listed_latest_first(aws: Aws) -> None:
    stepfunctions = aws.client("stepfunctions", REGION)
    made = stepfunctions.create_state_machine(
        name="versions",
        definition=json.dumps({"StartAt": "A", "States": {"A": SUCCEED}}),
        roleArn=f"arn:aws:iam::{ACCOUNT}:role/machine",
        publish=True,
    )
    arn = made["stateMachineArn"]
    stepfunctions.update_state_machine(
        stateMachineArn=arn, tracingConfiguration={"enabled": True}, publish=True
    )
    found = stepfunctions.list_state_machine_versions(stateMachineArn=arn)["stateMachineVersions"]
    assert [one["stateMachineVersionArn"] for one in found] == [f"{arn}:2", f"{arn}:1"]
