"""B2, B4: the service accepts payments in both regions while nobody can write."""

import base64
import json
import re

import pytest

from tests.synthesized import RECOVERY_REGIONS, state


@pytest.fixture(params=RECOVERY_REGIONS.values())
def region(request):
    return request.param


def test_an_instance_may_put_intents_in_its_own_region_and_look_them_up(recovery, region):
    policy = json.loads(recovery[f"{region}/service"].one("aws_iam_role_policy")["policy"])
    (accepts,) = [one for one in policy["Statement"] if one["Sid"] == "AcceptIntents"]
    table = state("global/intents", "intents_table")
    assert accepts["Action"] == ["dynamodb:GetItem", "dynamodb:PutItem"]
    assert accepts["Resource"] == [f"arn:aws:dynamodb:{region}:123456789012:table/{table}"]


def test_the_container_knows_the_table(recovery, region):
    user_data = recovery[f"{region}/service"].one("aws_launch_template")["user_data"]
    for name, output in (
        ("INTENTS_TABLE", "intents_table"),
        ("INTENTS_KEY", "intents_key"),
        ("INTENTS_EXPIRY", "intents_expiry"),
    ):
        assert f'"@{name}@", {state("global/intents", output)[2:-1]})' in user_data
    assert '"@INTENTS_RETENTION_DAYS@", "35")' in user_data
    (encoded,) = re.findall(r'base64decode\("([^"]+)"\)', user_data)
    script = base64.b64decode(encoded).decode()
    for name in ("INTENTS_TABLE", "INTENTS_KEY", "INTENTS_EXPIRY", "INTENTS_RETENTION_DAYS"):
        assert f"  --env {name}=@{name}@ \\\n" in script


def test_a_system_without_intents_knows_nothing_of_them(synthesis):
    text = json.dumps(synthesis["eu-west-1/service"].content)
    assert "intents" not in text.lower()
    (encoded,) = re.findall(r'base64decode\(\\"([^"]+)\\"\)', text)
    assert "INTENTS" not in base64.b64decode(encoded).decode()


def test_how_long_an_intent_is_kept_is_a_setting(recovery_production):
    for address, document in recovery_production.documents.items():
        if address.endswith("/service"):
            assert '"@INTENTS_RETENTION_DAYS@", "90")' in document.one("aws_launch_template")["user_data"]
