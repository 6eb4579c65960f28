"""Requirement A15: what was deployed, as boto3 sees it, from `cfn-outputs/flat-outputs.json`."""

from __future__ import annotations

import ipaddress
import json
import re
from typing import Any

import pytest

from shared.commands import deployment
from shared.commands.deployment import Choices
from tests.systems.standing import Deployed

pytestmark = pytest.mark.system

FORMATS = {
    "vpc_id": r"vpc-[0-9a-f]{8,17}",
    "vpc_cidr": r"10\.1\.0\.0/16",
    "aurora_cluster_endpoint": r"aurora-target-\w+\.cluster-[\w.-]*eu-west-1\.rds\.amazonaws\.com",
    "aurora_cluster_reader_endpoint": r"aurora-target-\w+\.cluster-ro-[\w.-]*eu-west-1\.rds\.amazonaws\.com",
    "alb_dns_name": r"[\w-]+(\.\w+)*\.eu-west-1\.elb\.amazonaws\.com",
    "asg_name": r"asg-[\w-]+",
    "route53_zone_id": r"[A-Z0-9]+",
    "vpc_peering_id": r"pcx-[0-9a-f]{8,17}",
    "kms_key_id": r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}",
    "kms_key_arn": r"arn:aws:kms:eu-west-1:\d{12}:key/[0-9a-f-]{36}",
}
LISTS = {"public_subnet_ids": 3, "private_subnet_ids": 3}


def tags(found: list[dict[str, str]]) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in found}


# Outputs ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", FORMATS)
def test_an_output_is_there_and_has_its_format(deployed: Deployed, name: str) -> None:
    assert re.fullmatch(FORMATS[name], deployed.flat[name])


@pytest.mark.parametrize("name", LISTS)
def test_a_list_of_subnets_has_one_for_each_zone(deployed: Deployed, name: str) -> None:
    assert len(set(deployed.flat[name])) == LISTS[name]
    assert all(re.fullmatch(r"subnet-[0-9a-f]{8,17}", subnet) for subnet in deployed.flat[name])


# Network ------------------------------------------------------------------------------------------


def test_the_network_has_public_and_private_subnets_in_three_zones(deployed: Deployed) -> None:
    ec2 = deployed.client("ec2")
    vpc = ec2.describe_vpcs(VpcIds=[deployed.flat["vpc_id"]])["Vpcs"][0]
    assert vpc["CidrBlock"] == deployed.flat["vpc_cidr"]

    for kind, public in (("public_subnet_ids", True), ("private_subnet_ids", False)):
        subnets = ec2.describe_subnets(SubnetIds=deployed.flat[kind])["Subnets"]
        assert {s["AvailabilityZone"] for s in subnets} == {f"eu-west-1{zone}" for zone in "abc"}
        assert {s["VpcId"] for s in subnets} == {deployed.flat["vpc_id"]}
        assert {s["MapPublicIpOnLaunch"] for s in subnets} <= {public, False}
        blocks = [ipaddress.IPv4Network(s["CidrBlock"]) for s in subnets]
        assert all(block.subnet_of(ipaddress.IPv4Network(vpc["CidrBlock"])) for block in blocks)


def test_both_networks_have_the_same_shape(deployed: Deployed) -> None:
    shapes = []
    for region in deployed.regions:
        vpc = deployed.outputs[f"{region}/foundation"]["vpc_id"]
        ec2, here = deployed.client("ec2", region), [{"Name": "vpc-id", "Values": [vpc]}]
        gateways = ec2.describe_nat_gateways(Filters=here)["NatGateways"]
        shapes.append(
            {
                "subnets": len(ec2.describe_subnets(Filters=here)["Subnets"]),
                "NAT": len({gateway["SubnetId"] for gateway in gateways if gateway["State"] == "available"}),
                "endpoints": sorted(
                    e["ServiceName"].rsplit(".", 1)[1]
                    for e in ec2.describe_vpc_endpoints(Filters=here)["VpcEndpoints"]
                ),
                "flow logs": len(
                    ec2.describe_flow_logs(Filters=[{"Name": "resource-id", "Values": [vpc]}])["FlowLogs"]
                ),
            }
        )

    assert shapes[0] == shapes[1]
    assert shapes[0] == {"subnets": 6, "NAT": 3, "endpoints": ["dynamodb", "s3"], "flow logs": 1}


