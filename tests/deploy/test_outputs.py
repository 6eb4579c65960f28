from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from shared.deploy import outputs
from shared.errors import UserError
from tests.deploy.standing import Clients, apply, manifest, stack, state_bucket

SOURCE = stack("us-east-1/foundation", "source", publishes=("vpc_id",))
TARGET = stack("eu-west-1/foundation", "target", publishes=("vpc_id", "public_subnet_ids", "nat_gateway_ids"))
SERVICE = stack("eu-west-1/service", "target", publishes=("asg_name",))
DOMAIN = stack("global/domain", "global", publishes=("route53_zone_id",))
MANIFEST = manifest(SOURCE, TARGET, SERVICE, DOMAIN)


@pytest.fixture(autouse=True)
def bucket(aws: str) -> Iterator[str]:
    with state_bucket():
        yield aws


def apply_all() -> None:
    apply(SOURCE, vpc_id="vpc-us")
    apply(TARGET, vpc_id="vpc-eu", public_subnet_ids=["subnet-1", "subnet-2"], nat_gateway_ids=["nat-1"])
    apply(SERVICE, asg_name="asg-payments-abc123")
    apply(DOMAIN, route53_zone_id="Z1")


def test_outputs_are_read_from_the_states_of_the_stacks_that_were_asked_for() -> None:
    apply_all()

    found = outputs.read(MANIFEST, Clients(), ["eu-west-1/service", "eu-west-1/foundation"])

    assert list(found) == ["eu-west-1/foundation", "eu-west-1/service"]
    assert found["eu-west-1/service"] == {"asg_name": "asg-payments-abc123"}


def test_a_stack_that_does_not_stand_has_no_outputs() -> None:
    apply(DOMAIN, route53_zone_id="Z1")

    assert outputs.read(MANIFEST, Clients(), [e.address for e in MANIFEST.stacks]) == {
        "global/domain": {"route53_zone_id": "Z1"}
    }


def test_the_flat_outputs_are_the_targets_and_the_global_ones_under_the_required_names() -> None:
    apply_all()

    assert outputs.flat(MANIFEST, Clients()) == {
        "vpc_id": "vpc-eu",
        "public_subnet_ids": ["subnet-1", "subnet-2"],
        "asg_name": "asg-payments-abc123",
        "route53_zone_id": "Z1",
    }


def test_every_flat_output_without_a_value_is_named_with_the_command_that_gives_it_one() -> None:
    with pytest.raises(UserError) as refused:
        outputs.flat(MANIFEST, Clients())

    text = str(refused.value)
    assert len(refused.value.problems) == 4
    assert "asg_name has no value: eu-west-1/service was not applied" in text
    assert "invoke deploy-region eu-west-1" in text


def test_two_stacks_that_publish_one_name_with_different_values_are_refused() -> None:
    rival = stack("global/traffic", "global", publishes=("asg_name",))
    apply_all()
    apply(rival, asg_name="another")

    with pytest.raises(
        UserError, match="asg_name has different values in eu-west-1/service and global/traffic"
    ):
        outputs.flat(manifest(SERVICE, rival), Clients())


def test_two_stacks_that_publish_one_name_with_one_value_agree() -> None:
    twin = stack("global/traffic", "global", publishes=("asg_name",))
    apply_all()
    apply(twin, asg_name="asg-payments-abc123")

    assert outputs.flat(manifest(SERVICE, twin), Clients()) == {"asg_name": "asg-payments-abc123"}


def test_a_system_without_flat_names_says_so() -> None:
    with pytest.raises(UserError, match="no flat outputs are defined for the system other"):
        outputs.flat(manifest(SERVICE, system="other"), Clients())


def test_the_file_is_written_whole_and_replaced(tmp_path: Path) -> None:
    path = tmp_path / "cfn-outputs" / "flat-outputs.json"

    outputs.write({"vpc_id": "vpc-1"}, path)
    outputs.write({"vpc_id": "vpc-2", "asg_name": "a"}, path)

    assert json.loads(path.read_text()) == {"asg_name": "a", "vpc_id": "vpc-2"}
    assert [p.name for p in path.parent.iterdir()] == ["flat-outputs.json"]


def test_the_table_shows_texts_lists_and_maps() -> None:
    console = Console(file=io.StringIO(), width=120)

    console.print(
        outputs.table(
            {"global/domain": {"zone": "Z1", "servers": ["a", "b"], "arns": {"eu": "x", "am": "y"}}}
        )
    )

    text = console.file.getvalue()  # type: ignore[attr-defined]
    assert [line.rstrip() for line in text.splitlines()[1:]] == [
        "global/domain  arns     am: y",
        "                        eu: x",
        "               servers  a",
        "                        b",
        "               zone     Z1",
    ]


def test_of_a_system_with_a_standby_the_standbys_are_taken() -> None:
    probe = replace(stack("us-west-2/probe", "target", publishes=("probe_host",)), app="standby")
    primary = replace(stack("us-east-1/probe", "source", publishes=("probe_host",)), app="primary")
    apply(probe, probe_host="west.example.com")
    apply(primary, probe_host="east.example.com")

    both = manifest(primary, probe, system="disaster-recovery")
    assert outputs.flat(both, Clients()) == {"probe_host": "west.example.com"}
    assert outputs.flat_region(both) == probe.region
