"""Health checks follow what they check."""

import json
from typing import Any
from urllib.parse import urlsplit

import pytest
from botocore.exceptions import ClientError

from shared.rehearsal.fault_client import Controls
from tests.modules.lambdas.world import load_balancer
from tests.rehearsal.conftest import Aws
from tests.rehearsal.extensions.machines import REGION
from tests.rehearsal.extensions.test_dead_region import lose
from tests.rehearsal.extensions.test_function_urls import url

ANSWER = "import json\ndef handle(event, _): return {'statusCode': int(event['rawPath'][1:]), 'body': 'up'}"
BUCKET = "pin-abc123"


def check(aws: Aws, host: str = "", kind: str = "HTTPS", **fields: Any) -> str:
    place = {} if kind == "CALCULATED" else {"FullyQualifiedDomainName": host, "Port": 443}
    made = aws.client("route53").create_health_check(
        CallerReference=f"{kind}{host}{fields}", HealthCheckConfig={"Type": kind, **place, **fields}
    )
    return str(made["HealthCheck"]["Id"])


def said(aws: Aws, name: str) -> str:
    [seen] = aws.client("route53").get_health_check_status(HealthCheckId=name)["HealthCheckObservations"]
    return str(seen["StatusReport"]["Status"])


def healthy(aws: Aws, name: str) -> bool:
    return Controls(aws.server.endpoint).health_checks()[name]


def pin(aws: Aws, region: str = REGION, **fields: Any) -> str:
    """Check an object that everybody may read, which is not there yet."""
    s3 = aws.client("s3", region)
    s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": region})
    statement = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject"}
    policy = {"Statement": [{**statement, "Resource": f"arn:aws:s3:::{BUCKET}/pin/*"}]}
    s3.put_bucket_policy(Bucket=BUCKET, Policy=json.dumps(policy))
    return check(aws, f"{BUCKET}.s3.{region}.amazonaws.com", ResourcePath="/pin/primary?a=1", **fields)


def test_a_function_is_asked_by_its_url(aws: Aws) -> None:
    host = urlsplit(url(aws, ANSWER)).netloc
    good = check(aws, host, ResourcePath="/200")
    bad = check(aws, host, ResourcePath="/503")
    assert said(aws, good) == "Success: HTTP Status Code 200"
    assert said(aws, bad) == "Failure: HTTP Status Code 503"


def test_a_region_that_is_lost_is_unhealthy_also_when_its_api_cannot_say_so(extended: Aws) -> None:
    name = check(extended, urlsplit(url(extended, ANSWER)).netloc, ResourcePath="/200")
    assert healthy(extended, name)
    lose(extended, REGION)
    lose(extended)
    assert not healthy(extended, name)


def test_a_search_string_has_to_be_found(extended: Aws) -> None:
    host = urlsplit(url(extended, ANSWER)).netloc
    found = check(extended, host, "HTTPS_STR_MATCH", ResourcePath="/200", SearchString="up")
    missed = check(extended, host, "HTTPS_STR_MATCH", ResourcePath="/200", SearchString="down")
    ill = check(extended, host, "HTTPS_STR_MATCH", ResourcePath="/500", SearchString="up")
    assert [healthy(extended, name) for name in (found, missed, ill)] == [True, False, False]
    assert said(extended, missed).endswith("The search string was not found.")


def test_an_object_is_a_pin(extended: Aws) -> None:
    pinned = pin(extended, Inverted=True)
    s3 = extended.client("s3", REGION)
    assert healthy(extended, pinned)
    s3.put_object(Bucket=BUCKET, Key="pin/primary", Body=b"")
    assert said(extended, pinned) == "Success: HTTP Status Code 200"
    assert not healthy(extended, pinned)
    by_path = check(extended, f"s3.{REGION}.amazonaws.com", ResourcePath=f"/{BUCKET}/pin/primary")
    assert healthy(extended, by_path)
    block = {"RestrictPublicBuckets": True}
    s3.put_public_access_block(Bucket=BUCKET, PublicAccessBlockConfiguration=block)
    assert said(extended, by_path) == "Failure: HTTP Status Code 403"
    s3.delete_public_access_block(Bucket=BUCKET)
    s3.put_object(Bucket=BUCKET, Key="other", Body=b"")
    other = check(extended, f"s3.{REGION}.amazonaws.com", ResourcePath=f"/{BUCKET}/other")
    assert not healthy(extended, other)
    s3.put_object_acl(Bucket=BUCKET, Key="other", ACL="public-read")
    assert healthy(extended, other)
    assert not healthy(
        extended, check(extended, "s3.us-west-1.amazonaws.com", ResourcePath=f"/{BUCKET}/other")
    )


