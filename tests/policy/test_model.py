"""The platform as the checks see it."""

from __future__ import annotations

import json

import pytest

from shared.policy import model
from shared.policy.registry import A, B, C
from tests.policy.worlds import ACCOUNT, SUFFIX, out, ref, world
from tests.synthesized import Synthesis

_STACKS = {
    "us-east-1/service": {
        "aws_lb": {"balancer": {"internal": None, "name": "alb"}},
        "data.aws_vpc": {"vpc": {"id": "vpc-1"}},
        "ephemeral.aws_secretsmanager_secret_version": {"password": {}},
        "output": {"arn": ref("aws_lb.balancer.arn")},
    },
    "global/traffic": {
        "provider": {"aws": [{"region": "eu-west-1"}, {"alias": "home", "region": "us-east-1"}]},
        "aws_route53_record": {
            "here": {"name": out("us-east-1/service", "arn")},
            "there": {"provider": "aws.home", "lifecycle": [{"ignore_changes": ["weight"]}]},
            "nowhere": {"provider": "aws.unknown"},
        },
    },
}


def test_a_resource_knows_its_place_its_region_and_what_it_ignores() -> None:
    platform = world(_STACKS)
    found = {each.place: each for each in platform.resources()}
    assert sorted(found) == [
        "global/traffic/here",
        "global/traffic/nowhere",
        "global/traffic/there",
        "us-east-1/service/balancer",
    ]
    there = found["global/traffic/there"]
    assert (there.region, there.provider["alias"], there.ignores()) == ("us-east-1", "home", {"weight"})
    assert found["global/traffic/here"].region == "eu-west-1"
    # a provider that is not there: the stack's region
    assert found["global/traffic/nowhere"].region == "eu-west-1"
    assert found["us-east-1/service/balancer"].values == {"name": "alb"}
    assert there.file == platform.stacks[1].file


def test_a_stack_knows_its_sections_by_terraforms_addresses() -> None:
    service = world(_STACKS).stacks[0]
    for address, section in (
        ("aws_lb.balancer", "resource"),
        ("data.aws_vpc.vpc", "data"),
        ("ephemeral.aws_secretsmanager_secret_version.password", "ephemeral"),
    ):
        found = service.named(address)
        assert found is not None
        assert found.section == section
    assert service.named("aws_lb.other") is None
    assert service.outputs == {"arn": "${aws_lb.balancer.arn}"}
    assert service.of("aws_vpc") == []
    assert [each.name for each in service.of("aws_vpc", section="data")] == ["vpc"]


def test_the_environment_is_a_place_as_well() -> None:
    platform = world(_STACKS)
    assert (platform.place, platform.file.name) == (A, "regionshift.json")
    assert (platform.suffix, platform.account_id) == (SUFFIX, ACCOUNT)


@pytest.mark.parametrize(
    ("system", "stacks", "home", "away"),
    [
        (A, ("us-east-1/x", "eu-west-1/x"), "us-east-1", "eu-west-1"),
        (B, ("us-east-1/x", "us-west-2/x", "global/x"), "us-east-1", "us-west-2"),
        (C, ("us-east-1/x",), "us-east-1", None),
        (A, (), None, None),
    ],
)
def test_home_and_away_are_the_regions_of_the_sides(
    system: str, stacks: tuple[str, ...], home: str | None, away: str | None
) -> None:
    platform = world({address: {} for address in stacks}, system)
    assert (platform.home, platform.away) == (home, away)


def test_what_an_override_added_is_named_by_terraform() -> None:
    platform = world({"us-east-1/service": {}})
    stack = platform.stacks[0]
    document = {
        "resource": {"aws_lb": {"added": {"name": "x"}}},
        "provider": {"aws": {"region": "us-east-1"}},
    }
    manifest = _manifest(platform)
    (found,) = model.build(manifest, {stack.address: document}, "production").resources()
    assert found.place == "us-east-1/service/aws_lb.added"
    assert found.region == "us-east-1"


def _manifest(platform: model.Platform):
    from shared.deploy.manifest import Manifest, StackEntry

    entries = tuple(
        StackEntry(
            address=each.address,
            app=each.app,
            stage=1,
            directory=".",
            region=each.region,
            state_bucket="b",
            state_region=each.state_region,
            state_key=each.state_key,
        )
        for each in platform.stacks
    )
    return Manifest(
        environment="e", system=A, suffix=SUFFIX, account_id=ACCOUNT, stage_names=(), stacks=entries
    )


def test_a_synthesized_environment_is_read(landing: Synthesis) -> None:
    platform = model.read(landing.manifest.root, "destroyable")
    assert (platform.system, platform.environment) == (C, "database-migration")
    assert {stack.address for stack in platform.stacks} == set(landing.documents)
    written = sum(1 for _ in landing.resources())
    assert sum(1 for _ in platform.resources()) == written
    assert all(each.region == "us-east-1" for each in platform.resources())
    assert all(json.loads(stack.file.read_text())["resource"] for stack in platform.stacks)


def test_nothing_is_read_where_nothing_was_synthesized(tmp_path) -> None:
    with pytest.raises(FileNotFoundError):
        model.read(tmp_path, "destroyable")
