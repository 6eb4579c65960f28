"""B6: each region answers for itself."""

import json

import pytest

from tests.synthesized import RECOVERY_REGIONS, state

#: A secondary's writer endpoint leads nowhere.
DATABASES = {"primary": "aurora_cluster_endpoint", "standby": "aurora_cluster_reader_endpoint"}


@pytest.fixture(params=RECOVERY_REGIONS)
def role(request):
    return request.param


def configuration(document):
    return json.loads(document.one("aws_lambda_function")["environment"]["variables"]["CONFIG"])


def test_the_probe_looks_at_its_own_region(recovery, role):
    region = RECOVERY_REGIONS[role]
    assert configuration(recovery[f"{region}/probe"]) == {
        "region": region,
        "namespace": "regionshift/dr1234",
        "service": {
            "protocol": "https",
            "host": state(f"{region}/service", "alb_dns_name"),
            "port": 443,
            "path": "/health",
            "server_name": "api.pay.example.com",
        },
        "database": {"host": state(f"{region}/database", DATABASES[role]), "port": 3306},
        "database_decides": role == "primary",
        "cluster": state(f"{region}/database", "aurora_cluster_identifier"),
        "target_group_arn": state(f"{region}/service", "target_group_arn"),
    }


def test_it_stands_in_the_private_subnets_of_its_region(recovery, role):
    region = RECOVERY_REGIONS[role]
    function = recovery[f"{region}/probe"].one("aws_lambda_function")
    assert function["vpc_config"]["subnet_ids"] == state(f"{region}/foundation", "private_subnet_ids")
    firewall = recovery[f"{region}/probe"].one("aws_security_group")
    own = {"primary": "10.0.0.0/16", "standby": "10.1.0.0/16"}[role]
    assert firewall["egress"][0]["cidr_blocks"] == [own]


def test_it_is_published_with_its_alarms(recovery, role):
    probe = recovery[f"{RECOVERY_REGIONS[role]}/probe"]
    url = probe.ref("aws_lambda_function_url", "function_url")[2:-1]
    assert probe.outputs == {
        "probe_function": probe.ref("aws_lambda_function", "function_name"),
        "probe_host": f'${{trimsuffix(trimprefix({url}, "https://"), "/")}}',
        "probe_unwell_alarm": probe.ref("aws_cloudwatch_metric_alarm", "alarm_name", "unwell"),
        "probe_unasked_alarm": probe.ref("aws_cloudwatch_metric_alarm", "alarm_name", "unasked"),
    }
    for alarm in probe.all("aws_cloudwatch_metric_alarm").values():
        region = RECOVERY_REGIONS[role]
        assert alarm["alarm_actions"] == [state(f"{region}/foundation", "alarm_topic_arn")]
        assert (alarm["period"], alarm["evaluation_periods"]) == (60, 2)


def test_what_it_asks_for_and_how_often_are_settings(recovery_production):
    for address, document in recovery_production.documents.items():
        if address.endswith("/probe"):
            assert configuration(document)["service"]["path"] == "/alive"
            rule = document.one("aws_cloudwatch_event_rule")
            assert rule["schedule_expression"] == "rate(5 minutes)"
            log = document.one("aws_cloudwatch_log_group")
            assert log["retention_in_days"] == 365


@pytest.mark.parametrize("deployed", ["recovery", "recovery_production"])
def test_nobody_may_invoke_a_function_but_by_its_url_and_its_schedule(request, deployed):
    synthesis = request.getfixturevalue(deployed)
    allowed = [
        (one["action"], one["principal"], one.get("source_arn", "")[:28])
        for one in synthesis.of("aws_lambda_permission").values()
    ]
    scheduled = ("lambda:InvokeFunction", "events.amazonaws.com", "${aws_cloudwatch_event_rule.")
    assert sorted(allowed) == sorted([("lambda:InvokeFunctionUrl", "*", ""), scheduled] * 2)
    for stack in synthesis.of("aws_cloudformation_stack").values():
        for permission in json.loads(stack["template_body"])["Resources"].values():
            assert permission["Properties"]["InvokedViaFunctionUrl"] is True
