"""What a killed run made is found again only when it is certainly ours; against an embedded AWS."""

from __future__ import annotations

from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from shared.deploy import lookups, named, orphans
from shared.deploy.orphans import Finding, Planned
from tests.deploy.stacks import REGION, LocalClients, Stack, World

A = "us-east-1/a"


def owner(world: World) -> dict[str, str]:
    return orphans.mark(world.manifest or world.synthesize(Stack(A)), world.synthesize(Stack(A)).stacks[0])


def pairs(tags: dict[str, str], key: str = "Key", value: str = "Value") -> list[dict[str, str]]:
    return [{key: name, value: text} for name, text in tags.items()]


def look(world: World, type_: str, reported: str | None = None, **values: Any) -> Finding:
    region, taken = values.pop("region", REGION), values.pop("taken", frozenset())
    planned = Planned(address=f"{type_}.main", type=type_, values=values, region=region, taken=taken)
    return orphans.look(planned, reported, owner(world), LocalClients())


def test_the_mark_names_the_deployment_and_the_stack(world: World) -> None:
    assert owner(world) == {"EnvironmentSuffix": world.suffix, "Stack": A}


def test_an_id_that_the_creation_reported_is_the_import_id_of_most_types(world: World) -> None:
    assert look(world, "aws_vpc", "vpc-1").id == "vpc-1"
    assert look(world, "aws_wafv2_web_acl", "id", name="acl", scope="REGIONAL").id == "id/acl/REGIONAL"
    assert look(world, "aws_iam_role_policy_attachment", "role-1") == Finding(), "a second one is the same"
    assert look(world, "aws_vpc", "vpc-1", taken=frozenset({"vpc-1"})) == Finding(), "the state has it"


@pytest.mark.parametrize("type_", ["aws_sns_topic", "aws_s3_bucket_policy", "terraform_data"])
def test_what_can_be_made_again_without_harm_is_not_looked_for(world: World, type_: str) -> None:
    assert look(world, type_) == Finding()


def test_what_cannot_be_looked_for_is_said(world: World) -> None:
    assert "no way to look for it" in str(look(world, "aws_s3_bucket").doubt)
    assert "no way to look for it" in str(look(world, "aws_vpc", region=None).doubt)


def test_a_network_resource_is_taken_over_only_with_the_stacks_tags(world: World) -> None:
    ec2 = boto3.client("ec2", region_name=REGION)

    def vpc(name: str, **tags: str) -> str:
        made: str = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        ec2.create_tags(Resources=[made], Tags=pairs({"Name": f"{name}-{world.suffix}", **tags}))
        return made

    def found(name: str, **more: Any) -> Finding:
        return look(world, "aws_vpc", tags_all={"Name": f"{name}-{world.suffix}"}, **more)

    ours = vpc("one", **owner(world))
    vpc("one", **{**owner(world), "Stack": "us-east-1/b"})
    assert found("one").id == ours
    assert found("one", taken=frozenset({ours})).id is None
    foreign = vpc("two")
    assert found("two").id is None
    assert f"{foreign} has its name and not the tags EnvironmentSuffix={world.suffix}, Stack={A};" in str(
        found("two").doubt
    )
    several = sorted(vpc("three", **owner(world)) for _ in "12")
    assert found("three") == Finding(
        doubt=f"there are several: {', '.join(several)}; delete those that nothing uses"
    )
    assert found("four") == Finding()
    assert look(world, "aws_vpc", tags={}) == Finding()


class Answers:
    """A client that answers every call alike."""

    def __init__(self, answer: dict[str, Any]) -> None:
        self.answer = answer

    def __getattr__(self, _operation: str) -> Any:
        return lambda **_: self.answer


