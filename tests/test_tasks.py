from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SETTLED: tuple[str, ...] = (
    "bootstrap",
    "doctor",
    "synth",
    "plan",
    "deploy",
    "plan-region",
    "deploy-region",
    "destroy-region",
    "rollout",
    "teardown",
)
SETTLED += ("drift", "status", "outputs", "graph", "unlock", "check", "test", "rehearse")
MIGRATE = ("start", "status", "approve", "abort", "rollback", "switchover", "finalize", "runbook")
FAILOVER = ("status", "switchover", "failover", "failback", "drain", "pin", "unpin", "runbook")
CUTOVER = ("assess", "replicate", "start", "status", "rollback", "finish", "runbook")
EMBEDDED = ("start", "stop", "status", "reset", "env", "traffic")
NAMESPACED = [
    f"{namespace}.{name}"
    for namespace, names in (
        ("cutover", CUTOVER),
        ("embedded", EMBEDDED),
        ("failover", FAILOVER),
        ("migrate", MIGRATE),
    )
    for name in names
]


def invoke(*words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run the real program, as a person does."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("AWS_")} | variables
    command = [sys.executable, "-m", "invoke", *words]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def test_every_command_is_listed_with_what_it_does() -> None:
    done = invoke("--list")

    assert done.returncode == 0
    for name in (*SETTLED, *NAMESPACED):
        line = next(line for line in done.stdout.splitlines() if line.split()[:1] == [name])
        assert len(line.split()) > 2, f"{name} says nothing about itself"


def test_listing_loads_nothing_that_takes_time() -> None:
    code = "import sys, tasks; print(*{name.partition('.')[0] for name in sys.modules})"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    slow = {"boto3", "botocore", "cdktf", "jsii", "jinja2", "moto", "networkx", "pydantic", "rich"}
    # benchmarks/listing.py takes the time
    assert not slow & set(done.stdout.split())


def test_every_command_explains_every_option() -> None:
    for name in (*SETTLED, *NAMESPACED):
        done = invoke("--help", name)
        options = done.stdout.split("Options:")[1]
        for line in options.splitlines():
            if line.startswith("  --"):
                assert len(line.split()) > 1, f"{name}: {line.strip()} is not explained"


@pytest.mark.parametrize("command", ["plan-region", "deploy-region", "destroy-region", "outputs"])
def test_an_unknown_region_is_answered_with_the_regions_there_are(command: str) -> None:
    done = invoke(command, "eu-west-2")

    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert "eu-west-2 is not a region of region-migration. Did you mean eu-west-1?" in done.stderr
    assert "us-east-1, eu-west-1, global" in done.stderr
    assert done.stdout == ""


def test_a_missing_region_is_asked_for() -> None:
    done = invoke("deploy-region")

    assert done.returncode == 2
    assert "Which region?" in done.stderr
    assert "us-east-1, eu-west-1, global" in done.stderr


def test_an_unknown_environment_is_answered_with_the_ones_there_are() -> None:
    done = invoke("synth", "--env", "region-migratoin")

    assert done.returncode == 2
    assert "region-migration" in done.stderr.replace("region-migratoin", "")


def test_every_wrong_option_is_named_at_once() -> None:
    done = invoke(
        *("rollout", "--parallelism", "many", "--region-concurrency", "both", "--to", "moon"),
        *("--allow-replace", "aws_rds_cluster.x", "--allow-destroy", "us-east-1/database:aws_rds_cluster.x"),
    )

    assert done.returncode == 2
    assert "4 problems" in done.stderr
    for option in ("--parallelism", "--region-concurrency", "--to", "--allow-replace"):
        assert f"  {option}: " in done.stderr
    assert "--allow-destroy" not in done.stderr


def test_a_suffix_that_makes_no_name_is_refused() -> None:
    done = invoke("synth", "--suffix", "Not_A_Suffix")

    assert done.returncode == 2
    assert "--suffix" in done.stderr
    assert "Traceback" not in done.stderr


def test_without_credentials_there_is_one_message() -> None:
    nowhere = {"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull}
    done = invoke("status", AWS_EC2_METADATA_DISABLED="true", **nowhere)

    assert done.returncode == 2
    assert "credentials" in done.stderr
    assert "Traceback" not in done.stderr