def routes(deployed: Deployed, region: str, subnet: str) -> dict[str, dict[str, Any]]:
    """Return destination -> route of the table that a subnet really uses."""
    found = deployed.client("ec2", region).describe_route_tables(
        Filters=[{"Name": "association.subnet-id", "Values": [subnet]}]
    )["RouteTables"]
    assert len(found) == 1
    return {r["DestinationCidrBlock"]: r for r in found[0]["Routes"] if "DestinationCidrBlock" in r}


def test_public_subnets_leave_by_the_internet_gateway(deployed: Deployed) -> None:
    for region in deployed.regions:
        for subnet in deployed.outputs[f"{region}/foundation"]["public_subnet_ids"]:
            assert routes(deployed, region, subnet)["0.0.0.0/0"]["GatewayId"].startswith("igw-")


def test_each_private_subnet_leaves_by_the_nat_gateway_of_its_own_zone(deployed: Deployed) -> None:
    for region in deployed.regions:
        ec2 = deployed.client("ec2", region)
        for subnet in deployed.outputs[f"{region}/foundation"]["private_subnet_ids"]:
            nat = routes(deployed, region, subnet)["0.0.0.0/0"]["NatGatewayId"]
            at = ec2.describe_nat_gateways(NatGatewayIds=[nat])["NatGateways"][0]["SubnetId"]
            zones = {s["AvailabilityZone"] for s in ec2.describe_subnets(SubnetIds=[subnet, at])["Subnets"]}
            assert len(zones) == 1


# Peering ------------------------------------------------------------------------------------------


def test_the_peering_is_accepted_and_joins_both_networks(deployed: Deployed) -> None:
    source, target = deployed.regions
    for region in deployed.regions:
        peering = deployed.client("ec2", region).describe_vpc_peering_connections(
            VpcPeeringConnectionIds=[deployed.flat["vpc_peering_id"]]
        )["VpcPeeringConnections"][0]
        assert peering["Status"]["Code"] == "active"
        assert peering["RequesterVpcInfo"]["VpcId"] == deployed.outputs[f"{source}/foundation"]["vpc_id"]
        assert peering["AccepterVpcInfo"]["VpcId"] == deployed.outputs[f"{target}/foundation"]["vpc_id"]


def test_every_subnet_of_both_regions_has_a_route_to_the_other_network(deployed: Deployed) -> None:
    source, target = deployed.regions
    for region, other in ((source, target), (target, source)):
        foundation = deployed.outputs[f"{region}/foundation"]
        there = deployed.outputs[f"{other}/foundation"]["vpc_cidr"]
        for subnet in (*foundation["public_subnet_ids"], *foundation["private_subnet_ids"]):
            route = routes(deployed, region, subnet)[there]
            assert route["VpcPeeringConnectionId"] == deployed.flat["vpc_peering_id"]


# Database -----------------------------------------------------------------------------------------


def global_cluster(deployed: Deployed) -> dict[str, Any]:
    name = deployed.outputs[f"{deployed.regions[0]}/database"]["global_cluster_identifier"]
    found = deployed.client("rds").describe_global_clusters(GlobalClusterIdentifier=name)["GlobalClusters"]
    assert len(found) == 1
    return dict(found[0])


def test_the_global_database_has_its_writer_in_the_source_and_a_secondary_in_the_target(
    deployed: Deployed,
) -> None:
    found = global_cluster(deployed)
    members = {m["DBClusterArn"].split(":")[3]: m for m in found["GlobalClusterMembers"]}

    assert {region: member["IsWriter"] for region, member in members.items()} == dict(
        zip(deployed.regions, (True, False), strict=True)
    )
    assert members[deployed.regions[0]]["Readers"] == [members[deployed.regions[1]]["DBClusterArn"]]
    assert found["Engine"] == "aurora-mysql"
    assert found["StorageEncrypted"]


def test_both_clusters_have_the_same_patch_two_instances_and_automated_backups(deployed: Deployed) -> None:
    for region in deployed.regions:
        rds = deployed.client("rds", region)
        name = deployed.outputs[f"{region}/database"]["aurora_cluster_identifier"]
        cluster = rds.describe_db_clusters(DBClusterIdentifier=name)["DBClusters"][0]

        assert cluster["EngineVersion"] == deployed.environment.database.engine_version
        assert cluster["BackupRetentionPeriod"] >= 7
        assert cluster["StorageEncrypted"]
        assert cluster["KmsKeyId"] == deployed.outputs[f"{region}/foundation"]["kms_key_arn"]
        names = [member["DBInstanceIdentifier"] for member in cluster["DBClusterMembers"]]
        instances = [rds.describe_db_instances(DBInstanceIdentifier=n)["DBInstances"][0] for n in names]
        assert sorted(instance["PromotionTier"] for instance in instances) == [0, 1]
        assert len({instance["AvailabilityZone"] for instance in instances}) == 2


