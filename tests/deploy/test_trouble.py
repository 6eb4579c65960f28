"""What AWS refuses before, during and after a run, with the real Terraform."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from shared.deploy import journal, rounds, steps
from shared.deploy.run import Run
from shared.deploy.work import Work
from shared.errors import Refused, UserError
from tests.deploy.stacks import BUCKET, REGION, LocalClients, Stack, World, chain, ends

A, B = "us-east-1/a", "us-east-1/b"


class Denying(LocalClients):
    """Clients to which S3 refuses an object as soon as a condition holds."""

    def __init__(self, when: Callable[[str], bool]) -> None:
        super().__init__()
        self._when = when

    def client(self, service: str, region: str) -> Any:
        made = super().client(service, region)
        made.meta.events.register("provide-client-params.s3.GetObject", self._look)
        return made

    def _look(self, params: dict[str, Any], **_: Any) -> None:
        if self._when(params["Key"]):
            raise ClientError({"Error": {"Code": "ExpiredToken", "Message": "it has expired"}}, "GetObject")


def report_of(world: World) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((journal.folders(world.root)[-1] / "report.json").read_text())
    return found


def test_what_aws_refuses_at_the_start_is_said_and_nothing_is_run(world: World) -> None:
    world.synthesize(*chain(A, B))
    applied: list[str] = []
    world.clients = Denying(lambda key: key.endswith("/a.tfstate") and bool(applied))
    world.deploy()
    applied.append(A)
    world.synthesize(Stack(A, resources={"main": {"input": "two"}}), chain(A, B)[1])
    with pytest.raises(UserError, match=r"AWS did not do what the run needs: .*ExpiredToken"):
        world.deploy()


def test_a_state_that_cannot_be_read_after_its_apply_is_a_failed_stack(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.synthesize(*chain(A, B))
    late: list[str] = []
    world.clients = Denying(lambda key: key.endswith("/a.tfstate") and bool(late))
    settle = steps.apply

    def then_denied(run: Run, work: Work, **options: bool) -> None:
        late.append(work.address)
        settle(run, work, **options)

    monkeypatch.setattr(steps, "apply", then_denied)
    report = world.deploy()
    assert report.exit_code == 1
    assert ends(report) == {A: "failed", B: "blocked"}
    assert "ExpiredToken" in (report.stacks[0].error or "")
    assert report_of(world)["exit_code"] == 1


@pytest.mark.parametrize(
    "error", [ClientError({"Error": {"Code": "AccessDenied"}}, "GetObject"), UserError("a bucket is gone")]
)
def test_a_run_that_cannot_go_on_says_so_and_leaves_a_report(
    world: World, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    world.synthesize(Stack(A))

    def broken(_run: Run, _works: list[Work]) -> None:
        raise error

    monkeypatch.setattr(rounds, "plan_all", broken)
    with pytest.raises(UserError):
        world.deploy()
    found = report_of(world)
    assert [stack["status"] for stack in found["stacks"]] == ["blocked"]
    assert found["next_command"] == "invoke deploy"


def test_what_a_person_has_to_mend_is_a_failure_of_its_stack_too(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.synthesize(Stack(A))

    def gone(_run: Run, _work: Work, **_: bool) -> None:
        raise UserError("the state bucket is gone")

    monkeypatch.setattr(steps, "plan", gone)
    report = world.deploy()
    assert ends(report) == {A: "failed"}
    assert report.stacks[0].error == "the state bucket is gone"


def test_locks_that_cannot_be_looked_at_cost_no_report(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.synthesize(Stack(A))
    world.clients = Denying(lambda key: key.endswith(".tflock"))

    def pressed(run: Run, _work: Work, **_: bool) -> None:
        run.interrupts.stopping.set()

    monkeypatch.setattr(steps, "plan", pressed)
    report = world.deploy()
    assert report.exit_code == 130
    assert report.locks == {}


def test_without_a_state_bucket_nothing_is_destroyed_and_bootstrap_is_named(world: World) -> None:
    world.synthesize(Stack(A))
    client = boto3.client("s3", region_name=REGION)
    for item in client.list_objects_v2(Bucket=BUCKET).get("Contents", ()):
        client.delete_object(Bucket=BUCKET, Key=item["Key"])
    client.delete_bucket(Bucket=BUCKET)
    with pytest.raises(UserError, match="run `invoke bootstrap`"):
        world.destroy()


def test_what_is_no_longer_in_the_code_is_named_by_a_run_over_everything(world: World) -> None:
    world.synthesize(Stack(A), Stack(B))
    world.deploy()
    world.synthesize(Stack(A))
    said = f"{B} is no longer in the code, and its 1 resource(s) still stand"
    world.deploy()
    assert said in world.screen
    world.destroy()
    assert said in world.screen
    world.synthesize(Stack(A), Stack(B))
    world.deploy()
    assert "no longer in the code" not in world.screen


def test_a_remedy_leads_to_the_same_environment(world: World) -> None:
    manifest = world.synthesize(*chain(A, B))
    world.manifest = replace(manifest, place=" --env staging --suffix pr7")
    with pytest.raises(Refused, match="run `invoke deploy-region us-east-1 --env staging --suffix pr7`"):
        world.deploy(B, upstream=False)
    world.deploy()
    with pytest.raises(Refused, match="`invoke teardown --env staging --suffix pr7`"):
        world.destroy(A)
