"""With the real Terraform, and a stack of one built-in resource."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import Any

import boto3
import pytest

from shared.operations.migration import stacks
from tests.deploy.stacks import BUCKET, REGION, Stack, World, program
from tests.operations.platform import Platform


@pytest.fixture
def world(empty: Platform, tmp_path: Path) -> World:
    boto3.client("s3", region_name=REGION).create_bucket(
        Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION}
    )
    world = World(root=tmp_path, suffix="abc123", program=program())
    world.synthesize(Stack("eu-west-1/one"), Stack("eu-west-1/two", reads={"eu-west-1/one": ["id"]}))
    assert empty
    return world


def found(empty: Platform, world: World) -> list[Any]:
    operator = empty.operator(manifest=world.manifest, workdir=world.root, program=world.program)
    return stacks.problems(operator)


def test_stacks_that_are_not_as_they_are_written_are_named(empty: Platform, world: World) -> None:
    first, second = found(empty, world)

    assert (first.where, second.where) == ("eu-west-1/one", "eu-west-1/two")
    assert first.what.startswith("its plan is not empty: planned (1 add")
    assert second.what.startswith("its plan is not empty: deferred (")
    assert first.remedy == "deploy it, or undo what was changed, until `invoke plan` shows no change"


def test_stacks_that_are_as_they_are_written_are_right(empty: Platform, world: World) -> None:
    assert world.deploy().exit_code == 0

    assert found(empty, world) == []


def test_an_interrupted_plan_says_nothing(
    empty: Platform, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object) -> None:
        signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr("shared.deploy.rounds.plan_all", interrupt)

    with pytest.raises(KeyboardInterrupt):
        found(empty, world)
