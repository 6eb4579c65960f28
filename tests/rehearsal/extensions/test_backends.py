"""What a reset does, and what it leaves."""

from moto.core.base_backend import AccountSpecificBackend
from moto.ec2.models import EC2Backend
from moto.s3.models import S3Backend

from shared.rehearsal.extensions import backends
from tests.rehearsal.conftest import ACCOUNT, Aws


def made(service: str, kind: type) -> AccountSpecificBackend:
    return AccountSpecificBackend(service, ACCOUNT, kind, use_boto3_regions=True, additional_regions=None)


def test_nothing_is_left_in_any_region(extended: Aws) -> None:
    for region in ("us-east-1", "eu-west-1"):
        extended.client("ec2", region).create_vpc(CidrBlock="10.7.0.0/16")
    extended.client("s3").create_bucket(Bucket="left")
    extended.client("s3").put_object(Bucket="left", Key="a", Body=b"a")
    extended.server.reset()
    for region in ("us-east-1", "eu-west-1"):
        vpcs = extended.client("ec2", region).describe_vpcs()["Vpcs"]
        assert [vpc["CidrBlock"] for vpc in vpcs] == ["172.31.0.0/16"]
    assert extended.client("s3").list_buckets()["Buckets"] == []


def test_what_only_holds_memory_is_not_built_again_and_files_are_given_back() -> None:
    ec2, s3 = made("ec2", EC2Backend), made("s3", S3Backend)
    network, store = EC2Backend("us-east-1", ACCOUNT), S3Backend("aws", ACCOUNT)
    ec2["us-east-1"], s3["aws"] = network, store
    key = store.create_bucket("bucket", "us-east-1") and store.put_object("bucket", "k", b"text")
    (before,) = network.describe_vpcs()
    backends.reset(ec2)
    backends.reset(s3)
    assert network.describe_vpcs() == [before]
    assert store.buckets == {}
    assert key._value_buffer.closed


def test_the_services_are_the_same_and_looked_up_once() -> None:
    found = backends.list_of_moto_modules()
    assert found == set(backends._list_of_moto_modules())
    assert "rds" in found
    assert backends.list_of_moto_modules() is found


def test_the_regions_are_the_same_and_each_caller_has_a_list_of_its_own() -> None:
    service = made("ec2", EC2Backend)
    first = backends.generate_regions(service, "ec2")
    assert first == service.regions
    assert "eu-west-1" in first
    first.clear()
    assert backends.generate_regions(service, "ec2") == service.regions
