"""Application Load Balancers."""

from tests.rehearsal.conftest import Aws


def create(aws: Aws, region: str) -> dict[str, object]:
    ec2 = aws.client("ec2", region)
    subnets = [subnet["SubnetId"] for subnet in ec2.describe_subnets()["Subnets"]][:2]
    made: dict[str, object] = aws.client("elbv2", region).create_load_balancer(Name="alb", Subnets=subnets)[
        "LoadBalancers"
    ][0]
    return made


def test_a_load_balancer_is_active_in_its_regions_zone(aws: Aws) -> None:
    found = {region: create(aws, region) for region in ("us-east-1", "eu-west-1")}
    assert {str(made["State"]) for made in found.values()} == {"{'Code': 'active'}"}
    zones = {region: made["CanonicalHostedZoneId"] for region, made in found.items()}
    assert zones == {"us-east-1": "Z35SXDOTRQ7X7K", "eu-west-1": "Z32O12XQLNTSW2"}