def test_a_gateway_and_a_peering_that_are_gone_but_listed_are_not_meant() -> None:
    tags = [{"Key": "Name", "Value": "x"}]
    gateways = [
        {"NatGatewayId": f"nat-{state}", "State": state, "Tags": tags}
        for state in ("deleted", "deleting", "failed", "pending", "available")
    ]
    values = {"tags": {"Name": "x"}}
    found = lookups.find("aws_nat_gateway", values, lambda _: Answers({"NatGateways": gateways}))
    assert sorted(found) == ["nat-available", "nat-pending"]
    peerings = [
        {"VpcPeeringConnectionId": f"pcx-{code}", "Status": {"Code": code}, "Tags": tags}
        for code in ("deleted", "rejected", "active")
    ]
    found = lookups.find(
        "aws_vpc_peering_connection", values, lambda _: Answers({"VpcPeeringConnections": peerings})
    )
    assert list(found) == ["pcx-active"]


def test_a_zone_or_an_association_that_is_listed_beside_the_wanted_one_is_not_meant() -> None:
    zones = Answers({"HostedZones": [{"Name": "other.example.com.", "Id": "/hostedzone/Z"}]})
    assert lookups.find("aws_route53_zone", {"name": "example.com"}, lambda _: zones) == {}
    other = {"RouteTableAssociationId": "rtbassoc-2", "SubnetId": "s", "RouteTableId": "t"}
    tables = Answers({"RouteTables": [{"Associations": [other]}, {"Associations": []}]})
    assert lookups.association("rtbassoc-1", lambda _: tables) is None


@pytest.mark.parametrize("type_", sorted(lookups._EC2))
def test_ec2_knows_every_operation_and_filter(world: World, type_: str) -> None:
    service = LocalClients()
    assert world
    assert lookups.find(type_, {"tags": {"Name": "none"}}, lambda s: service.client(s, REGION)) == {}


def test_another_error_than_not_there_is_raised() -> None:
    class Refuses:
        def get_role(self, **_: Any) -> None:
            raise ClientError({"Error": {"Code": "AccessDenied", "Message": ""}}, "GetRole")

    with pytest.raises(ClientError, match="AccessDenied"):
        lookups.find("aws_iam_role", {"name": "x"}, lambda _: Refuses())


def test_a_route_tables_association_is_imported_by_both_its_ends(world: World) -> None:
    ec2 = boto3.client("ec2", region_name=REGION)
    vpc = ec2.create_vpc(CidrBlock="10.7.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.7.0.0/24")["Subnet"]["SubnetId"]
    table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    made = ec2.associate_route_table(RouteTableId=table, SubnetId=subnet)["AssociationId"]
    kind = "aws_route_table_association"
    assert look(world, kind, made).id == f"{subnet}/{table}"
    ec2.disassociate_route_table(AssociationId=made)
    assert look(world, kind, made).id is None, "it is gone, and made anew"


def test_a_load_balancer_and_a_target_group_are_found_by_name(world: World) -> None:
    ec2, elb = (boto3.client(service, region_name=REGION) for service in ("ec2", "elbv2"))
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{n}.0/24", AvailabilityZone=f"{REGION}{zone}")["Subnet"]
        for n, zone in enumerate("ab")
    ]
    name, tags = f"x-{world.suffix}", pairs(owner(world))
    balancer = elb.create_load_balancer(Name=name, Subnets=[s["SubnetId"] for s in subnets], Tags=tags)
    group = elb.create_target_group(Name=name, Protocol="HTTPS", Port=443, VpcId=vpc, Tags=tags)
    assert look(world, "aws_lb", name=name).id == balancer["LoadBalancers"][0]["LoadBalancerArn"]
    assert look(world, "aws_lb_target_group", name=name).id == group["TargetGroups"][0]["TargetGroupArn"]
    assert look(world, "aws_lb", name="another") == Finding()
    assert look(world, "aws_lb_target_group", name="another") == Finding()


