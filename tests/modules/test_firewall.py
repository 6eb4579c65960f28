import json

import pytest

from modules.firewall import RULE_GROUPS, Firewall, FirewallInputs
from shared.naming import Naming
from tests.synthesized import content, small


@pytest.fixture
def document():
    inputs = FirewallInputs(
        naming=Naming(suffix="x1"), load_balancer_arn="alb", kms_key_arn="key", log_retention_days=60
    )
    return small(lambda stack: Firewall(stack, "waf", inputs))


def test_it_allows_what_no_rule_blocks(document):
    acl = document.one("aws_wafv2_web_acl")
    assert acl["name"] == "waf-payments-x1"
    assert acl["scope"] == "REGIONAL"
    assert acl["default_action"] == {"allow": {}}


def rules(document):
    """The rules as WAFv2's API takes them."""
    return json.loads(document.one("aws_wafv2_web_acl")["rule_json"])


def test_awss_managed_rules_block_in_a_fixed_order(document):
    assert [rule["Priority"] for rule in rules(document)] == [0, 1, 2, 3]
    groups = [rule["Statement"]["ManagedRuleGroupStatement"] for rule in rules(document)]
    assert groups == [{"VendorName": "AWS", "Name": name} for name in RULE_GROUPS]
    assert {
        "AWSManagedRulesCommonRuleSet",
        "AWSManagedRulesKnownBadInputsRuleSet",
        "AWSManagedRulesSQLiRuleSet",
    } < set(RULE_GROUPS)
    # `Count` in its place would let everything through
    assert [rule["OverrideAction"] for rule in rules(document)] == [{"None": {}}] * 4


def test_every_rule_is_measured_under_its_own_name(document):
    measured = [rule.pop("VisibilityConfig") for rule in rules(document)]
    assert [config.pop("MetricName") for config in measured] == list(RULE_GROUPS)
    assert measured == [{"CloudWatchMetricsEnabled": True, "SampledRequestsEnabled": True}] * 4
    assert document.one("aws_wafv2_web_acl")["visibility_config"] == {
        "cloudwatch_metrics_enabled": True,
        "sampled_requests_enabled": True,
        "metric_name": "waf-payments-x1",
    }


def test_it_stands_in_front_of_the_load_balancer(document):
    association = content(document.one("aws_wafv2_web_acl_association"))
    assert association == {"resource_arn": "alb", "web_acl_arn": document.ref("aws_wafv2_web_acl", "arn")}


def test_what_it_stops_is_remembered_encrypted_and_forgotten(document):
    assert content(document.one("aws_cloudwatch_log_group")) == {
        # the only prefix that AWS WAF delivers to
        "name": "aws-waf-logs-payments-x1",
        "retention_in_days": 60,
        "kms_key_id": "key",
    }


def test_the_log_holds_what_was_stopped_and_no_credentials(document):
    assert content(document.one("aws_wafv2_web_acl_logging_configuration")) == {
        "resource_arn": document.ref("aws_wafv2_web_acl", "arn"),
        "log_destination_configs": [document.ref("aws_cloudwatch_log_group", "arn")],
        "redacted_fields": [
            {"single_header": {"name": "authorization"}},
            {"single_header": {"name": "cookie"}},
        ],
        "logging_filter": {
            "default_behavior": "DROP",
            "filter": [
                {
                    "behavior": "KEEP",
                    "requirement": "MEETS_ANY",
                    "condition": [
                        {"action_condition": {"action": "BLOCK"}},
                        {"action_condition": {"action": "COUNT"}},
                    ],
                }
            ],
        },
    }
