"""Each app is a program of its own, and one program synthesizes them all."""

import json
import os
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

from regions.app import CONTEXT_VARIABLE
from tests.synthesized import RECOVERY_REGIONS, REGIONS

ROOT = Path(__file__).resolve().parents[2]
REGION = ("foundation", "routing", "database", "service")
APPS = {
    "regions/region_migration/source.py": [f"{REGIONS['source']}/{name}" for name in REGION],
    "regions/region_migration/target.py": [f"{REGIONS['target']}/{name}" for name in (*REGION, "migration")],
    "regions/region_migration/global_dns.py": ["global/domain", "global/traffic"],
}
RECOVERY_APPS = {
    "regions/disaster_recovery/primary.py": [
        f"{RECOVERY_REGIONS['primary']}/{name}" for name in (*REGION, "probe")
    ],
    "regions/disaster_recovery/standby.py": [
        f"{RECOVERY_REGIONS['standby']}/{name}" for name in (*REGION, "probe", "failover")
    ],
    "regions/disaster_recovery/global_dns.py": ["global/domain", "global/intents", "global/traffic"],
}
LANDING = ("foundation", "routing", "database", "replication", "cutover", "backup")
LANDING_APPS = {"regions/database_migration/landing.py": [f"us-east-1/{name}" for name in LANDING]}
TOGETHER = "regions/__main__.py"


def run(patch, program, folder, *options):
    """Run a program as a person does, and return the stacks that it wrote."""
    patch.setattr(sys, "argv", [program, "--out", str(folder), "--suffix", "alone1", *options])
    runpy.run_path(str(ROOT / program), run_name="__main__")
    return json.loads((folder / "regionshift.json").read_text())["stacks"]


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """The stacks that each program writes when it is run by itself, and those of all of a system together."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv(CONTEXT_VARIABLE, raising=False)
        found = {
            program: run(patch, program, tmp_path_factory.mktemp("program"))
            for program in (*APPS, *RECOVERY_APPS, *LANDING_APPS, TOGETHER)
        }
        for name, system in (("recovery", "disaster-recovery"), ("landing", "database-migration")):
            folder = tmp_path_factory.mktemp("program")
            found[name] = run(patch, TOGETHER, folder, "--env", system)
    return found


@pytest.mark.parametrize("app", [*APPS, *RECOVERY_APPS, *LANDING_APPS])
def test_a_region_app_synthesizes_its_own_stacks_and_no_others(written, app):
    assert [stack["address"] for stack in written[app]] == {**APPS, **RECOVERY_APPS, **LANDING_APPS}[app]


@pytest.mark.parametrize(
    ("all_of_them", "apps"), [(TOGETHER, APPS), ("recovery", RECOVERY_APPS), ("landing", LANDING_APPS)]
)
def test_all_apps_together_write_the_same_stacks_as_each_alone(written, all_of_them, apps):
    assert written[all_of_them] == [stack for app in apps for stack in written[app]]


def test_an_app_refuses_an_environment_of_another_system(monkeypatch, tmp_path, capsys):
    with pytest.raises(SystemExit) as ended:
        run(
            monkeypatch,
            "regions/disaster_recovery/standby.py",
            tmp_path / "out",
            "--env",
            "region-migration",
        )
    assert ended.value.code == 2
    assert "region-migration is an environment of region-migration" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


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