def test_a_key_is_found_by_its_tag_unless_it_is_to_be_deleted_and_its_alias_by_the_key(world: World) -> None:
    kms = boto3.client("kms", region_name=REGION)
    name = f"key-{world.suffix}"
    tags = pairs({"Name": name, **owner(world)}, "TagKey", "TagValue")
    old, kept, other = (kms.create_key(Tags=t)["KeyMetadata"]["KeyId"] for t in (tags, tags, []))
    values = {"tags_all": {"Name": name}}
    assert look(world, "aws_kms_key", **values).id is None, "there are two"
    kms.schedule_key_deletion(KeyId=old, PendingWindowInDays=7)
    assert look(world, "aws_kms_key", **values).id == kept
    assert look(world, "aws_kms_key") == Finding()
    for alias, key in (("ours", kept), ("foreign", other)):
        kms.create_alias(AliasName=f"alias/{alias}-{world.suffix}", TargetKeyId=key)
    assert look(world, "aws_kms_alias", name=f"alias/ours-{world.suffix}").id
    assert "has its name and not the tags" in str(
        look(world, "aws_kms_alias", name=f"alias/foreign-{world.suffix}").doubt
    )
    assert look(world, "aws_kms_alias", name="alias/none") == Finding()


def test_a_certificate_is_found_in_its_own_region_by_its_domain_and_tag(world: World) -> None:
    domain, name = f"{world.suffix}.example.com", f"certificate-{world.suffix}"
    tags = pairs({"Name": name, **owner(world)})
    made = {}
    for region in (REGION, "us-east-1"):
        acm = boto3.client("acm", region_name=region)
        answer = acm.request_certificate(DomainName=domain, ValidationMethod="DNS", Tags=tags)
        made[region] = answer["CertificateArn"]
        acm.request_certificate(DomainName=domain, ValidationMethod="DNS")
        acm.request_certificate(DomainName="other.example.com", ValidationMethod="DNS", Tags=tags)
    for region, arn in made.items():
        found = look(world, "aws_acm_certificate", region=region, domain_name=domain, tags={"Name": name})
        assert found.id == arn
    assert look(world, "aws_acm_certificate", domain_name=domain) == Finding()


def test_of_several_zones_of_one_name_only_the_stacks_own_is_taken_over(world: World) -> None:
    route53 = boto3.client("route53", region_name=REGION)
    name = f"{world.suffix}.example.com"
    foreign, ours = (
        route53.create_hosted_zone(Name=name, CallerReference=reference)["HostedZone"]["Id"].rsplit("/", 1)[
            -1
        ]
        for reference in "12"
    )
    assert foreign in str(look(world, "aws_route53_zone", name=name).doubt)
    route53.change_tags_for_resource(ResourceType="hostedzone", ResourceId=ours, AddTags=pairs(owner(world)))
    assert look(world, "aws_route53_zone", name=name).id == ours
    assert look(world, "aws_route53_zone", name=f"a{name}") == Finding()


def test_a_launch_template_is_found_by_name(world: World) -> None:
    ec2, name = boto3.client("ec2", region_name=REGION), f"lt-{world.suffix}"
    made = ec2.create_launch_template(
        LaunchTemplateName=name,
        LaunchTemplateData={"InstanceType": "t3.micro"},
        TagSpecifications=[{"ResourceType": "launch-template", "Tags": pairs(owner(world))}],
    )
    assert look(world, "aws_launch_template", name=name).id == made["LaunchTemplate"]["LaunchTemplateId"]


def test_a_role_and_a_profile_of_somebody_else_are_left_alone(world: World) -> None:
    iam, tags = boto3.client("iam", region_name=REGION), pairs(owner(world))
    for name, own in ((f"ours-{world.suffix}", tags), (f"foreign-{world.suffix}", [])):
        iam.create_role(RoleName=name, AssumeRolePolicyDocument="{}", Tags=own)
        iam.create_instance_profile(InstanceProfileName=name, Tags=own)
    for kind in ("aws_iam_role", "aws_iam_instance_profile"):
        assert look(world, kind, name=f"ours-{world.suffix}").id == f"ours-{world.suffix}"
        assert "has its name and not the tags" in str(look(world, kind, name=f"foreign-{world.suffix}").doubt)
        assert look(world, kind, name="none") == Finding()
        assert look(world, kind, name=None) == Finding(), "a generated name is not known"


