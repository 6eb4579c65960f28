"""A12, A13 and the habits that every stack keeps: names, tags, providers, state, protection, roles."""

import json
import re

import pytest

from shared.naming import LIMITS
from tests.synthesized import REGIONS

STACKS = [
    *(f"{region}/{stack}" for region in REGIONS.values() for stack in ("foundation", "routing", "database")),
    *(f"{region}/service" for region in REGIONS.values()),
    "eu-west-1/migration",
    "global/domain",
    "global/traffic",
]
#: Arguments that name a resource in the account.
NAMES = {
    "alarm_name",
    "cluster_identifier",
    "final_snapshot_identifier",
    "global_cluster_identifier",
    "identifier",
    "name",
    "bucket_prefix",
    "set_identifier",
}
#: Names that are not ours to choose, or that live inside a named resource.
NOT_OURS = {
    ("aws_route53_zone", "name"): "the domain",
    ("aws_route53_record", "name"): "the domain",
    ("aws_iam_role_policy", "name"): "inline: it lives in its role",
}
#: Names that end differently because of the service.
SHAPES = {
    (
        "aws_cloudwatch_log_group",
        "name",
    ): r"/[a-z-]+/SUFFIX/[a-z-]+|/aws/rds/cluster/aurora-[a-z]+-SUFFIX/[a-z]+"
    r"|aws-waf-logs-[a-z-]+-SUFFIX|/aws/lambda/function-[a-z-]+-SUFFIX|/aws/vendedlogs/states/statemachine-[a-z]+-SUFFIX",
    ("aws_ssm_parameter", "name"): r"/migration/SUFFIX/[a-z]+",
    ("aws_kms_alias", "name"): r"alias/[a-z-]+-SUFFIX",
    # AWS completes the name of a bucket, because bucket names are unique in the world
    ("aws_s3_bucket", "bucket_prefix"): r"[a-z]+-[a-z-]+-SUFFIX-",
    ("aws_rds_cluster", "final_snapshot_identifier"): r"aurora-[a-z]+-SUFFIX-final",
}
ORDINARY = r"[a-z0-9]+(-[a-z0-9]+)+-SUFFIX"


def names_of(synthesis):
    """Every name that is given to something in the account: type, argument, name."""
    for _, kind, _, block in synthesis.resources():
        for key in sorted(NAMES & block.keys()):
            if (kind, key) not in NOT_OURS and not block[key].startswith("${"):
                yield kind, key, block[key]
        if "Name" in block.get("tags", {}):
            yield kind, "tags.Name", block["tags"]["Name"]


@pytest.fixture(params=["synthesis", "production"])
def either(request):
    return request.getfixturevalue(request.param)


def test_the_stacks_are_the_eleven_of_the_system(synthesis):
    assert sorted(synthesis.documents) == sorted(STACKS)


def test_every_name_is_resource_purpose_suffix(either):
    suffix = re.escape(either.environment.environment_suffix)
    wrong = [
        (kind, key, name)
        for kind, key, name in names_of(either)
        if not re.fullmatch(SHAPES.get((kind, key), ORDINARY).replace("SUFFIX", suffix), name)
    ]
    assert wrong == []
    assert len(list(names_of(either))) > 70


def test_no_name_is_longer_than_its_service_takes(production):
    longest = production.environment.environment_suffix
    assert longest
    limits = {"aws_lb": LIMITS["alb"], "aws_lb_target_group": LIMITS["tg"], "aws_iam_role": LIMITS["role"]}
    too_long = [(kind, name) for kind, _, name in names_of(production) if len(name) > limits.get(kind, 63)]
    assert too_long == []


def test_no_name_says_which_account_or_region_it_is_in(either):
    told = [name for *_, name in names_of(either) if re.search(r"123456789012|(us|eu)-(east|west)-\d", name)]
    assert told == []


def test_names_that_are_global_tell_the_sides_apart(synthesis):
    names = [role["name"] for role in synthesis.of("aws_iam_role").values()]
    assert sorted(names) == sorted(
        [
            *(
                f"role-{purpose}-{side}-abc123"
                for purpose in ("flow-logs", "rds-monitoring", "service")
                for side in ("source", "target")
            ),
            # the migration stands in one region only
            *(f"role-migration-{part}-abc123" for part in ("start", "gate", "writer", "machine")),
        ]
    )


def test_the_suffix_is_nowhere_when_another_one_is_given(production):
    assert "abc123" not in json.dumps(
        [document.content for document in production.documents.values()]
    ).replace(production.environment.state.bucket, "")


@pytest.mark.parametrize("address", STACKS)
def test_a_stack_tags_everything_and_touches_no_other_account(synthesis, address):
    for provider in synthesis[address].providers:
        assert provider["allowed_account_ids"] == ["123456789012"]
        assert provider["default_tags"] == [
            {
                "tags": {
                    "EnvironmentSuffix": "abc123",
                    "ManagedBy": "regionshift",
                    "Stack": address,
                    "System": "region-migration",
                }
            }
        ]