def test_the_endpoints_are_the_clusters(deployed: Deployed) -> None:
    name = deployed.outputs[f"{deployed.regions[1]}/database"]["aurora_cluster_identifier"]
    cluster = deployed.client("rds").describe_db_clusters(DBClusterIdentifier=name)["DBClusters"][0]

    assert deployed.flat["aurora_cluster_endpoint"] == cluster["Endpoint"]
    assert deployed.flat["aurora_cluster_reader_endpoint"] == cluster["ReaderEndpoint"]


# Service ------------------------------------------------------------------------------------------


def balancer(deployed: Deployed, region: str) -> dict[str, Any]:
    name = deployed.outputs[f"{region}/service"]["alb_dns_name"]
    found = deployed.client("elbv2", region).describe_load_balancers()["LoadBalancers"]
    return next(dict(one) for one in found if one["DNSName"] == name)


def test_the_load_balancer_faces_the_internet_from_the_public_subnets(deployed: Deployed) -> None:
    found = balancer(deployed, deployed.regions[1])

    assert found["Type"] == "application"
    # the embedded AWS leaves out what is the default: internet-facing
    assert found.get("Scheme") != "internal"
    assert {zone["SubnetId"] for zone in found["AvailabilityZones"]} == set(
        deployed.flat["public_subnet_ids"]
    )
    assert found["VpcId"] == deployed.flat["vpc_id"]


def test_https_is_forwarded_with_the_regions_certificate_and_http_only_redirects(deployed: Deployed) -> None:
    for region in deployed.regions:
        listeners = deployed.client("elbv2", region).describe_listeners(
            LoadBalancerArn=balancer(deployed, region)["LoadBalancerArn"]
        )["Listeners"]
        by_port = {listener["Port"]: listener for listener in listeners}

        assert set(by_port) == {80, 443}
        assert by_port[443]["Protocol"] == "HTTPS"
        assert "TLS13" in by_port[443]["SslPolicy"]
        certificate = deployed.outputs["global/domain"]["certificate_arns"][region]
        assert [c["CertificateArn"] for c in by_port[443]["Certificates"]] == [certificate]
        assert by_port[443]["DefaultActions"][0]["Type"] == "forward"
        redirect = by_port[80]["DefaultActions"][0]["RedirectConfig"]
        assert (redirect["Protocol"], redirect["Port"]) == ("HTTPS", "443")


def test_the_certificates_are_issued(deployed: Deployed) -> None:
    for region, arn in deployed.outputs["global/domain"]["certificate_arns"].items():
        certificate = deployed.client("acm", region).describe_certificate(CertificateArn=arn)["Certificate"]
        assert certificate["Status"] == "ISSUED"
        assert deployed.environment.domain.record_name in [
            certificate["DomainName"], *certificate.get("SubjectAlternativeNames", ()),
        ]  # fmt: skip


def test_the_target_group_checks_health_as_required(deployed: Deployed) -> None:
    group = deployed.outputs[f"{deployed.regions[1]}/service"]["target_group_arn"]
    found = deployed.client("elbv2").describe_target_groups(TargetGroupArns=[group])["TargetGroups"][0]

    assert (found["Protocol"], found["Port"]) == ("HTTPS", 443)
    assert (found["HealthCheckProtocol"], found["HealthCheckPath"]) == ("HTTPS", "/health")
    assert (found["HealthyThresholdCount"], found["UnhealthyThresholdCount"]) == (2, 3)
    assert (found["HealthCheckIntervalSeconds"], found["HealthCheckTimeoutSeconds"]) == (30, 5)


def test_the_group_of_instances_spans_the_private_subnets_and_listens_to_the_load_balancer(
    deployed: Deployed,
) -> None:
    found = deployed.client("autoscaling").describe_auto_scaling_groups(
        AutoScalingGroupNames=[deployed.flat["asg_name"]]
    )["AutoScalingGroups"][0]

    assert (found["MinSize"], found["MaxSize"], found["DesiredCapacity"]) == (2, 6, 2)
    assert set(found["VPCZoneIdentifier"].split(",")) == set(deployed.flat["private_subnet_ids"])
    assert (found["HealthCheckType"], found["HealthCheckGracePeriod"]) == ("ELB", 300)
    assert found["TargetGroupARNs"] == [
        deployed.outputs[f"{deployed.regions[1]}/service"]["target_group_arn"]
    ]
    assert len(found["Instances"]) == 2


