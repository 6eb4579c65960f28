"""What an environment file names by its id can be made with that id."""

import pytest
from botocore.exceptions import ClientError

from shared.rehearsal.prerequisites_landing import ID_TAG


def tagged(kind, identifier):
    tags = [{"Key": ID_TAG, "Value": identifier}, {"Key": "Name", "Value": "given"}]
    return [{"ResourceType": kind, "Tags": tags}]


def test_a_vpc_has_the_id_that_the_tag_names(aws):
    ec2 = aws.client("ec2")
    made = ec2.create_vpc(CidrBlock="10.7.0.0/16", TagSpecifications=tagged("vpc", "vpc-0a1b2c3d4e5f60718"))
    assert made["Vpc"]["VpcId"] == "vpc-0a1b2c3d4e5f60718"
    (found,) = ec2.describe_vpcs(VpcIds=["vpc-0a1b2c3d4e5f60718"])["Vpcs"]
    assert found["Tags"] == [{"Key": "Name", "Value": "given"}]
    # what comes along with it has ids of its own, and its main table is found by the VPC
    (main,) = ec2.describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [found["VpcId"]]}])[
        "RouteTables"
    ]
    assert main["RouteTableId"].startswith("rtb-")


def test_a_gateway_and_a_route_table_too(aws):
    ec2 = aws.client("ec2")
    gateway = ec2.create_vpn_gateway(
        Type="ipsec.1", TagSpecifications=tagged("vpn-gateway", "vgw-0d4e5f60718293a4b")
    )["VpnGateway"]
    assert gateway["VpnGatewayId"] == "vgw-0d4e5f60718293a4b"
    vpc = ec2.create_vpc(CidrBlock="10.7.0.0/16")["Vpc"]["VpcId"]
    table = ec2.create_route_table(
        VpcId=vpc, TagSpecifications=tagged("route-table", "rtb-0123456789abcdef0")
    )["RouteTable"]
    assert table["RouteTableId"] == "rtb-0123456789abcdef0"


def test_without_the_tag_ids_are_invented(extended):
    ec2 = extended.client("ec2")
    made = {ec2.create_vpc(CidrBlock="10.7.0.0/16")["Vpc"]["VpcId"] for _ in range(2)}
    assert len(made) == 2
    with pytest.raises(ClientError, match="InvalidVpcID"):
        ec2.describe_vpcs(VpcIds=["vpc-0a1b2c3d4e5f60718"])