def test_tags_of_the_settings_are_on_everything_but_do_not_replace_ours(production):
    for address, document in production.documents.items():
        for provider in document.providers:
            tags = provider["default_tags"][0]["tags"]
            assert (tags["team"], tags["Stack"]) == ("payments", address)


@pytest.mark.parametrize("address", STACKS)
def test_a_stack_works_in_its_own_region(synthesis, address):
    place = address.split("/", 1)[0]
    region = "eu-west-1" if place == "global" else place
    assert synthesis[address].providers[0]["region"] == region
    assert "alias" not in synthesis[address].providers[0]
    assert synthesis.manifest.stack(address).region == region


@pytest.mark.parametrize("address", STACKS)
def test_a_stack_has_a_state_of_its_own_with_a_native_lock(synthesis, address):
    terraform = synthesis[address].content["terraform"]
    assert terraform["backend"] == {
        "s3": {
            "bucket": "payments-terraform-state-abc123",
            "key": f"region-migration/abc123/{address}.tfstate",
            "region": "eu-west-1",
            "encrypt": True,
            "use_lockfile": True,
        }
    }
    assert terraform["required_version"] == ">= 1.11.0"
    assert terraform["required_providers"] == {"aws": {"source": "aws", "version": "5.100.0"}}


def test_every_other_state_is_read_where_its_stack_writes_it(synthesis):
    for document in synthesis.documents.values():
        for read in document.content.get("data", {}).get("terraform_remote_state", {}).values():
            entry = next(e for e in synthesis.manifest.stacks if e.state_key == read["config"]["key"])
            assert read["backend"] == "s3"
            assert read["config"]["bucket"] == entry.state_bucket
            assert read["config"]["region"] == entry.state_region


def protection_of(synthesis):
    """Every argument that says whether something can be taken down: whether it can."""
    easy = {
        "deletion_protection": False,
        "enable_deletion_protection": False,
        "skip_final_snapshot": True,
        "force_destroy": True,
        "deletion_window_in_days": 7,
    }
    for address, kind, path, block in synthesis.resources():
        for key in easy.keys() & block.keys():
            yield f"{address}/{path}: {kind}.{key}", block[key] == easy[key]


def test_everything_can_be_taken_down_at_once(synthesis, adopted):
    assert {where: easy for where, easy in protection_of(synthesis) if not easy} == {}
    assert {where: easy for where, easy in protection_of(adopted) if not easy} == {}


def test_under_production_nothing_can(production):
    assert {where: easy for where, easy in protection_of(production) if easy} == {}


def test_every_stack_with_data_in_it_takes_part_in_the_protection(synthesis, production):
    guarded = {where.split(": ", 1)[1] for where, _ in protection_of(synthesis)}
    assert guarded == {
        "aws_kms_key.deletion_window_in_days",
        "aws_lb.enable_deletion_protection",
        "aws_rds_cluster.deletion_protection",
        "aws_rds_cluster.skip_final_snapshot",
        "aws_rds_global_cluster.deletion_protection",
        "aws_rds_global_cluster.force_destroy",
        "aws_route53_zone.force_destroy",
        "aws_s3_bucket.force_destroy",
    }
    count = len(list(protection_of(synthesis)))
    assert count == len(list(protection_of(production))) == 13


def test_under_production_a_key_can_be_brought_back_for_a_month(production):
    keys = production.of("aws_kms_key").values()
    assert [key["deletion_window_in_days"] for key in keys] == [30, 30]


def test_a_cluster_that_goes_under_production_leaves_a_snapshot_with_a_name(production):
    names = {cluster["final_snapshot_identifier"] for cluster in production.of("aws_rds_cluster").values()}
    assert names == {"aurora-source-prod-7-final", "aurora-target-prod-7-final"}


def policies_of(synthesis):
    """Every policy document: where it stands, and its statements."""
    for address, kind, path, block in synthesis.resources():
        for key in {"policy", "assume_role_policy"} & block.keys():
            yield f"{address}/{path}", kind, json.loads(block[key])["Statement"]


#: Statements about actions that AWS knows no resource for.
KNOW_NO_RESOURCE = {
    "LogInToTheRegistry",
    "SendMetrics",
    "Trace",
    "LookAtBothRegions",
    "FindTheRules",
    "DeliverItsLog",
}


def test_no_role_may_do_everything(synthesis):
    for where, kind, statements in policies_of(synthesis):
        if kind == "aws_iam_role_policy":
            wide = [s["Sid"] for s in statements if "*" in s["Resource"]]
            assert not [s for s in statements if any(a.endswith("*") for a in s["Action"])], where
            assert set(wide) <= KNOW_NO_RESOURCE, where


