"""The base of every stack: providers, state, and what crosses its border."""

import json

import cdktf
import pytest
from cdktf_cdktf_provider_aws.sns_topic import SnsTopic

from shared.blocks import resource
from shared.contracts import Domain, Foundation, Routing
from shared.stack import RegionStack
from tests.synthesized import Document, settings, state


class Example(RegionStack):
    """A stack of eu-west-1 with nothing in it."""

    name = "example"

    def __init__(self, scope, environment, place="eu-west-1"):
        super().__init__(scope, environment=environment, role="target", place=place, region="eu-west-1")


@pytest.fixture
def stack():
    return Example(cdktf.Testing.app(), settings(environment_suffix="x1", tags={"team": "payments"}))


def synthesized(stack):
    stack.prepare_stack()
    return Document(stack.to_terraform())


def test_the_address_is_the_place_and_the_name(stack):
    assert stack.address == "eu-west-1/example"
    assert stack.node.id == "eu-west-1-example"
    assert Example(cdktf.Testing.app(), settings(), place="global").address == "global/example"


def test_the_state_has_a_key_of_its_own(stack):
    assert stack.state_key == "region-migration/x1/eu-west-1/example.tfstate"
    backend = synthesized(stack).content["terraform"]["backend"]["s3"]
    assert backend["key"] == stack.state_key
    assert backend["use_lockfile"] is True
    assert backend["encrypt"] is True


@pytest.mark.parametrize(("protection", "destroyable"), [("destroyable", True), ("production", False)])
def test_protection_says_whether_it_may_be_taken_down(protection, destroyable):
    assert Example(cdktf.Testing.app(), settings(protection=protection)).destroyable is destroyable


def test_tags_of_the_settings_do_not_replace_the_stacks_own():
    tags = {"team": "payments", "Stack": "mine"}
    stack = Example(cdktf.Testing.app(), settings(environment_suffix="x1", tags=tags))
    assert stack.tags == {
        "team": "payments",
        "ManagedBy": "regionshift",
        "System": "region-migration",
        "EnvironmentSuffix": "x1",
        "Stack": "eu-west-1/example",
    }


def test_the_own_region_has_the_default_provider(stack):
    assert stack.provider_for("eu-west-1") is None
    assert [provider["region"] for provider in synthesized(stack).providers] == ["eu-west-1"]


def test_another_regions_provider_is_made_once_under_the_same_rules(stack):
    first = stack.provider_for("us-east-1")
    assert stack.provider_for("us-east-1") is first
    own, other = synthesized(stack).providers
    assert other == {**own, "region": "us-east-1", "alias": "us-east-1"}
    assert other["allowed_account_ids"] == ["123456789012"]


def test_what_is_read_refers_to_the_other_stacks_state(stack):
    foundation = stack.read(Foundation, "eu-west-1/foundation")
    domain = stack.read(Domain, "global/domain")
    cdktf.TerraformOutput(stack, "text", value=foundation.vpc_id)
    cdktf.TerraformOutput(stack, "list", value=foundation.public_subnet_ids)
    cdktf.TerraformOutput(stack, "map", value=domain.certificate_arns["eu-west-1"])
    document = synthesized(stack)
    arns = state("global/domain", "certificate_arns")[2:-1]
    assert document.outputs == {
        "text": state("eu-west-1/foundation", "vpc_id"),
        "list": state("eu-west-1/foundation", "public_subnet_ids"),
        "map": f'${{{arns}["eu-west-1"]}}',
    }
    states = document.content["data"]["terraform_remote_state"]
    assert states["global-domain"]["config"] == {
        "bucket": "payments-terraform-state-abc123",
        "key": "region-migration/x1/global/domain.tfstate",
        "region": "eu-west-1",
    }


def test_a_stack_is_read_once_however_often_it_is_asked(stack):
    stack.read(Foundation, "eu-west-1/foundation")
    stack.read(Foundation, "eu-west-1/foundation")
    assert stack.reads == ["eu-west-1/foundation"]
    assert list(synthesized(stack).content["data"]["terraform_remote_state"]) == ["eu-west-1-foundation"]


def test_a_stack_may_come_after_another_without_reading_it(stack):
    stack.come_after("eu-west-1/routing")
    stack.come_after("eu-west-1/routing")
    assert stack.reads == ["eu-west-1/routing"]
    assert "data" not in synthesized(stack).content


def test_what_is_published_has_the_names_of_the_contract_beside_constructs_of_the_same_name(stack):
    topic = resource(SnsTopic, stack, "vpc_peering_id", name="one")
    stack.publish(
        Routing(
            vpc_peering_id=topic.arn,
            public_route_table_id="rtb-1",
            private_route_table_ids=("rtb-2", "rtb-3"),
        )
    )
    document = synthesized(stack)
    assert document.outputs == {
        "vpc_peering_id": document.ref("aws_sns_topic", "arn"),
        "public_route_table_id": "rtb-1",
        "private_route_table_ids": ["rtb-2", "rtb-3"],
    }
    assert stack.published == {
        "vpc_peering_id": "string",
        "public_route_table_id": "string",
        "private_route_table_ids": "list(string)",
    }


def test_a_map_that_is_published_can_be_read_by_its_keys(stack):
    stack.publish(
        Domain(
            route53_zone_id="Z",
            name_servers=("ns-1",),
            record_name="api",
            certificate_arns={"eu-west-1": "arn:1", "us-east-1": "arn:2"},
        )
    )
    assert synthesized(stack).outputs["certificate_arns"] == {"eu-west-1": "arn:1", "us-east-1": "arn:2"}


def test_terraform_must_know_ephemeral_values_and_s3s_own_locks(tmp_path):
    app = cdktf.App(outdir=str(tmp_path))
    Example(app, settings())
    app.synth()
    written = json.loads((tmp_path / "stacks/eu-west-1-example/cdk.tf.json").read_text())
    assert written["terraform"]["required_version"] == ">= 1.11.0"