def test_what_a_database_is_made_of_is_found_by_name_and_tags(world: World) -> None:
    rds, ec2 = boto3.client("rds", region_name=REGION), boto3.client("ec2", region_name=REGION)
    name, tags = f"x-{world.suffix}", pairs(owner(world))
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/24")["Subnet"]["SubnetId"]
    rds.create_db_subnet_group(
        DBSubnetGroupName=name, DBSubnetGroupDescription="x", SubnetIds=[subnet], Tags=tags
    )
    engine = "aurora-postgresql"
    rds.create_db_cluster_parameter_group(
        DBClusterParameterGroupName=name, DBParameterGroupFamily=f"{engine}16", Description="x", Tags=tags
    )
    rds.create_db_cluster(
        DBClusterIdentifier=name,
        Engine=engine,
        MasterUsername="main",
        MasterUserPassword="not-a-secret",
        Tags=tags,
    )
    rds.create_db_instance(
        DBInstanceIdentifier=name,
        DBClusterIdentifier=name,
        DBInstanceClass="db.r6g.large",
        Engine=engine,
        Tags=tags,
    )
    arguments = {
        "aws_db_subnet_group": "name",
        "aws_rds_cluster_parameter_group": "name",
        "aws_rds_cluster": "cluster_identifier",
        "aws_rds_cluster_instance": "identifier",
    }
    for kind, argument in arguments.items():
        assert look(world, kind, **{argument: name}).id == name, kind
        assert look(world, kind, **{argument: "none"}) == Finding(), kind


def test_what_is_being_deleted_is_not_taken_over() -> None:
    def find(type_: str, answer: dict[str, Any], **values: str) -> dict[str, dict[str, str]]:
        return lookups.find(type_, values, lambda _: Answers(answer))

    gone = {"DBInstances": [{"DBInstanceStatus": "deleting", "TagList": []}]}
    assert find("aws_rds_cluster_instance", gone, identifier="x") == {}
    assert find("aws_rds_global_cluster", {"GlobalClusters": []}, global_cluster_identifier="x") == {}
    tags = [{"Key": "Stack", "Value": "s"}]
    group = {"Status": "Delete in progress", "Tags": tags}
    assert find("aws_autoscaling_group", {"AutoScalingGroups": [group]}, name="x") == {}
    assert find("aws_autoscaling_group", {"AutoScalingGroups": []}, name="x") == {}
    assert find("aws_autoscaling_group", {"AutoScalingGroups": [{"Tags": tags}]}, name="x") == {
        "x": {"Stack": "s"}
    }


def test_a_log_group_and_an_alarm_are_found_by_name_and_tags(world: World) -> None:
    logs, alarms = (boto3.client(service, region_name=REGION) for service in ("logs", "cloudwatch"))
    name = f"x-{world.suffix}"
    logs.create_log_group(logGroupName=f"{name}-longer")
    assert look(world, "aws_cloudwatch_log_group", name=name) == Finding()
    logs.create_log_group(logGroupName=name, tags=owner(world))
    assert look(world, "aws_cloudwatch_log_group", name=name).id == name
    alarms.put_metric_alarm(
        AlarmName=name,
        Namespace="x",
        MetricName="x",
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanThreshold",
        Tags=pairs(owner(world)),
    )
    assert look(world, "aws_cloudwatch_metric_alarm", alarm_name=name).id == name
    assert look(world, "aws_cloudwatch_metric_alarm", alarm_name="none") == Finding()


def test_the_types_that_are_looked_for_are_known() -> None:
    assert all(lookups.known(kind) for kind in ("aws_vpc", "aws_lb", *named.READERS))
    assert not lookups.known("aws_ami")
