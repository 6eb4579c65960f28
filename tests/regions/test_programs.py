"""Each app is a program of its own, and one program synthesizes them all."""

import json
import os
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

from regions.app import CONTEXT_VARIABLE
from tests.synthesized import REGIONS

ROOT = Path(__file__).resolve().parents[2]
APPS = {
    "regions/region_migration/source.py": "us-east-1",
    "regions/region_migration/target.py": "eu-west-1",
    "regions/region_migration/global_dns.py": "global",
}
REGION = ("foundation", "routing", "database", "service")
STACKS = {
    REGIONS["source"]: REGION,
    REGIONS["target"]: (*REGION, "migration"),
    "global": ("domain", "traffic"),
}


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """The stacks that each program writes when it is run by itself, and those of all together."""
    found = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv(CONTEXT_VARIABLE, raising=False)
        for program in (*APPS, "regions/__main__.py"):
            folder = tmp_path_factory.mktemp("program")
            patch.setattr(sys, "argv", [program, "--out", str(folder), "--suffix", "alone1"])
            runpy.run_path(str(ROOT / program), run_name="__main__")
            found[program] = json.loads((folder / "regionshift.json").read_text())["stacks"]
    return found


@pytest.mark.parametrize("app", APPS)
def test_a_region_app_synthesizes_its_own_stacks_and_no_others(written, app):
    place = APPS[app]
    assert [stack["address"] for stack in written[app]] == [f"{place}/{name}" for name in STACKS[place]]


def test_all_apps_together_write_the_same_stacks_as_each_alone(written):
    together = written["regions/__main__.py"]
    assert together == [stack for app in APPS for stack in written[app]]


def test_a_region_app_runs_by_itself_in_a_process_of_its_own_and_says_nothing(tmp_path, written):
    done = subprocess.run(
        [sys.executable, "-m", "regions.region_migration.target", "--out", tmp_path, "--suffix", "alone1"],
        cwd=ROOT,
        # as a person starts it: nothing silences jsii beforehand
        env={key: value for key, value in os.environ.items() if not key.startswith(("JSII_", "CDKTF_"))},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    stacks = json.loads((tmp_path / "regionshift.json").read_text())["stacks"]
    assert stacks == written["regions/region_migration/target.py"]
    for stack in stacks:
        assert (tmp_path / stack["directory"] / "cdk.tf.json").is_file()


def test_cdktfs_configuration_starts_all_apps_of_the_documented_environment():
    configuration = json.loads((ROOT / "cdktf.json").read_text())
    assert configuration["app"].endswith("python -m regions")
    assert configuration["context"] == {"environment": "region-migration"}
