from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import boto3
import pytest

from shared.deploy import journal, orphans, recovery
from shared.deploy.orphans import Planned
from shared.deploy.recovery import killed
from shared.deploy.terraform import Terraform
from tests.deploy.stacks import REGION, LocalClients, Stack, World, ends
from tests.deploy.test_unlock import process

A = "us-east-1/a"


def find(
    world: World, clients: LocalClients, type_: str, known: str | None = None, **values: Any
) -> str | None:
    entry = world.synthesize(Stack(A)).stacks[0]
    return orphans.import_id(
        Planned(address=f"{type_}.main", type=type_, values=values), known, entry, clients
    )


def test_an_id_that_the_creation_reported_is_the_import_id_of_most_types(world: World) -> None:
    nobody = LocalClients()
    assert find(world, nobody, "aws_vpc", "vpc-1") == "vpc-1"
    assert find(world, nobody, "aws_wafv2_web_acl", "id", name="acl", scope="REGIONAL") == "id/acl/REGIONAL"
    assert find(world, nobody, "aws_iam_role_policy_attachment", "role-1") is None, (
        "a second one is the same one"
    )


def test_a_creation_under_way_is_found_by_its_name(world: World) -> None:
    nobody = LocalClients()
    assert (
        find(world, nobody, "aws_rds_cluster", cluster_identifier="aurora-payments-abc")
        == "aurora-payments-abc"
    )
    assert find(world, nobody, "aws_iam_role", name=None) is None, "a generated name is not known"
    assert find(world, nobody, "aws_ami", name="x") is None, "no way to find one"


def test_a_network_resource_is_found_by_its_name_tag_unless_several_have_it(world: World) -> None:
    ec2 = boto3.client("ec2", region_name=REGION)
    made = []
    for name in ("one", "two", "two"):
        made.append(ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"])
        tags = [{"Key": "Name", "Value": f"{name}-{world.suffix}"}]
        ec2.create_tags(Resources=[made[-1]], Tags=tags)

    def named(name: str) -> dict[str, str]:
        return {"Name": f"{name}-{world.suffix}"}

    assert find(world, world.clients, "aws_vpc", tags_all=named("one")) == made[0]
    assert find(world, world.clients, "aws_vpc", tags=named("two")) is None
    assert find(world, world.clients, "aws_vpc", tags=named("three")) is None
    assert find(world, world.clients, "aws_vpc") is None


def test_a_route_tables_association_is_imported_by_both_its_ends(world: World) -> None:
    ec2 = boto3.client("ec2", region_name=REGION)
    vpc = ec2.create_vpc(CidrBlock="10.7.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.7.0.0/24")["Subnet"]["SubnetId"]
    table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    made = ec2.associate_route_table(RouteTableId=table, SubnetId=subnet)["AssociationId"]
    kind = "aws_route_table_association"
    assert find(world, world.clients, kind, made) == f"{subnet}/{table}"
    ec2.disassociate_route_table(AssociationId=made)
    assert find(world, world.clients, kind, made) is None, "it is gone, and made anew"


def test_a_load_balancer_and_a_target_group_are_found_by_name(world: World) -> None:
    ec2, elb = (boto3.client(service, region_name=REGION) for service in ("ec2", "elbv2"))
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{n}.0/24", AvailabilityZone=f"{REGION}{zone}")["Subnet"]
        for n, zone in enumerate("ab")
    ]
    name = f"x-{world.suffix}"
    balancer = elb.create_load_balancer(Name=name, Subnets=[s["SubnetId"] for s in subnets])
    group = elb.create_target_group(Name=name, Protocol="HTTPS", Port=443, VpcId=vpc)
    clients = world.clients
    assert find(world, clients, "aws_lb", name=name) == balancer["LoadBalancers"][0]["LoadBalancerArn"]
    assert (
        find(world, clients, "aws_lb_target_group", name=name) == group["TargetGroups"][0]["TargetGroupArn"]
    )
    assert find(world, clients, "aws_lb", name="another") is None
    assert find(world, clients, "aws_lb_target_group", name="another") is None


