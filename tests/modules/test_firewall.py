import pytest

from modules.firewall import RULE_GROUPS, Firewall, FirewallInputs
from shared.naming import Naming
from tests.synthesized import content, small


@pytest.fixture
def document():
    inputs = FirewallInputs(naming=Naming(suffix="x1"), load_balancer_arn="alb")
    return small(lambda stack: Firewall(stack, "waf", inputs))


def test_it_allows_what_no_rule_blocks(document):
    acl = document.one("aws_wafv2_web_acl")
    assert acl["name"] == "waf-payments-x1"
    assert acl["scope"] == "REGIONAL"
    assert acl["default_action"] == {"allow": {}}


def test_awss_managed_rules_block_in_a_fixed_order(document):
    rules = document.one("aws_wafv2_web_acl")["rule"]
    assert [rule["priority"] for rule in rules] == [0, 1, 2, 3]
    groups = [rule["statement"]["managed_rule_group_statement"] for rule in rules]
    assert groups == [{"vendor_name": "AWS", "name": name} for name in RULE_GROUPS]
    assert {
        "AWSManagedRulesCommonRuleSet",
        "AWSManagedRulesKnownBadInputsRuleSet",
        "AWSManagedRulesSQLiRuleSet",
    } < set(RULE_GROUPS)
    # `count` in its place would let everything through
    assert [rule["override_action"] for rule in rules] == [{"none": {}}] * 4


def test_every_rule_is_measured(document):
    acl = document.one("aws_wafv2_web_acl")
    seen = [acl["visibility_config"], *(rule["visibility_config"] for rule in acl["rule"])]
    assert [config.pop("metric_name") for config in seen] == ["waf-payments-x1", *RULE_GROUPS]
    assert seen == [{"cloudwatch_metrics_enabled": True, "sampled_requests_enabled": True}] * 5


def test_it_stands_in_front_of_the_load_balancer(document):
    association = content(document.one("aws_wafv2_web_acl_association"))
    assert association == {"resource_arn": "alb", "web_acl_arn": document.ref("aws_wafv2_web_acl", "arn")}
