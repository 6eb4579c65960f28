"""Saved plans (`invoke plan --out DIR`) as checkov reads them: with every value that is known by then.

A plan may hold secrets: its JSON is kept in memory, and, while checkov runs, in a folder that only its owner
reads.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from shared.deploy import plan_set, plans
from shared.deploy.terraform import Program
from shared.errors import Problem, UserError
from shared.policy.model import Platform, Stack
from shared.policy.scanner import Source

FRAMEWORK = "terraform_plan"
_AGAIN = "plan again: invoke plan --out DIR"


def sources(folder: Path, platform: Platform, program: Program) -> list[Source]:
    """Return what checkov reads of a folder's plans. Raises UserError for plans that are not of these."""
    records = _records(folder, platform)
    stacks = {stack.address: stack for stack in platform.stacks}
    problems = [
        Problem(where=str(record.get("stack")), what=fault, remedy=_AGAIN)
        for record in records
        for fault in _faults(folder, record, stacks)
    ]
    if problems:
        raise UserError(problems)
    return [
        Source(
            platform=platform,
            stack=stacks[record["stack"]],
            document=_show(program, stacks[record["stack"]], folder / record["file"]),
            framework=FRAMEWORK,
        )
        for record in records
    ]


def _records(folder: Path, platform: Platform) -> list[Mapping[str, Any]]:
    path = folder / plan_set.FILE_NAME
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        place = (document["environment"], document["suffix"])
        records: list[Mapping[str, Any]] = [
            {key: str(record[key]) for key in ("stack", "file", "sha256", "code")}
            for record in document["stacks"]
            if record["status"] == "planned"
        ]
    except (OSError, ValueError, KeyError, TypeError) as error:
        why = error.strerror if isinstance(error, OSError) else repr(error)
        raise UserError(
            Problem(where=str(path), what=f"it holds no saved plans: {why}", remedy=_AGAIN)
        ) from error
    if place != (platform.environment, platform.suffix):
        wanted = f"{platform.environment}, suffix {platform.suffix}"
        what = f"these plans are for {place[0]}, suffix {place[1]}, and not for {wanted}"
        raise UserError(Problem(where=str(path), what=what, remedy=_AGAIN))
    return records


def _faults(folder: Path, record: Mapping[str, Any], stacks: Mapping[str, Stack]) -> Iterator[str]:
    file = folder / record["file"]
    stack = stacks.get(record["stack"])
    if stack is None:
        yield "is no longer a stack of this environment"
    elif plans.digest(stack.file) != record["code"]:
        yield "its code changed since"
    if not file.is_file() or plans.digest(file) != record["sha256"]:
        yield "its plan file is missing or is not the one that was saved"


def _show(program: Program, stack: Stack, plan: Path) -> Mapping[str, Any]:
    """Return the JSON of a plan, which Terraform can read where it was made."""
    command = [str(program.path), "show", "-json", str(plan.resolve())]
    done = subprocess.run(
        command, cwd=stack.file.parent, env=program.environment(), capture_output=True, text=True, check=False
    )
    if done.returncode:
        said = done.stderr.strip().splitlines() or ["it said nothing"]
        raise UserError(
            Problem(
                where=stack.address, what=f"{program.name} cannot read the plan: {said[0]}", remedy=_AGAIN
            )
        )
    document: Mapping[str, Any] = json.loads(done.stdout)
    return document