def test_a_private_object_may_be_a_pin_for_the_checkers_addresses(extended: Aws) -> None:
    pinned = pin(extended, Inverted=True)
    s3 = extended.client("s3", REGION)
    s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    everything = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")
    s3.put_public_access_block(Bucket=BUCKET, PublicAccessBlockConfiguration=dict.fromkeys(everything, True))
    lists = extended.client("ec2", REGION)
    [checkers] = lists.describe_managed_prefix_lists(
        Filters=[{"Name": "prefix-list-name", "Values": [f"com.amazonaws.{REGION}.route53-healthchecks"]}]
    )["PrefixLists"]
    entries = lists.get_managed_prefix_list_entries(PrefixListId=checkers["PrefixListId"])["Entries"]
    resource = f"arn:aws:s3:::{BUCKET}/pin/*"

    def only_from(addresses: list[str], *further: dict[str, Any]) -> None:
        condition = {"IpAddress": {"aws:SourceIp": addresses}}
        statement = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": resource}
        policy = {"Statement": [{**statement, "Condition": condition}, *further]}
        s3.put_bucket_policy(Bucket=BUCKET, Policy=json.dumps(policy))

    only_from([entry["Cidr"] for entry in entries])
    assert healthy(extended, pinned)
    s3.put_object(Bucket=BUCKET, Key="pin/primary", Body=b"")
    assert not healthy(extended, pinned)
    s3.delete_object(Bucket=BUCKET, Key="pin/primary")
    assert healthy(extended, pinned)
    s3.put_object(Bucket=BUCKET, Key="pin/primary", Body=b"")
    only_from(["192.0.2.0/24"])
    assert said(extended, pinned) == "Failure: HTTP Status Code 403"
    refusal = {"Effect": "Deny", "Principal": "*", "Action": "s3:GetObject", "Resource": resource}
    only_from(["0.0.0.0/0"], refusal)
    assert said(extended, pinned) == "Failure: HTTP Status Code 403"


def test_a_load_balancer_is_healthy_with_one_target(extended: Aws) -> None:
    made = load_balancer(extended, REGION)
    elbv2 = extended.client("elbv2", REGION)
    name = elbv2.describe_load_balancers()["LoadBalancers"][0]["DNSName"]
    checks = [check(extended, host) for host in (name, f"dualstack.{name}", f"no.{REGION}.elb.amazonaws.com")]
    reached = check(extended, name, "TCP")
    assert [healthy(extended, one) for one in checks] == [True, True, False]
    assert said(extended, reached).startswith("Success")
    Controls(extended.server.endpoint).set_healthy(made["group"], 0)
    assert said(extended, checks[0]) == "Failure: HTTP Status Code 503"


def test_a_calculated_check_counts_its_children(extended: Aws) -> None:
    pinned = pin(extended, Inverted=True)
    nowhere = check(extended, "nowhere.example.com")
    assert said(extended, nowhere).startswith("Failure: DNS resolution failed")
    counts = {
        needed: check(
            extended, kind="CALCULATED", HealthThreshold=needed, ChildHealthChecks=[pinned, nowhere]
        )
        for needed in (0, 1, 2)
    }
    assert [healthy(extended, counts[needed]) for needed in (0, 1, 2)] == [True, True, False]
    with pytest.raises(ClientError, match="InvalidInput"):
        said(extended, counts[1])


def test_one_that_is_disabled_is_healthy_unless_it_is_inverted(extended: Aws) -> None:
    plain = check(extended, "nowhere.example.com", Disabled=True)
    inverted = check(extended, "nowhere.example.com", Disabled=True, Inverted=True)
    assert (healthy(extended, plain), healthy(extended, inverted)) == (True, False)


def test_what_is_not_emulated_is_said(extended: Aws) -> None:
    alarm = {"AlarmIdentifier": {"Region": REGION, "Name": "a"}}
    made = extended.client("route53").create_health_check(
        CallerReference="1", HealthCheckConfig={"Type": "CLOUDWATCH_METRIC", **alarm}
    )
    with pytest.raises(ValueError, match="has no health checks of type CLOUDWATCH_METRIC"):
        Controls(extended.server.endpoint).health_checks()
    with pytest.raises(ClientError, match="only a part of"):
        said(extended, made["HealthCheck"]["Id"])
