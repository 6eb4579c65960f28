"""B2, B4: the service accepts payments in both regions while nobody can write."""

import base64
import json
import re

import pytest

from tests.synthesized import RECOVERY_REGIONS, state


@pytest.fixture(params=RECOVERY_REGIONS.values())
def region(request):
    return request.param


def test_an_instance_may_put_intents_in_its_own_region_look_them_up_and_count_them(recovery, region):
    policy = json.loads(recovery[f"{region}/service"].one("aws_iam_role_policy")["policy"])
    allowed = {one["Sid"]: (one["Action"], one["Resource"]) for one in policy["Statement"]}
    table = f"arn:aws:dynamodb:{region}:123456789012:table/{state('global/intents', 'intents_table')}"
    assert allowed["AcceptIntents"] == (["dynamodb:GetItem", "dynamodb:PutItem"], [table])
    assert allowed["CountWhatWaits"] == (["dynamodb:Query"], [f"{table}/index/waiting"])


def test_the_container_knows_the_table(recovery, region):
    user_data = recovery[f"{region}/service"].one("aws_launch_template")["user_data"]
    assert f'"@INTENTS_TABLE@", {state("global/intents", "intents_table")[2:-1]})' in user_data
    (encoded,) = re.findall(r'base64decode\("([^"]+)"\)', user_data)
    assert "  --env INTENTS_TABLE=@INTENTS_TABLE@ \\\n" in base64.b64decode(encoded).decode()


def test_a_system_without_intents_knows_nothing_of_them(synthesis):
    text = json.dumps(synthesis["eu-west-1/service"].content)
    assert "intents" not in text.lower()
    (encoded,) = re.findall(r'base64decode\(\\"([^"]+)\\"\)', text)
    assert "INTENTS" not in base64.b64decode(encoded).decode()


def ingress(document):
    firewall = document.one("aws_security_group", "alb/firewall")
    (clients,) = {tuple(rule["cidr_blocks"]) for rule in firewall["ingress"]}
    return clients


def test_everybody_may_come_and_the_probe_is_one_of_them(recovery, region):
    document = recovery[f"{region}/service"]
    assert ingress(document) == ("0.0.0.0/0",)
    assert document.all("aws_nat_gateway", section="data") == {}


@pytest.mark.parametrize(("region_", "gateways"), [("eu-central-1", 3), ("eu-north-1", 1)])
def test_where_few_may_come_the_probe_is_let_in_from_each_nat_gateway(recovery_production, region_, gateways):
    document = recovery_production[f"{region_}/service"]
    assert len(document.all("aws_nat_gateway", section="data")) == gateways
    first, *probes = ingress(document)
    assert first == "198.51.100.0/24"
    assert len(probes) == gateways
    assert all(probe.endswith(".public_ip}/32") for probe in probes)
