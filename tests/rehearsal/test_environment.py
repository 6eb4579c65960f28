"""The environment that keeps a rehearsal away from every real account."""

import os
import subprocess

import pytest

from shared.rehearsal.environment import environment, inside, shell_exports

ENDPOINT = "http://127.0.0.1:5000"


def test_nothing_of_the_users_own_aws_set_up_leaks_in() -> None:
    own = {
        "AWS_PROFILE": "production",
        "AWS_REGION": "us-east-1",
        "AWS_CA_BUNDLE": "/some/bundle.pem",
        "AWS_SESSION_TOKEN": "t",
        "AWS_ENDPOINT_URL_S3": "https://real",
        "AWS_ROLE_ARN": "arn",
        "PATH": "/bin",
    }
    made = environment(ENDPOINT, own)
    assert {name for name in made if name.startswith("AWS_")} == {
        "AWS_ENDPOINT_URL",
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_CONFIG_FILE",
        "AWS_SHARED_CREDENTIALS_FILE",
        "AWS_EC2_METADATA_DISABLED",
    }
    assert made["AWS_ENDPOINT_URL"] == ENDPOINT
    assert made["PATH"] == "/bin"


def test_a_proxy_is_not_asked_for_this_machine() -> None:
    made = environment(ENDPOINT, {"HTTP_PROXY": "http://proxy:3128", "NO_PROXY": "internal"})
    assert made["HTTP_PROXY"] == "http://proxy:3128"
    assert made["NO_PROXY"] == "internal,127.0.0.1"
    assert made["no_proxy"] == "127.0.0.1"


def test_a_block_of_code_runs_inside_and_leaves_no_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "production")
    before = dict(os.environ)

    def fail() -> None:
        with inside(ENDPOINT):
            assert "AWS_PROFILE" not in os.environ
            assert os.environ["AWS_ENDPOINT_URL"] == ENDPOINT
            raise RuntimeError("in the middle")

    with pytest.raises(RuntimeError, match="in the middle"):
        fail()
    assert dict(os.environ) == before


def test_a_shell_that_evaluates_the_exports_is_in_that_environment() -> None:
    own = {"AWS_PROFILE": "production", "PATH": os.environ["PATH"], "KEPT": "as it is"}
    script = shell_exports(ENDPOINT, own) + "env"
    shown = subprocess.run(["sh", "-c", script], env=own, capture_output=True, text=True, check=True).stdout
    found = dict(line.split("=", 1) for line in shown.splitlines())
    wanted = environment(ENDPOINT, own)
    assert {name: found.get(name) for name in wanted} == wanted
    assert "AWS_PROFILE" not in found


def test_the_exports_are_for_the_present_shell_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "production")
    assert "unset AWS_PROFILE\n" in shell_exports(ENDPOINT)