def test_a_key_is_found_by_its_tag_unless_it_is_to_be_deleted(world: World) -> None:
    kms = boto3.client("kms", region_name=REGION)
    tag = {"TagKey": "Name", "TagValue": f"key-{world.suffix}"}
    old, kept, _ = (kms.create_key(Tags=tags)["KeyMetadata"]["KeyId"] for tags in ([tag], [tag], []))
    values = {"tags_all": {"Name": tag["TagValue"]}}
    assert find(world, world.clients, "aws_kms_key", **values) is None, "there are two"
    kms.schedule_key_deletion(KeyId=old, PendingWindowInDays=7)
    assert find(world, world.clients, "aws_kms_key", **values) == kept
    assert find(world, world.clients, "aws_kms_key") is None


def test_a_certificate_is_found_by_its_domain_and_tag(world: World) -> None:
    acm = boto3.client("acm", region_name=REGION)
    domain, tag = f"{world.suffix}.example.com", {"Key": "Name", "Value": f"certificate-{world.suffix}"}
    arn = acm.request_certificate(DomainName=domain, ValidationMethod="DNS", Tags=[tag])["CertificateArn"]
    acm.request_certificate(DomainName=domain, ValidationMethod="DNS")
    acm.request_certificate(DomainName="other.example.com", ValidationMethod="DNS", Tags=[tag])
    tags = {"Name": tag["Value"]}
    assert find(world, world.clients, "aws_acm_certificate", domain_name=domain, tags=tags) == arn
    assert find(world, world.clients, "aws_acm_certificate", domain_name=domain) is None


def test_a_zone_and_a_launch_template_are_found_by_name(world: World) -> None:
    route53, ec2 = boto3.client("route53", region_name=REGION), boto3.client("ec2", region_name=REGION)
    name = f"{world.suffix}.example.com"
    zone = route53.create_hosted_zone(Name=name, CallerReference=name)["HostedZone"]["Id"]
    assert find(world, world.clients, "aws_route53_zone", name=name) == zone.rsplit("/", 1)[-1]
    assert find(world, world.clients, "aws_route53_zone", name=f"a{name}") is None
    made = ec2.create_launch_template(
        LaunchTemplateName=name, LaunchTemplateData={"InstanceType": "t3.micro"}
    )
    found = find(world, world.clients, "aws_launch_template", name=name)
    assert found == made["LaunchTemplate"]["LaunchTemplateId"]


def test_only_what_the_plan_creates_is_looked_for() -> None:
    def resource(address: str, *actions: str, after: Any) -> dict[str, Any]:
        return {"address": address, "type": "aws_vpc", "change": {"actions": list(actions), "after": after}}

    found = orphans.planned(
        {
            "resource_changes": [
                resource("aws_vpc.a", "create", after={"x": 1}),
                resource("aws_vpc.b", "create", after=None),
                resource("aws_vpc.c", "update", after={}),
            ]
        }
    )
    assert {address: dict(planned.values) for address, planned in found.items()} == {
        "aws_vpc.a": {"x": 1},
        "aws_vpc.b": {},
    }
    assert orphans.planned({}) == {}


def test_killed_applies_count_up_to_the_last_one_that_ended_by_itself() -> None:
    first, clean, second, plan, third = (
        process(0, code=-9),
        process(1, code=0),
        process(2, code=None),
        process(3, phase="plan", code=0),
        process(4, code=-9),
    )
    assert killed([first, clean, second, plan, third]) == [second, third]
    assert killed([first, clean]) == []
    assert killed([first, process(1, phase="destroy", code=1)]) == []


def record_of_a_kill(world: World, events: list[dict[str, Any]]) -> None:
    """The folder of a run whose Terraform was killed in an apply with this log."""
    book = journal.Journal(journal.new_folder(world.root, "deploy"))
    book.started(A, world.key(A), "apply", 2**22 + 1)
    book.close()
    if events:
        log = book.folder / "logs" / "us-east-1_a.apply.jsonl"
        log.write_text("\n".join(json.dumps(event) for event in events))


def event(kind: str, address: str, **hook: Any) -> dict[str, Any]:
    return {"type": kind, "hook": {"resource": {"addr": address}, "action": "create", **hook}}