def test_instances_are_launched_as_required(deployed: Deployed) -> None:
    group = deployed.client("autoscaling").describe_auto_scaling_groups(
        AutoScalingGroupNames=[deployed.flat["asg_name"]]
    )["AutoScalingGroups"][0]
    template = (
        group.get("LaunchTemplate")
        or group["MixedInstancesPolicy"]["LaunchTemplate"]["LaunchTemplateSpecification"]
    )
    data = deployed.client("ec2").describe_launch_template_versions(
        LaunchTemplateId=template["LaunchTemplateId"], Versions=["$Latest"]
    )["LaunchTemplateVersions"][0]["LaunchTemplateData"]

    assert data["InstanceType"] == "t3.medium"
    assert data["MetadataOptions"]["HttpTokens"] == "required"
    volume = data["BlockDeviceMappings"][0]["Ebs"]
    assert (volume["Encrypted"], volume["VolumeType"]) == (True, "gp3")
    assert volume["KmsKeyId"] == deployed.flat["kms_key_arn"]


# Traffic ------------------------------------------------------------------------------------------


def test_all_traffic_goes_to_the_source_until_the_migration(deployed: Deployed) -> None:
    found = deployed.client("route53").list_resource_record_sets(
        HostedZoneId=deployed.flat["route53_zone_id"]
    )
    records = [r for r in found["ResourceRecordSets"] if "Weight" in r]
    names = {r["Name"].rstrip(".") for r in records}
    by_target = {r["AliasTarget"]["DNSName"].rstrip(".").removeprefix("dualstack."): r for r in records}
    source, target = (deployed.outputs[f"{region}/service"]["alb_dns_name"] for region in deployed.regions)

    assert names == {deployed.environment.domain.record_name}
    assert {name: record["Weight"] for name, record in by_target.items()} == {source: 100, target: 0}
    assert all(record["AliasTarget"]["EvaluateTargetHealth"] for record in records)
    assert len({record["SetIdentifier"] for record in records}) == 2


def test_the_zone_tells_whom_the_parent_has_to_delegate_to(deployed: Deployed) -> None:
    zone = deployed.client("route53").get_hosted_zone(Id=deployed.flat["route53_zone_id"])

    assert zone["HostedZone"]["Name"] == f"{deployed.environment.domain.zone_name}."
    assert sorted(deployed.outputs["global/domain"]["name_servers"]) == sorted(
        zone["DelegationSet"]["NameServers"]
    )


# Alarms -------------------------------------------------------------------------------------------


def alarms(deployed: Deployed, region: str) -> dict[str, dict[str, Any]]:
    found = deployed.client("cloudwatch", region).describe_alarms()["MetricAlarms"]
    return {alarm["MetricName"]: alarm for alarm in found}


def test_the_lag_of_the_secondary_sets_off_an_alarm_and_so_does_its_silence(deployed: Deployed) -> None:
    region = deployed.regions[1]
    alarm = alarms(deployed, region)["AuroraGlobalDBRPOLag"]

    assert (alarm["Threshold"], alarm["ComparisonOperator"]) == (1000, "GreaterThanThreshold")
    assert (alarm["Period"], alarm["EvaluationPeriods"], alarm["Statistic"]) == (60, 2, "Maximum")
    assert alarm["TreatMissingData"] == "breaching"
    assert alarm["Dimensions"] == [
        {
            "Name": "DBClusterIdentifier",
            "Value": deployed.outputs[f"{region}/database"]["aurora_cluster_identifier"],
        }
    ]


def test_too_few_healthy_hosts_set_off_an_alarm_in_each_region(deployed: Deployed) -> None:
    for region in deployed.regions:
        alarm = alarms(deployed, region)["HealthyHostCount"]
        assert (alarm["Threshold"], alarm["ComparisonOperator"]) == (2, "LessThanThreshold")
        assert (alarm["Period"], alarm["EvaluationPeriods"], alarm["Statistic"]) == (60, 2, "Minimum")


def test_every_alarm_tells_the_regions_encrypted_topic(deployed: Deployed) -> None:
    for region in deployed.regions:
        foundation = deployed.outputs[f"{region}/foundation"]
        topic = deployed.client("sns", region).get_topic_attributes(TopicArn=foundation["alarm_topic_arn"])
        assert foundation["kms_key_id"] in topic["Attributes"]["KmsMasterKeyId"]
        for alarm in alarms(deployed, region).values():
            assert alarm["AlarmActions"] == [foundation["alarm_topic_arn"]]


