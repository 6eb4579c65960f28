"""The web application firewall in front of a load balancer: AWS's managed rules, and a log of what they stop.

The rules are given as the API's JSON: as nested blocks, their schema costs Terraform and the provider
four seconds of processor time in every plan (docs/decisions/0012).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from cdktf_cdktf_provider_aws.cloudwatch_log_group import CloudwatchLogGroup
from cdktf_cdktf_provider_aws.wafv2_web_acl import Wafv2WebAcl
from cdktf_cdktf_provider_aws.wafv2_web_acl_association import Wafv2WebAclAssociation
from cdktf_cdktf_provider_aws.wafv2_web_acl_logging_configuration import Wafv2WebAclLoggingConfiguration
from constructs import Construct

from shared.blocks import resource
from shared.naming import Naming

#: Common attacks, known bad inputs, SQL injection, addresses of ill repute (AWS WAF managed rule groups).
RULE_GROUPS = (
    "AWSManagedRulesAmazonIpReputationList",
    "AWSManagedRulesCommonRuleSet",
    "AWSManagedRulesKnownBadInputsRuleSet",
    "AWSManagedRulesSQLiRuleSet",
)
#: AWS WAF delivers to log groups whose names begin so, and to no other (AWS WAF, logging to CloudWatch Logs).
LOG_PREFIX = "aws-waf-logs"
#: Headers that open an account to whoever reads them.
REDACTED = ("authorization", "cookie")
#: What passes is in the load balancer's access log; this one says what was stopped, and by which rule.
_KEPT = ("BLOCK", "COUNT")


@dataclass(frozen=True, kw_only=True)
class FirewallInputs:
    """What is protected, and how long what was stopped is remembered."""

    naming: Naming
    load_balancer_arn: str
    kms_key_arn: str
    log_retention_days: int


class Firewall(Construct):
    """A web ACL that allows what no rule blocks, and its association."""

    def __init__(self, scope: Construct, id_: str, inputs: FirewallInputs) -> None:
        super().__init__(scope, id_)
        name = inputs.naming.name("waf", "payments")
        acl = resource(
            Wafv2WebAcl,
            self,
            "acl",
            name=name,
            description="Managed rules in front of the payment service",
            scope="REGIONAL",
            default_action={"allow": {}},
            visibility_config={
                "cloudwatch_metrics_enabled": True,
                "sampled_requests_enabled": True,
                "metric_name": name,
            },
            rule_json=json.dumps([_managed(group, priority) for priority, group in enumerate(RULE_GROUPS)]),
        )
        resource(
            Wafv2WebAclAssociation,
            self,
            "association",
            resource_arn=inputs.load_balancer_arn,
            web_acl_arn=acl.arn,
        )
        log = resource(
            CloudwatchLogGroup,
            self,
            "stopped",
            name=inputs.naming.name(LOG_PREFIX, "payments"),
            retention_in_days=inputs.log_retention_days,
            kms_key_id=inputs.kms_key_arn,
        )
        resource(
            Wafv2WebAclLoggingConfiguration,
            self,
            "logging",
            resource_arn=acl.arn,
            log_destination_configs=[log.arn],
            redacted_fields=[{"single_header": {"name": name}} for name in REDACTED],
            logging_filter={
                "default_behavior": "DROP",
                "filter": [
                    {
                        "behavior": "KEEP",
                        "requirement": "MEETS_ANY",
                        "condition": [{"action_condition": {"action": action}} for action in _KEPT],
                    }
                ],
            },
        )


def _managed(group: str, priority: int) -> dict[str, Any]:
    """Return a rule as WAFv2's API writes it (`Rule` in its reference)."""
    return {
        "Name": group,
        "Priority": priority,
        "OverrideAction": {"None": {}},
        "Statement": {"ManagedRuleGroupStatement": {"VendorName": "AWS", "Name": group}},
        "VisibilityConfig": {
            "CloudWatchMetricsEnabled": True,
            "SampledRequestsEnabled": True,
            "MetricName": group,
        },
    }
