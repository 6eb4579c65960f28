"""From the command line to the stacks: which environment, which suffix, and what is said when it is wrong."""

import json
from pathlib import Path

import pytest
from cdktf_cdktf_provider_aws.route_table import RouteTable
from cdktf_cdktf_provider_aws.sns_topic import SnsTopic

from regions import app
from regions.app import CONTEXT_VARIABLE, OUTDIR_VARIABLE, main, synthesize
from regions.systems import builds
from shared.blocks import resource
from shared.errors import BlockError, UserError
from shared.stack import RegionStack
from tests.synthesized import settings


class OneTopic(RegionStack):
    """The smallest stack there is."""

    name = "topics"

    def __init__(self, scope, environment, place="eu-west-1"):
        super().__init__(scope, environment=environment, role="target", place=place, region="eu-west-1")
        resource(SnsTopic, self, "topic", name=self.naming.name("sns", "one"))


class LostKeys(RegionStack):
    """A stack that makes a resource without `resource`: what the bindings do to it."""

    name = "lost"

    def __init__(self, scope, environment):
        super().__init__(scope, environment=environment, role="target", place="eu-west-1", region="eu-west-1")
        RouteTable(self, "table", vpc_id="vpc-1", route=[{"cidr_block": "0.0.0.0/0", "gateway_id": "igw-1"}])


@pytest.fixture
def run(tmp_path, monkeypatch):
    """The command line with one stack: returns the manifest that it wrote."""
    monkeypatch.delenv(CONTEXT_VARIABLE, raising=False)
    monkeypatch.delenv(OUTDIR_VARIABLE, raising=False)
    monkeypatch.chdir(tmp_path)

    def run(*arguments, out="out"):
        main(lambda _: [OneTopic], [*arguments, *(["--out", out] if out else [])])
        return json.loads((tmp_path / (out or "cdktf.out") / "regionshift.json").read_text())

    return run


@pytest.fixture
def refused(run, capsys):
    """The command line with a mistake: returns what a person reads."""

    def refused(*arguments, out="out"):
        with pytest.raises(SystemExit) as stopped:
            run(*arguments, out=out)
        assert stopped.value.code == 2
        printed = capsys.readouterr()
        assert printed.out == ""
        assert "Traceback" not in printed.err
        return printed.err

    return refused


def test_without_options_it_is_the_documented_environment_in_cdktfs_own_folder(run):
    manifest = run(out=None)
    assert (manifest["environment"], manifest["suffix"]) == ("region-migration", "abc123")


def test_the_suffix_of_the_context_wins_over_the_files(run, monkeypatch):
    assert run("--context", "env_suffix=ctx1")["suffix"] == "ctx1"
    monkeypatch.setenv(CONTEXT_VARIABLE, '{"env_suffix": "cdktf1"}')
    assert run()["suffix"] == "cdktf1"
    assert run("--context", "env_suffix=ctx1")["suffix"] == "ctx1"


def test_the_suffix_of_the_command_line_wins_over_the_context(run):
    assert run("--suffix", "cli1", "--context", "env_suffix=ctx1")["suffix"] == "cli1"


def test_the_suffix_is_in_the_names_and_in_the_states_key(run, tmp_path):
    (stack,) = run("--suffix", "cli1")["stacks"]
    assert stack["state_key"] == "region-migration/cli1/eu-west-1/topics.tfstate"
    written = (tmp_path / "out" / stack["directory"] / "cdk.tf.json").read_text()
    assert '"sns-one-cli1"' in written


def test_the_environment_comes_from_the_option_before_the_context(run, tmp_path, monkeypatch):
    documented = (Path(app.__file__).parents[1] / "environments/region-migration.tfvars").read_text()
    for name in ("one", "two"):
        (tmp_path / f"{name}.tfvars").write_text(documented)
    monkeypatch.setenv(CONTEXT_VARIABLE, '{"environment": "one.tfvars"}')
    assert run()["environment"] == "one"
    assert run("--env", "two.tfvars")["environment"] == "two"


def test_cdktfs_command_line_says_where_to_write(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(OUTDIR_VARIABLE, "elsewhere")
    main(lambda _: [OneTopic], [])
    assert (tmp_path / "elsewhere/manifest.json").is_file()
    assert (tmp_path / "elsewhere/regionshift.json").is_file()


def test_every_mistake_of_the_file_is_told_with_its_line_and_nothing_is_written(refused, tmp_path):
    documented = (Path(app.__file__).parents[1] / "environments/region-migration.tfvars").read_text()
    broken = documented.replace("10.1.0.0/16", "10.0.128.0/17").replace('"123456789012"', '"123"', 1)
    (tmp_path / "broken.tfvars").write_text(broken)
    told = refused("--env", "broken.tfvars")
    assert "broken.tfvars:14: account_id" in told
    assert "target.vpc_cidr 10.0.128.0/17 overlaps source.vpc_cidr 10.0.0.0/16" in told
    assert not (tmp_path / "out").exists()


def test_an_environment_that_does_not_exist_is_told_with_those_that_do(refused):
    told = refused("--env", "region-migratoin")
    assert told.startswith("there is no environment 'region-migratoin'")
    assert "did you mean region-migration?" in told


def test_a_suffix_that_would_break_names_is_refused_where_it_was_given(refused):
    assert refused("--suffix", "Not_A_Suffix").startswith("--suffix: ")


def test_context_without_a_value_is_refused(refused):
    assert refused("--context", "env_suffix") == (
        "--context env_suffix has no value\n    --context env_suffix=abc123\n"
    )


def test_context_that_is_not_json_is_refused(refused, monkeypatch):
    monkeypatch.setenv(CONTEXT_VARIABLE, "{env_suffix: x}")
    assert refused().startswith("CDKTF_CONTEXT_JSON is not JSON: ")


def test_a_file_in_the_place_of_the_folder_is_refused(refused, tmp_path):
    (tmp_path / "taken").write_text("mine")
    assert refused(out="taken") == "taken is a file\n    name a folder to write into: --out FOLDER\n"
    assert (tmp_path / "taken").read_text() == "mine"


def test_keys_that_the_bindings_dropped_stop_the_synthesis(tmp_path):
    with pytest.raises(BlockError) as stopped:
        synthesize(settings(), [LostKeys], tmp_path)
    assert str(stopped.value) == (
        "eu-west-1/lost: aws_route_table.table.route[0] holds no value\n"
        "    make it with shared.blocks.resource, with every key in snake_case"
    )
    assert not (tmp_path / "regionshift.json").exists()


def test_a_mistake_of_ours_is_not_blamed_on_the_environment_file(run):
    assert not issubclass(BlockError, UserError)
    assert run()["stacks"][0]["address"] == "eu-west-1/topics"


def test_the_system_of_the_environment_says_which_apps_there_are():
    apps = [build.__module__.rsplit(".", 1)[-1] for build in builds(settings())]
    assert apps == ["source", "target", "global_dns"]
