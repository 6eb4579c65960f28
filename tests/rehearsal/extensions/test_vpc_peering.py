"""VPC peering across regions."""

from tests.rehearsal.conftest import Aws


def connect(aws: Aws, peer_region: str) -> str:
    """Ask for a peering from us-east-1; return its id."""
    vpc = aws.client("ec2").describe_vpcs()["Vpcs"][0]["VpcId"]
    peer = aws.client("ec2", peer_region).create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
    made = aws.client("ec2").create_vpc_peering_connection(
        VpcId=vpc,
        PeerVpcId=peer,
        PeerRegion=peer_region,
        TagSpecifications=[
            {"ResourceType": "vpc-peering-connection", "Tags": [{"Key": "Side", "Value": "requester"}]}
        ],
    )
    return str(made["VpcPeeringConnection"]["VpcPeeringConnectionId"])


def tags(aws: Aws, region: str) -> list[dict[str, str]]:
    [found] = aws.client("ec2", region).describe_vpc_peering_connections()["VpcPeeringConnections"]
    return list(found["Tags"])


def status(aws: Aws, region: str) -> str:
    [found] = aws.client("ec2", region).describe_vpc_peering_connections()["VpcPeeringConnections"]
    return str(found["Status"]["Code"])


def test_each_side_has_its_own_tags_and_both_have_one_status(aws: Aws) -> None:
    peering = connect(aws, "eu-west-1")
    europe = aws.client("ec2", "eu-west-1")
    europe.create_tags(Resources=[peering], Tags=[{"Key": "Side", "Value": "accepter"}])
    assert tags(aws, "us-east-1") == [{"Key": "Side", "Value": "requester"}]
    assert tags(aws, "eu-west-1") == [{"Key": "Side", "Value": "accepter"}]
    europe.accept_vpc_peering_connection(VpcPeeringConnectionId=peering)
    assert status(aws, "us-east-1") == status(aws, "eu-west-1") == "active"


def test_a_peering_within_one_region_has_one_side(extended: Aws) -> None:
    connect(extended, "us-east-1")
    assert tags(extended, "us-east-1") == [{"Key": "Side", "Value": "requester"}]