# Key ----------------------------------------------------------------------------------------------


def test_the_key_is_rotated_and_its_policy_lets_in_exactly_who_needs_it(deployed: Deployed) -> None:
    kms, key = deployed.client("kms"), deployed.flat["kms_key_id"]
    policy = json.loads(kms.get_key_policy(KeyId=key, PolicyName="default")["Policy"])
    statements = {statement["Sid"]: statement for statement in policy["Statement"]}

    assert kms.get_key_rotation_status(KeyId=key)["KeyRotationEnabled"]
    assert kms.describe_key(KeyId=key)["KeyMetadata"]["Arn"] == deployed.flat["kms_key_arn"]
    assert "rds.us-east-1.amazonaws.com" in json.dumps(statements["CrossRegionReplication"]["Condition"])
    local = json.dumps(statements["AuroraAndVolumesInThisRegion"]["Condition"])
    assert "rds.eu-west-1.amazonaws.com" in local
    assert "ec2.eu-west-1.amazonaws.com" in local
    for statement in policy["Statement"]:
        if statement["Principal"] == {"AWS": "*"}:
            assert "kms:CallerAccount" in json.dumps(statement["Condition"])
            assert "kms:*" not in statement["Action"]


# Names --------------------------------------------------------------------------------------------


def test_every_name_carries_the_suffix(deployed: Deployed) -> None:
    suffix = deployed.environment.environment_suffix
    for address, published in deployed.outputs.items():
        for output, value in published.items():
            if output.endswith(("_name", "_identifier", "_alarm")) and output not in {
                "alb_dns_name", "traffic_record_name", "record_name",
            }:  # fmt: skip
                assert str(value).endswith(suffix), f"{address} {output}"


def test_networks_and_subnets_are_named_and_tagged(deployed: Deployed) -> None:
    suffix = deployed.environment.environment_suffix
    ec2 = deployed.client("ec2")
    found = tags(ec2.describe_vpcs(VpcIds=[deployed.flat["vpc_id"]])["Vpcs"][0]["Tags"])
    assert found["Name"] == f"vpc-migration-{suffix}"
    assert found["EnvironmentSuffix"] == suffix
    assert found["Stack"] == "eu-west-1/foundation"

    subnets = ec2.describe_subnets(
        SubnetIds=[*deployed.flat["public_subnet_ids"], *deployed.flat["private_subnet_ids"]]
    )
    names = {tags(subnet["Tags"])["Name"] for subnet in subnets["Subnets"]}
    assert len(names) == 6
    assert all(name.endswith(f"-{suffix}") for name in names)


# The deployment itself ------------------------------------------------------------------------------


def test_every_stack_was_applied_and_the_second_plan_of_each_is_empty(deployed: Deployed) -> None:
    findings = deployed.rehearsal.findings

    assert {stack["status"] for stack in findings["rollout"]["stacks"]} == {"applied"}
    assert {stack["status"] for stack in findings["second plan"]["stacks"]} == {"unchanged"}
    assert len(findings["rollout"]["stacks"]) == len(deployed.rehearsal.stacks) == 11
    assert findings["rollout"]["totals"]["add"] == sum(
        sum(entry.resources.values()) for entry in deployed.rehearsal.deployment.manifest.stacks
    )


def test_no_secret_is_in_any_state_plan_log_or_report(deployed: Deployed) -> None:
    assert deployed.rehearsal.findings["leaks"] == ()
    assert len(deployed.rehearsal.secrets) == 2


def test_the_tour_shows_what_stands(deployed: Deployed) -> None:
    for title in (
        "Weighted records",
        "Peering",
        "Routes",
        "Global database",
        "Load balancers",
        "Alarms",
        "Keys",
    ):
        assert title in deployed.shown
    assert deployed.flat["vpc_peering_id"] in deployed.shown


def test_deploying_a_region_again_changes_nothing(
    deployed: Deployed, capsys: pytest.CaptureFixture[str]
) -> None:
    it = deployed.rehearsal.deployment
    addresses = deployment.stacks_of(it.manifest, deployed.regions[1])
    choices = Choices(parallelism="4", yes=True, as_json=True)

    assert deployment.run("deploy", it, addresses, choices, command="deploy-region eu-west-1") == 0

    report = json.loads(capsys.readouterr().out)
    assert [(stack["address"], stack["status"]) for stack in report["stacks"]] == [
        (stack["address"], "unchanged") for stack in report["stacks"]
    ]
    assert {stack["address"] for stack in report["stacks"]} == set(addresses)
