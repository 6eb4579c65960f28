"""What the deployment engine is told about the stacks, taken from their JSON."""

import hashlib
import json

import pytest
from cdktf import App, TerraformOutput, TerraformStack

from regions import manifest
from shared.contracts import Domain, Foundation
from shared.deploy.manifest import Read
from shared.stack import RegionStack
from tests.synthesized import settings


class Reader(RegionStack):
    """Reads two fields of a foundation, asks for a stack that nobody made, and comes after a third."""

    name = "reader"

    def __init__(self, scope, environment, role="target"):
        super().__init__(scope, environment=environment, role=role, place="eu-west-1", region="eu-west-1")
        upstream = self.read(Foundation, "eu-west-1/foundation")
        self.read(Domain, "global/domain")
        self.come_after("eu-west-1/writer")
        TerraformOutput(self, "used", value=[upstream.vpc_id, upstream.kms_key_arn])


class Writer(RegionStack):
    """Comes before the reader."""

    name = "writer"

    def __init__(self, scope, environment):
        super().__init__(scope, environment=environment, role="target", place="eu-west-1", region="eu-west-1")


@pytest.fixture
def app(tmp_path):
    made = App(outdir=str(tmp_path))
    Reader(made, settings())
    Writer(made, settings())
    manifest.link(made)
    made.synth()
    return made


def test_a_stack_reads_the_outputs_that_its_json_refers_to(app, tmp_path):
    written = manifest.write(app, settings(), tmp_path)
    assert written.stack("eu-west-1/reader").reads == (
        Read(address="eu-west-1/foundation", fields=("kms_key_arn", "vpc_id")),
        # waited for, although no value of it is used
        Read(address="eu-west-1/writer", fields=()),
        # read by the code, and nothing of it used
        Read(address="global/domain", fields=()),
    )


def test_a_reference_to_a_state_that_is_not_read_is_a_defect(app, tmp_path):
    path = tmp_path / "stacks/eu-west-1-reader/cdk.tf.json"
    path.write_text(path.read_text().replace("eu-west-1-foundation.outputs", "us-east-1-foundation.outputs"))
    with pytest.raises(ValueError, match=r"states that are not read: \['us-east-1-foundation'\]"):
        manifest.write(app, settings(), tmp_path)


def test_cdktfs_own_manifest_knows_which_stack_comes_after_which(app, tmp_path):
    assert app
    stacks = json.loads((tmp_path / "manifest.json").read_text())["stacks"]
    dependencies = {name: stack["dependencies"] for name, stack in stacks.items()}
    assert dependencies == {"eu-west-1-reader": ["eu-west-1-writer"], "eu-west-1-writer": []}


def test_a_stack_that_is_not_ours_is_left_out(tmp_path):
    app = App(outdir=str(tmp_path))
    TerraformStack(app, "somebody-elses")
    app.synth()
    assert manifest.write(app, settings(), tmp_path).stacks == ()
    assert manifest.documents(app, tmp_path) == {}


def test_a_stack_of_an_unknown_role_has_no_stage(tmp_path):
    app = App(outdir=str(tmp_path))
    Reader(app, settings(), role="standby")
    app.synth()
    with pytest.raises(ValueError, match="not in tuple"):
        manifest.write(app, settings(), tmp_path)


def test_the_manifest_says_whose_stacks_these_are(synthesis):
    written = synthesis.manifest
    assert (written.environment, written.system, written.suffix) == (
        "region-migration",
        "region-migration",
        "abc123",
    )
    assert written.account_id == "123456789012"
    assert written.stage_names == ("source", "target", "global")


@pytest.mark.parametrize(
    ("address", "app", "stage"),
    [
        ("us-east-1/foundation", "source", 1),
        ("eu-west-1/database", "target", 2),
        ("global/domain", "global", 3),
    ],
)
def test_a_stack_is_in_the_stage_of_its_app(synthesis, address, app, stage):
    entry = synthesis.manifest.stack(address)
    assert (entry.app, entry.stage) == (app, stage)


def test_the_manifest_counts_what_is_in_the_json(synthesis):
    for address, document in synthesis.documents.items():
        entry = synthesis.manifest.stack(address)
        assert entry.resources == {kind: len(blocks) for kind, blocks in document.content["resource"].items()}
        text = (synthesis.manifest.directory(entry) / "cdk.tf.json").read_text()
        assert entry.digest == hashlib.sha256(text.encode()).hexdigest()


def test_what_a_stack_publishes_is_its_outputs_with_their_types(synthesis):
    for address, document in synthesis.documents.items():
        assert synthesis.manifest.stack(address).publishes.keys() == document.outputs.keys()
    types = synthesis.manifest.stack("global/domain").publishes
    assert types == {
        "route53_zone_id": "string",
        "name_servers": "list(string)",
        "record_name": "string",
        "certificate_arns": "map(string)",
    }


def test_every_field_that_is_read_is_published_by_the_stack_that_it_is_read_from(synthesis):
    for entry in synthesis.manifest.stacks:
        for read in entry.reads:
            assert set(read.fields) <= synthesis.manifest.stack(read.address).publishes.keys()


def test_the_stacks_depend_on_each_other_as_drawn(synthesis):
    depends = {entry.address: [read.address for read in entry.reads] for entry in synthesis.manifest.stacks}
    assert depends == {
        "us-east-1/foundation": [],
        "us-east-1/routing": ["eu-west-1/foundation", "us-east-1/foundation"],
        "us-east-1/database": ["us-east-1/foundation"],
        "us-east-1/service": [
            "global/domain",
            "us-east-1/database",
            "us-east-1/foundation",
            "us-east-1/routing",
        ],
        "eu-west-1/foundation": [],
        "eu-west-1/routing": ["eu-west-1/foundation", "us-east-1/routing"],
        "eu-west-1/database": ["eu-west-1/foundation", "us-east-1/database"],
        "eu-west-1/service": [
            "eu-west-1/foundation",
            "eu-west-1/routing",
            "global/domain",
            "us-east-1/database",
        ],
        "eu-west-1/migration": [
            "eu-west-1/database",
            "eu-west-1/foundation",
            "eu-west-1/routing",
            "eu-west-1/service",
            "global/domain",
            "global/traffic",
            "us-east-1/database",
            "us-east-1/foundation",
            "us-east-1/service",
        ],
        "global/domain": [],
        "global/traffic": ["eu-west-1/service", "global/domain", "us-east-1/service"],
    }


def test_the_same_settings_give_the_same_json(synthesis, tmp_path):
    from tests.synthesized import synthesis_of

    again = synthesis_of(synthesis.environment, tmp_path)
    assert [entry.digest for entry in again.manifest.stacks] == [
        entry.digest for entry in synthesis.manifest.stacks
    ]