def test_whoever_assumes_a_role_is_one_service_on_behalf_of_this_account(synthesis):
    trusts = {
        where.split("/", 1)[1]: statements
        for where, kind, statements in policies_of(synthesis)
        if kind == "aws_iam_role" and where.startswith("eu-west-1")
    }
    account = {"StringEquals": {"aws:SourceAccount": "123456789012"}}
    logs = {"ArnLike": {"aws:SourceArn": "arn:aws:ec2:eu-west-1:123456789012:vpc-flow-log/*"}}
    states = "arn:aws:states:eu-west-1:123456789012"
    machine = {"ArnLike": {"aws:SourceArn": f"{states}:stateMachine:statemachine-migration-abc123"}}
    assume = {"Effect": "Allow", "Action": "sts:AssumeRole"}
    assert trusts == {
        "foundation/flow-logs/role/role": [
            {
                **assume,
                "Principal": {"Service": "vpc-flow-logs.amazonaws.com"},
                "Condition": {**account, **logs},
            }
        ],
        "database/aurora/support/monitoring/role": [
            {**assume, "Principal": {"Service": "monitoring.rds.amazonaws.com"}, "Condition": account}
        ],
        # EC2 names no account when it assumes the role of an instance
        "service/profile/role/role": [{**assume, "Principal": {"Service": "ec2.amazonaws.com"}}],
        # nor does Lambda, for the role of a function
        **{
            f"migration/functions/{function}/role/role": [
                {**assume, "Principal": {"Service": "lambda.amazonaws.com"}}
            ]
            for function in ("start", "gate", "writer")
        },
        "migration/machine/role/role": [
            {
                **assume,
                "Principal": {"Service": "states.amazonaws.com"},
                "Condition": {**account, **machine},
            }
        ],
    }


def test_a_policy_that_names_everybody_allows_nothing_without_a_condition(synthesis):
    for where, _, statements in policies_of(synthesis):
        for statement in statements:
            if statement.get("Principal") in ("*", {"AWS": "*"}):
                assert statement.get("Condition"), where


def test_every_log_group_and_topic_is_encrypted_with_the_key_of_its_region(synthesis):
    for where, group in synthesis.of("aws_cloudwatch_log_group").items():
        assert "kms_key" in group["kms_key_id"], where
        assert group["retention_in_days"] == 30, where
    for where, topic in synthesis.of("aws_sns_topic").items():
        assert "aws_kms_key" in topic["kms_master_key_id"], where


def test_only_the_load_balancer_is_open_to_the_world(synthesis):
    open_to_all = [
        (where, rule["from_port"])
        for where, group in synthesis.of("aws_security_group").items()
        for rule in group.get("ingress", [])
        if "0.0.0.0/0" in rule.get("cidr_blocks", [])
    ]
    assert open_to_all == [
        (f"{region}/service/alb/firewall", port) for region in REGIONS.values() for port in (443, 80)
    ]


def test_no_security_group_of_the_other_region_is_named(synthesis):
    for where, group in synthesis.of("aws_security_group").items():
        for rule in [*group.get("ingress", []), *group.get("egress", [])]:
            assert not [id_ for id_ in rule.get("security_groups", []) if "remote_state" in id_], where


def test_the_outputs_of_the_target_region_have_the_names_that_were_asked_for(synthesis):
    published = {
        name
        for address, document in synthesis.documents.items()
        for name in document.outputs
        if address.startswith(("eu-west-1/", "global/"))
    }
    asked = {
        "vpc_id",
        "vpc_cidr",
        "public_subnet_ids",
        "private_subnet_ids",
        "aurora_cluster_endpoint",
        "aurora_cluster_reader_endpoint",
        "alb_dns_name",
        "asg_name",
        "route53_zone_id",
        "vpc_peering_id",
        "kms_key_id",
        "kms_key_arn",
    }
    assert asked <= published


def test_a_route_or_a_rule_is_never_a_resource_of_its_own(synthesis):
    kinds = {kind for _, kind, _, _ in synthesis.resources()}
    assert not kinds & {"aws_route", "aws_security_group_rule", "aws_vpc_security_group_ingress_rule"}


def test_ec2_accepts_every_description_of_a_firewall(synthesis):
    # CreateSecurityGroup and AuthorizeSecurityGroupIngress: letters, digits, space and these
    allowed = re.compile(r"[0-9A-Za-z_ .:/()#,@\[\]+=&;{}!$*-]{1,255}")
    for document in synthesis.documents.values():
        for group in document.all("aws_security_group").values():
            rules = [*group.get("ingress", []), *group.get("egress", [])]
            for described in (group, *rules):
                assert allowed.fullmatch(described["description"]), described["description"]