def test_what_cannot_be_taken_over_is_created(world: World) -> None:
    # an import of terraform_data needs no object, so a wrong address stands for one that is gone
    world.synthesize(Stack(A, resources={"main": {"input": "x"}, "other": {"input": "y"}}))
    record_of_a_kill(world, [event("apply_complete", "terraform_data.main", id_value="kept")])
    run_folder = journal.folders(world.root)[0]
    assert run_folder.is_dir()
    report = world.deploy()
    assert ends(report) == {A: "applied"}
    assert world.outputs(A)["id"] == "kept"


def test_a_kill_without_a_log_or_without_a_creation_leaves_nothing_to_take_over(world: World) -> None:
    world.synthesize(Stack(A))
    record_of_a_kill(world, [])
    record_of_a_kill(world, [event("apply_complete", "terraform_data.gone", id_value="x"), {"text": "x"}])
    report = world.deploy()
    assert ends(report) == {A: "applied"}
    assert report.stacks[0].notes == ()


def test_a_destruction_after_a_kill_that_made_nothing_leaves_nothing(world: World) -> None:
    world.synthesize(Stack(A))
    record_of_a_kill(world, [])
    report = world.destroy()
    assert ends(report) == {A: "absent"}
    assert report.exit_code == 0


def test_what_cannot_be_written_into_the_state_is_logged_and_left(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_terraform: Terraform, _address: str, _id: str) -> None:
        raise recovery.EngineError("import", "Cannot import non-existent remote object")

    monkeypatch.setattr(Terraform, "adopt", refuse)
    world.synthesize(Stack(A))
    record_of_a_kill(world, [event("apply_complete", "terraform_data.main", id_value="gone")])
    report = world.destroy()
    assert ends(report) == {A: "absent"}
    assert "terraform_data.main is not taken over: Cannot import" in Path(report.stacks[0].log).read_text()


class Plans:
    """Answers of `terraform plan`: a failure that names addresses, or a log."""

    def __init__(self, *answers: str | list[dict[str, Any]]) -> None:
        self.answers = list(answers)
        self.imports: list[list[str]] = []

    def __call__(self, folder: Path) -> list[dict[str, Any]]:
        path = folder / recovery.FILE_NAME
        blocks = json.loads(path.read_text())["import"] if path.exists() else []
        self.imports.append([block["to"] for block in blocks])
        answer = self.answers.pop(0)
        if isinstance(answer, str):
            raise recovery.EngineError("plan", answer)
        return answer


def take_over(world: World, plans: Plans) -> list[dict[str, Any]]:
    from shared.deploy.run import Run
    from shared.deploy.work import Work

    manifest = world.synthesize(Stack(A))
    engine = world.make()
    with engine._run() as run:
        assert isinstance(run, Run)
        run.enqueue([A])
        work: Work = run.works[A]
        folder = manifest.directory(work.entry)
        try:
            return recovery.take_over(run, work, {"t.a": "1", "t.b": "2"}, lambda: plans(folder))
        finally:
            assert not (folder / recovery.FILE_NAME).exists()


def test_an_import_that_is_refused_is_left_out_and_the_others_stay(world: World) -> None:
    plans = Plans('Error: Cannot import non-existent remote object: "t.a"', [{"type": "version"}])
    assert take_over(world, plans) == [{"type": "version"}]
    assert plans.imports == [["t.a", "t.b"], ["t.b"]]


def test_when_no_import_is_left_the_plan_is_made_without(world: World) -> None:
    plans = Plans("t.a and t.b cannot be imported", [])
    assert take_over(world, plans) == []
    assert plans.imports == [["t.a", "t.b"], []]


def test_an_error_that_names_only_an_id_leaves_out_what_it_belongs_to(world: World) -> None:
    plans = Plans("Error: Unexpected format for import: 2. Use 'subnet ID/route table ID'", [])
    assert take_over(world, plans) == []
    assert plans.imports == [["t.a", "t.b"], ["t.a"]]


def test_a_name_within_a_longer_one_is_not_meant(world: World) -> None:
    plans = Plans("Error: t.another, rtbassoc-12 and x/1 are not right")
    with pytest.raises(recovery.EngineError, match="another"):
        take_over(world, plans)


def test_another_failure_is_not_the_imports_fault(world: World) -> None:
    plans = Plans("Error: no credentials")
    with pytest.raises(recovery.EngineError, match="no credentials"):
        take_over(world, plans)
