"""DMS's certificates, subnet groups and tags."""

import pytest
from botocore.exceptions import ClientError

ARN = "arn:aws:dms:us-east-1:123456789012"


def test_a_subnet_group_has_its_own_subnets_and_tags(aws):
    ec2, dms = aws.client("ec2"), aws.client("dms")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{number}.0/24", AvailabilityZone=f"us-east-1{zone}")
        for number, zone in enumerate("ab")
    ]
    ids = [subnet["Subnet"]["SubnetId"] for subnet in subnets]
    dms.create_replication_subnet_group(
        ReplicationSubnetGroupIdentifier="subnets",
        ReplicationSubnetGroupDescription="x",
        SubnetIds=ids,
        Tags=[{"Key": "a", "Value": "b"}],
    )
    (found,) = dms.describe_replication_subnet_groups()["ReplicationSubnetGroups"]
    assert found["VpcId"] == vpc
    assert [one["SubnetIdentifier"] for one in found["Subnets"]] == ids
    zones = [one["SubnetAvailabilityZone"]["Name"] for one in found["Subnets"]]
    assert zones == ["us-east-1a", "us-east-1b"]
    assert tags(dms, f"{ARN}:subgrp:subnets") == {"a": "b"}


def tags(dms, arn):
    return {tag["Key"]: tag["Value"] for tag in dms.list_tags_for_resource(ResourceArn=arn)["TagList"]}


def test_a_certificate_is_kept_found_and_forgotten(aws):
    dms = aws.client("dms")
    made = dms.import_certificate(
        CertificateIdentifier="ca", CertificatePem="PEM", Tags=[{"Key": "a", "Value": "b"}]
    )["Certificate"]
    assert made["CertificateArn"] == f"{ARN}:cert:ca"
    assert tags(dms, made["CertificateArn"]) == {"a": "b"}
    for name, value in (("certificate-id", "ca"), ("certificate-arn", f"{ARN}:cert:ca")):
        found = dms.describe_certificates(Filters=[{"Name": name, "Values": [value]}])["Certificates"]
        assert [one["CertificatePem"] for one in found] == ["PEM"]
    with pytest.raises(ClientError, match="ResourceAlreadyExistsFault"):
        dms.import_certificate(CertificateIdentifier="ca", CertificatePem="PEM")
    dms.delete_certificate(CertificateArn=made["CertificateArn"])
    with pytest.raises(ClientError, match="ResourceNotFoundFault"):
        dms.describe_certificates()
    with pytest.raises(ClientError, match="ResourceNotFoundFault"):
        dms.delete_certificate(CertificateArn=made["CertificateArn"])


def test_tags_are_added_and_taken_away(aws):
    dms = aws.client("dms")
    arn = f"{ARN}:endpoint:any"
    dms.add_tags_to_resource(ResourceArn=arn, Tags=[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}])
    dms.remove_tags_from_resource(ResourceArn=arn, TagKeys=["a"])
    assert tags(dms, arn) == {"b": "2"}
