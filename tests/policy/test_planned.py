"""Saved plans, as checkov reads them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from shared.deploy import plans
from shared.deploy.terraform import Program
from shared.errors import UserError
from shared.policy import planned
from shared.policy.model import Platform
from shared.policy.registry import A
from tests.policy.programs import terraform
from tests.policy.worlds import SUFFIX, world

_ADDRESS = "us-east-1/service"


@pytest.fixture
def platform(tmp_path: Path) -> Platform:
    """An environment of one stack, with its file."""
    found = world({_ADDRESS: {"aws_lb": {"balancer": {}}}}, folder=tmp_path)
    found.stacks[0].file.parent.mkdir()
    found.stacks[0].file.write_text("{}")
    return found


@pytest.fixture
def program(tmp_path: Path) -> Program:
    return terraform(tmp_path)


@pytest.fixture
def folder(tmp_path: Path, platform: Platform) -> Path:
    """What `invoke plan --out` leaves."""
    made = tmp_path / "plans"
    made.mkdir()
    _save(made, platform)
    return made


def _save(folder: Path, platform: Platform, *, text: str = "a plan", **changes: Any) -> None:
    (folder / "service.tfplan").write_text(text)
    record = {
        "stack": _ADDRESS,
        "status": "planned",
        "file": "service.tfplan",
        "sha256": plans.digest(folder / "service.tfplan"),
        "code": plans.digest(platform.stacks[0].file),
    }
    document = {"environment": A, "suffix": SUFFIX, "stacks": [record | changes]}
    (folder / "plans.json").write_text(json.dumps(document))


def test_a_plan_is_shown_where_it_was_made(folder: Path, platform: Platform, program: Program) -> None:
    (source,) = planned.sources(folder, platform, program)
    assert (source.stack.address, source.framework) == (_ADDRESS, "terraform_plan")
    assert source.document == {
        "command": ["show", "-json"],
        "here": str(platform.stacks[0].file.parent),
    }


def test_a_stack_without_a_plan_is_passed_over(folder: Path, platform: Platform, program: Program) -> None:
    _save(folder, platform, status="deferred", file="", sha256="")
    assert planned.sources(folder, platform, program) == []


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"stack": "us-east-1/other"}, "us-east-1/other: is no longer a stack of this environment"),
        ({"code": "x"}, f"{_ADDRESS}: its code changed since"),
        ({"sha256": "x"}, f"{_ADDRESS}: its plan file is missing or is not the one that was saved"),
        ({"file": "no"}, f"{_ADDRESS}: its plan file is missing or is not the one that was saved"),
    ],
)
def test_a_plan_of_something_else_is_refused(
    folder: Path, platform: Platform, program: Program, changes: dict[str, str], said: str
) -> None:
    _save(folder, platform, **changes)
    with pytest.raises(UserError) as refused:
        planned.sources(folder, platform, program)
    assert str(refused.value) == f"{said}\n    plan again: invoke plan --out DIR"


def test_plans_of_another_environment_are_refused(folder: Path, platform: Platform, program: Program) -> None:
    text = (folder / "plans.json").read_text()
    (folder / "plans.json").write_text(text.replace(SUFFIX, "other1"))
    with pytest.raises(UserError, match=r"these plans are for region-migration, suffix other1, and not for"):
        planned.sources(folder, platform, program)


@pytest.mark.parametrize(
    "text", [None, "{", "{}", '{"environment": "x", "suffix": "y", "stacks": [{}]}', "[]"]
)
def test_a_folder_without_plans_is_refused(
    folder: Path, platform: Platform, program: Program, text: str | None
) -> None:
    (folder / "plans.json").unlink()
    if text is not None:
        (folder / "plans.json").write_text(text)
    with pytest.raises(UserError, match="it holds no saved plans"):
        planned.sources(folder, platform, program)


@pytest.mark.parametrize(
    ("text", "said"), [("broken", "Error: the plan is of another version"), ("silent", "it said nothing")]
)
def test_a_plan_that_terraform_cannot_read_is_told(
    folder: Path, platform: Platform, program: Program, text: str, said: str
) -> None:
    _save(folder, platform, text=text)
    with pytest.raises(UserError) as refused:
        planned.sources(folder, platform, program)
    assert str(refused.value).startswith(f"{_ADDRESS}: Terraform cannot read the plan: {said}\n")
