"""Everything that exists."""

import json

from shared.rehearsal.inventory import inventory, left_behind
from shared.rehearsal.prerequisites import create
from tests.rehearsal.conftest import Aws
from tests.rehearsal.extensions.functions import create as create_function
from tests.rehearsal.extensions.test_autoscaling import create_group
from tests.rehearsal.extensions.test_rds_global import create_global
from tests.rehearsal.settings import settings

REGIONS = ("us-east-1", "eu-west-1")


def test_an_empty_account_has_nothing(extended: Aws) -> None:
    assert inventory(extended, REGIONS) == {}


def test_what_is_made_is_listed_and_what_is_deleted_is_not(extended: Aws) -> None:
    create(settings(), extended)
    before = inventory(extended, REGIONS)
    assert before == {
        "eu-west-1 image repositories": ["payment-processor"],
        "eu-west-1 secrets": ["payments/database/application"],
        "us-east-1 image repositories": ["payment-processor"],
        "us-east-1 secrets": ["payments/database/application", "payments/database/master"],
    }
    ec2 = extended.client("ec2", "eu-west-1")
    vpc = ec2.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.1.0.0/24")["Subnet"]["SubnetId"]
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    nat = ec2.create_nat_gateway(SubnetId=subnet, ConnectivityType="private")["NatGateway"]["NatGatewayId"]
    peer = extended.client("ec2").describe_vpcs()["Vpcs"][0]["VpcId"]
    peering = ec2.create_vpc_peering_connection(VpcId=vpc, PeerVpcId=peer, PeerRegion="us-east-1")[
        "VpcPeeringConnection"
    ]["VpcPeeringConnectionId"]
    key = extended.client("kms", "eu-west-1").create_key()["KeyMetadata"]["KeyId"]
    new = left_behind(before, inventory(extended, REGIONS))
    assert new["eu-west-1 VPCs"] == [vpc]
    assert new["eu-west-1 subnets"] == [subnet]
    assert new["eu-west-1 internet gateways"] == [gateway]
    assert new["eu-west-1 NAT gateways"] == [nat]
    assert new["eu-west-1 VPC peerings"] == [peering]
    assert new["eu-west-1 KMS keys"] == [key]
    assert not [kind for kind in new if kind.startswith("global")]

    ec2.delete_vpc_peering_connection(VpcPeeringConnectionId=peering)
    ec2.delete_nat_gateway(NatGatewayId=nat)
    ec2.detach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    ec2.delete_internet_gateway(InternetGatewayId=gateway)
    ec2.delete_subnet(SubnetId=subnet)
    ec2.delete_vpc(VpcId=vpc)
    extended.client("kms", "eu-west-1").schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
    assert left_behind(before, inventory(extended, REGIONS)) == {}


def test_groups_instances_and_databases_of_every_region_are_listed(extended: Aws) -> None:
    create_global(extended)
    create_group(extended, desired=2)
    found = inventory(extended, REGIONS)
    assert found["global global clusters"] == ["g"]
    assert found["eu-west-1 database instances"] == ["eu-0", "eu-1"]
    assert len(found["us-east-1 instances"]) == 2
    extended.client("autoscaling").delete_auto_scaling_group(AutoScalingGroupName="asg", ForceDelete=True)
    assert "us-east-1 instances" not in inventory(extended, REGIONS)


def test_more_than_one_page_is_listed(extended: Aws) -> None:
    sns = extended.client("sns")
    for number in range(101):
        sns.create_topic(Name=f"topic-{number}")
    assert len(inventory(extended, REGIONS)["us-east-1 topics"]) == 101


def test_functions_rules_tables_stacks_and_health_checks_are_listed(extended: Aws) -> None:
    extended.client("dynamodb").create_table(
        TableName="intents",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    create_function(extended, "def handle(event, context): return 1")
    extended.client("events").put_rule(Name="rule", ScheduleExpression="rate(1 hour)")
    topic = {"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}
    cloudformation = extended.client("cloudformation")
    cloudformation.create_stack(StackName="small", TemplateBody=json.dumps(topic))
    check = extended.client("route53").create_health_check(
        CallerReference="1", HealthCheckConfig={"Type": "CALCULATED", "ChildHealthChecks": []}
    )["HealthCheck"]["Id"]
    found = inventory(extended, REGIONS)
    assert found["us-east-1 tables"] == ["intents"]
    assert found["eu-west-1 functions"] == ["function-start"]
    assert found["us-east-1 event rules"] == ["rule"]
    assert found["us-east-1 CloudFormation stacks"] == ["small"]
    assert found["global health checks"] == [check]
    cloudformation.delete_stack(StackName="small")
    assert "us-east-1 CloudFormation stacks" not in inventory(extended, REGIONS)
