"""The pin: who may see it, and who may not."""

import json
import re

import pytest

from modules.pin import KEY, Pin, PinInputs
from shared.naming import Naming
from tests.synthesized import content, small


def pin(*, destroyable=True):
    inputs = PinInputs(naming=Naming(suffix="x1"), region="us-west-2", destroyable=destroyable)
    return small(lambda stack: Pin(stack, "pin", inputs))


@pytest.fixture(scope="module")
def document():
    return pin()


def test_the_bucket_is_private_although_health_checkers_cannot_sign(document):
    blocked = content(document.one("aws_s3_bucket_public_access_block"))
    assert [value for key, value in blocked.items() if key != "bucket"] == [True] * 4
    assert document.one("aws_s3_bucket_ownership_controls")["rule"] == {
        "object_ownership": "BucketOwnerEnforced"
    }


def test_only_the_checkers_addresses_may_read_and_only_the_pin(document):
    policy = document.one("aws_s3_bucket_policy")["policy"]
    expression = re.compile(r'"aws:SourceIp": (\$\{jsonencode\(.*?\)\})')
    (addresses,) = expression.findall(policy)
    lists = document.one("aws_ec2_managed_prefix_list", section="data")
    assert lists["name"] == "com.amazonaws.us-west-2.route53-healthchecks"
    unique = lists["//"]["metadata"]["uniqueId"]
    assert addresses == f"${{jsonencode(data.aws_ec2_managed_prefix_list.{unique}.entries[*].cidr)}}"
    # as Terraform fills it in
    seen, tls = json.loads(policy.replace(addresses, '["192.0.2.0/24"]'))["Statement"]
    bucket = document.ref("aws_s3_bucket", "arn")
    assert seen == {
        "Sid": "HealthCheckersSeeThePin",
        "Effect": "Allow",
        "Principal": "*",
        "Action": "s3:GetObject",
        "Resource": f"{bucket}/{KEY}",
        "Condition": {"IpAddress": {"aws:SourceIp": ["192.0.2.0/24"]}},
    }
    assert tls["Effect"] == "Deny"
    assert tls["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_an_unsigned_request_can_read_what_is_encrypted_with_s3s_own_key_only(document):
    (rule,) = document.one("aws_s3_bucket_server_side_encryption_configuration")["rule"]
    assert rule == {"apply_server_side_encryption_by_default": {"sse_algorithm": "AES256"}}


def test_who_pinned_when_stays_to_be_seen(document):
    assert document.one("aws_s3_bucket_versioning")["versioning_configuration"] == {"status": "Enabled"}


@pytest.mark.parametrize("destroyable", [True, False])
def test_a_bucket_with_a_pin_in_it_goes_only_where_everything_may(destroyable):
    bucket = pin(destroyable=destroyable).one("aws_s3_bucket")
    assert bucket["force_destroy"] is destroyable
    assert bucket["bucket_prefix"] == "pin-primary-x1-"
    assert len(f"pin-primary-{'s' * 16}-") <= 37, "what the provider takes for a prefix"
